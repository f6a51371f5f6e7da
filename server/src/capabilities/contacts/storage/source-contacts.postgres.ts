import type { ContactId } from '@centralita/kernel';
import { inAccount, type Pool } from '../../../storage/pool.ts';
import type { OldContactMessages } from '../application/forget-old-messages.ts';
import type { SourceContactTable } from '../application/ports.ts';

export const sourceContactTable: SourceContactTable = {
  hold: async (sql, sourceId) => (await sql.query(`select from contact_sources where source_id = $1 for key share`, [sourceId])).rowCount === 1,
  noteMessage: async (sql, { sourceId, messageId }, takenAt) => {
    const { rowCount } = await sql.query(
      `insert into source_messages (source_id, message_id, account, taken_at) values ($1, $2, current_account(), $3) on conflict (source_id, message_id) do nothing`,
      [sourceId, messageId, new Date(takenAt)],
    );
    return rowCount === 1;
  },
  noteChange: async (sql, { sourceId, externalId, changedAt, messageId }, takenAt) => {
    // The row of a contact lets its messages in one after another, each compared with what the one before left.
    const { rows } = await sql.query<{ contact_id: ContactId | null }>(
      `insert into source_contacts as known (source_id, external_id, account, changed_at, message_id, taken_at) values ($1, $2, current_account(), $3, $4, $5)
         on conflict (source_id, external_id) do update set changed_at = excluded.changed_at, message_id = excluded.message_id, taken_at = excluded.taken_at
           where (known.changed_at, known.message_id) < (excluded.changed_at, excluded.message_id)
         returning contact_id`,
      [sourceId, externalId, changedAt, messageId, new Date(takenAt)],
    );
    return rows[0] && { contactId: rows[0].contact_id };
  },
  numbersOf: async (sql, contactId) => (await sql.query<{ numbers: string[] }>(`select numbers from contacts where contact_id = $1`, [contactId])).rows[0]?.numbers ?? [],
  write: async (sql, { sourceId, externalId }, { contactId, name, numbers }) => {
    await sql.query(
      `insert into contacts (contact_id, account, name, numbers) values ($1, current_account(), $2, $3)
         on conflict (contact_id) do update set name = excluded.name, numbers = excluded.numbers, version = contacts.version + 1`,
      [contactId, name, numbers],
    );
    await sql.query(`update source_contacts set contact_id = $3 where source_id = $1 and external_id = $2`, [sourceId, externalId, contactId]);
  },
  remove: async (sql, contactId) => {
    // Its row of `source_contacts` becomes a tombstone by itself.
    await sql.query(`delete from contacts where contact_id = $1`, [contactId]);
  },
};

const REMOVED_AT_ONCE = 5_000;

export function oldContactMessagesIn(pool: Pool): OldContactMessages {
  return {
    remove: (account, before) =>
      inAccount(pool, account, async (connection) => {
        const messages = await connection.query(
          `delete from source_messages where (source_id, message_id) in (
             select source_id, message_id from source_messages where account = $1 and taken_at < $2 order by taken_at limit ${REMOVED_AT_ONCE} for update skip locked)`,
          [account, new Date(before.messages)],
        );
        // Locked, so that a message that brings a contact back in this moment is not forgotten with the tombstone.
        const tombstones = await connection.query(
          `delete from source_contacts where (source_id, external_id) in (
             select source_id, external_id from source_contacts where account = $1 and contact_id is null and taken_at < $2 order by taken_at limit ${REMOVED_AT_ONCE} for update skip locked)`,
          [account, new Date(before.tombstones)],
        );
        const removed = { messages: messages.rowCount ?? 0, tombstones: tombstones.rowCount ?? 0 };
        const all = removed.messages + removed.tombstones;
        if (all > 0) {
          await connection.query(`insert into audit (account, actor, action, entity, after) values ($1, 'retention', 'contact-messages-removed', 'contact-source', $2)`, [account, JSON.stringify(removed)]);
        }
        return all;
      }),
  };
}
