import type { AccountId, Language, Role, StatusId, UserId } from '@centralita/kernel';
import type { Sql } from '../application/ports.ts';
import type { AccountCard, PeopleTable, Person } from '../application/ports.ts';

interface PersonRow {
  readonly user_id: UserId;
  readonly name: string;
  readonly email: string;
  readonly role: Role;
  readonly language: Language;
  readonly time_zone: string;
  readonly extension: string | null;
}

export function peopleTableWith(floorAgent: PeopleTable['floorAgent']): PeopleTable {
  return {
    person,
    account,
    words: async (sql) => {
      const statuses = await sql.query<{ status_id: StatusId; names: Record<Language, string>; icon: string; takes_queue_work: boolean }>(
        `select status_id, names, icon, takes_queue_work from statuses order by position`,
      );
      const outcomes = await sql.query<{ name: string }>(`select name from outcomes order by position, name`);
      const tags = await sql.query<{ name: string }>(`select name from tags order by position, name`);
      return {
        statuses: statuses.rows.map((row) => ({ statusId: row.status_id, names: row.names, icon: row.icon, takesQueueWork: row.takes_queue_work })),
        outcomes: outcomes.rows.map((row) => row.name),
        tags: tags.rows.map((row) => row.name),
      };
    },
    names: async (sql) => {
      const { rows } = await sql.query<{ user_id: UserId; name: string; extension: string | null }>(`select user_id, name, extension from users`);
      return new Map(rows.map((row) => [row.user_id, { name: row.name, extension: row.extension }]));
    },
    reachableUsers: async (sql, { viewer, scope }) => (await sql.query<{ id: UserId }>(`select reachable_users($1, $2) as id`, [viewer, scope])).rows.map((row) => row.id),
    reachableQueues: async (sql, { viewer, scope }) => (await sql.query<{ id: string }>(`select reachable_queues($1, $2) as id`, [viewer, scope])).rows.map((row) => row.id),
    floorAgent,
  };
}

async function person(sql: Sql, userId: UserId): Promise<Person | undefined> {
  const { rows } = await sql.query<PersonRow>(`select user_id, name, email, role, language, time_zone, extension from users where user_id = $1 and blocked_at is null`, [userId]);
  const row = rows[0];
  return row && { userId: row.user_id, name: row.name, email: row.email, role: row.role, language: row.language, timeZone: row.time_zone, extension: row.extension };
}

async function account(sql: Sql): Promise<AccountCard | undefined> {
  const { rows } = await sql.query<{ account: AccountId; slug: string; name: string; time_zone: string; language: Language; simulated: boolean }>(
    `select account, slug, name, time_zone, language, simulated from accounts where account = current_account()`,
  );
  const row = rows[0];
  return row && { accountId: row.account, slug: row.slug, name: row.name, timeZone: row.time_zone, language: row.language, simulated: row.simulated };
}
