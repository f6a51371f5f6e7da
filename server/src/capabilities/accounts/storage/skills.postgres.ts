import type { SkillId } from '@centralita/kernel';
import type { Skill, SkillTable } from '../application/ports.ts';

interface Row {
  readonly skill_id: SkillId;
  readonly name: string;
  readonly version: number;
}
const skillOf = (row: Row): Skill => ({ skillId: row.skill_id, name: row.name, version: row.version });

export const skillTable: SkillTable = {
  list: async (sql) => (await sql.query<Row>(`select skill_id, name, version from skills order by lower(name)`)).rows.map(skillOf),
  findToChange: async (sql, skillId) => {
    const { rows } = await sql.query<Row>(`select skill_id, name, version from skills where skill_id = $1 for update`, [skillId]);
    return rows[0] && skillOf(rows[0]);
  },
  nameTaken: async (sql, name, except) => (await sql.query(`select from skills where lower(name) = lower($1) and skill_id <> $2`, [name, except])).rowCount > 0,
  insert: async (sql, skillId, name) => {
    await sql.query(`insert into skills (skill_id, account, name) values ($1, current_account(), $2)`, [skillId, name]);
  },
  rename: async (sql, skillId, name) => {
    await sql.query(`update skills set name = $2, version = version + 1 where skill_id = $1`, [skillId, name]);
  },
  remove: async (sql, skillId) => {
    await sql.query(`delete from skills where skill_id = $1`, [skillId]);
  },
  usedBy: async (sql, skillId) => {
    const { rows } = await sql.query<{ name: string }>(
      `select u.name from agent_skills s join users u using (user_id) where s.skill_id = $1
       union
       select q.name from queues q where q.deleted_at is null
         and jsonb_path_exists(q.settings, '$.**.skillId ? (@ == $skill)', jsonb_build_object('skill', $1::text))
       order by 1`,
      [skillId],
    );
    return rows.map((row) => row.name);
  },
  missing: async (sql, skillIds) => {
    const { rows } = await sql.query<{ id: SkillId }>(`select distinct w.id from unnest($1::text[]) as w (id) where not exists (select from skills s where s.skill_id = w.id)`, [skillIds]);
    return rows.map((row) => row.id);
  },
};
