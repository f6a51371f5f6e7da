import type { LegId } from '@centralita/kernel';
import type { Call, Destination } from '../../../capabilities/calls/index.ts';
import type { LegTarget, Party } from '../../../telephony/port/index.ts';
import type { FloorEvent, FloorEventOf } from '../events.ts';
import type { Turn } from '../turn.ts';

/** How long a dialled number or colleague rings before the call is given up. */
export const DIAL_RING_MS = { outbound: 60_000, internal: 30_000 } as const;

/** Legs, bridges, holds and recordings. */
export function orderForCall(turn: Turn, event: FloorEvent): void {
  switch (event.type) {
    case 'offer-made':
      return placeOffer(turn, event);
    case 'call-dialed':
      return dial(turn, event);
    case 'call-connected':
      return connectCall(turn, event);
    case 'call-held':
      return turn.order({ type: 'hold-leg', legId: event.heldLegId, music: true });
    case 'call-resumed':
      return turn.order({ type: 'resume-leg', legId: event.heldLegId });
    case 'call-digits-sent':
      return turn.order({ type: 'send-digits', legId: event.toLegId, digits: event.digits });
    case 'call-agent-lost':
    case 'call-released': {
      const lost = turn.world.calls.get(event.callId);
      if (lost?.state === 'holding') turn.order({ type: 'resume-leg', legId: lost.heldLegId });
      return;
    }
    case 'call-agent-rung':
      return ringAgentBack(turn, event);
    case 'call-agent-returned':
      return comeBack(turn, turn.world.calls.get(event.callId), event.agentLegId);
    case 'call-leg-replaced':
      return replaceLeg(turn, event);
    case 'leg-dismissed':
      return turn.order({ type: 'end-leg', legId: event.legId, cause: event.cause });
    case 'call-refused':
    case 'dial-refused':
      return turn.order({ type: 'end-leg', legId: event.legId, cause: event.cause });
    case 'flow-answer-entered':
      return turn.order({ type: 'answer-leg', legId: event.legId });
    case 'recording-begun': {
      const { recordingId, bridgeId, customerLegId } = event;
      return turn.order({ type: 'start-recording', recordingId, account: turn.world.account, bridgeId, customerLegIds: [customerLegId] });
    }
    case 'recording-paused':
      return turn.order({ type: 'pause-recording', recordingId: event.recordingId });
    case 'recording-continued':
      return turn.order({ type: 'resume-recording', recordingId: event.recordingId });
    case 'recording-stopped':
      return turn.order({ type: 'stop-recording', recordingId: event.recordingId });
    case 'device-removed':
      return turn.order({ type: 'remove-device', account: turn.world.account, deviceId: event.deviceId });
  }
}

function placeOffer(turn: Turn, event: FloorEventOf<'offer-made'>): void {
  const customer = turn.world.conversations.get(event.conversationId)?.customer;
  const call = turn.world.calls.get(event.callId);
  turn.order({
    type: 'place-legs',
    placementId: event.placementId,
    account: turn.world.account,
    legs: event.legs.map(({ legId, deviceId }) => ({ legId, target: { kind: 'device', deviceId } })),
    caller: { number: customer?.number ?? '', ...(customer?.name ? { name: customer.name } : {}) },
    ringTimeoutMs: event.expiresAt - event.at,
    labels: { Offer: event.offerId, Call: event.callId, Conversation: event.conversationId },
    onAnswer: { bridgeId: event.bridgeId },
    ...(call?.state === 'open' && { near: call.customerLegId }),
  });
}

function dial(turn: Turn, event: FloorEventOf<'call-dialed'>): void {
  const { target, originLegId } = event;
  const number = target.kind === 'number' ? target.number : '';
  // The caller's phone is told at once: a leg left untold for ten seconds is given up by the switch.
  turn.order({ type: 'ring-leg', legId: originLegId });
  turn.order({
    type: 'place-legs',
    placementId: event.placementId,
    account: turn.world.account,
    legs: event.destinations.map((to) => ({ legId: to.legId, target: targetOf(to, number) })),
    caller: callerOf(turn, event),
    ringTimeoutMs: DIAL_RING_MS[event.direction],
    labels: { Call: event.callId, Conversation: event.conversationId },
    onAnswer: { bridgeId: event.bridgeId },
    earlyMediaTo: originLegId,
  });
}

