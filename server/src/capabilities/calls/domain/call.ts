import { assertNever, decided, type Decider, type Decision, type Facts, refused } from '@centralita/kernel';
import type { BridgeId, CallId, ConversationId, DeviceId, Direction, EndedBy, Instant, LegCause, LegId, OfferId, PersonalRef, PlacementId, PlayId, QueueId, RecordingId, TrunkId, UserId } from '@centralita/kernel';

/*
 *   call-entered ──► open ◄──────────────────────────── call-released ──────────────┐
 *                     │  (the customer's leg alone:     (nobody came back in time)  │
 *                     │   flow, queue, closing words)                               │
 *                     └─ call-connected ─► talking ◄─ call-held / call-resumed ─► holding
 *                                            ▲ │                                    │
 *   call-dialed ─► dialing ─ call-connected ─┘ └─── call-agent-lost ─► reconnecting ◄┘
 *                                            ▲                             │
 *                                            └──── call-agent-returned ────┘
 *   every state ── call-ended ──► (gone)
 *
 * Who is joined with whom. What the customer waits for (flow, queue) and what is recorded are other machines.
 */

/** The far side of an agent's call: somebody outside, or a colleague. */
export type OtherSide = { readonly kind: 'customer'; readonly legId: LegId } | { readonly kind: 'agent'; readonly agentId: UserId; readonly legId: LegId };

/** What was dialled: a number by reference, or a colleague. */
export type DialTarget = { readonly kind: 'number'; readonly number: PersonalRef } | { readonly kind: 'agent'; readonly agentId: UserId };

/** Where a leg is placed: a device of an agent, or one of the trunks. */
export type Destination = { readonly kind: 'device'; readonly legId: LegId; readonly deviceId: DeviceId } | { readonly kind: 'trunks'; readonly legId: LegId; readonly trunkIds: readonly TrunkId[] };

interface CallFacts {
  readonly callId: CallId;
  readonly conversationId: ConversationId;
  readonly direction: Direction;
  readonly bridgeId: BridgeId;
  readonly startedAt: Instant;
}
interface AnsweredCall extends CallFacts {
  readonly agentId: UserId;
  readonly other: OtherSide;
  readonly queueId: QueueId | null;
  readonly answeredAt: Instant;
  /** Sum of the holds that are over. */
  readonly heldMs: number;
  readonly recordingId: RecordingId | null;
}

export interface OpenCall extends CallFacts {
  readonly state: 'open';
  readonly customerLegId: LegId;
}
export interface DialingCall extends CallFacts {
  readonly state: 'dialing';
  readonly agentId: UserId;
  readonly originLegId: LegId;
  readonly target: DialTarget;
  readonly placementId: PlacementId;
  /** Still ringing or on their way. */
  readonly legIds: readonly LegId[];
  readonly ringingSince: Instant | null;
}
export interface TalkingCall extends AnsweredCall {
  readonly state: 'talking';
  readonly agentLegId: LegId;
  readonly since: Instant;
}
export interface HoldingCall extends AnsweredCall {
  readonly state: 'holding';
  readonly agentLegId: LegId;
  /** Who holds: in an internal call it may be either. */
  readonly heldBy: UserId;
  /** The leg that hears music meanwhile. */
  readonly heldLegId: LegId;
  readonly since: Instant;
}
/** The agent's leg is gone or silent; the customer hears music until `until`. */
export interface ReconnectingCall extends AnsweredCall {
  readonly state: 'reconnecting';
  readonly since: Instant;
  readonly until: Instant;
  readonly playId: PlayId;
  /** The silent leg, while it may still recover by itself. */
  readonly stalledLegId: LegId | null;
  /** Legs ringing the agent's devices to bring them back. */
  readonly legIds: readonly LegId[];
}
export type Call = OpenCall | DialingCall | TalkingCall | HoldingCall | ReconnectingCall;

interface CallEventFacts {
  readonly callId: CallId;
  readonly conversationId: ConversationId;
  readonly at: Instant;
}

