import { afterEach, expect, test } from 'vitest';
import type { OutboxRow } from '../storage/outbox.postgres.ts';
import { ConfigurationLine } from './configuration-line.ts';

const lines: ConfigurationLine[] = [];
afterEach(async () => {
  for (const line of lines.splice(0)) await line.close();
});

function given(rows: OutboxRow[]) {
  const taken: number[] = [];
  const failures: unknown[] = [];
  /** `heldBack`: how many looks more an older transaction keeps the last row from being settled. */
  const state = { rows, broken: false, heldBack: 0, onRead: (): void => undefined };
  const line = new ConfigurationLine({
    read: (_account, after) => {
      if (state.broken) return Promise.reject(new Error('connection refused'));
      state.onRead();
      if (state.heldBack > 0) return Promise.resolve({ rows: [], more: state.heldBack-- > 0 });
      const from = after === 0 ? 0 : state.rows.findIndex((row) => row.position === after) + 1;
      return Promise.resolve({ rows: state.rows.slice(from, from + 2), more: state.rows.length > from + 2 });
    },
    take: (_account, change) => {
      taken.push(change.position);
      return Promise.resolve();
    },
    onFailure: (_account, error) => failures.push(error),
  });
  lines.push(line);
  return { line, taken, failures, state };
}
const row = (position: number): OutboxRow => ({ position, entity: 'status', entityId: `sta_${position}`, value: { takesQueueWork: true } });

test('[design 3] opening takes every change in the order read, each once, also when positions are not in order', async () => {
  const { line, taken } = given([row(3), row(1), row(2), row(5), row(4)]);
  await line.open('acc_1', 0);
  expect(taken).toEqual([3, 1, 2, 5, 4]);
});

test('a wake-up takes what came since, and nothing twice', async () => {
  const { line, taken, state } = given([row(1)]);
  await line.open('acc_1', 0);
  state.rows.push(row(2));
  await Promise.all([line.wake('acc_1'), line.wake('acc_1')]);
  expect(taken).toEqual([1, 2]);
});

test('a database that is away is told, and read again from the same place', async () => {
  const { line, taken, failures, state } = given([row(1)]);
  await line.open('acc_1', 0);
  state.broken = true;
  state.rows.push(row(2));
  await line.wake('acc_1');
  expect(failures).toHaveLength(1);
  state.broken = false;
  await line.wake('acc_1');
  expect(taken).toEqual([1, 2]);
});

test('[design 3] who asks for everything waits for what was committed before, also while an older transaction holds it back', async () => {
  const { line, taken, state } = given([row(1)]);
  await line.open('acc_1', 0);
  state.heldBack = 3;
  state.rows.push(row(2));
  await line.takeAll('acc_1');
  expect(state.heldBack).toBe(0);
  expect(taken).toEqual([1, 2]);
  expect([line.takenUpTo('acc_1'), line.takenUpTo('acc_nobody')]).toEqual([2, undefined]);
});

test('who asks while a look is under way waits for the next one', async () => {
  const { line, taken, state } = given([row(1)]);
  await line.open('acc_1', 0);
  state.onRead = () => {
    state.onRead = () => undefined;
    // This look has seen its rows already.
    queueMicrotask(() => state.rows.push(row(2)));
  };
  const first = line.wake('acc_1');
  await line.takeAll('acc_1');
  await first;
  expect(taken).toEqual([1, 2]);
});

test('nobody waits for an account that is not held here, nor for a line that is closed', async () => {
  const { line } = given([]);
  await line.takeAll('acc_nobody');
  await line.open('acc_1', 0);
  await line.close();
  await line.takeAll('acc_1');
});
