import type { ConversationEnding, ConversationId, Direction, EndedBy, PartyKind, QueueId, UserId } from '@centralita/kernel';
import { inAccount, inAccountAsOfOneMoment, type Connection, type Pool } from '../../../storage/pool.ts';
import type { History, HistoryDetail, HistoryFilter, HistoryRow, Mark, Viewer } from '../application/ports.ts';
import { readNotes, readOffers, readParticipants, readRecordings, readTimeline } from './conversation-parts.ts';

export interface ConversationSqlRow {
  readonly conversation_id: ConversationId;
  readonly direction: Direction;
  readonly started_at: Date;
  readonly ended_at: Date | null;
  readonly customer_kind: PartyKind;
  readonly customer_number: string | null;
  readonly customer_name: string | null;
  readonly contact_id: string | null;
  readonly contact_name: string | null;
  readonly colleague_name: string | null;
  readonly colleague_extension: string | null;
  readonly queue_id: QueueId | null;
  readonly queue_name: string | null;
  readonly agent_id: UserId | null;
  readonly agent_name: string | null;
  readonly wait_ms: number | null;
  readonly connected_ms: number | null;
  readonly hold_ms: number;
  readonly after_service_ms: number | null;
  readonly customer_mos: number | null;
  readonly menu_path: string[];
  readonly ending: ConversationEnding | null;
  readonly ended_by: EndedBy | null;
  readonly outcome: string | null;
  readonly tags: string[];
  readonly has_recording: boolean;
  readonly own_number: string | null;
}

/** The conversation is this person's: they took part in it, or it rang for them (S1.20; S2.16 lists what they missed). */
const OF_AGENTS = (agents: string) => `(
    exists (select from participations p where p.conversation_id = c.conversation_id and p.agent_id in (${agents}))
    or exists (select from offers o where o.conversation_id = c.conversation_id and o.agent_id in (${agents})))`;

/**
 * Scopes (design 7): `account` is everything; the others are the conversations of somebody within reach (S0.23), the viewer
 * always within their own reach.
 */
const WITHIN = (viewer: string, scope: string) => `
  (${scope}::text = 'account' or ${OF_AGENTS(`select reachable_users(${viewer}, ${scope})`)})`;

/** Names and numbers are joined when read: a person who is erased is gone from history without touching it. */
const WITH_NAMES = `
  select c.*, number.value as customer_number, name.value as customer_name, contact.contact_id, contact.name as contact_name,
    colleague.name as colleague_name, colleague.extension as colleague_extension, q.name as queue_name, u.name as agent_name, o.outcome,
    array(select t.tag from conversation_tags t where t.conversation_id = c.conversation_id order by t.tag) as tags,
    exists (select from recordings r left join recording_files f using (recording_id)
      where r.conversation_id = c.conversation_id and f.state is distinct from 'deleted') as has_recording,
    own.number as own_number
  from conversations c
  left join journal_personal number on number.account = c.account and number.ref = c.customer_number_ref
  left join journal_personal name on name.account = c.account and name.ref = c.customer_name_ref
  left join lateral contacts_with(array[regexp_replace(number.value, '\\D', '', 'g')]) contact on number.value is not null
  left join queues q on q.queue_id = c.queue_id
  left join users u on u.user_id = c.agent_id
  left join users colleague on colleague.user_id = c.colleague_id
  left join numbers own on own.number_id = c.number_id
  left join conversation_outcomes o on o.conversation_id = c.conversation_id`;

export function historyIn(pool: Pool): History {
  return {
    list: (viewer, filter, after) => inAccount(pool, viewer.account, (connection) => list(connection, viewer, filter, after)),
    // Rows are written while it is read: without one moment for all, an offer would be there and its line of the timeline not.
    find: (viewer, conversationId) => inAccountAsOfOneMoment(pool, viewer.account, (connection) => find(connection, viewer, conversationId)),
    reaches: (viewer, conversationId) =>
      inAccount(pool, viewer.account, async (connection) => {
        const { rowCount } = await connection.query(`select from conversations c where c.conversation_id = $1 and ${WITHIN('$2', '$3')}`, [conversationId, viewer.userId, viewer.scope]);
        return rowCount === 1;
      }),
    countOf: (account, digits) => inAccount(pool, account, (connection) => countOf(connection, digits)),
  };
}

