import { HOUR_MS } from '@centralita/kernel';
import { expect, test } from 'vitest';
import { daysFrom, halfHoursOf, timeOn } from './calendar.ts';

test.each([
  ['Europe/Madrid', '2026-03-29', 23, 46],
  ['Europe/Madrid', '2026-10-25', 25, 50],
  ['America/Santiago', '2026-09-06', 23, 46],
  ['America/Santiago', '2026-04-04', 25, 50],
  ['America/Argentina/Buenos_Aires', '2026-03-29', 24, 48],
])('in %s the day of %s has %i hours and %i half hours, without a gap', (timeZone, start, hours, halfHours) => {
  const [day, next] = daysFrom(start, 2, timeZone);
  expect(day!.to - day!.from).toBe(hours * HOUR_MS);
  expect(next!.from).toBe(day!.to);
  const windows = [...halfHoursOf(day!, timeZone)];
  expect(windows).toHaveLength(halfHours);
  expect(windows.at(-1)!.to).toBe(day!.to);
  for (let i = 1; i < windows.length; i++) expect(windows[i]!.from).toBe(windows[i - 1]!.to);
});

test('a shift at 8:30 begins at 8:30 on the local clock, before and after a change', () => {
  const local = (at: number) => new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Madrid', timeStyle: 'short' }).format(at);
  for (const start of ['2026-03-28', '2026-03-29', '2026-10-25', '2026-10-26']) {
    expect(local(timeOn(daysFrom(start, 1, 'Europe/Madrid')[0]!, '08:30', 'Europe/Madrid'))).toBe('08:30');
  }
});

test('weekdays follow the local calendar, from Monday', () => {
  expect(daysFrom('2026-03-02', 8, 'America/Santiago').map(({ weekday }) => weekday)).toEqual([0, 1, 2, 3, 4, 5, 6, 0]);
});
