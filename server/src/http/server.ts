import fastifyCookie from '@fastify/cookie';
import fastifyHelmet from '@fastify/helmet';
import fastifyRateLimit from '@fastify/rate-limit';
import { randomId } from '@centralita/kernel';
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { createServer as createPlainServer, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { originIsOurs } from './origin.ts';
import { isSecure, sendProblem } from './exchange.ts';
import { refusalOf } from './problem.ts';
import { RefusedRequest } from './refusal.ts';
import type { Route } from './route.ts';
import { type RouteKeepers, registerRoutes } from './register-routes.ts';
import { PERMISSIONS_POLICY, securityHeaders } from './security-headers.ts';
import type { HttpSettings } from './settings.ts';
import { isPageOfTheApplication, sendApplication, serveWeb } from './web-files.ts';

export interface ServerParts extends RouteKeepers {
  readonly settings: HttpSettings;
  readonly routes: readonly Route[];
  readonly logger: FastifyBaseLogger | undefined;
  /** PEM texts; undefined: plain HTTP, which `config` allows on localhost only. */
  readonly certificate: { readonly cert: string; readonly key: string } | undefined;
  /** Told of each answer, for the metrics. */
  readonly onAnswered?: ((answered: { readonly method: string; readonly route: string | undefined; readonly status: number; readonly tookMs: number }) => void) | undefined;
  /** Plugins that look at the routes (OpenAPI) and must stand before them. */
  readonly beforeRoutes?: (app: FastifyInstance) => Promise<void>;
}

/** The fastify server with every route, not yet listening. */
export async function buildServer(parts: ServerParts): Promise<FastifyInstance> {
  const { settings, certificate } = parts;
  const app = Fastify({
    ...(parts.logger ? { loggerInstance: parts.logger } : { logger: false }),
    // Addresses, paths with ids and query strings with numbers stay out of the logs; `logResponses` writes the route's pattern.
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomId('request'),
    trustProxy: settings.trustedProxies.length > 0 ? [...settings.trustedProxies] : false,
    bodyLimit: settings.bodyLimitBytes,
    exposeHeadRoutes: false,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 1_024 },
    // The embedded TLS server has the same request events; fastify's types know only one of the two at a time.
    serverFactory: (handler) => (certificate ? (createSecureServer({ ...certificate, minVersion: 'TLSv1.2' }, handler) as unknown as Server) : createPlainServer(handler)),
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  answerErrors(app, settings);
  await app.register(fastifyCookie);
  await app.register(fastifyHelmet, securityHeaders(settings));
  await app.register(fastifyRateLimit, { global: true, max: settings.requestsPerMinute, timeWindow: 60_000, keyGenerator: (request) => request.ip });
  guardRequests(app, settings);
  logResponses(app, parts.onAnswered);
  await parts.beforeRoutes?.(app);
  registerRoutes(app, parts.routes, parts, settings);
  if (settings.webFolder) await serveWeb(app, settings.webFolder);
  return app;
}

function guardRequests(app: FastifyInstance, settings: HttpSettings): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.header('permissions-policy', PERMISSIONS_POLICY);
    if (!request.url.startsWith('/api/')) return;
    reply.header('cache-control', 'no-store');
    reply.header('x-request-id', request.id);
    // No address of ours has it, and PostgreSQL takes no text with it.
    if (/%00/.test(request.url)) throw new RefusedRequest({ code: 'not-found' });
    if (request.method === 'GET' || request.routeOptions.config.signed) return;
    if (!originIsOurs(request.headers.origin, request.host, isSecure(request, settings), settings.allowedOrigins)) throw new RefusedRequest({ code: 'wrong-origin' });
  });
}

function answerErrors(app: FastifyInstance, settings: HttpSettings): void {
  app.setErrorHandler((error: Error, request, reply) => {
    const refusal = refusalOf(error);
    if (!refusal) {
      request.log.error({ requestId: request.id, route: request.routeOptions.url, err: error }, 'request failed');
    }
    return sendProblem(request, reply, refusal ?? { code: 'internal' });
  });
  app.setNotFoundHandler((request, reply) =>
    settings.webFolder && isPageOfTheApplication(request) ? sendApplication(reply) : sendProblem(request, reply, { code: 'not-found' }),
  );
}

function logResponses(app: FastifyInstance, onAnswered: ServerParts['onAnswered']): void {
  app.addHook('onResponse', async (request, reply) => {
    onAnswered?.({ method: request.method, route: request.routeOptions.url, status: reply.statusCode, tookMs: reply.elapsedTime });
    request.log.info(
      { requestId: request.id, method: request.method, route: request.routeOptions.url, status: reply.statusCode, tookMs: Math.round(reply.elapsedTime) },
      'request answered',
    );
  });
}
