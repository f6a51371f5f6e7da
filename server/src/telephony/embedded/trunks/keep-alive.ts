import type { UserAgent } from '@centralita/sip';
import type { TrunkLine, Trunks, TrunkWatcher } from './trunks.ts';

/** Asks each server of each trunk with OPTIONS. Any answer but silence says that it is there; 503 says that it wants no calls. */
export class KeepAlive implements TrunkWatcher {
  readonly #timers = new Map<TrunkLine, NodeJS.Timeout[]>();
  readonly #agent: () => UserAgent;
  readonly #trunks: Trunks;
  readonly #fromHost: string;

  constructor(trunks: Trunks, agent: () => UserAgent, fromHost: string) {
    this.#trunks = trunks;
    this.#agent = agent;
    this.#fromHost = fromHost;
  }

  added(line: TrunkLine): void {
    const { keepAliveSeconds, servers } = line.trunk.profile;
    if (keepAliveSeconds === 0) return;
    const timers = servers.map((server) => {
      void this.#ask(line, server);
      return setInterval(() => void this.#ask(line, server), keepAliveSeconds * 1_000);
    });
    this.#timers.set(line, timers);
  }

  removed(line: TrunkLine): void {
    for (const timer of this.#timers.get(line) ?? []) clearInterval(timer);
    this.#timers.delete(line);
  }

  close(): void {
    for (const line of [...this.#timers.keys()]) this.removed(line);
  }

  /** `request` always resolves: 408 for silence, 503 without a response where nothing could be sent. */
  async #ask(line: TrunkLine, server: string): Promise<void> {
    const outcome = await this.#agent().request({ method: 'OPTIONS', uri: server, nextHop: server, from: { uri: `sip:ping@${this.#fromHost}` } });
    this.#trunks.serverAnswered(line, server, outcome.response !== undefined && outcome.status !== 503);
  }
}
