import type { Timer, Timers } from '../timers.ts';

export interface VirtualTimers extends Timers {
  /** Runs everything that is due within so many milliseconds, in order, and lets promises settle in between. */
  advance(durationMs: number): Promise<void>;
}

/** Time that stands still until it is told to go on. */
export function virtualTimers(start = 1_000_000): VirtualTimers {
  let now = start;
  let sequence = 0;
  const pending = new Set<{ readonly at: number; readonly order: number; readonly run: () => void }>();

  const settle = async () => {
    for (let i = 0; i < 20; i++) await Promise.resolve();
  };

  return {
    now: () => now,
    after(delayMs, run): Timer {
      const entry = { at: now + Math.max(0, delayMs), order: sequence++, run };
      pending.add(entry);
      return { cancel: () => void pending.delete(entry) };
    },
    get pending() {
      return pending.size;
    },
    async advance(durationMs) {
      const until = now + durationMs;
      await settle();
      for (;;) {
        let next: { readonly at: number; readonly order: number; readonly run: () => void } | undefined;
        for (const entry of pending) if (entry.at <= until && (!next || entry.at < next.at || (entry.at === next.at && entry.order < next.order))) next = entry;
        if (!next) break;
        pending.delete(next);
        now = Math.max(now, next.at);
        next.run();
        await settle();
      }
      now = until;
      await settle();
    },
  };
}
