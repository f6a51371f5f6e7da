import { expect, test } from 'vitest';
import { Floors, type FloorsOptions } from './floors.ts';
import { SwitchLine } from './switch-line.ts';

test('[design 2] what the switch says while control stops is not acknowledged: the next one is told again', async () => {
  const floors = new Floors({ readOutbox: () => Promise.resolve({ rows: [], more: false }), onAlarm: () => {} } as unknown as FloorsOptions);
  const acknowledged: number[] = [];
  const line = new SwitchLine({ acknowledge: (seq) => void acknowledged.push(seq) }, 0, (account, event, committed) => floors.takeEvent(account, event, committed));
  const event = (seq: number) => ({ seq, at: 0, account: 'acc_1', fact: { type: 'leg-answered', legId: 'leg_1' } }) as const;
  line.take(event(1));
  await new Promise((soon) => setImmediate(() => setImmediate(soon)));
  await floors.close();
  line.take(event(2));
  await new Promise((soon) => setImmediate(() => setImmediate(soon)));
  expect(acknowledged).toEqual([1]);
});
