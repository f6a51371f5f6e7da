import { webhookChange, webhookCreated, webhookDeliveryFilter, webhookDeliveryPage, webhookList, webhookResend, webhookResent, webhookSecret, webhookSettings, webhookView, type WebhookView } from '@centralita/contract';
import { type AccountId, ok } from '@centralita/kernel';
import { z } from 'zod';
import { route, type Route, type SignedIn, versionTag } from '../../../http/route.ts';
import { listDeliveries } from '../application/list-webhooks.ts';
import type { Backlog, Webhook, WebhookDeps } from '../application/ports.ts';
import { removeWebhook } from '../application/remove-webhook.ts';
import { changeWebhook, changeWebhookSecret, createWebhook } from '../application/save-webhook.ts';
import { sendAgain, sendTest } from '../application/send-again.ts';

const params = z.object({ webhookId: z.string().max(40) });
const editorOf = (who: SignedIn, requestId: string) => ({ account: who.account, actor: who.userId, requestId });
const tag = ({ version }: { readonly version: number }) => versionTag(version);
const EMPTY: Backlog = { waiting: 0, dead: 0 };

const viewOf = ({ webhookId, url, events, active, stopped, line, version }: Webhook, { waiting, dead }: Backlog): WebhookView => ({
  webhookId,
  url,
  events: [...events],
  active,
  stopped,
  failingSince: line.failingSince,
  backoffUntil: line.backoffUntil,
  waiting,
  dead,
  version,
});

export interface WebhookRouteDeps extends WebhookDeps {
  /** Told after each change, so that what is to be sent is. */
  readonly changed: (account: AccountId) => void;
}

export function webhookRoutes(deps: WebhookRouteDeps): readonly Route[] {
  const told = async <Answer extends { readonly ok: boolean }>(who: SignedIn, answer: Promise<Answer>): Promise<Answer> => {
    const given = await answer;
    if (given.ok) deps.changed(who.account);
    return given;
  };
  return [
    route({
      method: 'GET',
      url: '/api/webhooks',
      summary: 'Addresses of other systems that are told what happens, and how that goes',
      permission: 'integrations:read',
      schema: { response: webhookList },
      handler: async ({ who }) => ok(await deps.read(who.account, (sql) => deps.webhooks.list(sql))),
      view: (webhooks) => ({ items: webhooks.map((webhook) => viewOf(webhook, webhook)) }),
    }),
    route({
      method: 'POST',
      url: '/api/webhooks',
      summary: 'Tell an address what happens from now on; the answer shows its secret, once',
      permission: 'integrations:edit',
      schema: { body: webhookSettings, response: webhookCreated },
      status: 201,
      handler: ({ who, body, requestId }) => told(who, createWebhook(deps, editorOf(who, requestId), body)),
      view: ({ webhook, secret }) => ({ ...viewOf(webhook, EMPTY), secret }),
      headers: ({ webhook }) => tag(webhook),
    }),
    route({
      method: 'PUT',
      url: '/api/webhooks/:webhookId',
      summary: 'Change a webhook, or make it active again',
      permission: 'integrations:edit',
      schema: { params, body: webhookChange, response: webhookView },
      versioned: true,
      handler: async ({ who, params: { webhookId }, body, requestId, expectedVersion }) => {
        const changed = await told(who, changeWebhook(deps, editorOf(who, requestId), webhookId, expectedVersion, body));
        return changed.ok ? ok({ webhook: changed.value, backlog: await deps.read(who.account, (sql) => deps.webhooks.backlog(sql, webhookId)) }) : changed;
      },
      view: ({ webhook, backlog }) => viewOf(webhook, backlog),
      headers: ({ webhook }) => tag(webhook),
    }),
    route({
      method: 'DELETE',
      url: '/api/webhooks/:webhookId',
      summary: 'Remove a webhook with its messages',
      permission: 'integrations:edit',
      schema: { params },
      handler: ({ who, params: { webhookId }, requestId }) => told(who, removeWebhook(deps, editorOf(who, requestId), webhookId)),
    }),
    ...messageRoutes(deps, told),
  ];
}

function messageRoutes(deps: WebhookRouteDeps, told: <Answer extends { readonly ok: boolean }>(who: SignedIn, answer: Promise<Answer>) => Promise<Answer>): readonly Route[] {
  return [
    route({
      method: 'POST',
      url: '/api/webhooks/:webhookId/secret',
      summary: 'Draw a new secret, shown once; the one before signs too for a day',
      permission: 'integrations:edit',
      schema: { params, response: webhookSecret },
      handler: ({ who, params: { webhookId }, requestId }) => changeWebhookSecret(deps, editorOf(who, requestId), webhookId),
      view: (secret) => ({ secret }),
    }),
    route({
      method: 'POST',
      url: '/api/webhooks/:webhookId/test',
      summary: 'Send a message about nothing, to see whether it arrives',
      permission: 'integrations:edit',
      schema: { params },
      handler: ({ who, params: { webhookId }, requestId }) => told(who, sendTest(deps, editorOf(who, requestId), webhookId)),
    }),
    route({
      method: 'GET',
      url: '/api/webhooks/:webhookId/deliveries',
      summary: 'What was sent and what became of it, newest first',
      permission: 'integrations:read',
      letGoWith: 'reports',
      schema: { params, query: webhookDeliveryFilter, response: webhookDeliveryPage },
      handler: ({ who, params: { webhookId }, query }) => listDeliveries(deps, who.account, webhookId, query),
      view: ({ items, nextCursor }) => ({ items: items.map((item) => ({ ...item })), nextCursor }),
    }),
    route({
      method: 'POST',
      url: '/api/webhooks/:webhookId/resend',
      summary: 'Send one message again, or all that were given up of what happened since a moment',
      permission: 'integrations:edit',
      schema: { params, body: webhookResend, response: webhookResent },
      handler: ({ who, params: { webhookId }, body, requestId }) => told(who, sendAgain(deps, editorOf(who, requestId), webhookId, body)),
      view: (messages) => ({ messages }),
    }),
  ];
}
