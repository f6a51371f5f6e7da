import type { Activity, UserId } from '@centralita/kernel';
import { inAccount, type Pool } from '../../../storage/pool.ts';
import type { SegmentFacts } from '../../reports/index.ts';
import type { ArrivalsTable } from '../application/ports.ts';

interface SegmentRow {
  readonly queue_id: string;
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

interface IntervalRow {
  readonly agent_id: UserId;
  readonly activity: Activity;
  readonly takes_queue_work: boolean;
  readonly from_at: Date;
  readonly to_at: Date | null;
}

/** @param pool the role `app`'s */
export const arrivalsIn = (pool: Pool): ArrivalsTable => ({
  timeZone: (account) =>
    inAccount(pool, account, async (sql) => {
      const { rows } = await sql.query<{ time_zone: string }>('select time_zone from accounts where account = current_account()');
      return rows[0]!.time_zone;
    }),
  count: (account, queueId, windows) =>
    inAccount(pool, account, async (sql) => {
      const { rows } = await sql.query<{ calls: number }>(
        `select (select count(*) from segments where account = $1 and queue_id = $2 and queued_at >= d.from_at and queued_at < d.to_at) as calls
         from unnest($3::timestamptz[], $4::timestamptz[]) with ordinality as d (from_at, to_at, place) order by d.place`,
        [account, queueId, windows.map(({ from }) => new Date(from)), windows.map(({ to }) => new Date(to))],
      );
      return rows.map(({ calls }) => calls);
    }),
  segments: (account, queueId, { from, to }) =>
    inAccount(pool, account, async (sql) => {
      const { rows } = await sql.query<SegmentRow>(
        `select queue_id, agent_id, queued_at, threshold_ms, wait_ms, answered_at, left_at, connected_ms, hold_ms, after_service_ms, ending
         from segments where account = $1 and queue_id = $2 and queued_at >= $3 and queued_at < $4 order by queued_at`,
        [account, queueId, new Date(from), new Date(to)],
      );
      return rows.map((row) => ({
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
      }));
    }),
  intervals: (account, agentIds, { from, to }) =>
    inAccount(pool, account, async (sql) => {
      const { rows } = await sql.query<IntervalRow>(
        `select agent_id, activity, takes_queue_work, from_at, to_at
         from agent_intervals where account = $1 and agent_id = any($2) and (to_at is null or to_at > $3) and from_at < $4 order by from_at`,
        [account, agentIds, new Date(from), new Date(to)],
      );
      return rows.map((row) => ({ agentId: row.agent_id, activity: row.activity, takesQueueWork: row.takes_queue_work, from: row.from_at.getTime(), to: row.to_at?.getTime() ?? null }));
    }),
});
