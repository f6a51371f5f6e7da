import { DAY_MS, type Instant, MINUTE_MS } from '@centralita/kernel';
import { dayOf, intervalsOf, offsetMs } from '@centralita/server/capabilities/reports/index.ts';

export const HALF_HOUR_MS = 30 * MINUTE_MS;

export interface Day {
  readonly from: Instant;
  readonly to: Instant;
  /** 0 for Monday. */
  readonly weekday: number;
}

/** Local days one after another: 23 or 25 hours long when the clocks change. */
export function daysFrom(start: string, count: number, timeZone: string): Day[] {
  const days: Day[] = [];
  // Noon of the date in UTC lies within 12 hours of noon there, but for the zones east of UTC+12.
  const noon = Date.parse(`${start}T12:00:00Z`);
  let { from } = dayOf(noon - offsetMs(noon, timeZone), timeZone);
  for (let i = 0; i < count; i++) {
    const { to } = dayOf(from, timeZone);
    const local = new Date(from + offsetMs(from, timeZone) + DAY_MS / 4);
    days.push({ from, to, weekday: (local.getUTCDay() + 6) % 7 });
    from = to;
  }
  return days;
}

/** Half hours of the day with their place on the local clock: 0 for 00:00. An hour said twice has the same places twice. */
export function* halfHoursOf(day: Day, timeZone: string): Generator<{ readonly from: Instant; readonly to: Instant; readonly place: number }> {
  for (const { from, to } of intervalsOf(day, HALF_HOUR_MS)) {
    const local = from + offsetMs(from, timeZone);
    yield { from, to, place: Math.floor((((local % DAY_MS) + DAY_MS) % DAY_MS) / HALF_HOUR_MS) };
  }
}

/** A time of day ("08:30") on that day; in an hour that is skipped, the moment the clocks change; in one said twice, the first. */
export function timeOn(day: Day, time: string, timeZone: string): Instant {
  const [hours, minutes] = time.split(':').map(Number) as [number, number];
  const wanted = (60 * hours + minutes) * MINUTE_MS;
  const midnight = offsetMs(day.from, timeZone);
  const asBefore = day.from + wanted;
  const at = asBefore - (offsetMs(asBefore, timeZone) - midnight);
  return at + offsetMs(at, timeZone) === asBefore + midnight ? at : asBefore;
}
