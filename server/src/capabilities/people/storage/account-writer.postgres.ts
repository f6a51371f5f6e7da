import type { AccountWriter, DrawnAccount } from '../application/create-account.ts';
import type { Sql } from '../application/ports.ts';

/** Rows of a whole account, in the order of their references. Runs in a transaction of that account. */
export const accountWriter: AccountWriter = {
  reserve: async (sql, { account, card }) => {
    const { rowCount } = await sql.query(
      `insert into accounts (account, slug, name, time_zone, language, simulated) values ($1, $2, $3, $4, $5, $6) on conflict (slug) do nothing`,
      [account, card.slug, card.name, card.timeZone, card.language, card.simulated],
    );
    return rowCount === 1;
  },
  write: async (sql, drawn) => {
    await writeWords(sql, drawn);
    await writePeople(sql, drawn);
    await writeQueues(sql, drawn);
    await writeWaysIn(sql, drawn);
  },
};

async function writeWords(sql: Sql, { statuses, skills, outcomes, tags, contacts }: DrawnAccount): Promise<void> {
  for (const [position, { statusId, names, icon, takesQueueWork }] of statuses.entries()) {
    await sql.query(`insert into statuses (status_id, account, names, icon, takes_queue_work, position) values ($1, current_account(), $2, $3, $4, $5)`, [statusId, JSON.stringify(names), icon, takesQueueWork, position]);
  }
  for (const { skillId, name } of skills) await sql.query(`insert into skills (skill_id, account, name) values ($1, current_account(), $2)`, [skillId, name]);
  for (const [position, name] of outcomes.entries()) await sql.query(`insert into outcomes (account, name, position) values (current_account(), $1, $2)`, [name, position]);
  for (const [position, name] of tags.entries()) await sql.query(`insert into tags (account, name, position) values (current_account(), $1, $2)`, [name, position]);
  for (const { contactId, name, numbers } of contacts) await sql.query(`insert into contacts (contact_id, account, name, numbers) values ($1, current_account(), $2, $3)`, [contactId, name, numbers]);
}

async function writePeople(sql: Sql, { card, people, group }: DrawnAccount): Promise<void> {
  for (const { userId, name, role, email, passwordHash, extension, skills, phone } of people) {
    await sql.query(
      `insert into users (user_id, account, name, email, role, password_hash, language, time_zone, extension) values ($1, current_account(), $2, $3, $4, $5, $6, $7, $8)`,
      [userId, name, email, role, passwordHash, card.language, card.timeZone, extension],
    );
    for (const { skillId, level } of skills) await sql.query(`insert into agent_skills (account, user_id, skill_id, level) values (current_account(), $1, $2, $3)`, [userId, skillId, level]);
    if (phone) await sql.query(`insert into devices (device_id, account, user_id, kind, username, secret) values ($1, current_account(), $2, 'phone', $3, $4)`, [phone.deviceId, userId, phone.username, phone.secret]);
  }
  await sql.query(`insert into groups (group_id, account, name, outgoing_calls) values ($1, current_account(), $2, $3)`, [group.groupId, group.name, group.outgoingCalls]);
  await sql.query(`insert into group_members (account, group_id, user_id) select current_account(), $1, unnest($2::text[])`, [group.groupId, group.members]);
  await sql.query(`insert into group_supervisors (account, group_id, user_id) select current_account(), $1, unnest($2::text[])`, [group.groupId, group.supervisors]);
}

async function writeQueues(sql: Sql, { queues }: DrawnAccount): Promise<void> {
  for (const { queueId, name, settings, members, supervisors } of queues) {
    await sql.query(`insert into queues (queue_id, account, name, settings) values ($1, current_account(), $2, $3)`, [queueId, name, JSON.stringify(settings)]);
    for (const { userId, priority } of members) await sql.query(`insert into queue_members (account, queue_id, user_id, priority) values (current_account(), $1, $2, $3)`, [queueId, userId, priority]);
    await sql.query(`insert into queue_supervisors (account, queue_id, user_id) select current_account(), $1, unnest($2::text[])`, [queueId, supervisors]);
  }
}

async function writeWaysIn(sql: Sql, { flow, trunk, number, callPage, card }: DrawnAccount): Promise<void> {
  const { version, ...steps } = flow.steps;
  await sql.query(`insert into flows (flow_id, version, account, name, definition) values ($1, $2, current_account(), $3, $4)`, [flow.flowId, version, flow.name, JSON.stringify({ name: flow.name, ...steps })]);
  if (trunk) await sql.query(`insert into trunks (trunk_id, account, name, settings) values ($1, current_account(), $2, $3)`, [trunk.trunkId, trunk.name, JSON.stringify({ ...trunk.profile, registration: null })]);
  await sql.query(`insert into numbers (number_id, account, number, flow_id, trunk_id, public) values ($1, current_account(), $2, $3, $4, $5)`, [
    number.numberId,
    number.number,
    flow.flowId,
    trunk?.trunkId ?? null,
    number.public,
  ]);
  if (callPage) await sql.query(`insert into call_pages (slug, account, number_id, language) values ($1, current_account(), $2, $3)`, [callPage.slug, number.numberId, card.language]);
}
