import type { DeviceId } from '@centralita/kernel';
import type { Turn } from '../turn.ts';

/** Rings an agent's devices to bring them back to the call they were lost from. Legs that already ring there are left alone. */
export function ringAgentBack(turn: Turn, callId: string, deviceIds: readonly DeviceId[]): void {
  const call = turn.world.calls.get(callId);
  if (call?.state !== 'reconnecting') return;
  const ringing = new Set(call.legIds.map((legId) => turn.world.legs.get(legId)?.via).flatMap((via) => (via?.kind === 'device' ? [via.deviceId] : [])));
  const destinations = deviceIds.filter((deviceId) => !ringing.has(deviceId)).map((deviceId) => ({ kind: 'device' as const, legId: turn.draw('leg'), deviceId }));
  if (destinations.length === 0) return;
  const placementId = turn.draw('placement');
  turn.call(callId, { type: 'ring-agent', placementId, destinations });
  for (const { legId, deviceId } of destinations) {
    turn.leg(legId, { type: 'place', legId, callId, conversationId: call.conversationId, role: { kind: 'agent', agentId: call.agentId }, via: { kind: 'device', deviceId }, placementId });
  }
}
