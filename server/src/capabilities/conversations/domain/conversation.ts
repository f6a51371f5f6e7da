import { assertNever, decided, type Decider, type Decision, refused } from '@centralita/kernel';
import type { CallId, ConversationEnding, ConversationId, Direction, EndedBy, FlowRunId, Instant, NumberId, OfferId, PersonalRef, QueueId, SegmentId, UserId, WaitingId } from '@centralita/kernel';
import type { PartyRef } from './party.ts';

/*
 *   conversation-started ─► in-flow ── conversation-queued ──► waiting ── conversation-answered ──► with-agent
 *                             │  ▲                             │   ▲                                   │
 *                             │  └──── conversation-closing ───┘   └── conversation-agent-left ────────┘
 *                             │        (closing words)                 (+ conversation-queued: agent lost)
 *   conversation-started (dialled) ─► dialing ── conversation-answered ──► with-agent
 *   every state ── conversation-ended ──► (gone; history is a projection)
 *
 * What passed between the center and one person, whatever the channel. It has exactly one owner at any moment: the flow, the
 * queue's waiting list, or an agent. Each stay in a queue, with the talk that follows it, is a segment.
 */

/** A stay in one queue and the talk after it. */
export interface Segment {
  readonly segmentId: SegmentId;
  readonly queueId: QueueId;
  readonly queuedAt: Instant;
}

interface ConversationFacts {
  readonly conversationId: ConversationId;
  readonly callId: CallId;
  readonly direction: Direction;
  readonly customer: PartyRef;
  readonly numberId: NumberId | null;
  readonly startedAt: Instant;
  /** Labels of the menu options chosen so far: `Ventas`. */
  readonly menuPath: readonly string[];
  /** Somebody answered it in an earlier segment: it ends as `answered`, whatever comes. */
  readonly answeredBefore: boolean;
}

export interface InFlowConversation extends ConversationFacts {
  readonly state: 'in-flow';
  readonly flowRunId: FlowRunId;
  /** Set while closing words are said: the ending it will have. */
  readonly closing: ConversationEnding | null;
  readonly segment: Segment | null;
}
export interface WaitingConversation extends ConversationFacts {
  readonly state: 'waiting';
  readonly waitingId: WaitingId;
  readonly segment: Segment;
}
export interface DialingConversation extends ConversationFacts {
  readonly state: 'dialing';
  readonly agentId: UserId;
  readonly colleagueId: UserId | null;
}
export interface WithAgentConversation extends ConversationFacts {
  readonly state: 'with-agent';
  readonly agentId: UserId;
  readonly colleagueId: UserId | null;
  readonly segment: Segment | null;
  readonly answeredAt: Instant;
}
export type Conversation = InFlowConversation | WaitingConversation | DialingConversation | WithAgentConversation;

