import type { ContactId } from '@centralita/kernel';
import { inAccount, type Pool } from '../../../storage/pool.ts';
import type { ContactTable } from '../application/caller-lookup.ts';

/** @param countConversations how many conversations a number has had, from the history's own table */
export function contactTableIn(pool: Pool, countConversations: (account: string, digits: string) => Promise<number>): ContactTable {
  return {
    byNumbers: (account, numbers) =>
      inAccount(pool, account, async (connection) => {
        const { rows } = await connection.query<{ number: string; contact_id: ContactId; name: string }>(
          `select distinct on (n.number) n.number, c.contact_id, c.name
             from unnest($1::text[]) as n (number) join contacts c on c.numbers @> array[n.number]
             order by n.number, c.created_at`,
          [numbers],
        );
        return new Map(rows.map((row) => [row.number, { contactId: row.contact_id, name: row.name }]));
      }),
    earlierCalls: countConversations,
  };
}
