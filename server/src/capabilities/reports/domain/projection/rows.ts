import type {
  Activity,
  AfterServiceId,
  CallId,
  ConversationEnding,
  ConversationId,
  Direction,
  EndedBy,
  Instant,
  NumberId,
  OfferId,
  PartyKind,
  PersonalRef,
  QueueId,
  RecordingId,
  SegmentId,
  Selection,
  StatusId,
  UserId,
} from '@centralita/kernel';
import type { SegmentFacts } from '../segment.ts';

/** Every projected row says which turn made it: a rebuild replaces the rows of the turns that the journal still has. */
interface Projected {
  readonly firstSeq: number;
}

/** One conversation, in the sums that a list shows. */
export interface ConversationRecord extends Projected {
  readonly conversationId: ConversationId;
  readonly callId: CallId;
  readonly direction: Direction;
  readonly startedAt: Instant;
  readonly endedAt: Instant | null;
  readonly customerKind: PartyKind;
  readonly customerNumberRef: PersonalRef | null;
  readonly customerNameRef: PersonalRef | null;
  readonly dialledRef: PersonalRef | null;
  readonly numberId: NumberId | null;
  /** The latest queue and segment. */
  readonly queueId: QueueId | null;
  readonly segmentId: SegmentId | null;
  /** Who spoke with the customer last. */
  readonly agentId: UserId | null;
  /** Internal calls: the one rung. */
  readonly colleagueId: UserId | null;
  readonly answeredAt: Instant | null;
  /** In all its queues; null when it never waited in one. */
  readonly waitMs: number | null;
  /** With all its agents, holds included; null when nobody answered. */
  readonly connectedMs: number | null;
  readonly holdMs: number;
  readonly afterServiceMs: number | null;
  readonly customerMos: number | null;
  readonly menuPath: readonly string[];
  readonly ending: ConversationEnding | null;
  readonly endedBy: EndedBy | null;
}

export interface SegmentRecord extends SegmentFacts, Projected {
  readonly segmentId: SegmentId;
  readonly conversationId: ConversationId;
  readonly reason: 'flow' | 'overflow' | 'agent-lost';
  readonly priority: number;
  readonly offerId: OfferId | null;
  readonly overflowReason: string | null;
  readonly overflowQueueId: QueueId | null;
  readonly afterServiceId: AfterServiceId | null;
  readonly afterServiceReason: string | null;
}

/** One agent's part in one conversation. */
export interface ParticipationRecord extends Projected {
  readonly participationId: string;
  readonly conversationId: ConversationId;
  readonly agentId: UserId;
  /** Of the conversation, so that "my calls, newest first" is one index. */
  readonly startedAt: Instant;
  readonly fromAt: Instant;
  readonly toAt: Instant | null;
  readonly mos: number | null;
}

export interface OfferRecord extends Projected {
  readonly offerId: OfferId;
  readonly conversationId: ConversationId;
  readonly segmentId: SegmentId;
  readonly queueId: QueueId;
  readonly agentId: UserId;
  readonly offeredAt: Instant;
  readonly waitedMs: number;
  readonly selection: Selection;
  readonly skillLevel: number;
  readonly idleMs: number;
  readonly queuePriority: number;
  readonly passedOver: Readonly<Record<string, number>>;
  readonly runnersUp: readonly unknown[];
  readonly endedAt: Instant | null;
  readonly ending: 'accepted' | 'declined' | 'expired' | 'withdrawn' | null;
  readonly endedBy: EndedBy | null;
  readonly ringMs: number | null;
  readonly withdrawal: string | null;
}

export interface RecordingRecord extends Projected {
  readonly recordingId: RecordingId;
  readonly conversationId: ConversationId;
  readonly callId: CallId;
  readonly agentId: UserId;
  readonly queueId: QueueId | null;
  readonly state: 'running' | 'paused' | 'stopping' | 'completed' | 'lost';
  readonly startedAt: Instant;
  readonly stoppedAt: Instant | null;
  readonly durationMs: number | null;
  readonly bytes: number | null;
  readonly file: string | null;
  readonly failure: string | null;
}

export interface IntervalRecord extends Projected {
  readonly agentId: UserId;
  readonly activity: Activity;
  readonly statusId: StatusId;
  readonly takesQueueWork: boolean;
  readonly queueId: QueueId | null;
  readonly conversationId: ConversationId | null;
  readonly fromAt: Instant;
  readonly toAt: Instant | null;
}

export type FactValue = string | number | boolean | null;

export interface TimelineRecord extends Projected {
  readonly conversationId: ConversationId;
  /** Among the events of its turn. */
  readonly place: number;
  readonly at: Instant;
  readonly kind: string;
  readonly facts: Readonly<Record<string, FactValue>>;
}

/** What projecting needs to know of the configuration at that moment. */
export interface RuleRecord extends Projected {
  readonly ruleId: string;
  readonly entity: 'queue' | 'status';
  readonly value: { readonly thresholdMs: number } | { readonly takesQueueWork: boolean };
}

export interface ProjectedTables {
  readonly conversations: ConversationRecord;
  readonly segments: SegmentRecord;
  readonly participations: ParticipationRecord;
  readonly offers: OfferRecord;
  readonly recordings: RecordingRecord;
  readonly intervals: IntervalRecord;
  readonly timeline: TimelineRecord;
  readonly rules: RuleRecord;
}
export type TableName = keyof ProjectedTables;
