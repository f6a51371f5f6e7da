import { contactMessage, contactSourceList, contactSourceRequest, contactSourceSecret, contactSourceView } from '@centralita/contract';
import { ok, refuse } from '@centralita/kernel';
import { z } from 'zod';
import { route, type Route, signedRoute, type SignedIn, versionTag } from '../../../http/route.ts';
import type { ContactSource } from '../application/ports.ts';
import { type ContactSourceDeps, createSource, drawNewSecret, removeSource, renameSource, signerOf, type SourceWithSecret } from '../application/save-source.ts';
import { type ContactMessageDeps, takeContactMessage } from '../application/take-contact-message.ts';

const params = z.object({ sourceId: z.string().max(40) });
const tag = ({ version }: ContactSource) => versionTag(version);
const editorOf = (who: SignedIn, requestId: string) => ({ account: who.account, actor: who.userId, requestId });
const viewOf = ({ sourceId, name, createdAt, version }: ContactSource) => ({ sourceId, name, createdAt, version });
const viewWithSecret = ({ source, secret }: SourceWithSecret) => ({ ...viewOf(source), secret });

/** A contact has a few numbers and a name. */
const MESSAGE_LIMIT_BYTES = 64 * 1_024;
/** Twenty a second: who changes a thousand customers at once is through within a minute. */
const MESSAGES_PER_MINUTE = 1_200;

export function contactSourceRoutes(deps: ContactSourceDeps & ContactMessageDeps): readonly Route[] {
  return [
    route({
      method: 'GET',
      url: '/api/contact-sources',
      summary: 'Systems that tell the center who its customers are, without their secrets',
      permission: 'integrations:read',
      schema: { response: contactSourceList },
      handler: async ({ who }) => ok(await deps.read(who.account, (sql) => deps.contactSources.list(sql))),
      view: (sources) => ({ items: sources.map(viewOf) }),
    }),
    route({
      method: 'POST',
      url: '/api/contact-sources',
      // Not `idempotent`: kept answers would keep the secret.
      summary: 'Add a contact source; the answer alone shows the secret of its signatures',
      permission: 'integrations:edit',
      schema: { body: contactSourceRequest, response: contactSourceSecret },
      status: 201,
      handler: ({ who, body, requestId }) => createSource(deps, editorOf(who, requestId), body.name),
      view: viewWithSecret,
      headers: ({ source }) => tag(source),
    }),
    route({
      method: 'PUT',
      url: '/api/contact-sources/:sourceId',
      summary: 'Rename a contact source',
      permission: 'integrations:edit',
      schema: { params, body: contactSourceRequest, response: contactSourceView },
      versioned: true,
      handler: ({ who, params: { sourceId }, body, requestId, expectedVersion }) => renameSource(deps, editorOf(who, requestId), sourceId, expectedVersion, body.name),
      view: viewOf,
      headers: tag,
    }),
    route({
      method: 'POST',
      url: '/api/contact-sources/:sourceId/secrets',
      summary: 'Draw a new secret for a contact source; the one before ends at once',
      permission: 'integrations:edit',
      schema: { params, response: contactSourceSecret },
      status: 201,
      versioned: true,
      handler: ({ who, params: { sourceId }, requestId, expectedVersion }) => drawNewSecret(deps, editorOf(who, requestId), sourceId, expectedVersion),
      view: viewWithSecret,
      headers: ({ source }) => tag(source),
    }),
    route({
      method: 'DELETE',
      url: '/api/contact-sources/:sourceId',
      summary: 'Remove a contact source, with the contacts that it made',
      permission: 'integrations:edit',
      schema: { params },
      handler: ({ who, params: { sourceId }, requestId }) => removeSource(deps, editorOf(who, requestId), sourceId),
    }),
    messageRoute(deps),
  ];
}

const messageRoute = (deps: ContactSourceDeps & ContactMessageDeps): Route =>
  signedRoute({
    method: 'POST',
    url: '/api/contact-sources/:sourceId/messages',
    summary: 'A contact changed or was removed at its source: a message signed as Standard Webhooks says',
    signed: ({ sourceId }) => signerOf(deps, sourceId),
    schema: { params, body: contactMessage },
    bodyLimitBytes: MESSAGE_LIMIT_BYTES,
    perMinute: MESSAGES_PER_MINUTE,
    letGoWith: 'reports',
    handler: async ({ who: { account, signerId, messageId }, body, requestId }) => {
      const taken = await takeContactMessage(deps, { account, sourceId: signerId, messageId, requestId }, body);
      // Removed since the signature was found right: answered as a moment later.
      return !taken.ok && taken.refusal.code === 'not-found' ? refuse({ code: 'wrong-signature' as const }) : taken;
    },
  });
