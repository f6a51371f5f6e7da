import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SegmentFacts } from '../segment.ts';
import { dayOf, intervalsOf, offsetMs } from './day.ts';
import * as metrics from './registry.ts';
import { addTally, countSegment, emptyTally, tallyOf, type ActivityInterval, type Window } from './tally.ts';

const HOUR = 3_600_000;
const TEN = Date.UTC(2026, 10, 20, 15);
const hour: Window = { from: TEN, to: TEN + HOUR };

const segment = (more: Partial<SegmentFacts>): SegmentFacts => ({
  queueId: 'ventas',
  agentId: null,
  queuedAt: TEN,
  thresholdMs: 20_000,
  waitMs: null,
  answeredAt: null,
  leftAt: null,
  connectedMs: 0,
  holdMs: 0,
  afterServiceMs: 0,
  ending: null,
  ...more,
});
const answeredAfter = (waitMs: number, more: Partial<SegmentFacts> = {}): SegmentFacts =>
  segment({ agentId: 'carla', waitMs, answeredAt: TEN + waitMs, leftAt: TEN + waitMs + 60_000, connectedMs: 60_000, holdMs: 10_000, afterServiceMs: 30_000, ending: 'answered', ...more });

const figures = (segments: readonly SegmentFacts[], intervals: readonly ActivityInterval[] = [], window = hour) => {
  const tally = tallyOf(window, segments, intervals, window.to);
  return Object.fromEntries(metrics.METRICS.map((metric) => [metric.name, metric.of(tally)]));
};

describe('figures of a queue', () => {
  const day = [
    answeredAfter(20_000),
    answeredAfter(20_001),
    segment({ waitMs: 45_000, ending: 'abandoned' }),
    segment({ waitMs: 2_000, ending: 'short-abandon' }),
    segment({ waitMs: 90_000, ending: 'overflowed' }),
    segment({}),
  ];

  test('[S4.6] [S4.7] [S4.8] [S4.9] [S4.10] each counts what it says', () => {
    expect(figures(day)).toEqual({
      offered: 6,
      answered: 2,
      abandoned: 1,
      'short-abandons': 1,
      overflowed: 1,
      'service-level': 1 / 6,
      'service-level-without-short-abandons': 1 / 5,
      'average-speed-of-answer': 20_000.5,
      'average-handle-time': 90_000,
      'longest-wait': 90_000,
      occupancy: null,
    });
  });

  test('[S4.9] nothing offered: no service level, rather than 0 or 100 %', () => {
    expect(figures([])).toMatchObject({ offered: 0, 'service-level': null, 'average-speed-of-answer': null, 'average-handle-time': null, 'longest-wait': null });
  });

  test('[S4.9] the threshold is the one at entry, whatever the queue says later', () => {
    expect(figures([answeredAfter(25_000, { thresholdMs: 30_000 }), answeredAfter(25_000, { thresholdMs: 20_000 })])['service-level']).toBe(0.5);
  });

  test('[S4.10] a talk in progress is answered, and not yet in the handle time', () => {
    expect(figures([answeredAfter(5_000), answeredAfter(5_000, { leftAt: null, connectedMs: 0, holdMs: 0, afterServiceMs: 0 })])).toMatchObject({ answered: 2, 'average-handle-time': 90_000 });
  });

  test('offered 10:59 and answered 11:01 belongs to the interval of 10:00 on both sides, so no service level exceeds 100 %', () => {
    const late = answeredAfter(2 * 60_000, { queuedAt: hour.to - 60_000, thresholdMs: 300_000 });
    expect(figures([late])).toMatchObject({ offered: 1, answered: 1, 'service-level': 1 });
    expect(figures([late], [], { from: hour.to, to: hour.to + HOUR })).toMatchObject({ offered: 0, answered: 0 });
  });

  test('a conversation that overflows from one queue to another is offered to each, and answered by one', () => {
    const first = segment({ waitMs: 60_000, ending: 'overflowed' });
    const second = answeredAfter(5_000, { queueId: 'soporte', queuedAt: TEN + 60_000 });
    expect(figures([first])).toMatchObject({ offered: 1, overflowed: 1, answered: 0 });
    expect(figures([second])).toMatchObject({ offered: 1, overflowed: 0, answered: 1, 'average-speed-of-answer': 5_000 });
  });
});

