import type { Facts } from '@centralita/kernel';
import { expect, test } from 'vitest';
import { conversation, type Conversation, type ConversationCommand } from './conversation.ts';

const at = (now: number): Facts => ({ now, draw: (kind) => `${kind}_1`, chance: () => 0 });
type Timed = ConversationCommand & { readonly at?: number };

const start: ConversationCommand = {
  type: 'start',
  conversationId: 'cnv_1',
  callId: 'cal_1',
  direction: 'inbound',
  customer: { number: 'per_ana', name: null },
  numberId: 'num_1',
  dialled: 'per_number',
  owner: { kind: 'flow', flowRunId: 'frn_1' },
  colleagueId: null,
};
const wait: Timed = { type: 'wait', waitingId: 'wai_1', segmentId: 'seg_1', queueId: 'que_1', reason: 'flow', at: 2_000 };
const answer: Timed = { type: 'answer', agentId: 'carla', offerId: 'off_1', at: 9_000 };

function given(...commands: Timed[]): Conversation | undefined {
  let state: Conversation | undefined;
  for (const { at: now = 0, ...command } of commands) {
    const decision = conversation.decide(state, command as ConversationCommand, at(now));
    for (const event of decision.events ?? expect.unreachable(`${command.type}: ${decision.refusal}`)) state = conversation.evolve(state, event);
  }
  return state;
}
const when = (state: Conversation | undefined, command: ConversationCommand, now = 20_000) => conversation.decide(state, command, at(now));

test('[design 8] the answer says how long the customer had waited in this queue', () => {
  expect(when(given(start, wait), answer, 9_000).events).toMatchObject([{ type: 'conversation-answered', waitMs: 7_000, segmentId: 'seg_1', queueId: 'que_1', offerId: 'off_1' }]);
});

test('[S2.27] the end of the talk and the end of the conversation are said in this order, once each', () => {
  const events = when(given(start, wait, answer), { type: 'end', by: 'customer', unanswered: 'failed' }).events;
  expect(events).toMatchObject([
    { type: 'conversation-agent-left', talkMs: 11_000, segmentId: 'seg_1', reason: 'ended' },
    { type: 'conversation-ended', ending: 'answered', by: 'customer', agentId: 'carla' },
  ]);
});

test('who was answered once and is lost back into the queue ends as answered', () => {
  const back = given(start, wait, answer, { ...wait, reason: 'agent-lost', segmentId: 'seg_2', waitingId: 'wai_2' });
  expect(back).toMatchObject({ state: 'waiting', answeredBefore: true });
  expect(when(back, { type: 'end', by: 'customer', unanswered: 'abandoned' }).events).toMatchObject([{ type: 'conversation-ended', ending: 'answered', segmentId: 'seg_2', agentId: null }]);
});

test('closing words settle what it comes to, whoever hangs up during them', () => {
  const closing = given(start, wait, { type: 'close', flowRunId: 'frn_2', ending: 'overflowed', queueId: 'que_1' });
  expect(when(closing, { type: 'end', by: 'customer', unanswered: 'left-in-menu' }).events).toMatchObject([{ ending: 'overflowed', by: 'customer', queueId: 'que_1' }]);
});

test('what has ended, ends no more; what nobody waits for, nobody answers', () => {
  expect(when(undefined, { type: 'end', by: 'agent', unanswered: 'failed' }).refusal).toBe('already-ended');
  expect(when(given(start), answer).refusal).toBe('not-allowed-now');
});
