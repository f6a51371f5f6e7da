import { type Contact, type Device } from '../../../capabilities/availability/index.ts';
import type { FloorEventOf } from '../events.ts';
import { ringAgentBack, ringElsewhere } from '../steps/ring-back.ts';
import type { Turn } from '../turn.ts';
import { type Reaction, when } from './reaction.ts';

/** What a person's coming, going, status and devices mean for what rings for them and for their call. */
export const PEOPLE_REACTIONS: readonly Reaction[] = [
  when('agent-signed-out', signedOut),
  when('status-chosen', (turn, { agentId, statusId, by }) => {
    if (turn.world.statuses.get(statusId)?.takesQueueWork) return;
    const contact = contactOfAgent(turn, agentId);
    if (contact?.kind === 'offered' && contact.by.kind === 'queue') turn.offer(contact.by.offerId, { type: 'withdraw', by, reason: 'status-changed' });
  }),
  when(['device-came-online'], (turn, { deviceId, userId }) => {
    if (userId !== null) turn.agent(userId, { type: 'device-came', deviceId });
  }),
  when('device-went-offline', (turn, { deviceId, userId, reason }) => {
    if (userId !== null) turn.agent(userId, { type: 'device-went', deviceId, reason });
  }),
  when('device-failed', (turn, { deviceId, userId }) => {
    if (userId !== null) turn.agent(userId, { type: 'device-went', deviceId, reason: 'failing' });
  }),
  when('device-removed', (turn, { deviceId }) => void turn.device(deviceId, { type: 'go-offline', reason: 'removed' })),
  when('device-assigned', (turn, { deviceId, userId }) => ownerKnown(turn, turn.world.devices.get(deviceId), userId)),
  when('agent-device-went', deviceWent),
  when('agent-device-came', (turn, { agentId, deviceId }) => {
    const contact = contactOfAgent(turn, agentId);
    if (contact && contact.kind !== 'free') ringAgentBack(turn, contact.callId, [deviceId]);
  }),
];

function signedOut(turn: Turn, event: FloorEventOf<'agent-signed-out'>): void {
  const { agentId, contact, pause, reason } = event;
  if (contact.kind === 'offered' && contact.by.kind === 'queue') turn.offer(contact.by.offerId, { type: 'withdraw', by: 'agent', reason: 'signed-out' });
  else if (contact.kind === 'talking' || contact.kind === 'holding') {
    // A customer in a queue call goes back to the front of the queue; any other call ends.
    const refusal = turn.call(contact.callId, { type: 'give-up', agentId, until: 'now' });
    if (refusal !== undefined) turn.call(contact.callId, { type: 'hang-up', agentId });
  } else if (contact.kind !== 'free') turn.call(contact.callId, { type: 'hang-up', agentId });
  if (pause.kind === 'after-service') turn.afterService(pause.afterServiceId, { type: 'sign-out' });
  for (const deviceId of [...(turn.world.indexes.devicesByAgent.get(agentId) ?? [])]) {
    if (turn.world.deviceSettings.get(deviceId)?.kind === 'browser' || reason === 'removed') turn.emit({ type: 'device-removed', deviceId, userId: agentId, at: turn.at });
  }
}

/** A device that is gone stops ringing at once, without waiting for the switch to notice; others of the same person go on. */
function deviceWent(turn: Turn, { agentId, deviceId }: FloorEventOf<'agent-device-went'>): void {
  const contact = contactOfAgent(turn, agentId);
  if (contact?.kind === 'talking') ringElsewhere(turn, contact.callId, agentId);
  if (contact?.kind !== 'offered' || contact.by.kind !== 'queue') return;
  const { offerId } = contact.by;
  const leg = turn.world.offers.get(offerId)?.legs.find((one) => one.deviceId === deviceId);
  if (!leg) return;
  turn.leg(leg.legId, { type: 'dismiss', cause: 'unreachable' });
  turn.offer(offerId, { type: 'leg-left', legId: leg.legId, by: 'network', cause: 'unreachable' });
}

/** The switch may see a device before we know whose it is. */
export function ownerKnown(turn: Turn, device: Device | undefined, userId: string | null): void {
  if (!device || device.userId === userId) return;
  if (device.userId !== null) turn.agent(device.userId, { type: 'device-went', deviceId: device.deviceId, reason: 'removed' });
  turn.device(device.deviceId, { type: 'come-online', deviceId: device.deviceId, userId });
}

function contactOfAgent(turn: Turn, agentId: string): Contact | undefined {
  const agent = turn.world.agents.get(agentId);
  return agent?.state === 'signed-in' ? agent.contact : undefined;
}
