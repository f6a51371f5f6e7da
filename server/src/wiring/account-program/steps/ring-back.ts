import type { DeviceId } from '@centralita/kernel';
import { devicesToRing } from '../look-up.ts';
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

/**
 * Rings whatever else of the lost agent can be reached. A silent leg on a device that is still there may recover by itself, so
 * nothing rings for that one; a page that was reloaded is another device, and may be online before its old leg is missed.
 */
export function ringElsewhere(turn: Turn, callId: string, agentId: string): void {
  const call = turn.world.calls.get(callId);
  if (call?.state !== 'reconnecting') return;
  const devices = devicesToRing(turn.world, agentId);
  const via = call.stalledLegId === null ? undefined : turn.world.legs.get(call.stalledLegId)?.via;
  if (via?.kind === 'device' && devices.includes(via.deviceId)) return;
  ringAgentBack(turn, callId, devices);
}