export type CallEvent =
  | (CallEventFacts & { readonly type: 'call-entered'; readonly bridgeId: BridgeId; readonly customerLegId: LegId })
  | (CallEventFacts & {
      readonly type: 'call-dialed';
      readonly direction: 'outbound' | 'internal';
      readonly agentId: UserId;
      readonly originLegId: LegId;
      readonly bridgeId: BridgeId;
      readonly target: DialTarget;
      readonly placementId: PlacementId;
      readonly destinations: readonly Destination[];
    })
  | (CallEventFacts & { readonly type: 'call-rang' })
  /** One of the legs placed for a dialled call is gone; others still ring. */
  | (CallEventFacts & { readonly type: 'call-target-left'; readonly legId: LegId; readonly cause: LegCause })
  | (CallEventFacts & {
      readonly type: 'call-connected';
      readonly agentId: UserId;
      readonly agentLegId: LegId;
      readonly other: OtherSide;
      readonly offerId: OfferId | null;
      readonly queueId: QueueId | null;
      readonly recordingId: RecordingId | null;
    })
  | (CallEventFacts & { readonly type: 'call-held'; readonly agentId: UserId; readonly heldLegId: LegId })
  | (CallEventFacts & { readonly type: 'call-resumed'; readonly agentId: UserId; readonly heldLegId: LegId; readonly heldMs: number })
  | (CallEventFacts & { readonly type: 'call-digits-sent'; readonly agentId: UserId; readonly toLegId: LegId; readonly digits: PersonalRef })
  | (CallEventFacts & {
      readonly type: 'call-agent-lost';
      readonly agentId: UserId;
      readonly cause: LegCause | 'media-stalled';
      readonly stalledLegId: LegId | null;
      /** Of the hold that this loss ended, if any. */
      readonly heldMs: number;
      readonly until: Instant;
      readonly playId: PlayId;
    })
  /** The agent's devices are rung to bring them back to this call. */
  | (CallEventFacts & { readonly type: 'call-agent-rung'; readonly agentId: UserId; readonly placementId: PlacementId; readonly destinations: readonly Destination[] })
  | (CallEventFacts & { readonly type: 'call-return-leg-left'; readonly legId: LegId })
  | (CallEventFacts & { readonly type: 'call-agent-returned'; readonly agentId: UserId; readonly agentLegId: LegId; readonly awayMs: number })
  /** A fresh leg of the same agent took the old one's place without a gap (another tab, a new network). */
  | (CallEventFacts & { readonly type: 'call-leg-replaced'; readonly agentId: UserId; readonly oldLegId: LegId; readonly agentLegId: LegId })
  /** Nobody came back: the customer's leg is alone again. */
  | (CallEventFacts & { readonly type: 'call-released'; readonly agentId: UserId; readonly customerLegId: LegId; readonly queueId: QueueId; readonly recordingId: RecordingId | null })
  | (CallEventFacts & {
      readonly type: 'call-ended';
      readonly direction: Direction;
      readonly by: EndedBy;
      readonly cause: LegCause;
      readonly agentId: UserId | null;
      readonly otherAgentId: UserId | null;
      readonly queueId: QueueId | null;
      readonly answeredAt: Instant | null;
      /** All holds of the call. */
      readonly heldMs: number;
      readonly recordingId: RecordingId | null;
      readonly endedIn: Call['state'];
    });

/** How long a customer whose agent was lost hears music before they go back to the queue. */
export const RETURN_LIMIT_MS = 30_000;

export type CallCommand =
  | { readonly type: 'enter'; readonly callId: CallId; readonly conversationId: ConversationId; readonly bridgeId: BridgeId; readonly customerLegId: LegId }
  | ({ readonly type: 'dial' } & Pick<Extract<CallEvent, { type: 'call-dialed' }>, 'callId' | 'conversationId' | 'direction' | 'agentId' | 'originLegId' | 'bridgeId' | 'target' | 'placementId' | 'destinations'>)
  | { readonly type: 'target-rang' }
  | { readonly type: 'target-left'; readonly legId: LegId; readonly by: EndedBy; readonly cause: LegCause }
  | { readonly type: 'target-answered'; readonly legId: LegId }
  | { readonly type: 'connect'; readonly agentId: UserId; readonly agentLegId: LegId; readonly offerId: OfferId; readonly queueId: QueueId; readonly recordingId: RecordingId | null }
  | { readonly type: 'hold'; readonly agentId: UserId }
  | { readonly type: 'resume'; readonly agentId: UserId }
  | { readonly type: 'send-digits'; readonly agentId: UserId; readonly digits: PersonalRef }
  | { readonly type: 'lose-agent'; readonly legId: LegId; readonly cause: LegCause | 'media-stalled' }
  | { readonly type: 'ring-agent'; readonly placementId: PlacementId; readonly destinations: readonly Destination[] }
  | { readonly type: 'return-leg-left'; readonly legId: LegId }
  | { readonly type: 'return-agent'; readonly legId: LegId }
  | { readonly type: 'replace-leg'; readonly oldLegId: LegId; readonly newLegId: LegId }
  /** Nobody came back, or nobody will: `now` without waiting for the deadline. */
  | { readonly type: 'give-up'; readonly agentId: UserId | null; readonly until: Instant | 'now' }
  | { readonly type: 'hang-up'; readonly agentId: UserId }
  | { readonly type: 'end'; readonly by: EndedBy; readonly cause: LegCause };

