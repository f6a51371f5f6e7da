import { problem, scopeOf } from '@centralita/contract';
import type { AccountId, Instant, Language, Role, UserId } from '@centralita/kernel';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { preferredLanguage } from './problem.ts';
import type { RecentAnswers } from './recent-answers.ts';
import { type Answer, type Refusal, RefusedRequest } from './refusal.ts';
import type { Call, LetGoWith, Reply, Route, Sender, SignedIn } from './route.ts';
import { isSecure, sendProblem } from './exchange.ts';
import { sessionTokenOf } from './session-cookie.ts';
import type { HttpSettings } from './settings.ts';
import { parseSigned, requireSignature, requireWebhookHeaders, takeBytes } from './signed-messages.ts';
import type { WebhookHeaders } from './webhook-signature.ts';

export interface SessionHolder {
  readonly sessionId: string;
  readonly account: AccountId;
  readonly userId: UserId;
  readonly role: Role;
  readonly language: Language;
}

/** What answering a route needs to know about people and about earlier answers. */
export interface RouteKeepers {
  /** Whose session this token is; undefined when it ended, expired or its person was blocked. */
  readonly sessionHolder: (token: string) => Promise<SessionHolder | undefined>;
  readonly earlierAnswers: EarlierAnswers;
  readonly recentAnswers: RecentAnswers;
  readonly isLetGo: (what: LetGoWith) => boolean;
  readonly now: () => Instant;
}

/** Answers kept by Idempotency-Key, per person. */
export interface EarlierAnswers {
  /** The kept answer; `different` when the key came with another request; `none` reserves the key for this one. */
  begin(who: Pick<SignedIn, 'account' | 'userId'>, key: string, fingerprint: string): Promise<{ readonly kept: Reply } | 'none' | 'different' | 'running'>;
  finish(who: Pick<SignedIn, 'account' | 'userId'>, key: string, reply: Reply | undefined): Promise<void>;
}

const LET_GO: Refusal = { code: 'overloaded', detail: 'memory is short, and calls come first', retryAfterSeconds: 15 };

type AnyCall = Call<unknown, unknown, unknown, SignedIn | Sender | undefined>;

const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH'] as const;

export function registerRoutes(app: FastifyInstance, routes: readonly Route[], keepers: RouteKeepers, settings: HttpSettings): void {
  for (const route of routes) if (!route.signed) registerRoute(app, route, keepers, settings);
  // A context of their own: what bodies are parsed with belongs to one.
  void app.register(async (ofPrograms) => {
    takeBytes(ofPrograms);
    for (const route of routes) if (route.signed) registerRoute(ofPrograms, route, keepers, settings);
  });
  refuseOtherMethods(app, routes);
}

function registerRoute(app: FastifyInstance, route: Route, keepers: RouteKeepers, settings: HttpSettings): void {
  const whoAsks = new WeakMap<FastifyRequest, SignedIn | Sender>();
  const sent = new WeakMap<FastifyRequest, WebhookHeaders>();
  app.route({
    method: route.method,
    url: route.url,
    schema: fastifySchema(route),
    ...(route.bodyLimitBytes !== undefined && { bodyLimit: route.bodyLimitBytes }),
    config: { ...(route.signed && { signed: true }), ...(route.perMinute !== undefined && { rateLimit: { max: route.perMinute, timeWindow: 60_000 } }) },
    // Before the body is read: whoever may not is told so, whatever they sent.
    onRequest: async (request) => {
      if (route.permission !== 'public') whoAsks.set(request, await requirePermission(request, route, keepers, settings));
      if (route.signed) sent.set(request, requireWebhookHeaders(request, keepers.now()));
      if (route.letGoWith && keepers.isLetGo(route.letGoWith)) throw new RefusedRequest(LET_GO);
    },
    preValidation: async (request) => {
      if (route.signed) {
        whoAsks.set(request, await requireSignature(request, sent.get(request)!, route.signed));
        request.body = parseSigned(request);
      }
      if (route.versioned && request.headers['if-match'] === undefined) throw new RefusedRequest({ code: 'version-required' });
    },
    handler: async (request, reply) => {
      const who = whoAsks.get(request);
      const call = callOf(request, reply, who, settings);
      const key = request.headers['idempotency-key'];
      const answer = route.idempotent && typeof key === 'string' ? await runOnce(route, call, key, keepers) : await route.run(call);
      return send(request, reply, answer);
    },
  });
}

