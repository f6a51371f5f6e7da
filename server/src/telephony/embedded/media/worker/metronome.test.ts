import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Metronome } from './metronome.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

test('[design 4] 50 frames a second, for an hour, phase after phase', () => {
  const counts = [0, 0, 0, 0];
  let last = -1;
  const metronome = new Metronome((phase) => {
    expect(phase).toBe((last + 1) % 4);
    last = phase;
    counts[phase]! += 1;
  }, () => performance.now());
  metronome.start();
  vi.advanceTimersByTime(600_000);
  metronome.stop();
  for (const count of counts) expect(Math.abs(count - 30_000)).toBeLessThanOrEqual(1);
  vi.advanceTimersByTime(1_000);
  expect(counts.reduce((sum, count) => sum + count)).toBeLessThanOrEqual(120_004);
});

test('a late loop is caught up, a stall given up in whole rounds, and lateness is told', () => {
  let skipped = 0;
  const phases: number[] = [];
  const given: number[] = [];
  const metronome = new Metronome((phase) => phases.push(phase), () => performance.now() + skipped, (rounds) => given.push(rounds));
  metronome.start();
  vi.advanceTimersByTime(100);
  expect(metronome.lateP99Ms()).toBeLessThan(2);
  skipped += 60;
  vi.advanceTimersByTime(10);
  expect(phases.length).toBe(34);
  skipped += 5_000;
  vi.advanceTimersByTime(20);
  expect(phases.length).toBeLessThan(50);
  // Played and given up are together what has passed.
  expect(given).toEqual([250]);
  expect(given[0]! * 20 + phases.length * 5).toBeGreaterThan(5_170);
  phases.forEach((phase, n) => expect(phase).toBe(n % 4));
  expect(metronome.lateP99Ms()).toBeGreaterThan(1_000);
  metronome.stop();
});
