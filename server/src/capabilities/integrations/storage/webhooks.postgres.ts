import type { Instant, WebhookEvent, WebhookId, WebhookStop } from '@centralita/kernel';
import { type LoggedDelivery, TEST_EVENT, type Webhook, type WebhookTable } from '../application/ports.ts';

export interface WebhookRow {
  readonly webhook_id: WebhookId;
  readonly url: string;
  readonly events: WebhookEvent[];
  readonly active: boolean;
  readonly stopped: WebhookStop | null;
  readonly secret: Buffer;
  readonly old_secret: Buffer | null;
  readonly old_secret_until: Date | null;
  readonly failures: number;
  readonly failing_since: Date | null;
  readonly backoff_until: Date | null;
  readonly version: number;
}
export const WEBHOOK_COLUMNS = 'w.webhook_id, w.url, w.events, w.active, w.stopped, w.secret, w.old_secret, w.old_secret_until, w.failures, w.failing_since, w.backoff_until, w.version';

export const webhookOf = (row: WebhookRow): Webhook => ({
  webhookId: row.webhook_id,
  url: row.url,
  events: row.events,
  active: row.active,
  stopped: row.stopped,
  secret: row.secret,
  oldSecret: row.old_secret,
  oldSecretUntil: instantOf(row.old_secret_until),
  line: { failures: row.failures, failingSince: instantOf(row.failing_since), backoffUntil: instantOf(row.backoff_until) },
  version: row.version,
});

export const instantOf = (date: Date | null): Instant | null => date && date.getTime();
export const dateOf = (instant: Instant | null): Date | null => (instant === null ? null : new Date(instant));

const BACKLOG = `select
  (select count(*) from webhook_deliveries d where d.webhook_id = w.webhook_id and d.state = 'waiting') as waiting,
  (select count(*) from webhook_deliveries d where d.webhook_id = w.webhook_id and d.state = 'dead') as dead`;

interface DeliveryRow {
  readonly delivery_id: string;
  readonly type: LoggedDelivery['type'];
  readonly conversation_id: string | null;
  readonly revision: number;
  readonly occurred_at: Date;
  readonly state: LoggedDelivery['state'];
  readonly attempts: number;
  readonly last_attempt_at: Date | null;
  readonly last_status: number | null;
  readonly last_failure: LoggedDelivery['lastFailure'];
  readonly due_at: Date | null;
}

export const webhookTable: WebhookTable = {
  list: async (sql) => {
    const { rows } = await sql.query<WebhookRow & { waiting: number; dead: number }>(
      `select ${WEBHOOK_COLUMNS}, b.waiting, b.dead from webhooks w cross join lateral (${BACKLOG}) b order by w.created_at, w.webhook_id`,
    );
    return rows.map((row) => ({ ...webhookOf(row), waiting: row.waiting, dead: row.dead }));
  },
  findToChange: async (sql, webhookId) => {
    const { rows } = await sql.query<WebhookRow>(`select ${WEBHOOK_COLUMNS} from webhooks w where w.webhook_id = $1 for update`, [webhookId]);
    return rows[0] && webhookOf(rows[0]);
  },
  write: async (sql, { webhookId, url, events, active, stopped, secret, oldSecret, oldSecretUntil, line, version }, fromNow) => {
    await sql.query(
      `insert into webhooks (webhook_id, account, url, events, active, stopped, secret, old_secret, old_secret_until, failures, failing_since, backoff_until, version, read_up_to)
         values ($1, current_account(), $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, (select coalesce(max(seq), 0) from journal where account = current_account()))
         on conflict (webhook_id) do update set url = excluded.url, events = excluded.events, active = excluded.active, stopped = excluded.stopped,
           secret = excluded.secret, old_secret = excluded.old_secret, old_secret_until = excluded.old_secret_until, failures = excluded.failures,
           failing_since = excluded.failing_since, backoff_until = excluded.backoff_until, version = excluded.version,
           read_up_to = case when $13 then excluded.read_up_to else webhooks.read_up_to end`,
      [webhookId, url, events, active, stopped, secret, oldSecret, dateOf(oldSecretUntil), line.failures, dateOf(line.failingSince), dateOf(line.backoffUntil), version, fromNow],
    );
  },
  remove: async (sql, webhookId) => {
    await sql.query(`delete from webhooks where webhook_id = $1`, [webhookId]);
  },
  count: async (sql) => {
    // Two who create at once count one after the other.
    await sql.query(`select pg_advisory_xact_lock(hashtext('webhooks'), hashtext(current_account()))`);
    return (await sql.query<{ count: number }>(`select count(*) as count from webhooks`)).rows[0]!.count;
  },
  addressTaken: async (sql, url, except) => (await sql.query(`select from webhooks where url = $1 and webhook_id <> $2`, [url, except])).rowCount > 0,
  backlog: async (sql, webhookId) => (await sql.query<{ waiting: number; dead: number }>(`select b.waiting, b.dead from webhooks w cross join lateral (${BACKLOG}) b where w.webhook_id = $1`, [webhookId])).rows[0]!,
  addTest: async (sql, webhookId, deliveryId, at) => {
    await sql.query(
      `insert into webhook_deliveries (delivery_id, account, webhook_id, type, occurred_at, revision, due_at)
         select $1, current_account(), $2, $3, $4, coalesce(max(revision), 0) + 1, $4 from webhook_deliveries where webhook_id = $2`,
      [deliveryId, webhookId, TEST_EVENT, new Date(at)],
    );
  },
  sendAgain: async (sql, webhookId, which, now) => {
    const [condition, value] = which.which === 'message' ? [`state <> 'waiting' and delivery_id = $3`, which.deliveryId] : [`state = 'dead' and occurred_at >= $3`, new Date(which.occurredSince)];
    return (await sql.query(`update webhook_deliveries set state = 'waiting', attempts = 0, due_at = $2 where webhook_id = $1 and ${condition}`, [webhookId, new Date(now), value])).rowCount;
  },
  deliveries: async (sql, webhookId, { state, before, limit }) => {
    const { rows } = await sql.query<DeliveryRow>(
      `select delivery_id, type, conversation_id, revision, occurred_at, state, attempts, last_attempt_at, last_status, last_failure, due_at from webhook_deliveries
         where webhook_id = $1 and ($2::text is null or state = $2) and ($3::bigint is null or revision < $3) order by revision desc limit $4`,
      [webhookId, state ?? null, before ?? null, limit],
    );
    return rows.map((row) => ({
      deliveryId: row.delivery_id,
      type: row.type,
      conversationId: row.conversation_id,
      revision: row.revision,
      occurredAt: row.occurred_at.getTime(),
      state: row.state,
      attempts: row.attempts,
      lastAttemptAt: instantOf(row.last_attempt_at),
      lastStatus: row.last_status,
      lastFailure: row.last_failure,
      dueAt: instantOf(row.due_at),
    }));
  },
};
