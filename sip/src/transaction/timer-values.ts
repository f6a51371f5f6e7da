/** RFC 3261 table 4, in milliseconds. The lettered timers follow from these (17.1.1.2 and onwards). */
export interface TimerValues {
  readonly t1: number;
  readonly t2: number;
  readonly t4: number;
  /** Timer D on UDP: at least 32 s. */
  readonly d: number;
}

export const DEFAULT_TIMER_VALUES: TimerValues = { t1: 500, t2: 4_000, t4: 5_000, d: 32_000 };
