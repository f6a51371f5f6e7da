import type { AccountId, Instant } from '@centralita/kernel';
import { SNAPSHOT_SCHEMA_VERSION } from '../floor/snapshot.ts';
import { type Connection, inTransaction, type Pool } from './pool.ts';

/** What one transaction removed. */
export interface RemovedTurns {
  readonly turns: number;
  readonly fromSeq: number;
  readonly toSeq: number;
  /** Numbers, names and digits that only those turns mentioned. */
  readonly personalValues: number;
}

/** 30 to 80 ms of work (measured, 1.2 kB a turn); whatever else the database has to do goes in between. */
const TURNS_AT_ONCE = 5_000;
/** Every projection there is: one that has no position yet needs the whole journal. */
const PROJECTIONS = ['interactions'];

/** Where history refers to a personal value. All of them are indexed; a test compares with what projecting writes. */
export const HISTORY_REFERENCES = {
  conversations: ['customer_number_ref', 'customer_name_ref', 'dialled_ref'],
  timeline_entries: ['digitRef', 'dialledRef'],
} as const;

const DELETE_TURNS = `
  with oldest as materialized (
    select seq, at from journal where account = $1 and seq <= $2 order by seq limit ${TURNS_AT_ONCE}
  ), gone as (
    delete from journal j
    where j.account = $1 and j.seq <= (select max(seq) from oldest) and j.seq < coalesce((select min(seq) from oldest where at >= $3), $2 + 1)
    returning j.seq
  )
  select count(*) as turns, min(seq) as from_seq, max(seq) as to_seq from gone`;

const DELETE_PERSONAL = `
  delete from journal_personal p
  where p.account = $1 and p.seq between $2 and $3
    and ${HISTORY_REFERENCES.conversations.map((column) => `not exists (select from conversations c where c.account = p.account and c.${column} = p.ref)`).join('\n    and ')}
    and ${HISTORY_REFERENCES.timeline_entries.map((fact) => `not exists (select from timeline_entries t where t.account = p.account and t.facts ->> '${fact}' = p.ref)`).join('\n    and ')}`;

/**
 * Removes the oldest turns of an account decided before `before`: a piece in one transaction with its audit row, so a process
 * killed in the middle leaves a shorter journal that is whole from its first turn on. Call it until it answers undefined.
 *
 * States of the past that are older go in the same transaction: nothing after them is there to be read.
 *
 * Kept, however old: what a restart reads after the oldest snapshot that this program can read, what a projection has not
 * written yet, and everything since the first turn of a conversation that still runs.
 *
 * @param pool the role `floor`'s
 */
export function removeOldTurns(pool: Pool, account: AccountId, before: Instant): Promise<RemovedTurns | undefined> {
  return inTransaction(pool, async (connection) => {
    const last = await lastTurnNobodyNeeds(connection, account);
    await connection.query('delete from past_snapshots where account = $1 and taken_at < $2', [account, new Date(before)]);
    if (last < 1) return undefined;
    const { rows } = await connection.query<{ turns: number; from_seq: number; to_seq: number }>(DELETE_TURNS, [account, last, new Date(before)]);
    const { turns, from_seq: fromSeq, to_seq: toSeq } = rows[0]!;
    if (turns === 0) return undefined;
    const personal = await connection.query(DELETE_PERSONAL, [account, fromSeq, toSeq]);
    const removed: RemovedTurns = { turns, fromSeq, toSeq, personalValues: personal.rowCount ?? 0 };
    await connection.query(`insert into audit (account, actor, action, entity, after) values ($1, 'retention', 'journal-shortened', 'journal', $2)`, [account, JSON.stringify(removed)]);
    return removed;
  });
}

async function lastTurnNobodyNeeds(connection: Connection, account: AccountId): Promise<number> {
  // Locks against a rebuild, which removes the position first: it must not count on turns that go meanwhile. A projection that
  // only moves on is not kept waiting by this lock.
  const positions = await connection.query<{ seq: number }>('select seq from projection_positions where account = $1 and name = any ($2::text[]) for key share', [account, PROJECTIONS]);
  if (positions.rows.length < PROJECTIONS.length) return 0;
  const { rows } = await connection.query<{ snapshot: number | null; running: number | null }>(
    `select (select min(seq) from snapshots where account = $1 and schema_version = $2) as snapshot,
       (select min(first_seq) from conversations where account = $1 and ended_at is null) as running`,
    [account, SNAPSHOT_SCHEMA_VERSION],
  );
  const { snapshot, running } = rows[0]!;
  return Math.min(snapshot ?? 0, (running ?? Number.MAX_SAFE_INTEGER) - 1, ...positions.rows.map(({ seq }) => seq));
}
