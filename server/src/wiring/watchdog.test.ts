import { expect, test } from 'vitest';
import { createAccountProgram } from './account-program/index.ts';
import { Watchdog } from './watchdog.ts';

test('[design 3] a broken rule is told once for as long as it lasts, and again when it comes back', () => {
  const world = createAccountProgram().createWorld('acc_1');
  const told: string[] = [];
  const watchdog = new Watchdog(() => [world], (what, account) => told.push(`${account} ${what}`));
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
