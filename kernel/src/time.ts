/** Milliseconds since 1970-01-01T00:00:00Z, as an integer. Durations are plain numbers whose name ends in its unit. */
export type Instant = number & { readonly __instant?: never };

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

/** Where the time comes from. `now` never goes backwards within a process: it is wall time at start plus monotonic time since. */
export interface Clock {
  now(): Instant;
}

/** Wall time anchored once, then monotonic, so that a stepped system clock never makes a negative duration. */
export function systemClock(): Clock {
  const anchor = Date.now() - performance.now();
  return { now: () => Math.round(anchor + performance.now()) };
}
