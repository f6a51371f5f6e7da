import { MINUTE_MS, type Instant } from '@centralita/kernel';

/** A source's clock may be ahead of ours by so much. A time further away would outlive every change to come. */
export const AHEAD_LIMIT_MS = 5 * MINUTE_MS;

/** `2026-11-23T08:46:02.1234567+01:00` → `2026-11-23T07:46:02.123456Z`: in UTC, to the microsecond, as the database keeps it and a Date does not. */
export function toMicroseconds(instant: string): string {
  const fraction = /\.([0-9]+)/.exec(instant)?.[1] ?? '';
  const seconds = new Date(instant.replace(/\.[0-9]+/, '')).toISOString().slice(0, 19);
  return `${seconds}.${fraction.slice(0, 6).padEnd(6, '0')}Z`;
}

/** On a day of the calendar, between 1970 and now or a little later. */
export function canHaveHappened(instant: string, now: Instant): boolean {
  const at = Date.parse(instant);
  return isDay(instant.slice(0, 10)) && at >= 0 && at <= now + AHEAD_LIMIT_MS;
}

/** A Date takes 30 February for 2 March. */
function isDay(day: string): boolean {
  const midnight = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(day);
}
