import type { AccountId, Instant } from '@centralita/kernel';
import { type Connection, inTransaction, type Pool } from './pool.ts';

/** A change of configuration as the outbox keeps it. */
export interface OutboxRow {
  /** Names the row, and is where to read on from. Positions are unique but not in order: the order is that of the rows read. */
  readonly position: number;
  readonly entity: string;
  readonly entityId: string;
  /** The whole new value; null when the entity is gone. */
  readonly value: unknown;
}

export interface OutboxRead {
  readonly rows: readonly OutboxRow[];
  /** There is more: either the limit was met, or rows are committed but an older transaction is still open. Read again soon. */
  readonly more: boolean;
}

const ROWS_PER_READ = 500;
const ROWS_REMOVED_AT_ONCE = 5_000;

/** Called by a use case in the transaction that makes the change. */
export async function writeOutbox(connection: Connection, account: AccountId, change: Omit<OutboxRow, 'position'>): Promise<void> {
  await connection.query('insert into outbox (account, entity, entity_id, value) values ($1, $2, $3, $4)', [
    account,
    change.entity,
    change.entityId,
    change.value === null ? null : JSON.stringify(change.value),
  ]);
}

/**
 * The changes after the one at `afterPosition` (0: all), each exactly once and in an order that never changes, whatever the
 * writers were doing: a row counts as settled when every transaction that could still bring one before it has ended.
 *
 * @param pool the role `floor`'s
 */
export async function readOutbox(pool: Pool, account: AccountId, afterPosition: number): Promise<OutboxRead> {
  const cursor = await cursorAt(pool, account, afterPosition);
  const { rows } = await pool.query<{ id: number; entity: string; entity_id: string; value: unknown; settled: boolean }>({
    name: 'read-outbox',
    text: `select id, entity, entity_id, value, tx < pg_snapshot_xmin(pg_current_snapshot()) as settled
           from outbox where account = $1 and (tx, id) > ($2::xid8, $3) order by tx, id limit ${ROWS_PER_READ}`,
    values: [account, cursor, afterPosition],
  });
  const settled = rows.filter((row) => row.settled);
  return {
    rows: settled.map((row) => ({ position: row.id, entity: row.entity, entityId: row.entity_id, value: row.value })),
    more: settled.length < rows.length || rows.length === ROWS_PER_READ,
  };
}

async function cursorAt(pool: Pool, account: AccountId, position: number): Promise<string> {
  if (position === 0) return '0';
  const { rows } = await pool.query<{ tx: string }>('select tx::text as tx from outbox where account = $1 and id = $2', [account, position]);
  if (!rows[0]) throw new Error(`the outbox of ${account} no longer has the row at ${position}: read the configuration whole`);
  return rows[0].tx;
}

/**
 * Removes the oldest changes of an account that were written before `before` and that its floor has in the journal: a piece in one
 * transaction with its audit row. Call it until it answers 0.
 *
 * The change at `takenUpTo` itself stays, however old: it is where the next read goes on from.
 *
 * @param pool the role `floor`'s
 * @param takenUpTo position of the last change that the floor has committed; 0: none
 */
export function removeTakenChanges(pool: Pool, account: AccountId, takenUpTo: number, before: Instant): Promise<number> {
  return inTransaction(pool, async (connection) => {
    const { rowCount } = await connection.query(
      `delete from outbox where id in (
         select o.id from outbox o join outbox last on last.account = $1 and last.id = $2
         where o.account = $1 and (o.tx, o.id) < (last.tx, last.id) and o.at < $3
         order by o.tx, o.id limit ${ROWS_REMOVED_AT_ONCE})`,
      [account, takenUpTo, new Date(before)],
    );
    const changes = rowCount ?? 0;
    if (changes > 0) await connection.query(`insert into audit (account, actor, action, entity, after) values ($1, 'retention', 'outbox-shortened', 'outbox', $2)`, [account, JSON.stringify({ changes })]);
    return changes;
  });
}
