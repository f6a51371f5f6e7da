import { expect, test } from 'vitest';
import type { TelephonyEvent } from '../telephony/port/index.ts';
import { SwitchLine } from './switch-line.ts';

const event = (seq: number, account: string): TelephonyEvent => ({ seq, at: 0, account, fact: { type: 'leg-answered', legId: `leg_${seq}` } });
const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

function line(from = 0) {
  const acknowledged: number[] = [];
  const commits = new Map<number, () => void>();
  const seenCommitted: number[] = [];
  const under = new SwitchLine({ acknowledge: (seq) => acknowledged.push(seq) }, from, (_account, { seq }, committedSeq) => {
    seenCommitted.push(committedSeq);
    return new Promise<void>((resolve) => commits.set(seq, resolve));
  });
  const commit = async (seq: number) => {
    commits.get(seq)!();
    await nextTurn();
    await nextTurn();
  };
  return { under, acknowledged, commit, seenCommitted };
}

test('[design 2] an event is acknowledged when everything before it is committed too, whatever the account', async () => {
  const { under, acknowledged, commit } = line();
  for (const [seq, account] of [[1, 'a'], [2, 'b'], [3, 'a']] as const) under.take(event(seq, account));
  await commit(3);
  await commit(2);
  expect(acknowledged).toEqual([]);
  await commit(1);
  expect(acknowledged).toEqual([3]);
  expect(under.committedSeq).toBe(3);
});

test('commits of one turn of the event loop are acknowledged together, and later events carry how far all had come', async () => {
  const { under, acknowledged, commit, seenCommitted } = line(10);
  under.take(event(11, 'a'));
  await commit(11);
  under.take(event(12, 'a'));
  expect(seenCommitted).toEqual([10, 11]);
  await commit(12);
  expect(acknowledged).toEqual([11, 12]);
});

test('a snapshot stands for every event up to its number', async () => {
  const { under, acknowledged, commit } = line();
  under.take(event(5, 'a'));
  under.skipTo(900);
  expect(acknowledged).toEqual([900]);
  await commit(5);
  under.take(event(901, 'a'));
  await commit(901);
  expect(acknowledged).toEqual([900, 901]);
});
