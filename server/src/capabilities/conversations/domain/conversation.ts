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
  /** Answered before, in an earlier segment: it ends as `answered` whatever comes. */
  readonly answeredBefore: boolean;
}
export interface DialingConversation extends ConversationFacts {
  readonly state: 'dialing';
  readonly agentId: UserId;
}
export interface WithAgentConversation extends ConversationFacts {
  readonly state: 'with-agent';
  readonly agentId: UserId;
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

