import { describe, expect, it } from 'vitest';
import { keyMoves, played, reachOf, typedMoment, within } from './past.view-model.ts';

const LIMA = 'America/Lima';
const noon = Date.UTC(2026, 10, 22, 17);

describe('the slider of the past', () => {
  it('reaches over the day of the moment shown, in the person’s zone', () => {
    expect(reachOf(noon, LIMA, noon + 86_400_000, null)).toEqual({ from: Date.UTC(2026, 10, 22, 5), to: Date.UTC(2026, 10, 23, 5) - 1_000 });
    // 25 hours, when clocks are set back.
    const { from, to } = reachOf(Date.UTC(2026, 9, 25, 12), 'Europe/Madrid', noon, null);
    expect(to - from).toBe(25 * 3_600_000 - 1_000);
  });

  it('ends a second before now, and begins where the journal does', () => {
    expect(reachOf(noon, LIMA, noon + 5_500, noon - 90_500)).toEqual({ from: noon - 90_000, to: noon + 4_000 });
    // Nothing of that day is kept any more: it still is a slider.
    const none = reachOf(noon, LIMA, noon + 5_000, noon + 60_000);
    expect(none.from).toBe(none.to);
  });

  it('keeps a moment within its reach, in whole seconds', () => {
    const reach = { from: 10_000, to: 20_000 };
    expect([within(3_000, reach), within(15_999, reach), within(99_000, reach)]).toEqual([10_000, 15_000, 20_000]);
  });

  it('takes what was typed, with seconds or without, and waits while it is not whole', () => {
    expect(typedMoment('2026-11-22', '12:00', LIMA)).toBe(noon);
    expect(typedMoment('2026-11-22', '12:00:07', LIMA)).toBe(noon + 7_000);
    for (const [day, time] of [['', '12:00'], ['2026-11-22', ''], ['2026-11-22', '12'], ['2026-13-40', '12:00']] as const) expect(typedMoment(day, time, LIMA)).toBeNull();
  });

  it('is moved by keys: seconds, minutes, ends, and play', () => {
    expect([keyMoves('ArrowLeft', false), keyMoves('ArrowRight', true), keyMoves('PageDown', false), keyMoves('Home', false), keyMoves('End', false), keyMoves(' ', false), keyMoves('a', false)]).toEqual([-1_000, 60_000, -60_000, 'from', 'to', 'play', null]);
  });

  it('plays on until the end of what there is', () => {
    expect(played(10_000, 10, 60_000)).toEqual({ at: 20_000, ended: false });
    expect(played(10_000, 60, 60_000)).toEqual({ at: 60_000, ended: true });
  });
});
