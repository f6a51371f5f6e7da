import type { Result, WebhookId } from '@centralita/kernel';
import { type ConfigurationRefusal, type Editor, NOT_FOUND, type WebhookDeps } from './ports.ts';
import { addressShown } from './save-webhook.ts';

/** With every message that it had. */
export function removeWebhook(deps: WebhookDeps, editor: Editor, webhookId: WebhookId): Promise<Result<undefined, ConfigurationRefusal>> {
  return deps.change(editor, async (sql) => {
    const before = await deps.webhooks.findToChange(sql, webhookId);
    if (!before) return NOT_FOUND;
    await deps.webhooks.remove(sql, webhookId);
    return { ok: true, value: { value: undefined, audit: [{ action: 'webhook-removed', entity: 'webhook', entityId: webhookId, before: { ...addressShown(before.url), events: before.events } }], floor: [] } };
  });
}
