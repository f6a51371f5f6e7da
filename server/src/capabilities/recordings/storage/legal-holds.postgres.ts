import type { ConversationId, Instant, UserId } from '@centralita/kernel';
import type { LegalHold, LegalHoldTable } from '../application/ports.ts';

/** Until the transaction ends, in one account: either the hold is seen by retention, or the deletion by whoever places the hold. */
export const LOCK_HOLDS = `select pg_advisory_xact_lock(hashtext('legal-holds'), hashtext(current_account()))`;

interface Row {
  readonly conversation_id: ConversationId;
  readonly reason: string;
  readonly placed_by: UserId;
  readonly placed_by_name: string;
  readonly placed_at: Date;
}
const SELECT = `select h.conversation_id, h.reason, h.placed_by, u.name as placed_by_name, h.placed_at from legal_holds h join users u on u.user_id = h.placed_by`;
const holdOf = (row: Row): LegalHold => ({
  conversationId: row.conversation_id,
  reason: row.reason,
  placedBy: { userId: row.placed_by, name: row.placed_by_name },
  placedAt: row.placed_at.getTime() as Instant,
});

export const legalHoldTable: LegalHoldTable = {
  list: async (sql) => (await sql.query<Row>(`${SELECT} order by h.placed_at desc, h.conversation_id`)).rows.map(holdOf),
  find: async (sql, conversationId) => {
    const { rows } = await sql.query<Row>(`${SELECT} where h.conversation_id = $1`, [conversationId]);
    return rows[0] && holdOf(rows[0]);
  },
  lock: async (sql) => {
    await sql.query(LOCK_HOLDS);
  },
  conversationExists: async (sql, conversationId) => (await sql.query(`select from conversations where conversation_id = $1`, [conversationId])).rowCount === 1,
  place: async (sql, conversationId, reason, placedBy) => {
    await sql.query(
      `insert into legal_holds (conversation_id, account, reason, placed_by) values ($1, current_account(), $2, $3)
       on conflict (conversation_id) do update set reason = excluded.reason, placed_by = excluded.placed_by, placed_at = now()`,
      [conversationId, reason, placedBy],
    );
  },
  lift: async (sql, conversationId) => {
    await sql.query(`delete from legal_holds where conversation_id = $1`, [conversationId]);
  },
  recordings: async (sql, conversationId) => {
    const { rows } = await sql.query<{ kept: number; deleted: number }>(
      `select count(*) filter (where state <> 'deleted') as kept, count(*) filter (where state = 'deleted') as deleted from recording_files where conversation_id = $1`,
      [conversationId],
    );
    return rows[0]!;
  },
};
