import type { UserId, WaitingId } from '@centralita/kernel';
import type { Turn } from '../turn.ts';

/** A customer has come, or may now be served by others: rings the free agent who ranks first, if there is one. */
export function offerForCustomer(turn: Turn, waitingId: WaitingId): void {
  if (turn.world.waiting.get(waitingId)?.state !== 'in-line') return;
  const agentId = turn.world.indexes.matcher.matchForCustomer(waitingId, turn.at);
  if (agentId !== undefined) turn.asOfNow(() => makeOffer(turn, waitingId, agentId));
}

/** An agent has become free: rings them for the customer they should take. */
export function offerForAgent(turn: Turn, agentId: UserId): void {
  const waitingId = turn.world.indexes.matcher.matchForAgent(agentId, turn.at);
  if (waitingId !== undefined) turn.asOfNow(() => makeOffer(turn, waitingId, agentId));
}

function makeOffer(turn: Turn, waitingId: WaitingId, agentId: UserId): void {
  const { world } = turn;
  const one = world.waiting.get(waitingId);
  const agent = world.agents.get(agentId);
  const queue = one && world.queues.get(one.queueId);
  const bridgeId = one && world.calls.get(one.callId)?.bridgeId;
  const why = world.indexes.matcher.explain(waitingId, agentId, turn.at);
  if (!one || !queue || !why || bridgeId === undefined || agent?.state !== 'signed-in') return;
  const { callId, conversationId, segmentId, queueId, queuedAt } = one;
  const offerId = turn.draw('offer');
  const placementId = turn.draw('placement');
  const legs = agent.devicesOnline.map((deviceId) => ({ legId: turn.draw('leg'), deviceId }));
  const expiresAt = turn.at + queue.ringTimeoutMs;
  turn.offer(offerId, { type: 'make', offerId, waitingId, conversationId, callId, segmentId, queueId, agentId, bridgeId, placementId, legs, queuedAt, expiresAt, ...why });
  turn.waiting(waitingId, { type: 'offer', offerId, agentId });
  turn.agent(agentId, { type: 'engage', contact: { kind: 'offered', by: { kind: 'queue', offerId, queueId }, callId, conversationId } });
  for (const { legId, deviceId } of legs) {
    turn.leg(legId, { type: 'place', legId, callId, conversationId, role: { kind: 'offer', agentId, offerId }, via: { kind: 'device', deviceId }, placementId });
  }
}
