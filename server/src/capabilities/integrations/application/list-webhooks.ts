import type { AccountId, Result, WebhookDeliveryState, WebhookId } from '@centralita/kernel';
import { type ConfigurationRefusal, type LoggedDelivery, NOT_FOUND, type WebhookDeps } from './ports.ts';

export interface DeliveryPage {
  readonly items: readonly LoggedDelivery[];
  readonly nextCursor: string | null;
}

/** What was sent, newest first. The cursor is the last one's revision, so that messages that come meanwhile shift nothing. */
export async function listDeliveries(
  deps: Pick<WebhookDeps, 'read' | 'webhooks'>,
  account: AccountId,
  webhookId: WebhookId,
  { cursor, limit, state }: { readonly cursor?: string | undefined; readonly limit: number; readonly state?: WebhookDeliveryState | undefined },
): Promise<Result<DeliveryPage, ConfigurationRefusal>> {
  if (cursor !== undefined && !/^[1-9]\d{0,15}$/.test(cursor)) {
    return { ok: false, refusal: { code: 'invalid-input', errors: [{ pointer: '/cursor', code: 'unreadable', detail: 'not a cursor of this list' }] } };
  }
  const rows = await deps.read(account, async (sql) => {
    const found = (await deps.webhooks.list(sql)).some((webhook) => webhook.webhookId === webhookId);
    return found ? deps.webhooks.deliveries(sql, webhookId, { state, before: cursor === undefined ? undefined : Number(cursor), limit: limit + 1 }) : undefined;
  });
  if (!rows) return NOT_FOUND;
  const items = rows.slice(0, limit);
  return { ok: true, value: { items, nextCursor: rows.length > limit ? String(items.at(-1)!.revision) : null } };
}