export type CallRefusal = 'no-live-call' | 'not-yours' | 'not-allowed-now' | 'leg-unknown';

type Answer = Decision<CallEvent, CallRefusal>;
type Answered = TalkingCall | HoldingCall | ReconnectingCall;

export const call: Decider<Call, CallCommand, CallEvent, CallRefusal> = {
  decide(state, command, facts) {
    if (!state) return begin(command, facts.now);
    if (command.type === 'end') return decided(ended(state, command.by, command.cause, facts.now));
    if (command.type === 'hang-up') return hangUp(state, command.agentId, facts.now);
    if (command.type === 'give-up') return giveUp(state, command, facts.now);
    switch (state.state) {
      case 'open':
        return decideOpen(state, command, facts.now);
      case 'dialing':
        return decideDialing(state, command, facts.now);
      case 'talking':
      case 'holding':
        return decideTalking(state, command, facts);
      case 'reconnecting':
        return decideReconnecting(state, command, facts.now);
      default:
        return assertNever(state);
    }
  },
  evolve: evolveCall,
};

function begin(command: CallCommand, at: Instant): Answer {
  if (command.type === 'enter') return decided({ ...command, type: 'call-entered', at });
  if (command.type === 'dial') return decided({ ...command, type: 'call-dialed', at });
  return refused('no-live-call');
}

const which = (state: Call, at: Instant) => ({ callId: state.callId, conversationId: state.conversationId, at });

function decideOpen(state: OpenCall, command: CallCommand, at: Instant): Answer {
  if (command.type !== 'connect') return refused('not-allowed-now');
  const { agentId, agentLegId, offerId, queueId, recordingId } = command;
  return decided({ ...which(state, at), type: 'call-connected', agentId, agentLegId, other: { kind: 'customer', legId: state.customerLegId }, offerId, queueId, recordingId });
}

function decideDialing(state: DialingCall, command: CallCommand, at: Instant): Answer {
  switch (command.type) {
    case 'target-rang':
      return state.ringingSince === null ? decided({ ...which(state, at), type: 'call-rang' }) : refused('not-allowed-now');
    case 'target-left': {
      if (!state.legIds.includes(command.legId)) return refused('leg-unknown');
      if (state.legIds.length > 1) return decided({ ...which(state, at), type: 'call-target-left', legId: command.legId, cause: command.cause });
      return decided(ended(state, command.by, command.cause, at));
    }
    case 'target-answered': {
      if (!state.legIds.includes(command.legId)) return refused('leg-unknown');
      const { target, agentId, originLegId } = state;
      const other: OtherSide = target.kind === 'agent' ? { kind: 'agent', agentId: target.agentId, legId: command.legId } : { kind: 'customer', legId: command.legId };
      return decided({ ...which(state, at), type: 'call-connected', agentId, agentLegId: originLegId, other, offerId: null, queueId: null, recordingId: null });
    }
    default:
      return refused('not-allowed-now');
  }
}

