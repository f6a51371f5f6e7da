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
  const state = { rows, broken: false };
  const line = new ConfigurationLine({
    read: (_account, after) => {
      if (state.broken) return Promise.reject(new Error('connection refused'));
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
