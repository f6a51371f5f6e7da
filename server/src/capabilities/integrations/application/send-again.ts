import type { Result, WebhookId } from '@centralita/kernel';
import { type ConfigurationRefusal, type Editor, NOT_FOUND, type Resend, type WebhookDeps } from './ports.ts';

const NOT_ACTIVE: { readonly ok: false; readonly refusal: ConfigurationRefusal } = { ok: false, refusal: { code: 'not-allowed-now', detail: 'the webhook is not active' } };

/** One message, or all that were given up of what happened since a moment. @returns how many will be sent */
export function sendAgain(deps: WebhookDeps, editor: Editor, webhookId: WebhookId, which: Resend): Promise<Result<number, ConfigurationRefusal>> {
  return deps.change(editor, async (sql) => {
    const webhook = await deps.webhooks.findToChange(sql, webhookId);
    if (!webhook) return NOT_FOUND;
    if (!webhook.active) return NOT_ACTIVE;
    const messages = await deps.webhooks.sendAgain(sql, webhookId, which, deps.now());
    if (messages === 0 && which.which === 'message') return NOT_FOUND;
    return { ok: true, value: { value: messages, audit: [{ action: 'webhook-messages-sent-again', entity: 'webhook', entityId: webhookId, after: { ...which, messages } }], floor: [] } };
  });
}

/** A message about nothing, to see whether it arrives. */
export function sendTest(deps: WebhookDeps, editor: Editor, webhookId: WebhookId): Promise<Result<undefined, ConfigurationRefusal>> {
  return deps.change(editor, async (sql) => {
    const webhook = await deps.webhooks.findToChange(sql, webhookId);
    if (!webhook) return NOT_FOUND;
    if (!webhook.active) return NOT_ACTIVE;
    await deps.webhooks.addTest(sql, webhookId, deps.drawId('webhookDelivery'), deps.now());
    return { ok: true, value: { value: undefined, audit: [], floor: [] } };
  });
}
