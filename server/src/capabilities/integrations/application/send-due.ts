import { type AccountId, type Instant, SECOND_MS, type WebhookId } from '@centralita/kernel';
import { Webhook as Signer } from 'standardwebhooks';
import { type AccountKeys, openSigningKey } from '../../accounts/index.ts';
import { afterAttempt, atOnce, FRESH_LINE, lineAfter, stopOf } from '../domain/attempts.ts';
import type { Attempt, Delivery, DeliveryTable, Receiver, ToldConversation, Webhook } from './ports.ts';

export interface SendDeps {
  readonly deliveries: Pick<DeliveryTable, 'line' | 'take' | 'record' | 'nextDue'>;
  readonly receiver: Pick<Receiver, 'post'>;
  readonly accountKeys: AccountKeys;
  readonly now: () => Instant;
  /** In [0, 1). */
  readonly draw: () => number;
  /** A message was given up, or the whole line: somebody should know. */
  readonly onGaveUp: (account: AccountId, webhookId: WebhookId) => void;
}

/** Longer than a receiver may take to answer: whoever took a message and fell leaves it to the next one then. */
const HELD_MS = 60 * SECOND_MS;

/**
 * Sends what is due of one webhook, until nothing is or its line rests. Each message arrives at least once: whoever is killed between
 * a receiver's answer and its note sends it again, with the same id.
 *
 * @returns when to look again; undefined: when something new is there
 */
export async function sendDue(deps: SendDeps, account: AccountId, webhookId: WebhookId, stopping?: AbortSignal): Promise<Instant | undefined> {
  while (!stopping?.aborted) {
    const webhook = await deps.deliveries.line(account, webhookId);
    if (!webhook) return undefined;
    const now = deps.now();
    const next = await deps.deliveries.nextDue(account, webhookId);
    if (next === undefined) {
      // Days on which there is nothing to send are no days of failure.
      if (webhook.line.failures > 0) await deps.deliveries.record(account, webhook, [], FRESH_LINE, null);
      return undefined;
    }
    const notBefore = Math.max(next, webhook.line.backoffUntil ?? next);
    if (notBefore > now) return notBefore;
    const some = await deps.deliveries.take(account, webhookId, atOnce(webhook.line), now, now + HELD_MS);
    if (some.length === 0) return now + SECOND_MS;
    const attempts = await attemptAll(deps, account, webhook, some);
    const replies = attempts.map(({ reply }) => reply);
    const line = lineAfter(webhook.line, replies, deps.now(), deps.draw);
    const stopped = stopOf(line, replies, deps.now());
    await deps.deliveries.record(account, webhook, attempts, line, stopped);
    if (stopped || attempts.some(({ next: { state } }) => state === 'dead')) deps.onGaveUp(account, webhookId);
  }
  return undefined;
}

async function attemptAll(deps: SendDeps, account: AccountId, webhook: Webhook, some: readonly Delivery[]): Promise<Attempt[]> {
  const signers = await signersOf(deps, account, webhook);
  return Promise.all(
    some.map(async (delivery): Promise<Attempt> => {
      const body = bodyOf(delivery);
      const at = deps.now();
      const reply = await deps.receiver.post(webhook.url, signed(signers, delivery.deliveryId, at, body), body);
      return { deliveryId: delivery.deliveryId, at, reply, next: afterAttempt(delivery.attempts, reply, deps.now(), deps.draw) };
    }),
  );
}

async function signersOf({ accountKeys, now }: SendDeps, account: AccountId, { webhookId, secret, oldSecret, oldSecretUntil }: Webhook): Promise<Signer[]> {
  const old = oldSecret && oldSecretUntil !== null && now() < oldSecretUntil ? [oldSecret] : [];
  return Promise.all([secret, ...old].map(async (sealed) => new Signer(await openSigningKey(accountKeys, account, sealed, webhookId), { format: 'raw' })));
}

/** Standard Webhooks 1.0: what is signed is the message's id, the moment of this attempt in seconds and the bytes of the body. */
function signed(signers: readonly Signer[], deliveryId: string, at: Instant, body: string): Record<string, string> {
  const moment = new Date(at);
  return {
    'webhook-id': deliveryId,
    'webhook-timestamp': String(Math.floor(at / SECOND_MS)),
    'webhook-signature': signers.map((signer) => signer.sign(deliveryId, moment, body)).join(' '),
  };
}

/** What a receiver reads. Moments are ISO 8601 in UTC. */
function bodyOf({ type, occurredAt, revision, conversation }: Delivery): string {
  return JSON.stringify({ type, timestamp: iso(occurredAt), data: conversation ? { revision, ...told(conversation) } : { revision } });
}

const told = ({ startedAt, answeredAt, endedAt, ...conversation }: ToldConversation) => ({
  ...conversation,
  startedAt: iso(startedAt),
  answeredAt: answeredAt === null ? null : iso(answeredAt),
  endedAt: endedAt === null ? null : iso(endedAt),
});

const iso = (at: Instant): string => new Date(at).toISOString();
