import type { ConfigurationChange } from '../../../capabilities/accounts/index.ts';
import { overflow } from '../steps/enter-queue.ts';
import { offerForAgent, offerForCustomer } from '../steps/make-offer.ts';
import type { Turn } from '../turn.ts';
import { ownerKnown } from './people-reactions.ts';
import { type Reaction, when } from './reaction.ts';

/** Configuration changes under live calls. These walk more than one row, since they are made by hand and seldom. */
export const CONFIGURATION_REACTIONS: readonly Reaction[] = [when('configuration-taken', (turn, { change }) => taken(turn, change))];

function taken(turn: Turn, change: ConfigurationChange): void {
  switch (change.entity) {
    case 'status':
      return statusChanged(turn, change.id, change.value !== null);
    case 'agent':
      if (change.value === null) turn.agent(change.id, { type: 'sign-out', reason: 'removed' });
      else offerForAgent(turn, change.id);
      return;
    case 'queue':
      for (const waitingId of [...(turn.world.indexes.waitingByQueue.get(change.id) ?? [])]) {
        if (change.value === null) overflow(turn, waitingId, 'queue-gone');
        else offerForCustomer(turn, waitingId);
      }
      return;
    case 'device':
      if (change.value === null) turn.device(change.id, { type: 'go-offline', reason: 'removed' });
      else ownerKnown(turn, turn.world.devices.get(change.id), change.value.userId);
      return;
    case 'flow':
    case 'number':
    case 'trunk':
      return;
  }
}

/** People in a status that is gone get the one they began with; a status that now takes queue work, or no longer does, takes effect at once. */
function statusChanged(turn: Turn, statusId: string, exists: boolean): void {
  const takesWork = turn.world.statuses.get(statusId)?.takesQueueWork ?? false;
  for (const agent of [...turn.world.agents.values()]) {
    if (agent.state !== 'signed-in' || agent.statusId !== statusId) continue;
    if (!exists) {
      const initial = turn.world.agentSettings.get(agent.agentId)?.initialStatusId;
      if (initial !== undefined && turn.world.statuses.has(initial)) turn.agent(agent.agentId, { type: 'choose-status', statusId: initial, by: 'center' });
    }
    if (takesWork) offerForAgent(turn, agent.agentId);
    else if (agent.contact.kind === 'offered' && agent.contact.by.kind === 'queue') turn.offer(agent.contact.by.offerId, { type: 'withdraw', by: 'center', reason: 'status-changed' });
  }
}
