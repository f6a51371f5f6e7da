import type { ContactId } from '@centralita/kernel';
import { inAccount, type Pool } from '../../../storage/pool.ts';
import type { ContactTable } from '../application/caller-lookup.ts';

/** @param countConversations how many conversations a number has had, from the history's own table */
export function contactTableIn(pool: Pool, countConversations: (account: string, digits: string) => Promise<number>): ContactTable {
  return {
    byNumbers: (account, numbers) =>
      inAccount(pool, account, async (connection) => {
        const { rows } = await connection.query<{ number: string; contact_id: ContactId; name: string }>(
          `select number, contact_id, name from contacts_with($1)`,
          [numbers],
        );
        return new Map(rows.map((row) => [row.number, { contactId: row.contact_id, name: row.name }]));
      }),
    earlierCalls: countConversations,
  };
}