const targetOf = (to: Destination, number: string): LegTarget => (to.kind === 'device' ? { kind: 'device', deviceId: to.deviceId } : { kind: 'number', number, trunkIds: to.trunkIds });

/** Colleagues see the extension; outside sees a number of the account, one of the trunk's own if it has any. */
function callerOf(turn: Turn, event: FloorEventOf<'call-dialed'>): Party {
  const { world } = turn;
  if (event.direction === 'internal') return { number: world.agentSettings.get(event.agentId)?.extension ?? '' };
  const trunkIds = new Set<string | null>(event.destinations.flatMap((to) => (to.kind === 'trunks' ? to.trunkIds : [])));
  const numbers = [...world.numbers.values()];
  const own = numbers.find(({ trunkId }) => trunkIds.has(trunkId)) ?? numbers.find(({ trunkId }) => trunkId === null);
  return { number: own?.number ?? '' };
}

/** The agent's leg ends by itself when the customer's is gone; two colleagues' legs end each other. */
function connectCall(turn: Turn, event: FloorEventOf<'call-connected'>): void {
  const before = turn.world.calls.get(event.callId);
  if (!before) return;
  answerIfOffered(turn, before.state === 'open' ? event.other.legId : event.agentLegId);
  const legIds = [event.other.legId, event.agentLegId];
  turn.order({ type: 'connect', bridgeId: before.bridgeId, account: turn.world.account, legIds, endWhenAlone: event.other.kind === 'agent' ? legIds : [event.agentLegId] });
}

function ringAgentBack(turn: Turn, event: FloorEventOf<'call-agent-rung'>): void {
  const lost = turn.world.calls.get(event.callId);
  if (lost?.state !== 'reconnecting') return;
  const customer = turn.world.conversations.get(event.conversationId)?.customer;
  turn.order({
    type: 'place-legs',
    placementId: event.placementId,
    account: turn.world.account,
    legs: event.destinations.map((to) => ({ legId: to.legId, target: targetOf(to, '') })),
    caller: { number: customer?.number ?? '', ...(customer?.name ? { name: customer.name } : {}) },
    ringTimeoutMs: Math.max(1_000, lost.until - event.at),
    // The phone answers this one by itself: its person is already in the call.
    labels: { Call: event.callId, Conversation: event.conversationId, Return: 'yes' },
    onAnswer: { bridgeId: lost.bridgeId },
  });
}

/** The old leg may have died before the order arrives: answering and joining the fresh one again costs nothing and leaves no silence. */
function replaceLeg(turn: Turn, { callId, oldLegId, agentLegId }: FloorEventOf<'call-leg-replaced'>): void {
  const before = turn.world.calls.get(callId);
  turn.order({ type: 'replace-leg', oldLegId, newLegId: agentLegId });
  if (!before || before.state === 'open' || before.state === 'dialing') return;
  const { other, bridgeId } = before;
  turn.order({ type: 'answer-leg', legId: agentLegId });
  const legIds = [other.legId, agentLegId];
  turn.order({ type: 'connect', bridgeId, account: turn.world.account, legIds, endWhenAlone: other.kind === 'agent' ? legIds : [agentLegId] });
  if (before.state === 'holding' && before.heldLegId === oldLegId) turn.order({ type: 'hold-leg', legId: agentLegId, music: true });
}

function comeBack(turn: Turn, lost: Call | undefined, agentLegId: LegId): void {
  if (lost?.state !== 'reconnecting') return;
  answerIfOffered(turn, agentLegId);
  turn.order({ type: 'connect', bridgeId: lost.bridgeId, account: turn.world.account, legIds: [lost.other.legId, agentLegId], endWhenAlone: [agentLegId] });
}

function answerIfOffered(turn: Turn, legId: LegId): void {
  if (turn.world.legs.get(legId)?.state === 'offered') turn.order({ type: 'answer-leg', legId });
}
