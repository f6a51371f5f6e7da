import { createHmac, timingSafeEqual } from 'node:crypto';
import { type Instant, MINUTE_MS, SECOND_MS } from '@centralita/kernel';

/** How far the time of sending may be from ours, before and after: a message that was overheard is of no use for longer. */
export const SIGNATURE_AGE_LIMIT_MS = 5 * MINUTE_MS;

/** What a sender says of a message beside its body; https://www.standardwebhooks.com, in `spec/standard-webhooks.md`. */
export interface WebhookHeaders {
  /** The same in every repeat of a message. */
  readonly messageId: string;
  /** Seconds since 1970, as they were written: the signature is over these very characters. */
  readonly timestamp: string;
  /** `v1,` and base64; several while the sender changes its secret. */
  readonly signatures: readonly string[];
}

/** Undefined when one is missing or is none, or when the message was sent too long ago or is yet to be sent. */
export function readWebhookHeaders(headers: Readonly<Record<string, string | string[] | undefined>>, now: Instant): WebhookHeaders | undefined {
  const { 'webhook-id': messageId, 'webhook-timestamp': timestamp, 'webhook-signature': signature } = headers;
  if (typeof messageId !== 'string' || typeof timestamp !== 'string' || typeof signature !== 'string') return undefined;
  if (!/^[\x21-\x7e]{1,128}$/.test(messageId) || !/^[0-9]{1,12}$/.test(timestamp)) return undefined;
  if (Math.abs(now - Number(timestamp) * SECOND_MS) > SIGNATURE_AGE_LIMIT_MS) return undefined;
  return { messageId, timestamp, signatures: signature.split(' ') };
}

/**
 * HMAC-SHA-256 over id, time and the body's bytes as they came. Not by the package `standardwebhooks` (1.1.1): it takes the time from
 * `Date.now` alone, and decodes the body as UTF-8 before it signs, so that other bytes than those sent have the same signature.
 */
export function webhookSignature(key: Buffer, { messageId, timestamp }: Pick<WebhookHeaders, 'messageId' | 'timestamp'>, body: Buffer): string {
  return `v1,${createHmac('sha256', key).update(`${messageId}.${timestamp}.`).update(body).digest('base64')}`;
}

/** One of the signatures is the key's. Takes as long for a nearly right one as for a wrong one. */
export function isSignedWith(key: Buffer, headers: WebhookHeaders, body: Buffer): boolean {
  const right = Buffer.from(webhookSignature(key, headers, body));
  return headers.signatures.some((signature) => {
    const given = Buffer.from(signature);
    return given.length === right.length && timingSafeEqual(given, right);
  });
}
