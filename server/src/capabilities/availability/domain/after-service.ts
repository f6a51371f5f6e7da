import type { AfterServiceId, ConversationId, Instant, QueueId, SegmentId, UserId } from '@centralita/kernel';

/*
 *   after-service-started ──► running ── after-service-ended (by agent | limit | sign-out) ──► (gone)
 *
 * The work after a queue call (S2.27). Its early finish, its limit and a sign-out race to one ending.
 */

export interface AfterService {
  readonly state: 'running';
  readonly afterServiceId: AfterServiceId;
  readonly agentId: UserId;
  readonly conversationId: ConversationId;
  readonly segmentId: SegmentId;
  readonly queueId: QueueId;
  readonly startedAt: Instant;
  /** Null: the queue sets no limit (S2.28). */
  readonly endsAt: Instant | null;
}

interface AfterServiceEventFacts {
  readonly afterServiceId: AfterServiceId;
  readonly agentId: UserId;
  readonly conversationId: ConversationId;
  readonly segmentId: SegmentId;
  readonly queueId: QueueId;
  readonly at: Instant;
}
export type AfterServiceEvent =
  | (AfterServiceEventFacts & { readonly type: 'after-service-started'; readonly endsAt: Instant | null })
  | (AfterServiceEventFacts & { readonly type: 'after-service-ended'; readonly reason: 'finished' | 'limit' | 'signed-out'; readonly startedAt: Instant; readonly durationMs: number });
