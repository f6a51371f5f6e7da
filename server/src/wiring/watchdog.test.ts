import { expect, test } from 'vitest';
import { createAccountProgram } from './account-program/index.ts';
import { Watchdog } from './watchdog.ts';

test('[design 3] a broken rule is told once for as long as it lasts, and again when it comes back', () => {
  const world = createAccountProgram().createWorld('acc_1');
  const told: string[] = [];
  const watchdog = new Watchdog(() => [{ world, hasTimer: () => true }], (what, account) => told.push(`${account} ${what}`));
  watchdog.look();
  expect(told).toEqual([]);
  // A call that belongs to no conversation.
  const orphan = { state: 'open', callId: 'cal_1', conversationId: 'cnv_gone', customerLegId: 'leg_gone' } as never;
  world.calls.put('cal_1', orphan);
  watchdog.look();
  watchdog.look();
  const first = told.length;
  expect(first).toBeGreaterThan(0);
  expect(told.join()).toContain('acc_1');
  world.calls.put('cal_1', undefined);
  watchdog.look();
  world.calls.put('cal_1', orphan);
  watchdog.look();
  expect(told).toHaveLength(2 * first);
});

test('[design 3] a state that only a timer ends is told when its timer is gone', () => {
  const world = createAccountProgram().createWorld('acc_1');
  const told: string[] = [];
  world.devices.put('dev_1', { state: 'failing', deviceId: 'dev_1', userId: null, since: 0, until: 10_000 });
  new Watchdog(() => [{ world, hasTimer: (id) => id === 'device:dev_1' }], (what) => told.push(what)).look();
  expect(told).toEqual([]);
  new Watchdog(() => [{ world, hasTimer: () => false }], (what) => told.push(what)).look();
  expect(told).toEqual(['statesHaveTimers: dev_1 waits for device:dev_1, which is not set']);
});
