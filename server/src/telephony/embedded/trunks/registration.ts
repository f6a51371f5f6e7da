import { parseUri, type UserAgent } from '@centralita/sip';
import { plainAddress } from '../addresses.ts';
import type { TrunkLine, Trunks, TrunkWatcher } from './trunks.ts';

const RETRY_MIN_MS = 5_000;
const RETRY_MAX_MS = 300_000;

interface Registration {
  callId: string | undefined;
  cseq: number;
  retryMs: number;
  timer: NodeJS.Timeout | undefined;
  stopped: boolean;
}

/** Registers trunks that ask for it, refreshes in time, and takes them off on a clean stop. */
export class TrunkRegistration implements TrunkWatcher {
  readonly #registrations = new Map<TrunkLine, Registration>();
  readonly #agent: () => UserAgent;
  readonly #trunks: Trunks;

  constructor(trunks: Trunks, agent: () => UserAgent) {
    this.#trunks = trunks;
    this.#agent = agent;
  }

  added(line: TrunkLine): void {
    if (line.trunk.profile.registration === undefined) return;
    const registration: Registration = { callId: `reg-${crypto.randomUUID()}`, cseq: 0, retryMs: RETRY_MIN_MS, timer: undefined, stopped: false };
    this.#registrations.set(line, registration);
    void this.#register(line, registration);
  }

  removed(line: TrunkLine): void {
    void this.#unregister(line);
  }

  async close(): Promise<void> {
    await Promise.race([Promise.all([...this.#registrations.keys()].map((line) => this.#unregister(line))), new Promise((resolve) => setTimeout(resolve, 1_000).unref())]);
  }

  async #unregister(line: TrunkLine): Promise<void> {
    const registration = this.#registrations.get(line);
    if (registration === undefined) return;
    this.#registrations.delete(line);
    registration.stopped = true;
    clearTimeout(registration.timer);
    if (line.registered === true) await this.#send(line, registration, 0);
  }

  async #register(line: TrunkLine, registration: Registration): Promise<void> {
    const wanted = line.trunk.profile.registration?.expiresSeconds ?? 3_600;
    const outcome = await this.#send(line, registration, wanted);
    if (registration.stopped) return;
    const registered = outcome.status >= 200 && outcome.status < 300;
    if (registered) {
      registration.retryMs = RETRY_MIN_MS;
      if (outcome.flow !== undefined) line.learnt.add(plainAddress(outcome.flow.remote.address));
    }
    this.#trunks.registration(line, registered, outcome.response === undefined ? 'registrar does not answer' : `registration refused with ${outcome.status}`);
    // A refresh comes a tenth of the time early, so that one lost exchange (32 s) does not let it lapse at usual expiries.
    const delayMs = registered ? Math.max(5_000, outcome.expiresSeconds * 900) : registration.retryMs;
    if (!registered) registration.retryMs = Math.min(registration.retryMs * 2, RETRY_MAX_MS);
    registration.timer = setTimeout(() => void this.#register(line, registration), delayMs);
  }

  async #send(line: TrunkLine, registration: Registration, expiresSeconds: number) {
    const profile = line.trunk.profile.registration;
    if (profile === undefined) return { status: 400, expiresSeconds: 0, response: undefined, flow: undefined };
    const host = parseUri(profile.registrar)?.host ?? profile.registrar;
    const self = { uri: `sip:${profile.username}@${host}` };
    const outcome = await this.#agent().request({
      method: 'REGISTER',
      uri: `sip:${host}`,
      nextHop: profile.registrar,
      from: self,
      to: self,
      contactUser: profile.username,
      callId: registration.callId,
      cseq: registration.cseq + 1,
      headers: { Expires: String(expiresSeconds) },
      credentials: { username: profile.username, password: profile.password },
    });
    registration.cseq = outcome.cseq;
    return { ...outcome, expiresSeconds: grantedSeconds(outcome.response?.headers.get('Expires'), outcome.response?.contact?.params.get('expires'), expiresSeconds) };
  }
}

/** The Contact's own expires wins over the header (RFC 3261 10.2.4). */
function grantedSeconds(header: string | undefined, contact: string | undefined, wanted: number): number {
  const granted = Number(contact ?? header ?? wanted);
  return Number.isFinite(granted) && granted > 0 ? granted : wanted;
}
