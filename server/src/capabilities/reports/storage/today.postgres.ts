import { setImmediate as nextRound } from 'node:timers/promises';
import type { AccountId, Instant, SegmentId } from '@centralita/kernel';
import { inTransaction, type Pool } from '../../../storage/pool.ts';
import { dayOf } from '../domain/metrics/day.ts';
import type { RuleRecord } from '../domain/projection/rows.ts';
import type { Today } from '../domain/today.ts';
import { type IntervalRow, intervalOf, type SegmentRow, segmentFactsOf } from './fact-rows.ts';
import { readPosition } from './projections.postgres.ts';

interface TodaySegmentRow extends SegmentRow {
  readonly segment_id: SegmentId;
  readonly conversation_id: string;
}

/** @param pool the role `floor`'s. Position and rows are of one instant. */
export async function readToday(pool: Pool, account: AccountId, at: { readonly now: Instant; readonly timeZone: string; readonly dayStart?: number }): Promise<Today> {
  const day = dayOf(at.now, at.timeZone, at.dayStart);
  const [from, to] = [new Date(day.from), new Date(day.to)];
  return inTransaction(pool, async (connection) => {
    await connection.query('set transaction isolation level repeatable read, read only');
    const seq = await readPosition(connection, account);
    const segments = await connection.query<TodaySegmentRow>('select * from segments where account = $1 and queued_at >= $2 and queued_at < $3 order by queued_at', [account, from, to]);
    const intervals = await connection.query<IntervalRow>('select * from agent_intervals where account = $1 and (to_at is null or to_at > $2) and from_at < $3 order by from_at', [account, from, to]);
    const rules = await connection.query<{ rule_id: string; value: RuleRecord['value'] }>('select rule_id, value from projection_rules where account = $1', [account]);
    const named = rules.rows.map(({ rule_id, value }) => ({ id: rule_id.slice(rule_id.indexOf(' ') + 1), value }));
    return {
      seq,
      segments: await mapInSlices(segments.rows, segmentOfRow),
      intervals: await mapInSlices(intervals.rows, intervalOfRow),
      thresholds: new Map(named.flatMap(({ id, value }) => ('thresholdMs' in value ? [[id, value.thresholdMs] as const] : []))),
      statusesTakingWork: new Set(named.flatMap(({ id, value }) => ('takesQueueWork' in value && value.takesQueueWork ? [id] : []))),
    };
  });
}

/** A few milliseconds of work; a day may have hundreds of thousands of rows, and calls are decided beside it. */
const ROWS_AT_ONCE = 5_000;

async function mapInSlices<Row, Made>(rows: readonly Row[], make: (row: Row) => Made): Promise<Made[]> {
  const made: Made[] = [];
  for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
    for (let index = from; index < Math.min(rows.length, from + ROWS_AT_ONCE); index++) made.push(make(rows[index]!));
    await nextRound();
  }
  return made;
}

const intervalOfRow = (row: IntervalRow): Today['intervals'][number] => ({ ...intervalOf(row), statusId: row.status_id });

const segmentOfRow = (row: TodaySegmentRow): Today['segments'][number] => ({ ...segmentFactsOf(row), segmentId: row.segment_id, conversationId: row.conversation_id });
