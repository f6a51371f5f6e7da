import { monitorEventLoopDelay } from 'node:perf_hooks';

const RESOLUTION_MS = 10;
const WINDOW_MS = 10_000;
const NS_PER_MS = 1e6;

/** How late the event loop runs: the 99th percentile over the last whole ten seconds, so that one collection is not news. */
export class LoopDelay {
  readonly #delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  #since = performance.now();
  #p99Ms = 0;

  constructor() {
    this.#delays.enable();
  }

  get p99Ms(): number {
    if (performance.now() - this.#since >= WINDOW_MS) {
      // What is measured is the time between two looks.
      this.#p99Ms = Math.max(0, this.#delays.percentile(99) / NS_PER_MS - RESOLUTION_MS);
      this.#delays.reset();
      this.#since = performance.now();
    }
    return this.#p99Ms;
  }

  close(): void {
    this.#delays.disable();
  }
}