function decideTalking(state: TalkingCall | HoldingCall, command: CallCommand, facts: Facts): Answer {
  const at = facts.now;
  switch (command.type) {
    case 'hold': {
      const heldLegId = farLegOf(state, command.agentId);
      if (heldLegId === undefined) return refused('not-yours');
      return state.state === 'talking' ? decided({ ...which(state, at), type: 'call-held', agentId: command.agentId, heldLegId }) : refused('not-allowed-now');
    }
    case 'resume':
      if (farLegOf(state, command.agentId) === undefined) return refused('not-yours');
      if (state.state !== 'holding' || state.heldBy !== command.agentId) return refused('not-allowed-now');
      return decided({ ...which(state, at), type: 'call-resumed', agentId: command.agentId, heldLegId: state.heldLegId, heldMs: holdSoFar(state, at) });
    case 'send-digits': {
      const toLegId = farLegOf(state, command.agentId);
      if (toLegId === undefined) return refused('not-yours');
      return state.state === 'talking' ? decided({ ...which(state, at), type: 'call-digits-sent', agentId: command.agentId, toLegId, digits: command.digits }) : refused('not-allowed-now');
    }
    case 'replace-leg':
      if (command.oldLegId !== state.agentLegId) return refused('leg-unknown');
      return decided({ ...which(state, at), type: 'call-leg-replaced', agentId: state.agentId, oldLegId: command.oldLegId, agentLegId: command.newLegId });
    case 'lose-agent': {
      if (command.legId !== state.agentLegId) return refused('leg-unknown');
      // Two colleagues: there is no customer to keep waiting.
      if (state.other.kind === 'agent') return command.cause === 'media-stalled' ? refused('not-allowed-now') : decided(ended(state, 'network', command.cause, at));
      return decided({
        ...which(state, at),
        type: 'call-agent-lost',
        agentId: state.agentId,
        cause: command.cause,
        stalledLegId: command.cause === 'media-stalled' ? command.legId : null,
        heldMs: state.state === 'holding' ? holdSoFar(state, at) : 0,
        until: at + RETURN_LIMIT_MS,
        playId: facts.draw('play'),
      });
    }
    default:
      return refused('not-allowed-now');
  }
}

function decideReconnecting(state: ReconnectingCall, command: CallCommand, at: Instant): Answer {
  switch (command.type) {
    case 'ring-agent':
      return decided({ ...which(state, at), type: 'call-agent-rung', agentId: state.agentId, placementId: command.placementId, destinations: command.destinations });
    case 'return-agent':
      return decided({ ...which(state, at), type: 'call-agent-returned', agentId: state.agentId, agentLegId: command.legId, awayMs: Math.max(0, at - state.since) });
    case 'replace-leg':
      if (command.oldLegId !== state.stalledLegId) return refused('leg-unknown');
      return decided({ ...which(state, at), type: 'call-leg-replaced', agentId: state.agentId, oldLegId: command.oldLegId, agentLegId: command.newLegId });
    case 'return-leg-left':
      if (command.legId !== state.stalledLegId && !state.legIds.includes(command.legId)) return refused('leg-unknown');
      return decided({ ...which(state, at), type: 'call-return-leg-left', legId: command.legId });
    default:
      return refused('not-allowed-now');
  }
}

function hangUp(state: Call, agentId: UserId, at: Instant): Answer {
  if (state.state === 'open') return refused('not-yours');
  const mine = state.agentId === agentId || (state.state === 'dialing' ? state.target.kind === 'agent' && state.target.agentId === agentId : state.other.kind === 'agent' && state.other.agentId === agentId);
  return mine ? decided(ended(state, 'agent', state.state === 'dialing' && state.agentId !== agentId ? 'declined' : 'hung-up', at)) : refused('not-yours');
}

function giveUp(state: Call, command: Extract<CallCommand, { type: 'give-up' }>, at: Instant): Answer {
  if (state.state === 'open' || state.state === 'dialing') return refused('not-allowed-now');
  if (command.until === 'now' ? command.agentId !== state.agentId : state.state !== 'reconnecting' || state.until !== command.until) return refused('not-allowed-now');
  if (state.other.kind === 'agent' || state.queueId === null) return decided(ended(state, 'network', 'media-lost', at));
  return decided({ ...which(state, at), type: 'call-released', agentId: state.agentId, customerLegId: state.other.legId, queueId: state.queueId, recordingId: state.recordingId });
}

/** The leg at the other end of `agentId`'s call; undefined when the call is not theirs. */
function farLegOf(state: TalkingCall | HoldingCall, agentId: UserId): LegId | undefined {
  if (state.agentId === agentId) return state.other.legId;
  return state.other.kind === 'agent' && state.other.agentId === agentId ? state.agentLegId : undefined;
}

const holdSoFar = (state: HoldingCall, at: Instant): number => Math.max(0, at - state.since);