describe('figures of agents', () => {
  const stretch = (activity: ActivityInterval['activity'], fromMinute: number, toMinute: number | null, takesQueueWork = true): ActivityInterval => ({
    agentId: 'carla',
    activity,
    takesQueueWork,
    from: TEN + fromMinute * 60_000,
    to: toMinute === null ? null : TEN + toMinute * 60_000,
  });

  test('[S4.11] occupancy is contact work over contact work and idle, ringing and lunch on neither side', () => {
    const day = [stretch('idle', 0, 10), stretch('offered', 10, 11), stretch('talking', 11, 31), stretch('holding', 31, 36), stretch('after-service', 36, 41), stretch('idle', 41, 60, false)];
    expect(figures([], day).occupancy).toBe(30 / 40);
  });

  test('[S4.11] a stretch is clipped at the edges of the interval, and one that lasts ends now', () => {
    expect(figures([], [stretch('talking', -10, 10), stretch('idle', 50, 70)]).occupancy).toBe(0.5);
    const tally = tallyOf(hour, [], [stretch('talking', 50, null)], TEN + 55 * 60_000);
    expect(tally.contactWorkMs).toBe(5 * 60_000);
  });

  test('[S4.11] however a day is cut, the parts add up to the whole', () => {
    const stretches = fc.array(fc.record({ activity: fc.constantFrom('idle' as const, 'talking' as const, 'not-answering' as const), from: fc.integer({ min: -90, max: 90 }), minutes: fc.integer({ min: 0, max: 90 }) }), { maxLength: 20 });
    const waits = fc.array(fc.record({ at: fc.integer({ min: 0, max: 59 }), waitMs: fc.integer({ min: 0, max: 60_000 }) }), { maxLength: 20 });
    fc.assert(
      fc.property(stretches, waits, fc.constantFrom(1, 7, 15, 60), (times, calls, minutes) => {
        const intervals = times.map(({ activity, from, minutes: long }) => stretch(activity, from, from + long));
        const segments = calls.map(({ at, waitMs }) => answeredAfter(waitMs, { queuedAt: TEN + at * 60_000 }));
        const sum = emptyTally();
        for (const part of intervalsOf(hour, minutes * 60_000)) addTally(sum, tallyOf(part, segments, intervals, hour.to));
        expect(sum).toEqual(tallyOf(hour, segments, intervals, hour.to));
      }),
    );
  });

  test('taking a segment away leaves the tally as it was before, but for the longest wait', () => {
    const tally = emptyTally();
    countSegment(tally, answeredAfter(7_000));
    countSegment(tally, answeredAfter(7_000), -1);
    expect(tally).toEqual({ ...emptyTally(), longestWaitMs: 7_000 });
  });
});

describe('the account’s day', () => {
  const at = (text: string) => Date.parse(text);
  const iso = ({ from, to }: Window) => [new Date(from).toISOString(), new Date(to).toISOString()];

  test.each([
    ['America/Lima', '2026-11-20T15:00:00Z', '2026-11-20T05:00:00.000Z', '2026-11-21T05:00:00.000Z', 24],
    ['America/Bogota', '2026-11-20T04:59:59.999Z', '2026-11-19T05:00:00.000Z', '2026-11-20T05:00:00.000Z', 24],
    // The clocks go forward on 29 March 2026 and back on 25 October.
    ['Europe/Madrid', '2026-03-29T12:00:00Z', '2026-03-28T23:00:00.000Z', '2026-03-29T22:00:00.000Z', 23],
    ['Europe/Madrid', '2026-10-25T12:00:00Z', '2026-10-24T22:00:00.000Z', '2026-10-25T23:00:00.000Z', 25],
    // Chile changes at midnight: 6 September 2026 begins at 01:00, and 4 April is 25 hours long.
    ['America/Santiago', '2026-09-06T12:00:00Z', '2026-09-06T04:00:00.000Z', '2026-09-07T03:00:00.000Z', 23],
    ['America/Santiago', '2026-04-04T12:00:00Z', '2026-04-04T03:00:00.000Z', '2026-04-05T04:00:00.000Z', 25],
    ['Asia/Kathmandu', '2026-11-20T15:00:00Z', '2026-11-19T18:15:00.000Z', '2026-11-20T18:15:00.000Z', 24],
  ])('in %s the day of %s is %s to %s, %i hours', (zone, instant, from, to, hours) => {
    const day = dayOf(at(instant), zone);
    expect(iso(day)).toEqual([from, to]);
    expect((day.to - day.from) / HOUR).toBe(hours);
  });

  test('a day that starts at 6:00 keeps the night shift together', () => {
    expect(iso(dayOf(at('2026-11-20T09:00:00Z'), 'America/Lima', 360))).toEqual(['2026-11-19T11:00:00.000Z', '2026-11-20T11:00:00.000Z']);
  });

  test('days follow each other without gap or overlap, in every zone and hour', () => {
    fc.assert(
      fc.property(fc.constantFrom('America/Lima', 'America/Santiago', 'Europe/Madrid', 'America/New_York', 'Australia/Lord_Howe'), fc.integer({ min: at('2025-01-01'), max: at('2027-12-31') }), fc.constantFrom(0, 120, 360), (zone, instant, start) => {
        const day = dayOf(instant, zone, start);
        expect(day.from <= instant && instant < day.to).toBe(true);
        expect(dayOf(day.from, zone, start)).toEqual(day);
        expect(dayOf(day.to - 1, zone, start)).toEqual(day);
        expect(dayOf(day.to, zone, start).from).toBe(day.to);
      }),
      { numRuns: 200 },
    );
  });

  test('the hour said twice is two intervals with two offsets', () => {
    const day = dayOf(at('2026-10-25T12:00:00Z'), 'Europe/Madrid');
    const hours = [...intervalsOf(day)];
    expect(hours).toHaveLength(25);
    expect(hours.slice(2, 4).map(({ from }) => [new Date(from + offsetMs(from, 'Europe/Madrid')).getUTCHours(), offsetMs(from, 'Europe/Madrid') / HOUR])).toEqual([
      [2, 2],
      [2, 1],
    ]);
  });
});