async function requirePermission(request: FastifyRequest, route: Route, keepers: RouteKeepers, settings: HttpSettings): Promise<SignedIn> {
  const token = sessionTokenOf(request.cookies, settings.secure);
  const holder = token && (await keepers.sessionHolder(token));
  if (!holder) throw new RefusedRequest({ code: 'not-signed-in' });
  const scope = route.permission === 'public' ? undefined : scopeOf(holder.role, route.permission);
  if (!scope) throw new RefusedRequest({ code: 'forbidden' });
  return { ...holder, scope };
}

function callOf(request: FastifyRequest, reply: FastifyReply, who: SignedIn | Sender | undefined, settings: HttpSettings): AnyCall {
  return {
    who,
    params: request.params,
    query: request.query,
    body: request.body,
    requestId: request.id,
    address: request.ip,
    host: request.host,
    secure: isSecure(request, settings),
    language: who && 'language' in who ? who.language : preferredLanguage(request.headers['accept-language']),
    expectedVersion: versionOf(request.headers['if-match']),
    range: request.headers.range,
    left: leavingOf(reply),
  };
}

function leavingOf({ raw }: FastifyReply): AbortSignal {
  const leaving = new AbortController();
  raw.once('close', () => {
    if (!raw.writableFinished) leaving.abort();
  });
  return leaving.signal;
}

function versionOf(ifMatch: string | undefined): number | undefined {
  if (ifMatch === undefined || ifMatch === '*') return undefined;
  const version = /^(?:W\/)?"([0-9]{1,9})"$/.exec(ifMatch)?.[1];
  // A tag that is none of ours matches no version.
  return version === undefined ? -1 : Number(version);
}

async function runOnce(route: Route, call: AnyCall, key: string, keepers: RouteKeepers): Promise<Answer<Reply>> {
  if (key.length === 0 || key.length > 200) return { ok: false, refusal: { code: 'invalid-input', detail: 'Idempotency-Key: 1 to 200 characters' } };
  const fingerprint = JSON.stringify([route.method, route.url, call.params, call.body]);
  const who = call.who && 'userId' in call.who ? call.who : undefined;
  const stranger = `${call.address} ${key}`;
  const begun = who ? await keepers.earlierAnswers.begin(who, key, fingerprint) : keepers.recentAnswers.begin(stranger, fingerprint);
  if (begun === 'different') return { ok: false, refusal: { code: 'invalid-input', detail: 'Idempotency-Key: used before for another request' } };
  if (begun === 'running') return { ok: false, refusal: { code: 'not-allowed-now', detail: 'Idempotency-Key: the first request is still running', retryAfterSeconds: 1 } };
  if (begun !== 'none') return { ok: true, value: begun.kept };
  let reply: Reply | undefined;
  try {
    const answer = await route.run(call);
    if (answer.ok) reply = answer.value;
    return answer;
  } finally {
    // A refusal or a failure frees the key: trying again is then a new attempt.
    if (who) await keepers.earlierAnswers.finish(who, key, reply);
    else keepers.recentAnswers.finish(stranger, fingerprint, reply);
  }
}

function send(request: FastifyRequest, reply: FastifyReply, answer: Answer<Reply>): FastifyReply {
  if (!answer.ok) return sendProblem(request, reply, answer.refusal);
  const { status, headers, body } = answer.value;
  return reply.code(status).headers(headers).send(body);
}

function fastifySchema(route: Route): Record<string, unknown> {
  const { params, query, body, response } = route.schema;
  const success = response === false ? { description: 'bytes', content: { 'application/octet-stream': { schema: z.any() } } } : (response ?? z.undefined().describe('done'));
  return {
    summary: route.summary,
    tags: [route.url.split('/')[2] ?? 'api'],
    ...(route.permission !== 'public' && { security: [{ session: [] }] }),
    ...(route.signed && { security: [{ webhookSignature: [] }] }),
    ...(params && { params }),
    ...(query && { querystring: query }),
    ...(body && { body }),
    response: response === false ? {} : { [route.status]: success, default: { description: 'refused', content: { 'application/problem+json': { schema: problem } } } },
  };
}

/** A known address with a method it does not have answers 405 and names the ones it has (RFC 9110 15.5.6). */
function refuseOtherMethods(app: FastifyInstance, routes: readonly Route[]): void {
  const byUrl = Map.groupBy(routes, (route) => route.url);
  for (const [url, ofUrl] of byUrl) {
    const known = ofUrl.map((route) => route.method);
    app.route({
      method: METHODS.filter((method) => method !== 'PATCH' ? !known.includes(method) : true),
      url,
      schema: { hide: true },
      handler: (request, reply) => sendProblem(request, reply.header('allow', known.join(', ')), { code: 'method-not-allowed' }),
    });
  }
}
