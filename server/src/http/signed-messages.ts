import type { Instant } from '@centralita/kernel';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { RefusedRequest } from './refusal.ts';
import type { Route, Sender } from './route.ts';
import { isSignedWith, readWebhookHeaders, type WebhookHeaders } from './webhook-signature.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Another program's messages, which have a signature in place of an Origin. */
    readonly signed?: boolean;
  }
}

/** One answer for whatever is wrong, so that it teaches nobody how to forge. */
const refused = () => new RefusedRequest({ code: 'wrong-signature' });

/** Bodies arrive as bytes and stay so until their signature was found right: the same text written otherwise is not what was signed. */
export function takeBytes(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
}

/** Before the body is read. @throws RefusedRequest when it cannot be signed, whatever the body is */
export function requireWebhookHeaders(request: FastifyRequest, now: Instant): WebhookHeaders {
  const headers = readWebhookHeaders(request.headers, now);
  if (!headers) throw refused();
  return headers;
}

/** @throws RefusedRequest when nobody may send here, or somebody else signed */
export async function requireSignature(request: FastifyRequest, headers: WebhookHeaders, signerOf: NonNullable<Route['signed']>): Promise<Sender> {
  const signer = await signerOf(request.params);
  if (!signer || !isSignedWith(signer.key, headers, bytesOf(request))) throw refused();
  return { account: signer.account, signerId: signer.signerId, messageId: headers.messageId };
}

/** @throws RefusedRequest when it is no JSON */
export function parseSigned(request: FastifyRequest): unknown {
  try {
    return JSON.parse(bytesOf(request).toString('utf8'));
  } catch {
    throw new RefusedRequest({ code: 'invalid-input', detail: 'the body is not JSON' });
  }
}

const bytesOf = ({ body }: FastifyRequest): Buffer => (Buffer.isBuffer(body) ? body : Buffer.alloc(0));
