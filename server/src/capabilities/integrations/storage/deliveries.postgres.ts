import { type AccountId, type ConversationEnding, type ConversationId, type Direction, type EndedBy, type Instant, type NumberId, type QueueId, randomId, type UserId, type WebhookDeliveryId, type WebhookId } from '@centralita/kernel';
import { type Connection, inAccount, type Pool } from '../../../storage/pool.ts';
import type { Attempt, Delivery, DeliveryTable, ToldConversation } from '../application/ports.ts';
import { dateOf, instantOf, WEBHOOK_COLUMNS, webhookOf, type WebhookRow } from './webhooks.postgres.ts';

/** Messages of one webhook that wait; beyond, the journal keeps what happened until there is room. */
const WAITING_LIMIT = 10_000;
const ROWS_REMOVED_AT_ONCE = 5_000;

interface DueRow {
  readonly delivery_id: WebhookDeliveryId;
  readonly type: Delivery['type'];
  readonly occurred_at: Date;
  readonly revision: number;
  readonly attempts: number;
  readonly conversation_id: ConversationId | null;
  readonly direction: Direction;
  readonly started_at: Date;
  readonly number: string | null;
  readonly name: string | null;
  readonly number_id: NumberId | null;
  readonly menu_path: string[];
  readonly queue_id: QueueId | null;
  readonly agent_id: UserId | null;
  readonly answered_at: Date | null;
  readonly wait_ms: number | null;
  readonly ended_at: Date | null;
  readonly ending: ConversationEnding | null;
  readonly ended_by: EndedBy | null;
}

const personal = (ref: string): string => `(select p.value from journal_personal p where p.account = c.account and p.ref = c.${ref})`;

/** Those taken are due again when the time of whoever took them is over: a process killed with them leaves them to the next. */
const TAKE = `
  with mine as (
    select delivery_id from webhook_deliveries where webhook_id = $1 and state = 'waiting' and due_at <= $2 order by due_at, revision limit $3 for update skip locked
  ), taken as (
    update webhook_deliveries d set due_at = $4 from mine where d.delivery_id = mine.delivery_id
    returning d.delivery_id, d.type, d.occurred_at, d.revision, d.attempts, d.conversation_id as told_id
  )
  select t.*, c.conversation_id, c.direction, c.started_at, ${personal('customer_number_ref')} as number, ${personal('customer_name_ref')} as name, c.number_id, c.menu_path,
    c.queue_id, c.agent_id, c.answered_at, c.wait_ms, c.ended_at, c.ending, c.ended_by
  from taken t left join conversations c on c.conversation_id = t.told_id order by t.revision`;

