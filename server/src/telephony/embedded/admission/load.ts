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
  #draining = false;

  constructor(media: MediaPlane, legs: Legs, log: EventLog, maxLegs: number) {
    this.#media = media;
    this.#legs = legs;
    this.#log = log;
    this.#maxLegs = maxLegs;
  }

  drain(): void {
    this.#draining = true;
  }

  admitting(): boolean {
    return !this.#draining && !this.#log.full && this.#legs.count < this.#maxLegs && this.#media.load().admitting;
  }

  report(): EngineLoad {
    const media = this.#media.load();
    let lines = 0;
    for (const leg of this.#legs.live()) if (leg.trunkId !== undefined) lines++;
    return {
      legs: this.#legs.count,
      linesInUse: lines,
      tickLateP99Ms: media.tickLateP99Ms,
      admitting: this.admitting(),
      workers: media.workers.map(({ index, legs, tickLateP99Ms }) => ({ index, legs, tickLateP99Ms })),
    };
  }
}