function ended(state: Call, by: EndedBy, cause: LegCause, at: Instant): CallEvent {
  const answered: Answered | undefined = state.state === 'open' || state.state === 'dialing' ? undefined : state;
  const otherAgentId = answered?.other.kind === 'agent' ? answered.other.agentId : state.state === 'dialing' && state.target.kind === 'agent' ? state.target.agentId : null;
  return {
    ...which(state, at),
    type: 'call-ended',
    direction: state.direction,
    by,
    cause,
    agentId: state.state === 'open' ? null : state.agentId,
    otherAgentId,
    queueId: answered?.queueId ?? null,
    answeredAt: answered?.answeredAt ?? null,
    heldMs: (answered?.heldMs ?? 0) + (state.state === 'holding' ? holdSoFar(state, at) : 0),
    recordingId: answered?.recordingId ?? null,
    endedIn: state.state,
  };
}

function evolveCall(state: Call | undefined, event: CallEvent): Call | undefined {
  switch (event.type) {
    case 'call-entered':
      return { state: 'open', callId: event.callId, conversationId: event.conversationId, direction: 'inbound', bridgeId: event.bridgeId, startedAt: event.at, customerLegId: event.customerLegId };
    case 'call-dialed': {
      const { callId, conversationId, direction, bridgeId, at, agentId, originLegId, target, placementId } = event;
      const legIds = event.destinations.map(({ legId }) => legId);
      return { state: 'dialing', callId, conversationId, direction, bridgeId, startedAt: at, agentId, originLegId, target, placementId, legIds, ringingSince: null };
    }
    case 'call-rang':
      return state?.state === 'dialing' ? { ...state, ringingSince: event.at } : state;
    case 'call-target-left':
      return state?.state === 'dialing' ? { ...state, legIds: state.legIds.filter((legId) => legId !== event.legId) } : state;
    case 'call-connected': {
      if (!state) return state;
      const { agentId, agentLegId, other, queueId, recordingId, at } = event;
      return { state: 'talking', ...lasting(state), agentId, agentLegId, other, queueId, recordingId, answeredAt: at, heldMs: 0, since: at };
    }
    case 'call-held':
      return state?.state === 'talking' ? { ...state, state: 'holding', heldBy: event.agentId, heldLegId: event.heldLegId, since: event.at } : state;
    case 'call-resumed':
      return state?.state === 'holding' ? { state: 'talking', ...answered(state), agentLegId: state.agentLegId, heldMs: state.heldMs + event.heldMs, since: event.at } : state;
    case 'call-digits-sent':
      return state;
    case 'call-agent-lost': {
      if (state?.state !== 'talking' && state?.state !== 'holding') return state;
      const { until, playId, stalledLegId } = event;
      return { state: 'reconnecting', ...answered(state), heldMs: state.heldMs + event.heldMs, since: event.at, until, playId, stalledLegId, legIds: [] };
    }
    case 'call-agent-rung':
      return state?.state === 'reconnecting' ? { ...state, legIds: [...state.legIds, ...event.destinations.map(({ legId }) => legId)] } : state;
    case 'call-return-leg-left':
      if (state?.state !== 'reconnecting') return state;
      return { ...state, stalledLegId: state.stalledLegId === event.legId ? null : state.stalledLegId, legIds: state.legIds.filter((legId) => legId !== event.legId) };
    case 'call-agent-returned':
      return state?.state === 'reconnecting' ? { state: 'talking', ...answered(state), agentLegId: event.agentLegId, since: event.at } : state;
    case 'call-leg-replaced':
      if (state?.state === 'reconnecting') return { state: 'talking', ...answered(state), agentLegId: event.agentLegId, since: event.at };
      if (state?.state === 'holding') return { ...state, agentLegId: event.agentLegId, heldLegId: state.heldLegId === event.oldLegId ? event.agentLegId : state.heldLegId };
      return state?.state === 'talking' ? { ...state, agentLegId: event.agentLegId } : state;
    case 'call-released':
      return state && { state: 'open', ...lasting(state), customerLegId: event.customerLegId };
    case 'call-ended':
      return undefined;
    default:
      return assertNever(event);
  }
}

const lasting = ({ callId, conversationId, direction, bridgeId, startedAt }: CallFacts): CallFacts => ({ callId, conversationId, direction, bridgeId, startedAt });
const answered = (state: Answered): AnsweredCall => ({
  ...lasting(state),
  agentId: state.agentId,
  other: state.other,
  queueId: state.queueId,
  answeredAt: state.answeredAt,
  heldMs: state.heldMs,
  recordingId: state.recordingId,
});