/** @param pool the role `app`'s */
export function deliveriesIn(pool: Pool): DeliveryTable {
  return {
    readers: (account) =>
      inAccount(pool, account, async (connection) => {
        const { rows } = await connection.query<{ webhook_id: WebhookId; read_up_to: number; full: boolean }>(
          `select w.webhook_id, w.read_up_to,
             (select count(*) from (select from webhook_deliveries d where d.webhook_id = w.webhook_id and d.state = 'waiting' limit ${WAITING_LIMIT}) waiting) >= ${WAITING_LIMIT} as full
           from webhooks w where w.active order by w.webhook_id`,
        );
        return rows.map((row) => ({ webhookId: row.webhook_id, readUpTo: row.read_up_to, full: row.full }));
      }),
    add: (account, webhookId, happened, readUpTo, seq) =>
      inAccount(pool, account, async (connection) => {
        // Somebody else may have read on, or somebody may have changed what it asks for.
        const { rows } = await connection.query<{ events: string[] }>(`select events from webhooks where webhook_id = $1 and read_up_to = $2 and active for update`, [webhookId, readUpTo]);
        const asked = rows[0] ? happened.filter(({ type }) => rows[0]!.events.includes(type)) : [];
        if (asked.length > 0) await connection.query(
          `insert into webhook_deliveries (delivery_id, account, webhook_id, type, occurred_at, revision, conversation_id, due_at)
             select delivery_id, current_account(), $1, type, at, revision, conversation_id, at from unnest($2::text[], $3::text[], $4::timestamptz[], $5::bigint[], $6::text[]) as rows (delivery_id, type, at, revision, conversation_id)`,
          [webhookId, asked.map(() => randomId('webhookDelivery')), asked.map(({ type }) => type), asked.map(({ at }) => new Date(at)), asked.map(({ revision }) => revision), asked.map(({ conversationId }) => conversationId)],
        );
        await connection.query(`update webhooks set read_up_to = $3 where webhook_id = $1 and read_up_to = $2`, [webhookId, readUpTo, seq]);
        return asked.length;
      }),
    line: (account, webhookId) =>
      inAccount(pool, account, async (connection) => {
        const { rows } = await connection.query<WebhookRow>(`select ${WEBHOOK_COLUMNS} from webhooks w where w.webhook_id = $1 and w.active`, [webhookId]);
        return rows[0] && webhookOf(rows[0]);
      }),
    take: (account, webhookId, limit, now, heldUntil) =>
      inAccount(pool, account, async (connection) => (await connection.query<DueRow>(TAKE, [webhookId, new Date(now), limit, new Date(heldUntil)])).rows.map(deliveryOf)),
    record: (account, { webhookId, version }, attempts, line, stopped) =>
      inAccount(pool, account, async (connection) => {
        // The webhook first, as whoever removes it does: they wait for each other instead of for ever.
        await connection.query(
          `update webhooks set failures = $3, failing_since = $4, backoff_until = $5, stopped = coalesce($6, stopped), active = active and $6::text is null,
             version = case when $6::text is null then version else version + 1 end
           where webhook_id = $1 and version = $2`,
          [webhookId, version, line.failures, dateOf(line.failingSince), dateOf(line.backoffUntil), stopped],
        );
        for (const attempt of attempts) await recordAttempt(connection, attempt);
      }),
    nextDue: (account, webhookId) =>
      inAccount(pool, account, async (connection) => {
        const { rows } = await connection.query<{ due_at: Date | null }>(`select min(due_at) as due_at from webhook_deliveries where webhook_id = $1 and state = 'waiting'`, [webhookId]);
        return instantOf(rows[0]!.due_at) ?? undefined;
      }),
  };
}

async function recordAttempt(connection: Connection, { deliveryId, at, reply, next }: Attempt): Promise<void> {
  const status = 'status' in reply ? reply.status : null;
  const failure = next.state === 'delivered' ? null : 'failure' in reply ? reply.failure : 'status';
  await connection.query(
    `update webhook_deliveries set state = $2, attempts = $3, due_at = $4, last_attempt_at = $5, last_status = $6, last_failure = $7 where delivery_id = $1 and state = 'waiting'`,
    [deliveryId, next.state, next.attempts, next.state === 'waiting' ? new Date(next.dueAt) : null, new Date(at), status, failure],
  );
}

const deliveryOf = (row: DueRow): Delivery => ({
  deliveryId: row.delivery_id,
  type: row.type,
  occurredAt: row.occurred_at.getTime(),
  revision: row.revision,
  attempts: row.attempts,
  conversation: row.conversation_id === null ? null : toldOf(row, row.conversation_id),
});

const toldOf = (row: DueRow, conversationId: ConversationId): ToldConversation => ({
  conversationId,
  direction: row.direction,
  startedAt: row.started_at.getTime(),
  customer: { number: row.number, name: row.name },
  numberId: row.number_id,
  menuPath: row.menu_path,
  queueId: row.queue_id,
  agentId: row.agent_id,
  answeredAt: instantOf(row.answered_at),
  waitMs: row.wait_ms,
  endedAt: instantOf(row.ended_at),
  ending: row.ending,
  endedBy: row.ended_by,
});

/**
 * Removes messages that were delivered and happened before `delivered`, and any that happened before `others`: what is told by then is nobody's news.
 *
 * @param pool the role `app`'s
 * @returns how many were removed; call it until it answers 0
 */
export function removeOldDeliveries(pool: Pool, account: AccountId, { delivered, others }: { readonly delivered: Instant; readonly others: Instant }): Promise<number> {
  return inAccount(pool, account, async (connection) => {
    const { rowCount } = await connection.query(
      `delete from webhook_deliveries where delivery_id in (
         select delivery_id from webhook_deliveries where account = current_account() and (state = 'delivered' and occurred_at < $1 or occurred_at < $2) limit ${ROWS_REMOVED_AT_ONCE})`,
      [new Date(delivered), new Date(others)],
    );
    return rowCount ?? 0;
  });
}
