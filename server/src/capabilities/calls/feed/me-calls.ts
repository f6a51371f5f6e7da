import type { MeCall, MeOffer, PartyView } from '@centralita/contract';
import type { AccountId, UserId } from '@centralita/kernel';
import type { FloorView } from '../../../http/floor-port.ts';
import type { LiveNames } from '../../../http/names.ts';
import type { Call } from '../domain/call.ts';
import { customerOf, WITHHELD } from './party.ts';

type Connected = Exclude<Call, { readonly state: 'open' | 'dialing' }>;

/** Topic `me`, key `offer`: the queue call that rings. */
export function meOffer(world: FloorView, names: LiveNames, account: AccountId, userId: UserId): MeOffer | undefined {
  const agent = world.agents.get(userId);
  if (agent?.state !== 'signed-in' || agent.contact.kind !== 'offered' || agent.contact.by.kind !== 'queue') return undefined;
  const offer = world.offers.get(agent.contact.by.offerId);
  if (!offer) return undefined;
  const caller = customerOf(world, names, account, offer.conversationId);
  return {
    offerId: offer.offerId,
    conversationId: offer.conversationId,
    caller,
    queueId: offer.queueId,
    queueName: names.of(account).queues.get(offer.queueId)?.name ?? '',
    waitedMs: Math.max(0, offer.offeredAt - offer.queuedAt),
    offeredAt: offer.offeredAt,
    expiresAt: offer.expiresAt,
    menuPath: [...(world.conversations.get(offer.conversationId)?.menuPath ?? [])],
    earlierCalls: names.caller(account, caller.number).earlierCalls,
  };
}

/** Topic `me`, key `call:<callId>`: the reader's one call; a queue call that only rings is the offer instead. */
export function meCall(world: FloorView, names: LiveNames, account: AccountId, userId: UserId): MeCall | undefined {
  const agent = world.agents.get(userId);
  if (agent?.state !== 'signed-in' || agent.contact.kind === 'free') return undefined;
  if (agent.contact.kind === 'offered' && agent.contact.by.kind === 'queue') return undefined;
  const call = world.calls.get(agent.contact.callId);
  if (!call || call.state === 'open') return undefined;
  const queueId = call.state === 'dialing' ? null : call.queueId;
  return {
    callId: call.callId,
    conversationId: call.conversationId,
    direction: call.direction,
    state: stateOf(call, userId),
    since: call.state === 'dialing' ? (call.ringingSince ?? call.startedAt) : call.since,
    answeredAt: call.state === 'dialing' ? null : call.answeredAt,
    other: otherSide(world, names, account, call, userId),
    queueId,
    queueName: queueId === null ? null : (names.of(account).queues.get(queueId)?.name ?? ''),
    recording: recordingOf(world, call),
    quality: qualityOf(world, call, userId),
    allowedActions: allowedActions(world, call, userId),
  };
}

function stateOf(call: Exclude<Call, { readonly state: 'open' }>, userId: UserId): MeCall['state'] {
  // Whoever is called sees it ring, from the first moment on.
  if (call.state === 'dialing') return call.ringingSince !== null || call.agentId !== userId ? 'ringing' : 'dialing';
  return call.state;
}

function otherSide(world: FloorView, names: LiveNames, account: AccountId, call: Exclude<Call, { readonly state: 'open' }>, userId: UserId): PartyView {
  const colleague = colleagueOf(call, userId);
  if (colleague === undefined) return customerOf(world, names, account, call.conversationId);
  const known = names.of(account).users.get(colleague);
  return known ? { kind: 'phone', number: known.extension ?? '', name: known.name, contactId: null } : WITHHELD;
}

/** The other one of two colleagues; undefined when the other side is somebody outside. */
function colleagueOf(call: Exclude<Call, { readonly state: 'open' }>, userId: UserId): UserId | undefined {
  if (call.agentId !== userId) return call.agentId;
  if (call.state === 'dialing') return call.target.kind === 'agent' ? call.target.agentId : undefined;
  return call.other.kind === 'agent' ? call.other.agentId : undefined;
}

function recordingOf(world: FloorView, call: Call): MeCall['recording'] {
  const recordingId = 'recordingId' in call ? call.recordingId : null;
  const recording = recordingId === null ? undefined : world.recordings.get(recordingId);
  if (!recording || recording.state === 'stopping') return 'off';
  return recording.state === 'paused' ? 'paused' : 'on';
}

function qualityOf(world: FloorView, call: Call, userId: UserId): MeCall['quality'] {
  if (call.state !== 'talking' && call.state !== 'holding') return null;
  const leg = world.legs.get(call.agentId === userId ? call.agentLegId : call.other.legId);
  const quality = leg && 'quality' in leg ? leg.quality : null;
  return quality && { mos: round(quality.mos, 10), lossRatio: round(quality.lossRatio, 1_000), jitterMs: Math.round(quality.jitterMs) };
}

const round = (value: number, steps: number): number => Math.round(value * steps) / steps;

/** What the machine would accept now, so that a button that is shown works. */
function allowedActions(world: FloorView, call: Exclude<Call, { readonly state: 'open' }>, userId: UserId): MeCall['allowedActions'] {
  if (call.state === 'dialing') return ['hang-up'];
  return [...holdActions(call, userId), ...(call.state === 'talking' ? (['send-digits'] as const) : []), 'hang-up', ...recordingActions(world, call, userId)];
}

function holdActions(call: Connected, userId: UserId): MeCall['allowedActions'] {
  if (call.state === 'talking') return ['hold'];
  return call.state === 'holding' && call.heldBy === userId ? ['resume'] : [];
}

function recordingActions(world: FloorView, call: Connected, userId: UserId): MeCall['allowedActions'] {
  if (call.agentId !== userId) return [];
  const recording = recordingOf(world, call);
  return recording === 'on' ? ['pause-recording'] : recording === 'paused' ? ['resume-recording'] : [];
}
