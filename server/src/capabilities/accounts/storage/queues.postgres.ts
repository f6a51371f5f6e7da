import type { QueueId, UserId } from '@centralita/kernel';
import type { Sql } from '../application/change-configuration.ts';
import type { Queue, QueueMember, QueueSettings, QueueTable } from '../application/ports.ts';

interface Row {
  readonly queue_id: QueueId;
  readonly name: string;
  readonly settings: Omit<QueueSettings, 'name'>;
  readonly version: number;
  readonly members: QueueMember[] | null;
}

const SELECT = `
  select q.queue_id, q.name, q.settings, q.version,
    (select json_agg(json_build_object('userId', m.user_id, 'priority', m.priority) order by m.priority, m.user_id) from queue_members m where m.queue_id = q.queue_id) as members
  from queues q where q.deleted_at is null`;

const queueOf = (row: Row): Queue => ({ queueId: row.queue_id, settings: { ...row.settings, name: row.name }, members: row.members ?? [], version: row.version });

const settingsOf = ({ name: _name, ...settings }: QueueSettings): string => JSON.stringify(settings);

export const queueTable: QueueTable = {
  list: async (sql, { viewer, scope }) => {
    const { rows } = await sql.query<Row>(`${SELECT} and q.queue_id in (select reachable_queues($1, $2)) order by lower(q.name)`, [viewer, scope]);
    return rows.map(queueOf);
  },
  find: async (sql, queueId) => {
    const { rows } = await sql.query<Row>(`${SELECT} and q.queue_id = $1`, [queueId]);
    return rows[0] && queueOf(rows[0]);
  },
  findToChange: async (sql, queueId) => {
    const { rows } = await sql.query<Row>(`${SELECT} and q.queue_id = $1 for update of q`, [queueId]);
    return rows[0] && queueOf(rows[0]);
  },
  nameTaken: async (sql, name, except) => {
    const { rowCount } = await sql.query(`select from queues where lower(name) = lower($1) and queue_id <> $2 and deleted_at is null`, [name, except]);
    return rowCount > 0;
  },
  insert: async (sql, queueId, settings) => {
    await sql.query(`insert into queues (queue_id, account, name, settings) values ($1, current_account(), $2, $3)`, [queueId, settings.name, settingsOf(settings)]);
  },
  update: async (sql, queueId, settings) => {
    await sql.query(`update queues set name = $2, settings = $3, version = version + 1 where queue_id = $1`, [queueId, settings.name, settingsOf(settings)]);
  },
  replaceMembers,
  markDeleted: async (sql, queueId) => {
    await sql.query(`delete from queue_supervisors where queue_id = $1`, [queueId]);
    await sql.query(`update queues set deleted_at = now(), version = version + 1 where queue_id = $1`, [queueId]);
  },
  usedBy: async (sql, queueId) => {
    const { rows } = await sql.query<{ name: string }>(
      `select f.name from flows f
         where f.version = (select max(l.version) from flows l where l.flow_id = f.flow_id) and not exists (select from retired_flows r where r.flow_id = f.flow_id)
           and jsonb_path_exists(f.definition, '$.steps.* ? (@.kind == "queue" && @.queueId == $queue)', jsonb_build_object('queue', $1::text))
       union
       select q.name from queues q where q.deleted_at is null and q.settings -> 'overflow' ->> 'queueId' = $1
       order by 1`,
      [queueId],
    );
    return rows.map((row) => row.name);
  },
};

async function replaceMembers(sql: Sql, queueId: QueueId, members: readonly QueueMember[]): Promise<UserId[]> {
  const users = members.map((member) => member.userId);
  const priorities = members.map((member) => member.priority);
  const gone = await sql.query<{ user_id: UserId }>(`delete from queue_members where queue_id = $1 and user_id <> all ($2::text[]) returning user_id`, [queueId, users]);
  const come = await sql.query<{ user_id: UserId }>(
    `insert into queue_members (account, queue_id, user_id, priority)
       select current_account(), $1, u.user_id, u.priority from unnest($2::text[], $3::smallint[]) as u (user_id, priority)
       on conflict (queue_id, user_id) do update set priority = excluded.priority where queue_members.priority <> excluded.priority
       returning user_id`,
    [queueId, users, priorities],
  );
  return [...gone.rows, ...come.rows].map((row) => row.user_id);
}
