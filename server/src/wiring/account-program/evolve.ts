import { assertNever } from '@centralita/kernel';
import type { ConfigurationChange } from '../../capabilities/accounts/index.ts';
import { afterService, availability, device } from '../../capabilities/availability/index.ts';
import { call, leg, recording } from '../../capabilities/calls/index.ts';
import { conversation } from '../../capabilities/conversations/index.ts';
import { flowRun } from '../../capabilities/flows/index.ts';
import { offer, paceAfterService, paceAfterTalk, waiting } from '../../capabilities/routing/index.ts';
import type { Table } from '../../floor/table.ts';
import type { FloorEvent } from './events.ts';
import type { World } from './world.ts';

/** The only writer of the tables but for personal values: each event goes to its machine's row. */
export function evolveWorld(world: World, event: FloorEvent): void {
  switch (event.type) {
    case 'leg-entered':
    case 'leg-placed':
    case 'leg-rang':
    case 'leg-picked-up':
    case 'leg-stalled':
    case 'leg-recovered':
    case 'leg-dismissed':
    case 'leg-quality-measured':
    case 'leg-ended':
      return put(world.legs, event.legId, leg.evolve(world.legs.get(event.legId), event));
    case 'call-entered':
    case 'call-dialed':
    case 'call-rang':
    case 'call-target-left':
    case 'call-connected':
    case 'call-held':
    case 'call-resumed':
    case 'call-digits-sent':
    case 'call-agent-lost':
    case 'call-agent-rung':
    case 'call-return-leg-left':
    case 'call-agent-returned':
    case 'call-leg-replaced':
    case 'call-released':
    case 'call-ended':
      return put(world.calls, event.callId, call.evolve(world.calls.get(event.callId), event));
    case 'recording-begun':
    case 'recording-paused':
    case 'recording-continued':
    case 'recording-stopped':
    case 'recording-completed':
    case 'recording-lost':
      return put(world.recordings, event.recordingId, recording.evolve(world.recordings.get(event.recordingId), event));
    case 'conversation-agent-left':
      if (event.queueId !== null) put(world.queuePaces, event.queueId, paceAfterTalk(world.queuePaces.get(event.queueId), event.queueId, event.talkMs));
      return put(world.conversations, event.conversationId, conversation.evolve(world.conversations.get(event.conversationId), event));
    case 'conversation-started':
    case 'conversation-menu-chosen':
    case 'conversation-queued':
    case 'conversation-closing':
    case 'conversation-answered':
    case 'conversation-ended':
      return put(world.conversations, event.conversationId, conversation.evolve(world.conversations.get(event.conversationId), event));
    case 'flow-run-started':
    case 'flow-answer-entered':
    case 'flow-play-entered':
    case 'flow-key-typed-ahead':
    case 'flow-menu-asked':
    case 'flow-menu-listening':
    case 'flow-menu-chosen':
    case 'flow-menu-missed':
    case 'flow-closing-started':
    case 'flow-run-ended':
      return put(world.flowRuns, event.flowRunId, flowRun.evolve(world.flowRuns.get(event.flowRunId), event));
    case 'queued':
    case 'position-announced':
    case 'waiting-music-started':
    case 'waiting-relaxed':
    case 'waiting-offered':
    case 'waiting-back':
    case 'waiting-ended':
    case 'overflowed':
      return put(world.waiting, event.waitingId, waiting.evolve(world.waiting.get(event.waitingId), event));
    case 'offer-made':
    case 'offer-leg-left':
    case 'offer-accepted':
    case 'offer-declined':
    case 'offer-expired':
    case 'offer-withdrawn':
      return put(world.offers, event.offerId, offer.evolve(world.offers.get(event.offerId), event));
    default:
      return evolvePeople(world, event);
  }
}

type PeopleEvent = Extract<FloorEvent, { type: `agent-${string}` | `after-service-${string}` | `device-${string}` | `${string}-refused` | 'status-chosen' | 'activity-changed' | 'configuration-taken' | 'trunk-state-seen' }>;

function evolvePeople(world: World, event: PeopleEvent): void {
  switch (event.type) {
    case 'agent-signed-in':
    case 'agent-signed-out':
    case 'status-chosen':
    case 'agent-device-came':
    case 'agent-device-went':
    case 'activity-changed':
      return put(world.agents, event.agentId, availability.evolve(world.agents.get(event.agentId), event));
    case 'after-service-ended':
      put(world.queuePaces, event.queueId, paceAfterService(world.queuePaces.get(event.queueId), event.queueId, event.durationMs));
      return put(world.afterServices, event.afterServiceId, afterService.evolve(world.afterServices.get(event.afterServiceId), event));
    case 'after-service-started':
      return put(world.afterServices, event.afterServiceId, afterService.evolve(world.afterServices.get(event.afterServiceId), event));
    case 'device-came-online':
    case 'device-went-offline':
    case 'device-failed':
      return put(world.devices, event.deviceId, device.evolve(world.devices.get(event.deviceId), event));
    case 'device-assigned':
      return put(world.deviceSettings, event.deviceId, { userId: event.userId, kind: 'browser' });
    case 'device-removed':
      return put(world.deviceSettings, event.deviceId, undefined);
    case 'trunk-state-seen':
      return put(world.trunkStates, event.trunkId, { up: event.up, reason: event.reason });
    case 'configuration-taken':
      return takeConfiguration(world, event.change);
    case 'call-refused':
    case 'dial-refused':
      return;
    default:
      return assertNever(event);
  }
}

function takeConfiguration(world: World, change: ConfigurationChange): void {
  switch (change.entity) {
    case 'status':
      return put(world.statuses, change.id, change.value ?? undefined);
    case 'agent':
      return put(world.agentSettings, change.id, change.value ?? undefined);
    case 'queue':
      return put(world.queues, change.id, change.value ?? undefined);
    case 'flow':
      return takeFlow(world, change);
    case 'number':
      return put(world.numbers, change.id, change.value ?? undefined);
    case 'trunk':
      if (change.value === null) world.trunkStates.put(change.id, undefined);
      return put(world.trunks, change.id, change.value ?? undefined);
    case 'device':
      return put(world.deviceSettings, change.id, change.value ?? undefined);
    default:
      return assertNever(change);
  }
}

/**
 * Callers inside finish in the version they began with: it is kept until the version after the next. Those of a retired flow are
 * kept for whoever is inside, and go with the next change of a flow.
 */
function takeFlow(world: World, { id, value }: Extract<ConfigurationChange, { entity: 'flow' }>): void {
  const before = world.flows.get(id);
  put(world.flows, id, value ?? undefined);
  if (value) world.flowVersions.put(flowKey(id, value.version), value);
  const kept = new Set([...world.flowRuns.values()].flatMap((run) => ('flowId' in run && !world.flows.has(run.flowId) ? [flowKey(run.flowId, run.version)] : [])));
  for (const flow of [value, before]) if (value && flow) kept.add(flowKey(id, flow.version));
  for (const key of [...world.flowVersions.keys()]) {
    const flowId = key.slice(0, key.lastIndexOf('@'));
    if (!kept.has(key) && (flowId === id || !world.flows.has(flowId))) world.flowVersions.put(key, undefined);
  }
}

export const flowKey = (flowId: string, version: number): string => `${flowId}@${version}`;

const put = <Row>(table: Table<Row>, id: string, row: Row | undefined): void => table.put(id, row);
