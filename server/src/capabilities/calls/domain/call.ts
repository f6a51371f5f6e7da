import type { BridgeId, CallId, ConversationId, Direction, EndedBy, Instant, LegCause, LegId, OfferId, PersonalRef, PlacementId, PlayId, QueueId, RecordingId, UserId } from '@centralita/kernel';

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
      readonly legIds: readonly LegId[];
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
  | (CallEventFacts & { readonly type: 'call-held'; readonly agentId: UserId })
  | (CallEventFacts & { readonly type: 'call-resumed'; readonly agentId: UserId; readonly heldMs: number })
  | (CallEventFacts & { readonly type: 'call-digits-sent'; readonly agentId: UserId; readonly digits: PersonalRef })
  | (CallEventFacts & {
      readonly type: 'call-agent-lost';
      readonly agentId: UserId;
      readonly cause: LegCause | 'media-stalled';
      readonly stalledLegId: LegId | null;
      readonly heldMs: number;
      readonly until: Instant;
      readonly playId: PlayId;
    })
  /** The agent's devices are rung to bring them back to this call. */
  | (CallEventFacts & { readonly type: 'call-agent-rung'; readonly agentId: UserId; readonly placementId: PlacementId; readonly legIds: readonly LegId[] })
  | (CallEventFacts & { readonly type: 'call-agent-returned'; readonly agentId: UserId; readonly agentLegId: LegId; readonly awayMs: number })
  /** A fresh leg of the same agent took the old one's place without a gap (another tab, a new network). */
  | (CallEventFacts & { readonly type: 'call-leg-replaced'; readonly agentId: UserId; readonly oldLegId: LegId; readonly agentLegId: LegId })
  /** Nobody came back: the customer's leg is alone again. */
  | (CallEventFacts & { readonly type: 'call-released'; readonly agentId: UserId; readonly customerLegId: LegId; readonly queueId: QueueId | null })
  | (CallEventFacts & {
      readonly type: 'call-ended';
      readonly direction: Direction;
      readonly by: EndedBy;
      readonly cause: LegCause;
      readonly agentId: UserId | null;
      readonly otherAgentId: UserId | null;
      readonly queueId: QueueId | null;
      readonly answeredAt: Instant | null;
      readonly heldMs: number;
      readonly recordingId: RecordingId | null;
      readonly endedIn: Call['state'];
    })
  /** An incoming call that nothing was done with. */
  | { readonly type: 'call-refused'; readonly legId: LegId; readonly reason: 'number-unknown' | 'number-not-public' | 'flow-missing'; readonly at: Instant }
  | {
      readonly type: 'dial-refused';
      readonly legId: LegId;
      readonly agentId: UserId | null;
      readonly dialled: PersonalRef | null;
      readonly reason: DialRefusal;
      readonly at: Instant;
    };

export const DIAL_REFUSALS = ['not-signed-in', 'in-a-call', 'outgoing-calls-off', 'destination-not-allowed', 'no-outbound-trunk', 'colleague-unreachable', 'colleague-busy', 'own-extension'] as const;
export type DialRefusal = (typeof DIAL_REFUSALS)[number];
