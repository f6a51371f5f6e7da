import type { CallId, ConversationId, Instant, Language, LegId, OfferId, PlayId, QueueId, SegmentId, UserId, WaitingId } from '@centralita/kernel';
import type { SkillLevel } from '../../accounts/index.ts';

/*
 *   queued ──► in-line ◄── waiting-offered / waiting-back ──► offered
 *                 └──────────── waiting-ended ───────────────────┘──► (gone)
 *
 * One customer in one queue's waiting list. While offered they keep their place and their music.
 */

/** What the customer hears. */
export type Hearing = { readonly kind: 'announcement'; readonly playId: PlayId } | { readonly kind: 'music'; readonly playId: PlayId };

interface WaitingFacts {
  readonly waitingId: WaitingId;
  readonly conversationId: ConversationId;
  readonly callId: CallId;
  readonly legId: LegId;
  readonly segmentId: SegmentId;
  readonly queueId: QueueId;
  /** When this stay in this queue began, for waits and figures. */
  readonly queuedAt: Instant;
  /** From when ageing counts: later queues of an overflow keep the first one's. */
  readonly enqueuedAt: Instant;
  readonly priority: number;
  readonly required: readonly SkillLevel[];
  /** Agents who must not get this customer. */
  readonly excluded: readonly UserId[];
  readonly language: Language;
  readonly music: string;
  readonly hearing: Hearing;
  /** Queues this caller overflowed from, so that a circle of overflows ends in the closing words. */
  readonly visited: readonly QueueId[];
  readonly overflowAt: Instant | null;
}
export interface InLineWaiting extends WaitingFacts {
  readonly state: 'in-line';
}
export interface OfferedWaiting extends WaitingFacts {
  readonly state: 'offered';
  readonly offerId: OfferId;
}
export type Waiting = InLineWaiting | OfferedWaiting;

interface WaitingEventFacts {
  readonly waitingId: WaitingId;
  readonly conversationId: ConversationId;
  readonly callId: CallId;
  readonly queueId: QueueId;
  readonly at: Instant;
}
export type WaitingEvent =
  | (WaitingEventFacts & {
      readonly type: 'queued';
      readonly legId: LegId;
      readonly segmentId: SegmentId;
      readonly reason: 'flow' | 'overflow' | 'agent-lost';
      readonly enqueuedAt: Instant;
      readonly priority: number;
      readonly required: readonly SkillLevel[];
      readonly language: Language;
      readonly music: string;
      readonly hearing: Hearing;
      readonly visited: readonly QueueId[];
      readonly overflowAt: Instant | null;
    })
  | (WaitingEventFacts & { readonly type: 'position-announced'; readonly position: number; readonly estimatedWaitMs: number | null; readonly playId: PlayId })
  | (WaitingEventFacts & { readonly type: 'waiting-music-started'; readonly playId: PlayId })
  | (WaitingEventFacts & { readonly type: 'waiting-relaxed'; readonly step: number; readonly required: readonly SkillLevel[] })
  | (WaitingEventFacts & { readonly type: 'waiting-offered'; readonly offerId: OfferId; readonly agentId: UserId })
  /** The offer came to nothing: back in line, in the same place. */
  | (WaitingEventFacts & { readonly type: 'waiting-back'; readonly offerId: OfferId })
  | (WaitingEventFacts & {
      readonly type: 'waiting-ended';
      readonly segmentId: SegmentId;
      readonly queuedAt: Instant;
      readonly waitMs: number;
      readonly ending: WaitingEnding;
      /** The one who answered, for `answered`. */
      readonly agentId: UserId | null;
    })
  | (WaitingEventFacts & {
      readonly type: 'overflowed';
      readonly segmentId: SegmentId | null;
      readonly reason: 'maximum-wait' | 'maximum-size' | 'queue-gone';
      readonly to: { readonly kind: 'queue'; readonly queueId: QueueId } | { readonly kind: 'message'; readonly prompt: string };
    });

export type WaitingEnding = 'answered' | 'abandoned' | 'short-abandon' | 'overflowed' | 'failed';