async function list(connection: Connection, viewer: Viewer, filter: HistoryFilter, after: Mark | undefined): Promise<HistoryRow[]> {
  const values: unknown[] = [viewer.userId, viewer.scope];
  const place = (value: unknown): string => `$${values.push(value)}`;
  const conditions = [WITHIN('$1', '$2')];
  if (after) conditions.push(`(c.started_at, c.conversation_id) < (${place(new Date(after.startedAt))}::timestamptz, ${place(after.conversationId)})`);
  if (filter.from !== undefined) conditions.push(`c.started_at >= ${place(new Date(filter.from))}`);
  if (filter.to !== undefined) conditions.push(`c.started_at < ${place(new Date(filter.to))}`);
  if (filter.direction) conditions.push(`c.direction = ${place(filter.direction)}`);
  if (filter.ending) conditions.push(`c.ending = ${place(filter.ending)}`);
  if (filter.queueId) conditions.push(`exists (select from segments s where s.conversation_id = c.conversation_id and s.queue_id = ${place(filter.queueId)})`);
  if (filter.agentId) conditions.push(`exists (select from participations p where p.conversation_id = c.conversation_id and p.agent_id = ${place(filter.agentId)})`);
  if (filter.mine) conditions.push(OF_AGENTS(place(viewer.userId)));
  const digits = filter.number?.replace(/\D/g, '');
  if (filter.number) conditions.push(digits ? numberHas(place(`%${digits}%`)) : 'false');
  // The page is found first, so that names are joined to its rows only.
  const { rows } = await connection.query<ConversationSqlRow>(
    `with page as materialized (
       select c.conversation_id as page_id from conversations c where ${conditions.join(' and ')}
       order by c.started_at desc, c.conversation_id desc limit ${place(filter.limit + 1)}
     )
     ${WITH_NAMES} where c.conversation_id in (select page_id from page) order by c.started_at desc, c.conversation_id desc`,
    values,
  );
  return rows.map(rowOf);
}

const numberHas = (pattern: string): string => `exists (
  select from journal_personal n where n.account = c.account and n.ref = c.customer_number_ref and regexp_replace(n.value, '\\D', '', 'g') like ${pattern})`;

async function find(connection: Connection, viewer: Viewer, conversationId: ConversationId): Promise<HistoryDetail | undefined> {
  const { rows } = await connection.query<ConversationSqlRow>(`${WITH_NAMES} where c.conversation_id = $1 and ${WITHIN('$2', '$3')}`, [conversationId, viewer.userId, viewer.scope]);
  const row = rows[0];
  if (row === undefined) return undefined;
  return {
    ...rowOf(row),
    number: row.own_number,
    endedBy: row.ended_by,
    menuPath: row.menu_path,
    holdMs: row.connected_ms === null ? null : row.hold_ms,
    afterServiceMs: row.after_service_ms,
    participants: [
      ...(row.direction === 'internal' ? [] : [customerOf(row)]),
      ...(await readParticipants(connection, conversationId)),
    ],
    timeline: await readTimeline(connection, conversationId),
    offers: await readOffers(connection, conversationId),
    notes: await readNotes(connection, conversationId),
    recordings: await readRecordings(connection, conversationId),
  };
}

function rowOf(row: ConversationSqlRow): HistoryRow {
  return {
    conversationId: row.conversation_id,
    direction: row.direction,
    startedAt: row.started_at.getTime(),
    endedAt: row.ended_at?.getTime() ?? null,
    // Between colleagues, the other side is the one who was rung.
    customer: {
      kind: row.customer_kind,
      number: (row.direction === 'internal' ? row.colleague_extension : row.customer_number) ?? '',
      name: row.contact_name ?? (row.direction === 'internal' ? row.colleague_name : row.customer_name),
      contactId: row.contact_id,
    },
    queueId: row.queue_id,
    queueName: row.queue_name,
    agentId: row.agent_id,
    agentName: row.agent_name,
    waitMs: row.wait_ms,
    talkMs: row.connected_ms === null ? null : row.connected_ms - row.hold_ms,
    ending: row.ending,
    outcome: row.outcome,
    tags: row.tags,
    hasRecording: row.has_recording,
  };
}

function customerOf(row: ConversationSqlRow): HistoryDetail['participants'][number] {
  const { customer, startedAt, endedAt } = rowOf(row);
  return { role: 'customer', userId: null, name: customer.name, number: customer.number, from: startedAt, to: endedAt, mos: row.customer_mos };
}

/** Values are kept once per meeting, so one number has many references. */
async function countOf(connection: Connection, digits: string): Promise<number> {
  if (digits === '') return 0;
  const { rows } = await connection.query<{ count: number }>(
    `select count(*) as count from conversations c where c.ended_at is not null and c.customer_number_ref in (select references_of_number($1))`,
    [digits],
  );
  return rows[0]!.count;
}