interface ConversationEventFacts {
  readonly conversationId: ConversationId;
  readonly callId: CallId;
  readonly at: Instant;
}
export type ConversationEvent =
  | (ConversationEventFacts & {
      readonly type: 'conversation-started';
      readonly direction: Direction;
      /** Inbound: the caller. Outbound: who is dialled. Internal: both null. */
      readonly customer: PartyRef;
      readonly numberId: NumberId | null;
      /** As dialled, by reference. */
      readonly dialled: PersonalRef | null;
      readonly owner: { readonly kind: 'flow'; readonly flowRunId: FlowRunId } | { readonly kind: 'agent'; readonly agentId: UserId };
      /** Internal calls: the colleague rung. */
      readonly colleagueId: UserId | null;
    })
  | (ConversationEventFacts & { readonly type: 'conversation-menu-chosen'; readonly label: string })
  | (ConversationEventFacts & {
      readonly type: 'conversation-queued';
      readonly waitingId: WaitingId;
      readonly segmentId: SegmentId;
      readonly queueId: QueueId;
      readonly reason: 'flow' | 'overflow' | 'agent-lost';
    })
  /** From here on the flow says closing words; `ending` is what it comes to. */
  | (ConversationEventFacts & { readonly type: 'conversation-closing'; readonly flowRunId: FlowRunId; readonly ending: ConversationEnding; readonly queueId: QueueId | null })
  | (ConversationEventFacts & {
      readonly type: 'conversation-answered';
      readonly agentId: UserId;
      readonly offerId: OfferId | null;
      readonly segmentId: SegmentId | null;
      readonly queueId: QueueId | null;
      /** From entering the queue; null for dialled calls. */
      readonly waitMs: number | null;
    })
  /** The talk of a segment is over: exactly one per answered segment. */
  | (ConversationEventFacts & {
      readonly type: 'conversation-agent-left';
      readonly agentId: UserId;
      readonly segmentId: SegmentId | null;
      readonly queueId: QueueId | null;
      readonly answeredAt: Instant;
      readonly talkMs: number;
      readonly reason: 'ended' | 'agent-lost';
    })
  | (ConversationEventFacts & {
      readonly type: 'conversation-ended';
      readonly direction: Direction;
      readonly ending: ConversationEnding;
      readonly by: EndedBy;
      readonly queueId: QueueId | null;
      readonly segmentId: SegmentId | null;
      readonly agentId: UserId | null;
      readonly startedAt: Instant;
    });


type Started = Extract<ConversationEvent, { type: 'conversation-started' }>;

export type ConversationCommand =
  | ({ readonly type: 'start' } & Omit<Started, 'type' | 'at'>)
  | { readonly type: 'choose-in-menu'; readonly label: string }
  | { readonly type: 'wait'; readonly waitingId: WaitingId; readonly segmentId: SegmentId; readonly queueId: QueueId; readonly reason: 'flow' | 'overflow' | 'agent-lost' }
  | { readonly type: 'close'; readonly flowRunId: FlowRunId; readonly ending: ConversationEnding; readonly queueId: QueueId | null }
  | { readonly type: 'answer'; readonly agentId: UserId; readonly offerId: OfferId | null }
  | { readonly type: 'lose-agent' }
  /** `unanswered` is how it ends if nobody ever answered. */
  | { readonly type: 'end'; readonly by: EndedBy; readonly unanswered: ConversationEnding };

export type ConversationRefusal = 'already-ended' | 'not-allowed-now';

type Answer = Decision<ConversationEvent, ConversationRefusal>;

export const conversation: Decider<Conversation, ConversationCommand, ConversationEvent, ConversationRefusal> = {
  decide(state, command, { now: at }) {
    if (!state) return command.type === 'start' ? decided({ ...command, type: 'conversation-started', at }) : refused('already-ended');
    const which = { conversationId: state.conversationId, callId: state.callId, at };
    switch (command.type) {
      case 'start':
        return refused('not-allowed-now');
      case 'choose-in-menu':
        return decided({ ...which, type: 'conversation-menu-chosen', label: command.label });
      case 'wait': {
        const { waitingId, segmentId, queueId, reason } = command;
        return decided({ ...which, type: 'conversation-queued', waitingId, segmentId, queueId, reason });
      }
      case 'close':
        return decided({ ...which, type: 'conversation-closing', flowRunId: command.flowRunId, ending: command.ending, queueId: command.queueId });
      case 'answer':
        return answer(state, command.agentId, command.offerId, at);
      case 'lose-agent':
        return state.state === 'with-agent' ? decided(agentLeft(state, 'agent-lost', at)) : refused('not-allowed-now');
      case 'end':
        return end(state, command, at);
      default:
        return assertNever(command);
    }
  },
  evolve: evolveConversation,
};

