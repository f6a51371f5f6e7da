import type { LegCause, LegId } from '@centralita/kernel';
import type { Pause } from '../../../capabilities/availability/index.ts';
import { NO_PAUSE } from '../../../capabilities/availability/index.ts';
import type { FloorEventOf } from '../events.ts';
import type { Turn } from '../turn.ts';
import { type Reaction, when } from './reaction.ts';

/** Every way in which an offer ends, and what it means for customer and agent. */
export const OFFER_REACTIONS: readonly Reaction[] = [
  when('offer-accepted', accepted),
  when('offer-declined', (turn, event) => cameToNothing(turn, event, 'cancelled', { kind: 'not-answering', reason: 'declined', conversationId: event.conversationId })),
  when('offer-expired', (turn, event) => cameToNothing(turn, event, 'no-answer', { kind: 'not-answering', reason: 'expired', conversationId: event.conversationId })),
  when('offer-withdrawn', (turn, event) => cameToNothing(turn, event, 'cancelled', NO_PAUSE)),
  when('offer-leg-left', (turn, { legId }) => dismiss(turn, [legId], 'unreachable')),
  // The caller has left while an agent was being rung: nobody is to answer a dead line.
  when('waiting-ended', (turn, { offerId, ending }) => {
    if (offerId === null || ending === 'answered') return;
    turn.offer(offerId, { type: 'withdraw', by: ending === 'overflowed' ? 'center' : 'customer', reason: ending === 'overflowed' ? 'overflowed' : 'caller-left' });
  }),
];

function accepted(turn: Turn, { offerId, waitingId, callId, queueId, agentId, legId }: FloorEventOf<'offer-accepted'>): void {
  turn.waiting(waitingId, { type: 'answer', offerId, agentId });
  const recordingId = turn.world.queues.get(queueId)?.recorded ? turn.draw('recording') : null;
  turn.call(callId, { type: 'connect', agentId, agentLegId: legId, offerId, queueId, recordingId });
}

/** The agent first, so that the caller, back in line, is not offered to the same one at once. */
function cameToNothing(turn: Turn, event: FloorEventOf<'offer-declined' | 'offer-expired' | 'offer-withdrawn'>, cause: LegCause, pause: Pause): void {
  dismiss(turn, event.legIds, cause);
  turn.agent(event.agentId, { type: 'disengage', callId: event.callId, pause });
  turn.waiting(event.waitingId, { type: 'back', offerId: event.offerId });
}

function dismiss(turn: Turn, legIds: readonly LegId[], cause: LegCause): void {
  for (const legId of legIds) turn.leg(legId, { type: 'dismiss', cause });
}
