import type { CallId, EndedBy, LegCause, LegId } from '@centralita/kernel';
import type { Call } from '../../../capabilities/calls/index.ts';
import { isDeviceFault } from '../../../capabilities/routing/index.ts';
import type { FloorEventOf } from '../events.ts';
import type { Turn } from '../turn.ts';
import { flowOf } from '../look-up.ts';
import { type Reaction, when } from './reaction.ts';

type LegEnded = FloorEventOf<'leg-ended'>;

/** What a telephone connection's changes mean for its offer and its call. */
export const LEG_REACTIONS: readonly Reaction[] = [
  when('leg-picked-up', pickedUp),
  when('leg-rang', (turn, { callId, legId }) => {
    const call = turn.world.calls.get(callId);
    if (call?.state === 'dialing' && call.legIds.includes(legId)) turn.call(callId, { type: 'target-rang' });
  }),
  when('leg-stalled', (turn, { callId, legId }) => loseAgent(turn, callId, legId, 'media-stalled')),
  when('leg-recovered', (turn, { callId, legId }) => {
    const call = turn.world.calls.get(callId);
    if (call?.state === 'reconnecting' && call.stalledLegId === legId) turn.call(callId, { type: 'return-agent', legId });
  }),
  when('leg-ended', (turn, event) => {
    if (event.role.kind === 'customer') customerLegEnded(turn, event);
    else if (event.role.kind === 'offer' && turn.world.offers.has(event.role.offerId)) offerLegEnded(turn, event, event.role.offerId);
    else agentLegEnded(turn, event);
  }),
];

function pickedUp(turn: Turn, { legId, callId }: FloorEventOf<'leg-picked-up'>): void {
  const leg = turn.world.legs.get(legId);
  const call = turn.world.calls.get(callId);
  if (!leg) return;
  if (leg.role.kind === 'offer') {
    turn.offer(leg.role.offerId, { type: 'accept', legId });
    return;
  }
  if (call?.state === 'dialing') turn.call(callId, { type: 'target-answered', legId });
  else if (call?.state === 'reconnecting' && call.legIds.includes(legId)) turn.call(callId, { type: 'return-agent', legId });
  else if (call?.state === 'open' && leg.role.kind === 'customer') answeredInFlow(turn, leg.conversationId);
}

function answeredInFlow(turn: Turn, conversationId: string): void {
  const conversation = turn.world.conversations.get(conversationId);
  if (conversation?.state !== 'in-flow') return;
  const flow = flowOf(turn.world, conversation.flowRunId);
  if (flow) turn.flowRun(conversation.flowRunId, { type: 'answered', flow });
}

function customerLegEnded(turn: Turn, event: LegEnded): void {
  const call = turn.world.calls.get(event.callId);
  if (!call) return;
  const by = leftAlone(call, event) ? 'agent' : whoseDoing(event, 'customer');
  if (call.state === 'dialing') turn.call(event.callId, { type: 'target-left', legId: event.legId, by, cause: event.cause });
  else turn.call(event.callId, { type: 'end', by, cause: event.cause });
}

/** Ended by the switch, since whoever they would talk to has hung up: that one's own fact is on the way, or was heard too late. */
const leftAlone = ({ state }: Call, { by, cause }: LegEnded): boolean => (state === 'talking' || state === 'holding') && by === 'center' && cause === 'hung-up';

/** A phone that could not be rung is the phone's fault: it is left alone for a while, the person is not. */
function offerLegEnded(turn: Turn, event: LegEnded, offerId: string): void {
  distrust(turn, event);
  turn.offer(offerId, { type: 'leg-left', legId: event.legId, by: event.by, cause: event.cause });
}

function agentLegEnded(turn: Turn, event: LegEnded): void {
  const { callId, legId, cause } = event;
  const call = turn.world.calls.get(callId);
  switch (call?.state) {
    case undefined:
    case 'open':
      return;
    case 'dialing':
      if (legId === call.originLegId) turn.call(callId, { type: 'end', by: whoseDoing(event, 'agent'), cause });
      else {
        distrust(turn, event);
        turn.call(callId, { type: 'target-left', legId, by: whoseDoing(event, 'agent'), cause });
      }
      return;
    case 'reconnecting':
      distrust(turn, event);
      turn.call(callId, { type: 'return-leg-left', legId });
      return;
    case 'talking':
    case 'holding':
      talkingLegEnded(turn, event, call);
  }
}

function talkingLegEnded(turn: Turn, event: LegEnded, call: Extract<Call, { state: 'talking' | 'holding' }>): void {
  const { callId, legId, cause } = event;
  if (legId !== call.agentLegId && legId !== call.other.legId) return;
  if (event.by === 'far-end' && !LOSSES.has(cause)) turn.call(callId, { type: 'end', by: 'agent', cause });
  else if (event.by === 'center' && !LOSSES.has(cause)) {
    // Ended by the switch because it was left alone in its bridge: the other side has hung up, and its own fact is on the way.
    turn.call(callId, { type: 'end', by: call.other.kind === 'customer' ? 'customer' : 'agent', cause });
  } else if (legId === call.agentLegId) loseAgent(turn, callId, legId, cause);
  else turn.call(callId, { type: 'end', by: 'network', cause });
}

/** The agent has the whole time to come back, also when we heard of the loss late. */
function loseAgent(turn: Turn, callId: CallId, legId: LegId, cause: LegCause | 'media-stalled'): void {
  turn.asOfNow(() => void turn.call(callId, { type: 'lose-agent', legId, cause }));
}

const LOSSES: ReadonlySet<LegCause> = new Set(['media-lost', 'switch-lost', 'unreachable', 'congestion', 'failed']);

function distrust(turn: Turn, event: LegEnded): void {
  if (event.via.kind === 'device' && isDeviceFault(event.cause)) turn.device(event.via.deviceId, { type: 'fail' });
}

function whoseDoing(event: LegEnded, farEnd: EndedBy): EndedBy {
  if (event.by === 'far-end') return farEnd;
  return event.by;
}
