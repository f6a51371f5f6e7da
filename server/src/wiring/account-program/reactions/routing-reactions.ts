import { offerForAgent, offerForCustomer } from '../steps/make-offer.ts';
import { type Reaction, when } from './reaction.ts';

/** Whenever a customer or an agent becomes available to the other, they are matched: no poll, no scan. */
export const ROUTING_REACTIONS: readonly Reaction[] = [
  when(['queued', 'waiting-back', 'waiting-relaxed'], (turn, { waitingId }) => offerForCustomer(turn, waitingId)),
  when('activity-changed', (turn, { agentId, activity }) => {
    if (activity === 'idle') offerForAgent(turn, agentId);
  }),
  when(['agent-signed-in', 'status-chosen', 'agent-device-came'], (turn, { agentId }) => offerForAgent(turn, agentId)),
];
