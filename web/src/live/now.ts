/** One timer for every clock on the screen: it ticks at the start of each second of the server's time, and only while somebody looks. */
export class NowSource {
  readonly #clock: () => number;
  readonly #listeners = new Set<() => void>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #second: number;

  constructor(clock: () => number) {
    this.#clock = clock;
    this.#second = wholeSecond(clock());
  }

  read = (): number => this.#second;

  listen = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    if (this.#listeners.size === 1) this.#tick();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) clearTimeout(this.#timer);
    };
  };

  /** The clock may jump when the server is first heard: do not wait for the next tick to show it. */
  refresh(): void {
    if (this.#listeners.size > 0 && Math.abs(this.#clock() - this.#second) > 1_500) this.#tick();
  }

  #tick(): void {
    clearTimeout(this.#timer);
    const now = this.#clock();
    const second = wholeSecond(now);
    this.#timer = setTimeout(() => this.#tick(), 1_000 - (((now % 1_000) + 1_000) % 1_000) + 5);
    if (second === this.#second) return;
    this.#second = second;
    for (const listener of this.#listeners) listener();
  }
}

const wholeSecond = (ms: number): number => Math.floor(ms / 1_000) * 1_000;
