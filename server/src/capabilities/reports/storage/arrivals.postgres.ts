import type { AccountId, QueueId, UserId } from '@centralita/kernel';
import { inAccount, type Pool } from '../../../storage/pool.ts';
import type { ActivityInterval, Window } from '../domain/metrics/tally.ts';
import type { SegmentFacts } from '../domain/segment.ts';
import { type IntervalRow, intervalOf, type SegmentRow, segmentFactsOf } from './fact-rows.ts';

/** The account's past by queue, as the figures are counted from it. @param pool the role `app`'s */
export const arrivalsIn = (pool: Pool) => ({
  timeZone: (account: AccountId): Promise<string> =>
    inAccount(pool, account, async (sql) => {
      const { rows } = await sql.query<{ time_zone: string }>('select time_zone from accounts where account = current_account()');
      return rows[0]!.time_zone;
    }),
  /** Customers who entered the queue within each window. */
  count: (account: AccountId, queueId: QueueId, windows: readonly Window[]): Promise<number[]> =>
    inAccount(pool, account, async (sql) => {
      const { rows } = await sql.query<{ calls: number }>(
        `select (select count(*) from segments where account = $1 and queue_id = $2 and queued_at >= d.from_at and queued_at < d.to_at) as calls
         from unnest($3::timestamptz[], $4::timestamptz[]) with ordinality as d (from_at, to_at, place) order by d.place`,
        [account, queueId, windows.map(({ from }) => new Date(from)), windows.map(({ to }) => new Date(to))],
      );
      return rows.map(({ calls }) => calls);
    }),
  segments: (account: AccountId, queueId: QueueId, { from, to }: Window): Promise<SegmentFacts[]> =>
    inAccount(pool, account, async (sql) => {
      const { rows } = await sql.query<SegmentRow>(
        `select queue_id, agent_id, queued_at, threshold_ms, wait_ms, answered_at, left_at, connected_ms, hold_ms, after_service_ms, ending
         from segments where account = $1 and queue_id = $2 and queued_at >= $3 and queued_at < $4 order by queued_at`,
        [account, queueId, new Date(from), new Date(to)],
      );
      return rows.map(segmentFactsOf);
    }),
  /** Of these agents, what touches the window. */
  intervals: (account: AccountId, agentIds: readonly UserId[], { from, to }: Window): Promise<ActivityInterval[]> =>
    inAccount(pool, account, async (sql) => {
      const { rows } = await sql.query<IntervalRow>(
        `select agent_id, activity, status_id, takes_queue_work, from_at, to_at
         from agent_intervals where account = $1 and agent_id = any($2) and (to_at is null or to_at > $3) and from_at < $4 order by from_at`,
        [account, agentIds, new Date(from), new Date(to)],
      );
      return rows.map(intervalOf);
    }),
});
