import type { AccountId } from '@centralita/kernel';
import type { Connection, Pool } from './pool.ts';

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
