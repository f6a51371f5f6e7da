/**
 * The server's time, from the `now` of its messages (hidden tabs sleep and browsers' clocks are wrong, so countdowns are never drawn
 * from the local clock). A message is always late, never early: the largest offset seen is the closest to the truth. A browser clock
 * that is set back while the page is open is caught by the monotonic base.
 */
export class ServerClock {
  readonly #monotonic: () => number;
  #offsetMs: number | undefined;

  constructor(monotonic: () => number = () => performance.timeOrigin + performance.now()) {
    this.#monotonic = monotonic;
  }

  observe(serverNow: number): void {
    const offsetMs = serverNow - this.#monotonic();
    if (this.#offsetMs === undefined || offsetMs > this.#offsetMs) this.#offsetMs = offsetMs;
    // Clocks drift apart slowly: lean a little towards later samples, or an early one would rule for the whole shift.
    else this.#offsetMs += (offsetMs - this.#offsetMs) * 0.02;
  }

  /** A laptop that slept has a monotonic clock that stood still: the next message decides alone. */
  reset(): void {
    this.#offsetMs = undefined;
  }

  now(): number {
    return Math.round(this.#monotonic() + (this.#offsetMs ?? 0));
  }
}
