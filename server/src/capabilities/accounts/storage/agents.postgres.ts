import type { Role, StatusId, UserId } from '@centralita/kernel';
import type { AgentRow, AgentTable } from '../application/ports.ts';
import type { FloorAgent, SkillLevel } from '../domain/floor-configuration.ts';

interface Row {
  readonly user_id: UserId;
  readonly name: string;
  readonly role: Role;
  readonly extension: string | null;
  readonly version: number;
  readonly skills: SkillLevel[] | null;
  readonly queues: AgentRow['queues'] | null;
}

const SKILLS = `(select json_agg(json_build_object('skillId', s.skill_id, 'level', s.level) order by s.skill_id) from agent_skills s where s.user_id = u.user_id) as skills`;
const QUEUES = `(select json_agg(json_build_object('queueId', m.queue_id, 'priority', m.priority) order by m.queue_id) from queue_members m where m.user_id = u.user_id) as queues`;
const SELECT = `select u.user_id, u.name, u.role, u.extension, u.version, ${SKILLS}, ${QUEUES} from users u where u.blocked_at is null`;

const agentOf = (row: Row): AgentRow => ({
  userId: row.user_id,
  name: row.name,
  role: row.role,
  extension: row.extension,
  skills: row.skills ?? [],
  queues: row.queues ?? [],
  version: row.version,
});

export const agentTable: AgentTable = {
  list: async (sql, { viewer, scope }) => {
    const { rows } = await sql.query<Row>(`${SELECT} and u.user_id in (select reachable_users($1, $2)) order by lower(u.name)`, [viewer, scope]);
    return rows.map(agentOf);
  },
  findToChange: async (sql, { viewer, scope }, userId) => {
    const { rows } = await sql.query<Row>(`${SELECT} and u.user_id = $3 and u.user_id in (select reachable_users($1, $2)) for update of u`, [viewer, scope, userId]);
    return rows[0] && agentOf(rows[0]);
  },
  replaceSkills: async (sql, userId, skills) => {
    await sql.query(`delete from agent_skills where user_id = $1`, [userId]);
    await sql.query(
      `insert into agent_skills (account, user_id, skill_id, level)
         select current_account(), $1, s.skill_id, s.level from unnest($2::text[], $3::smallint[]) as s (skill_id, level)`,
      [userId, skills.map((skill) => skill.skillId), skills.map((skill) => skill.level)],
    );
    await sql.query(`update users set version = version + 1 where user_id = $1`, [userId]);
  },
  missing: async (sql, userIds) => {
    const { rows } = await sql.query<{ id: UserId }>(
      `select distinct w.id from unnest($1::text[]) as w (id) where not exists (select from users u where u.user_id = w.id and u.blocked_at is null)`,
      [userIds],
    );
    return rows.map((row) => row.id);
  },
  countSkilled: async (sql, userIds, required) => {
    const { rows } = await sql.query<{ skilled: number }>(
      `select count(*) as skilled from unnest($1::text[]) as w (user_id)
         where not exists (
           select from unnest($2::text[], $3::smallint[]) as r (skill_id, level)
             where not exists (select from agent_skills s where s.user_id = w.user_id and s.skill_id = r.skill_id and s.level >= r.level))`,
      [userIds, required.map(({ skillId }) => skillId), required.map(({ level }) => level)],
    );
    return rows[0]!.skilled;
  },
  floorAgent: async (sql, userId) => {
    const { rows } = await sql.query<Row & { outgoing_calls: boolean; initial_status: StatusId | null }>(
      `select u.user_id, u.extension, ${SKILLS}, ${QUEUES},
         -- D15: any of the person's groups allows it; a group's word goes before the person's own default (S0.10).
         coalesce((select bool_or(g.outgoing_calls) from group_members m join groups g using (group_id) where m.user_id = u.user_id), u.outgoing_calls) as outgoing_calls,
         -- Whoever signs in takes no work before saying so (S2.23): the last status of the list.
         (select s.status_id from statuses s order by s.takes_queue_work, s.position desc limit 1) as initial_status
       from users u where u.user_id = $1 and u.blocked_at is null`,
      [userId],
    );
    const row = rows[0];
    if (!row || row.initial_status === null) return null;
    return {
      skills: row.skills ?? [],
      queues: row.queues ?? [],
      extension: row.extension,
      outgoingCalls: row.outgoing_calls,
      initialStatusId: row.initial_status,
    } satisfies FloorAgent;
  },
};
