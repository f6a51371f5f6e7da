import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { RecordingDisk } from './recording-disk.ts';

const MB = 1024 * 1024;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function disk(freeMb: number) {
  const told: (boolean | 'space')[] = [];
  const state = { freeMb };
  const seen = new RecordingDisk({ freeBytes: () => Promise.resolve(state.freeMb * MB), onFull: (full) => told.push(full), onSpace: () => Promise.resolve(told.push('space')) });
  return { seen, told, state };
}

test('[issue 2, faults] a recording that met a full disk is told once, and again when there is space for minutes', async () => {
  const { seen, told, state } = disk(0);
  seen.sawFull();
  seen.sawFull();
  state.freeMb = 2;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(told).toEqual([true]);
  state.freeMb = 20;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(told).toEqual([true, false, 'space']);
});

test('a start finds it full by itself', async () => {
  const { seen, told } = disk(0.5);
  await seen.open();
  expect(told).toEqual([true]);
  seen.close();
});

test('a start with space says nothing', async () => {
  const { seen, told } = disk(2);
  await seen.open();
  expect(told).toEqual([]);
});
