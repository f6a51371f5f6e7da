import type { Facts } from '@centralita/kernel';
import { expect, test } from 'vitest';
import { afterService, type AfterServiceCommand } from './after-service.ts';

const at = (now: number): Facts => ({ now, draw: (kind) => `${kind}_1`, chance: () => 0 });
const start: AfterServiceCommand = { type: 'start', afterServiceId: 'aft_1', agentId: 'carla', conversationId: 'cnv_1', segmentId: 'seg_1', queueId: 'que_1', customer: { number: 'per_ana', name: null }, limitMs: 30_000 };
const started = afterService.evolve(undefined, afterService.decide(undefined, start, at(1_000)).events![0]!);

test('[S2.28] its end is set when it starts, by the server', () => expect(started).toMatchObject({ startedAt: 1_000, endsAt: 31_000, customer: { number: 'per_ana' } }));

test('[S2.27, S2.28] each of the three endings says which it was', () => {
  const ending = (command: AfterServiceCommand) => afterService.decide(started, command, at(8_000)).events;
  expect(ending({ type: 'finish', agentId: 'carla' })).toMatchObject([{ reason: 'finished', durationMs: 7_000 }]);
  expect(ending({ type: 'limit-over' })).toMatchObject([{ reason: 'limit' }]);
  expect(ending({ type: 'sign-out' })).toMatchObject([{ reason: 'signed-out' }]);
});

test('[S2.27] after the first ending the others are refused by name, and it never starts twice', () => {
  for (const command of [{ type: 'finish', agentId: 'carla' }, { type: 'limit-over' }, { type: 'sign-out' }] satisfies AfterServiceCommand[]) expect(afterService.decide(undefined, command, at(9_000)).refusal).toBe('already-ended');
  expect(afterService.decide(started, start, at(2_000)).refusal).toBe('not-allowed-now');
  expect(afterService.decide(started, { type: 'finish', agentId: 'diego' }, at(2_000)).refusal).toBe('not-yours');
});
