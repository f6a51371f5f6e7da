import type { UserAgent } from '@centralita/sip';
import type { EngineLoad } from '../../port/index.ts';
import type { EventLog } from '../link/event-log.ts';
import type { Legs } from '../legs/legs.ts';
import type { MediaPlane } from '../media/media-plane.ts';

/** Whether new calls are taken, and what control is told about it each second. Live calls are never touched. */
export class Load {
  readonly #media: MediaPlane;
  readonly #legs: Legs;
  readonly #log: EventLog;
  readonly #maxLegs: number;
  readonly #agent: () => UserAgent;
  #draining = false;
  #controlFollows = true;

  constructor(media: MediaPlane, legs: Legs, log: EventLog, maxLegs: number, agent: () => UserAgent) {
    this.#media = media;
    this.#legs = legs;
    this.#log = log;
    this.#maxLegs = maxLegs;
    this.#agent = agent;
  }

  takeCalls(taking: boolean): void {
    this.#controlFollows = taking;
  }

  drain(): void {
    this.#draining = true;
  }

  admitting(): boolean {
    return !this.#draining && this.#controlFollows && !this.#log.full && this.#legs.count < this.#maxLegs && this.#media.load().admitting;
  }

  report(): EngineLoad {
    const media = this.#media.load();
    const { dialogs, transactions, connections, timers } = this.#agent().stats();
    let lines = 0;
    for (const leg of this.#legs.live()) if (leg.trunkId !== undefined) lines++;
    return {
      legs: this.#legs.count,
      linesInUse: lines,
      tickLateP99Ms: media.tickLateP99Ms,
      admitting: this.admitting(),
      signalling: { dialogs, transactions: Object.values(transactions).reduce((sum, count) => sum + count, 0), connections, timers },
      workers: media.workers.map(({ index, legs, tickLateP99Ms }) => ({ index, legs, tickLateP99Ms })),
    };
  }
}
