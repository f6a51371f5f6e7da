import { enterQueue } from '../steps/enter-queue.ts';
import { type Reaction, when } from './reaction.ts';

/** Where a flow leads: a queue, or the end. */
export const FLOW_REACTIONS: readonly Reaction[] = [
  when('flow-menu-chosen', (turn, { conversationId, label }) => void turn.conversation(conversationId, { type: 'choose-in-menu', label })),
  when('flow-run-ended', (turn, { conversationId, callId, outcome }) => {
    if (outcome.kind === 'queued') enterQueue(turn, conversationId, { queueId: outcome.queueId, reason: 'flow' });
    else if (outcome.kind === 'hung-up') turn.call(callId, { type: 'end', by: 'center', cause: 'hung-up' });
  }),
];
