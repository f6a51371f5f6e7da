import type { QueueId, SegmentId, StatusId } from '@centralita/kernel';
import type { ActivityInterval } from './metrics/tally.ts';
import type { SegmentFacts } from './segment.ts';

/** What the live figures start from: today's rows, and the turn up to which they are complete. */
export interface Today {
  readonly seq: number;
  readonly segments: readonly (SegmentFacts & { readonly segmentId: SegmentId; readonly conversationId: string })[];
  readonly intervals: readonly (ActivityInterval & { readonly statusId: StatusId })[];
  readonly thresholds: ReadonlyMap<QueueId, number>;
  readonly statusesTakingWork: ReadonlySet<StatusId>;
}
