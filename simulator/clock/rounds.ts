/** The real event loop has its turn this often: whoever interrupts a run, or shares its process, is heard. */
const BREATHE_EVERY = 256;

/**
 * `setImmediate` without the journey through the event loop, which cost a tenth of a run: things are done one after another in
 * the order in which they were asked for, and between two of them every promise that can go on has gone on.
 */
export class Rounds {
  readonly #waiting: (() => void)[] = [];
  #next = 0;
  #running = false;
  #done = 0;

  /** Bound, so that it can be handed on. */
  readonly soon = (run: () => void): void => {
    this.#waiting.push(run);
    if (this.#running) return;
    this.#running = true;
    this.#plan();
  };

  /** Until every promise that can go on has gone on. */
  readonly settled = (): Promise<void> => new Promise(this.soon);

  #plan(): void {
    // A tick that is planned from a microtask comes after all microtasks, also those that they make.
    if (++this.#done % BREATHE_EVERY === 0) setImmediate(this.#run);
    else queueMicrotask(this.#tick);
  }

  readonly #tick = (): void => process.nextTick(this.#run);

  readonly #run = (): void => {
    const run = this.#waiting[this.#next++]!;
    if (this.#next === this.#waiting.length || this.#next === BREATHE_EVERY) {
      this.#waiting.splice(0, this.#next);
      this.#next = 0;
    }
    run();
    if (this.#waiting.length > 0) this.#plan();
    else this.#running = false;
  };
}
