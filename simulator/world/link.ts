import type { CommandAnswer, TelephonyEvent } from '@centralita/server/telephony/port/index.ts';
import type { VirtualTime } from '../clock/virtual-time.ts';

export interface LinkOptions {
  readonly time: VirtualTime;
  /** Delay of one thing on the way, in ms; order per direction is kept. */
  readonly delayMs: () => number;
  readonly duplicated: () => boolean;
}

/**
 * The socket between one control and the switch: it keeps order in both directions, may be slow, may tell an event twice, and
 * may be cut. What is on its way when it is cut, or when control dies, is gone.
 */
export class Link {
  readonly #options: LinkOptions;
  #generation = 0;
  #open = false;
  #frozen: (() => void)[] | undefined;
  #lastThere = 0;
  #lastBack = 0;

  constructor(options: LinkOptions) {
    this.#options = options;
  }

  get open(): boolean {
    return this.#open;
  }

  connect(): void {
    this.#open = true;
  }

  cut(): void {
    this.#open = false;
    this.#generation += 1;
  }

  /** Control does not run: what comes to it waits. */
  freeze(): void {
    this.#frozen ??= [];
  }

  thaw(): void {
    const waiting = this.#frozen ?? [];
    this.#frozen = undefined;
    for (const run of waiting) run();
  }

  toControl(event: TelephonyEvent, take: (event: TelephonyEvent) => void): void {
    // A socket that is cut takes nothing: the switch tells it again when there is another.
    if (!this.#open) return;
    this.back(() => take(event));
    if (this.#options.duplicated()) this.back(() => take(event));
  }

  /** In order with the events. */
  back(run: () => void): void {
    this.#lastBack = this.#deliver(this.#lastBack, () => (this.#frozen ? this.#frozen.push(run) : run()));
  }

  toSwitch(send: () => Promise<CommandAnswer>): Promise<CommandAnswer> {
    if (!this.#open) return Promise.resolve({ accepted: false, reason: 'disconnected' });
    if (this.#options.delayMs === NO_DELAY) return send();
    return new Promise((answered) => {
      this.#lastThere = this.#deliver(this.#lastThere, () => {
        void send().then((answer) => this.back(() => answered(answer)));
      });
    });
  }

  /** @returns when it arrives, which nothing later may come before */
  #deliver(notBefore: number, run: () => unknown): number {
    const { time, delayMs } = this.#options;
    if (delayMs === NO_DELAY) {
      run();
      return notBefore;
    }
    const now = time.now();
    const at = Math.max(notBefore, now + Math.round(delayMs()));
    const generation = this.#generation;
    time.plan(at - now, () => {
      if (generation === this.#generation) run();
    });
    return at;
  }
}

/** Everything arrives in the instant in which it was sent. */
export const NO_DELAY = (): number => 0;
