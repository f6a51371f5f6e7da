/** Milliseconds since 1970-01-01T00:00:00Z, as an integer. Durations are plain numbers whose name ends in its unit. */
export type Instant = number & { readonly __instant?: never };

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

/** Where the time comes from. `now` never goes backwards within a process: it is wall time at start plus monotonic time since. */
export interface Clock {
  now(): Instant;
  /** Plans work on this clock's own time. @returns how to cancel it. Left out: real time, as `planOn` says. */
  plan?(delayMs: number, run: () => void): () => void;
}

/** setTimeout on the clock's time: the simulator's clock moves by what is planned on it, every other one is real time. */
export function planOn(clock: Clock, delayMs: number, run: () => void): () => void {
  if (clock.plan) return clock.plan(delayMs, run);
  const timer = setTimeout(run, delayMs);
  return () => clearTimeout(timer);
}

/** Wall time anchored once, then monotonic, so that a stepped system clock never makes a negative duration. */
export function systemClock(): Clock {
  const anchor = Date.now() - performance.now();
  return { now: () => Math.round(anchor + performance.now()) };
}
