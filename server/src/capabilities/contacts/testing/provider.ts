import { createHmac } from 'node:crypto';
import type { TestCenter } from '../../../http/testing/center.ts';

export interface Provider {
  readonly sourceId: string;
  readonly secret: string;
  /** Where it sends from; one address for all, if left out. */
  readonly address?: string;
}
export interface Sent {
  readonly id: string;
  /** An object is sent as compact JSON. */
  readonly body: object | string;
  /** Milliseconds; the center's clock if left out. */
  readonly sentAt?: number;
}

export interface Received {
  readonly status: number;
  readonly code: string | undefined;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Headers as a provider's own library makes them. */
export function signedHeaders(secret: string, { id, body, sentAt }: { readonly id: string; readonly body: string; readonly sentAt: number }): Record<string, string> {
  const timestamp = String(Math.floor(sentAt / 1_000));
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}` };
}

/** Sends as another program does: no cookie, no Origin. `headers` and `altered` are what somebody on the way made of it. */
export async function send(center: TestCenter, { sourceId, secret, address }: Provider, sent: Sent, { headers = {}, altered }: { headers?: Readonly<Record<string, string | undefined>>; altered?: string } = {}): Promise<Received> {
  const body = typeof sent.body === 'string' ? sent.body : JSON.stringify(sent.body);
  const all = { host: 'localhost:8080', 'content-type': 'application/json', ...signedHeaders(secret, { id: sent.id, body, sentAt: sent.sentAt ?? center.clock.at }), ...headers };
  const response = await center.app.inject({
    method: 'POST',
    url: `/api/contact-sources/${sourceId}/messages`,
    headers: Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)),
    payload: altered ?? body,
    ...(address !== undefined && { remoteAddress: address }),
  });
  const answer: Readonly<Record<string, unknown>> = response.body === '' ? {} : response.json();
  return { status: response.statusCode, code: answer['code'] as string | undefined, body: answer };
}

export const changed = (timestamp: string, externalId: string, name: string, numbers: readonly string[] = []) => ({ type: 'contact.changed', timestamp, data: { externalId, name, numbers } });
export const removed = (timestamp: string, externalId: string) => ({ type: 'contact.removed', timestamp, data: { externalId } });