function answer(state: Conversation, agentId: UserId, offerId: OfferId | null, at: Instant): Answer {
  if (state.state !== 'waiting' && state.state !== 'dialing') return refused('not-allowed-now');
  const segment = state.state === 'waiting' ? state.segment : null;
  return decided({
    conversationId: state.conversationId,
    callId: state.callId,
    at,
    type: 'conversation-answered',
    agentId,
    offerId,
    segmentId: segment?.segmentId ?? null,
    queueId: segment?.queueId ?? null,
    waitMs: segment ? Math.max(0, at - segment.queuedAt) : null,
  });
}

function agentLeft(state: WithAgentConversation, reason: 'ended' | 'agent-lost', at: Instant): ConversationEvent {
  return {
    type: 'conversation-agent-left',
    conversationId: state.conversationId,
    callId: state.callId,
    at,
    agentId: state.agentId,
    segmentId: state.segment?.segmentId ?? null,
    queueId: state.segment?.queueId ?? null,
    answeredAt: state.answeredAt,
    talkMs: Math.max(0, at - state.answeredAt),
    reason,
  };
}

function end(state: Conversation, command: Extract<ConversationCommand, { type: 'end' }>, at: Instant): Answer {
  const withAgent = state.state === 'with-agent';
  const segment = state.state === 'dialing' ? null : state.segment;
  const ended: ConversationEvent = {
    type: 'conversation-ended',
    conversationId: state.conversationId,
    callId: state.callId,
    at,
    direction: state.direction,
    ending: withAgent || state.answeredBefore ? 'answered' : state.state === 'in-flow' && state.closing !== null ? state.closing : command.unanswered,
    by: command.by,
    queueId: segment?.queueId ?? null,
    segmentId: segment?.segmentId ?? null,
    agentId: state.state === 'with-agent' || state.state === 'dialing' ? state.agentId : null,
    startedAt: state.startedAt,
  };
  return withAgent ? decided(agentLeft(state, 'ended', at), ended) : decided(ended);
}

function evolveConversation(state: Conversation | undefined, event: ConversationEvent): Conversation | undefined {
  if (event.type === 'conversation-started') return started(event);
  if (!state) return state;
  switch (event.type) {
    case 'conversation-menu-chosen':
      return { ...state, menuPath: [...state.menuPath, event.label] };
    case 'conversation-queued': {
      const segment = { segmentId: event.segmentId, queueId: event.queueId, queuedAt: event.at };
      return { state: 'waiting', ...lasting(state), waitingId: event.waitingId, segment };
    }
    case 'conversation-closing':
      return { state: 'in-flow', ...lasting(state), flowRunId: event.flowRunId, closing: event.ending, segment: 'segment' in state ? state.segment : null };
    case 'conversation-answered': {
      if (state.state !== 'waiting' && state.state !== 'dialing') return state;
      const segment = state.state === 'waiting' ? state.segment : null;
      const colleagueId = state.state === 'dialing' ? state.colleagueId : null;
      return { state: 'with-agent', ...lasting(state), answeredBefore: true, agentId: event.agentId, colleagueId, segment, answeredAt: event.at };
    }
    case 'conversation-agent-left':
      return state;
    case 'conversation-ended':
      return undefined;
    default:
      return assertNever(event);
  }
}

function started(event: Started): Conversation {
  const { conversationId, callId, direction, customer, numberId, at, owner, colleagueId } = event;
  const facts: ConversationFacts = { conversationId, callId, direction, customer, numberId, startedAt: at, menuPath: [], answeredBefore: false };
  if (owner.kind === 'flow') return { state: 'in-flow', ...facts, flowRunId: owner.flowRunId, closing: null, segment: null };
  return { state: 'dialing', ...facts, agentId: owner.agentId, colleagueId };
}

const lasting = ({ conversationId, callId, direction, customer, numberId, startedAt, menuPath, answeredBefore }: ConversationFacts): ConversationFacts => ({
  conversationId,
  callId,
  direction,
  customer,
  numberId,
  startedAt,
  menuPath,
  answeredBefore,
});
