import type { Instant } from '@centralita/kernel';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '@centralita/kernel';
import type { Window } from './tally.ts';

interface LocalTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function localTime(at: Instant, timeZone: string): LocalTime {
  let format = formats.get(timeZone);
  if (format === undefined) {
    const digits = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' } as const;
    formats.set(timeZone, (format = new Intl.DateTimeFormat('en-US', { timeZone, hourCycle: 'h23', ...digits })));
  }
  const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  return parts as unknown as LocalTime;
}

/** How far the zone is ahead of UTC at this instant, in ms. */
export function offsetMs(at: Instant, timeZone: string): number {
  const { year, month, day, hour, minute, second } = localTime(at, timeZone);
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / 1_000) * 1_000;
}

/** `timeOfDay` in minutes after midnight. In the hour that a change skips, the first instant after it; in one said twice, the first. */
function instantOf(utcDay: number, timeOfDayMinutes: number, timeZone: string): Instant {
  const asUtc = utcDay + timeOfDayMinutes * MINUTE_MS;
  const candidates = [offsetMs(asUtc - DAY_MS, timeZone), offsetMs(asUtc + DAY_MS, timeZone)].map((offset) => asUtc - offset);
  const right = candidates.filter((at) => at + offsetMs(at, timeZone) === asUtc);
  return right.length > 0 ? Math.min(...right) : Math.max(...candidates);
}

/**
 * The account's day that holds `at`: from `dayStartMinutes` after local midnight (a night shift's day may start at 6:00) to
 * the same time of the next date. 23 or 25 hours long when the clocks change.
 */
export function dayOf(at: Instant, timeZone: string, dayStartMinutes = 0): Window {
  const local = at + offsetMs(at, timeZone);
  let date = Math.floor((local - dayStartMinutes * MINUTE_MS) / DAY_MS) * DAY_MS;
  // When the clocks change at the day's start, local arithmetic may be off by one date.
  while (instantOf(date, dayStartMinutes, timeZone) > at) date -= DAY_MS;
  while (instantOf(date + DAY_MS, dayStartMinutes, timeZone) <= at) date += DAY_MS;
  return { from: instantOf(date, dayStartMinutes, timeZone), to: instantOf(date + DAY_MS, dayStartMinutes, timeZone) };
}

/**
 * The intervals of a report, each keyed by the UTC instant at which it starts. They follow each other without gap through a
 * change of clocks: an hour said twice is two intervals with one label and two offsets.
 */
export function* intervalsOf({ from, to }: Window, lengthMs: number = HOUR_MS): Generator<Window> {
  for (let start = from; start < to; start += lengthMs) yield { from: start, to: Math.min(start + lengthMs, to) };
}
