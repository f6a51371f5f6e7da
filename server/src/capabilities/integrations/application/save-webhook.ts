import { createHash } from 'node:crypto';
import { DAY_MS, type Result, type WebhookId } from '@centralita/kernel';
import { drawSigningSecret } from '../../accounts/index.ts';
import { FRESH_LINE } from '../domain/attempts.ts';
import { type ConfigurationRefusal, type Editor, NOT_FOUND, type Webhook, type WebhookDeps, type WebhookSettings } from './ports.ts';

/** Webhooks of an account: each is a reader of everything that happens. */
const WEBHOOKS_LIMIT = 20;
/** How long the secret before signs beside the new one, so that a receiver can change over. */
const OLD_SECRET_MS = DAY_MS;

/** A request that is sent twice must not tell everything twice. */
const TAKEN: { readonly ok: false; readonly refusal: ConfigurationRefusal } = { ok: false, refusal: { code: 'name-taken', errors: [{ pointer: '/url', code: 'name-taken', detail: 'another webhook has this address' }] } };

export interface Created {
  readonly webhook: Webhook;
  readonly secret: string;
}

export async function createWebhook(deps: WebhookDeps, editor: Editor, settings: WebhookSettings): Promise<Result<Created, ConfigurationRefusal>> {
  const unreachable = unreachableAt(deps, settings.url);
  if (unreachable) return { ok: false, refusal: unreachable };
  const webhookId = deps.drawId('webhook');
  const drawn = await drawSigningSecret(deps.accountKeys, editor.account, webhookId);
  return deps.change(editor, async (sql) => {
    if ((await deps.webhooks.count(sql)) >= WEBHOOKS_LIMIT) return { ok: false, refusal: { code: 'in-use', detail: `an account has ${WEBHOOKS_LIMIT} webhooks at most` } };
    if (await deps.webhooks.addressTaken(sql, settings.url, webhookId)) return TAKEN;
    const webhook: Webhook = { ...settings, webhookId, version: 1, stopped: null, line: FRESH_LINE, secret: drawn.sealed, oldSecret: null, oldSecretUntil: null };
    await deps.webhooks.write(sql, webhook, true);
    return { ok: true, value: { value: { webhook, secret: drawn.secret }, ...trace('webhook-created', undefined, webhook) } };
  });
}

export async function changeWebhook(deps: WebhookDeps, editor: Editor, webhookId: WebhookId, expectedVersion: number | undefined, settings: WebhookSettings): Promise<Result<Webhook, ConfigurationRefusal>> {
  const unreachable = unreachableAt(deps, settings.url);
  if (unreachable) return { ok: false, refusal: unreachable };
  return deps.change(editor, async (sql) => {
    const before = await deps.webhooks.findToChange(sql, webhookId);
    if (!before) return NOT_FOUND;
    if (expectedVersion !== undefined && before.version !== expectedVersion) return { ok: false, refusal: { code: 'version-conflict' } };
    if (await deps.webhooks.addressTaken(sql, settings.url, webhookId)) return TAKEN;
    const begins = settings.active && !before.active;
    // Another address, or somebody who says that it works again: no rest any more.
    const line = begins || settings.url !== before.url ? FRESH_LINE : before.line;
    const after: Webhook = { ...before, ...settings, line, stopped: settings.active ? null : before.stopped, version: before.version + 1 };
    await deps.webhooks.write(sql, after, begins);
    return { ok: true, value: { value: after, ...trace('webhook-changed', before, after) } };
  });
}

/** Draws a new one; the one before signs too for a day. */
export async function changeWebhookSecret(deps: WebhookDeps, editor: Editor, webhookId: WebhookId): Promise<Result<string, ConfigurationRefusal>> {
  const drawn = await drawSigningSecret(deps.accountKeys, editor.account, webhookId);
  return deps.change(editor, async (sql) => {
    const before = await deps.webhooks.findToChange(sql, webhookId);
    if (!before) return NOT_FOUND;
    const after: Webhook = { ...before, secret: drawn.sealed, oldSecret: before.secret, oldSecretUntil: deps.now() + OLD_SECRET_MS, version: before.version + 1 };
    await deps.webhooks.write(sql, after, false);
    return { ok: true, value: { value: drawn.secret, ...trace('webhook-secret-changed', before, after) } };
  });
}

function unreachableAt({ receiver }: WebhookDeps, url: string): ConfigurationRefusal | undefined {
  const code = URL.canParse(url) ? receiver.refuses(new URL(url)) : 'no-address';
  return code && { code: 'invalid-input', errors: [{ pointer: '/url', code, detail: REASONS[code] }] };
}
const REASONS = {
  'no-address': 'not an address',
  'private-address': 'a private address: the operator allows them with --webhooks-to',
  'https-required': 'https:// is needed, but for addresses that the operator allows with --webhooks-to',
  credentials: 'no name, password or fragment in an address',
} as const;

/** Whoever reads the audit sees where messages go and when that changed; path and query are a secret in many systems. */
function trace(action: string, before: Webhook | undefined, after: Webhook) {
  const shown = (webhook: Webhook | undefined) => webhook && { ...addressShown(webhook.url), events: webhook.events, active: webhook.active };
  return { audit: [{ action, entity: 'webhook', entityId: after.webhookId, before: shown(before), after: shown(after) }], floor: [] };
}

export const addressShown = (url: string) => ({ origin: new URL(url).origin, addressHash: createHash('sha256').update(url).digest('hex').slice(0, 16) });
