import type { Activity, QueueId, StatusId, UserId } from '@centralita/kernel';
import type { ActivityInterval } from '../domain/metrics/tally.ts';
import type { SegmentFacts } from '../domain/segment.ts';

/** Columns of `segments` from which the figures are counted. */
export interface SegmentRow {
  readonly queue_id: QueueId;
  readonly agent_id: UserId | null;
  readonly queued_at: Date;
  readonly threshold_ms: number | null;
  readonly wait_ms: number | null;
  readonly answered_at: Date | null;
  readonly left_at: Date | null;
  readonly connected_ms: number;
  readonly hold_ms: number;
  readonly after_service_ms: number;
  readonly ending: SegmentFacts['ending'];
}

/** Columns of `agent_intervals`. */
export interface IntervalRow {
  readonly agent_id: UserId;
  readonly activity: Activity;
  readonly status_id: StatusId;
  readonly takes_queue_work: boolean;
  readonly from_at: Date;
  readonly to_at: Date | null;
}

export const segmentFactsOf = (row: SegmentRow): SegmentFacts => ({
  queueId: row.queue_id,
  agentId: row.agent_id,
  queuedAt: row.queued_at.getTime(),
  thresholdMs: row.threshold_ms,
  waitMs: row.wait_ms,
  answeredAt: row.answered_at?.getTime() ?? null,
  leftAt: row.left_at?.getTime() ?? null,
  connectedMs: row.connected_ms,
  holdMs: row.hold_ms,
  afterServiceMs: row.after_service_ms,
  ending: row.ending,
});

export const intervalOf = (row: IntervalRow): ActivityInterval => ({
  agentId: row.agent_id,
  activity: row.activity,
  takesQueueWork: row.takes_queue_work,
  from: row.from_at.getTime(),
  to: row.to_at?.getTime() ?? null,
});
