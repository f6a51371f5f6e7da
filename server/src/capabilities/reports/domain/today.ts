import type { Instant, QueueId, SegmentId, StatusId } from '@centralita/kernel';
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

/**
 * The same day as it was known at `at`: what a row learnt later is taken out of it again. Rows learn each thing at an instant that
 * they tell themselves (a wait ends `waitMs` after it began, an after-service `afterServiceMs` after the talk), so nothing is guessed.
 */
export function todayAsOf(today: Today, at: Instant): Today {
  return {
    ...today,
    segments: today.segments.filter(({ queuedAt }) => queuedAt <= at).map((segment) => segmentAsOf(segment, at)),
    intervals: today.intervals.filter(({ from }) => from <= at).map((interval) => (interval.to !== null && interval.to > at ? { ...interval, to: null } : interval)),
  };
}

function segmentAsOf<Segment extends SegmentFacts>(segment: Segment, at: Instant): Segment {
  const { queuedAt, waitMs, answeredAt, leftAt, afterServiceMs } = segment;
  if (waitMs === null || queuedAt + waitMs > at) return { ...segment, agentId: null, waitMs: null, answeredAt: null, leftAt: null, connectedMs: 0, holdMs: 0, afterServiceMs: 0, ending: null };
  if (answeredAt === null) return segment;
  if (leftAt === null || leftAt > at) return { ...segment, leftAt: null, connectedMs: 0, holdMs: 0, afterServiceMs: 0 };
  return leftAt + afterServiceMs > at ? { ...segment, afterServiceMs: 0 } : segment;
}
