import { systemClock, type Clock } from '@centralita/kernel';

/** One pending wake-up. Cancelling twice, or after it fired, is harmless. */
export interface Timer {
  cancel(): void;
}

/** Time and wake-ups, injected everywhere, so that tests run in virtual time. `pending` is what must come back to 0. */
export interface Timers extends Clock {
  after(delayMs: number, run: () => void): Timer;
  readonly pending: number;
}

/** Node's timers on the kernel's monotonic clock. Pending ones do not keep the process alive: a listening socket does. */
export function systemTimers(): Timers {
  const clock = systemClock();
  let pending = 0;
  return {
    now: clock.now,
    after(delayMs, run) {
      pending++;
      let live = true;
      const settle = () => {
        if (!live) return false;
        live = false;
        pending--;
        return true;
      };
      const handle = setTimeout(() => {
        if (settle()) run();
      }, delayMs);
      handle.unref();
      return {
        cancel() {
          if (settle()) clearTimeout(handle);
        },
      };
    },
    get pending() {
      return pending;
    },
  };
}

/**
 * Timers that count their own pending ones apart from other users of the same clock, can all be ended at once, and contain what a
 * wake-up throws: one call's bug must not end the others.
 */
export function countedTimers(timers: Timers, failed: (error: unknown) => void): Timers & { cancelAll(): void } {
  const live = new Set<Timer>();
  return {
    now: () => timers.now(),
    after(delayMs, run) {
      // Dropped as soon as it is over: a cancelled timer that somebody still holds must not hold a call.
      let work: (() => void) | undefined = run;
      const inner = timers.after(delayMs, () => {
        live.delete(timer);
        const due = work;
        work = undefined;
        try {
          due?.();
        } catch (error) {
          failed(error);
        }
      });
      const timer: Timer = {
        cancel() {
          if (!live.delete(timer)) return;
          work = undefined;
          inner.cancel();
        },
      };
      live.add(timer);
      return timer;
    },
    get pending() {
      return live.size;
    },
    cancelAll() {
      for (const timer of [...live]) timer.cancel();
    },
  };
}
