import { describe, expect, test } from 'vitest';
import { ordinaryHour, TEN, TurnScript } from '../testing/turns.ts';
import type { ReportedTurn } from './floor-events.ts';
import { averageHandleTime, occupancy, serviceLevel } from './metrics/registry.ts';
import { tallyOf } from './metrics/tally.ts';
import type { SegmentFacts } from './segment.ts';
import { createTodayFigures, type TodayFigures } from './today-figures.ts';

const LIMA = 'America/Lima';
const MINUTE = 60_000;

function after(turns: readonly ReportedTurn[], now = TEN): TodayFigures {
  const figures = createTodayFigures({ timeZone: LIMA, now });
  for (const turn of turns) figures.take(turn);
  return figures;
}

describe('today’s figures', () => {
  test('[S4.12] [S4.13] counters follow the events: offered, answered in time, abandoned, short, handle time', () => {
    const script = ordinaryHour('acc_1');
    const figures = after(script.turns);
    const ventas = figures.queue('que_ventas');
    expect(ventas).toMatchObject({ offered: 3, answered: 1, answeredWithin: 1, abandoned: 1, shortAbandons: 1, handled: 1, talkMs: 50_000, holdMs: 10_000, afterServiceMs: 15_000, longestWaitMs: 30_000 });
    expect(serviceLevel.of(ventas)).toBe(1 / 3);
    const carla = figures.agent('usr_carla', script.now);
    expect(carla).toMatchObject({ offered: 1, answered: 1, handled: 1 });
    expect(averageHandleTime.of(carla)).toBe(75_000);
    expect(figures.queue('que_unknown')).toMatchObject({ offered: 0 });
  });

  test('[S4.13] a customer still waiting is offered, and nothing else', () => {
    expect(after(new TurnScript('acc_1').opening().enters(1).turns).totals(TEN)).toMatchObject({ offered: 1, answered: 0, abandoned: 0, handled: 0 });
  });

  test('[S4.11] time in the present activity counts as of now', () => {
    const script = new TurnScript('acc_1').opening().signIn('usr_carla').enters(1).offered(1, 'usr_carla').answers(1, 'usr_carla');
    const figures = after(script.turns);
    // Seven seconds idle before the offer rang.
    expect(figures.agent('usr_carla', script.now + MINUTE)).toMatchObject({ idleMs: 7_000, contactWorkMs: MINUTE, signedInMs: MINUTE + 10_000 });
    expect(occupancy.of(figures.totals(script.now + MINUTE))).toBe(60 / 67);
  });

  test('at midnight of the account the counters start anew, and a call of yesterday stays there', () => {
    const midnight = TEN + 14 * 60 * MINUTE;
    const script = new TurnScript('acc_1', midnight - 20_000).opening().signIn('usr_carla').enters(1).offered(1, 'usr_carla').answers(1, 'usr_carla');
    const figures = after(script.turns, midnight - 20_000);
    expect(figures.queue('que_ventas')).toMatchObject({ offered: 1, answered: 1 });
    const before = script.turns.length;
    script.talksAndLeaves(1, 'usr_carla').enters(2);
    for (const turn of script.turns.slice(before)) figures.take(turn);
    expect(figures.queue('que_ventas')).toMatchObject({ offered: 1, answered: 0, handled: 0, talkMs: 0 });
    expect(figures.day().from).toBe(midnight);
    // Their time is cut at midnight instead.
    const agent = figures.agent('usr_carla', script.now);
    expect(agent.signedInMs).toBe(script.now - midnight);
    figures.turnDay(midnight + 24 * 60 * MINUTE);
    expect(figures.totals(midnight + 24 * 60 * MINUTE)).toMatchObject({ offered: 0, contactWorkMs: 0 });
  });

  test('[design 8] they equal the report of the same day made from segments', () => {
    const { turns } = ordinaryHour('acc_1');
    const figures = after(turns);
    const segment = (more: Partial<SegmentFacts>): SegmentFacts => ({ queueId: 'que_ventas', agentId: null, queuedAt: TEN, thresholdMs: 20_000, waitMs: null, answeredAt: null, leftAt: null, connectedMs: 0, holdMs: 0, afterServiceMs: 0, ending: null, ...more });
    const report = tallyOf(
      figures.day(),
      [
        segment({ agentId: 'usr_carla', waitMs: 7_000, answeredAt: TEN, leftAt: TEN, connectedMs: 60_000, holdMs: 10_000, afterServiceMs: 15_000, ending: 'answered' }),
        segment({ waitMs: 30_000, ending: 'abandoned' }),
        segment({ waitMs: 2_000, ending: 'short-abandon' }),
      ],
      [],
      TEN,
    );
    expect(figures.queue('que_ventas')).toEqual(report);
  });
});
