import { NO_PAUSE } from '../../../capabilities/availability/index.ts';
import type { FloorEventOf } from '../events.ts';
import type { Turn } from '../turn.ts';
import { type Reaction, when } from './reaction.ts';

/** S2.27, D7: the end of a segment's talk starts after-service, once. A queue whose limit is 0 has none. */
export const AFTER_SERVICE_REACTIONS: readonly Reaction[] = [
  when('conversation-agent-left', talkEnded),
  when('after-service-ended', (turn, { agentId, afterServiceId }) => void turn.agent(agentId, { type: 'end-after-service', afterServiceId })),
];

function talkEnded(turn: Turn, event: FloorEventOf<'conversation-agent-left'>): void {
  const { agentId, callId, conversationId, segmentId, queueId } = event;
  if (segmentId === null || queueId === null) return;
  const limitMs = turn.world.queues.get(queueId)?.afterServiceLimitMs ?? null;
  if (limitMs === 0) {
    turn.agent(agentId, { type: 'disengage', callId, pause: NO_PAUSE });
    return;
  }
  const afterServiceId = turn.draw('afterService');
  turn.afterService(afterServiceId, { type: 'start', afterServiceId, agentId, conversationId, segmentId, queueId, customer: turn.customerOf(conversationId), limitMs });
  const refusal = turn.agent(agentId, { type: 'disengage', callId, pause: { kind: 'after-service', afterServiceId, conversationId, queueId } });
  // Gone while they talked: the after-service that is owed ends as it begins.
  if (refusal === 'not-signed-in') turn.afterService(afterServiceId, { type: 'sign-out' });
}
