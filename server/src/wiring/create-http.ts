import type { FeedBanner } from '@centralita/contract';
import type { AccountId } from '@centralita/kernel';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import type { IncomingMessage } from 'node:http';
import type { SessionTable } from '../capabilities/people/application/ports.ts';
import { KeptHolders } from '../capabilities/people/application/kept-holders.ts';
import { SignInThrottle } from '../capabilities/people/application/sign-in-throttle.ts';
import { tokenHash } from '../capabilities/people/application/sign-in.ts';
import { keptAnswersIn } from '../capabilities/people/storage/kept-answers.postgres.ts';
import { signInFailuresIn } from '../capabilities/people/storage/sign-in-failures.postgres.ts';
import { FeedSockets } from '../feed/feed-sockets.ts';
import { FeedTickets } from '../feed/tickets.ts';
import type { Simulations } from '../capabilities/staffing/application/ports.ts';
import { createFeed, type FeedParts } from './create-feed.ts';
import { createRoutes, type RouteParts } from './create-routes.ts';
import { createStores, type Stores } from './create-stores.ts';
import { PastBoards } from './past-boards.ts';
import { WhatIfProcesses } from './what-if-processes.ts';
import { describeApi } from '../http/open-api.ts';
import { originIsOurs } from '../http/origin.ts';
import { storageIsAway } from '../http/problem.ts';
import { RecentAnswers } from '../http/recent-answers.ts';
import type { Route } from '../http/route.ts';
import { buildServer, type ServerParts } from '../http/server.ts';

export interface HttpDeps extends RouteParts, Pick<FeedParts, 'today'> {
  readonly logger: FastifyBaseLogger | undefined;
  /** Told of each answer, for the metrics. */
  readonly onAnswered?: ServerParts['onAnswered'];
  /** Nothing, unless told. */
  readonly isLetGo?: ServerParts['isLetGo'];
  /** PEM texts; undefined: plain HTTP, on localhost or behind the trusted proxy. */
  readonly certificate: { readonly cert: string; readonly key: string } | undefined;
  /** Instead of processes of their own. */
  readonly simulations?: Simulations;
}

export interface HttpSide {
  /** Not listening yet: `app.listen({ host, port })`. */
  readonly app: FastifyInstance;
  readonly routes: readonly Route[];
  readonly stores: Stores;
  /** Sessions, which also close the feeds of a session that ends: for `endExpiredSessions`. */
  readonly sessions: SessionTable;
  banner(banner: FeedBanner): void;
  /** False: live boards end and are refused; the last past one is forgotten. */
  showDashboards(shown: boolean): void;
  /** Names are read before anybody looks; call it for each account at start. */
  openAccount(account: AccountId): Promise<void>;
  /** The operator renewed the certificate. */
  useCertificate(certificate: { readonly cert: string; readonly key: string }): void;
  close(): Promise<void>;
}

/** Everything that browsers and API clients reach, put together. */
export async function createHttp(deps: HttpDeps): Promise<HttpSide> {
  const { pool, clock, settings, floor } = deps;
  const stores = createStores(pool, clock, (account) => feed.hub.changed(account));
  const feed = createFeed({ floor, now: () => clock.now(), feedTickMs: settings.feedTickMs, today: deps.today, liveDemoAccount: deps.liveDemoAccount }, stores);
  const tickets = new FeedTickets(clock);
  const sockets = new FeedSockets({
    hub: feed.hub,
    tickets,
    backlogBytes: settings.feedBacklogBytes,
    originIsOurs: (request) => originIsOurs(request.headers.origin, hostOf(request, deps), settings.secure || forwarded(request, deps, 'x-forwarded-proto') === 'https', settings.allowedOrigins),
  });
  const holders = new KeptHolders(stores.sessions.holder, clock, storageIsAway);
  const sessions: SessionTable = {
    ...stores.sessions,
    end: async (account, sessionId, actor) => {
      const devices = await stores.sessions.end(account, sessionId, actor);
      holders.forget(sessionId);
      sockets.endSession(sessionId);
      return devices;
    },
  };
  const throttle = new SignInThrottle(clock, signInFailuresIn(pool));
  const pastBoards = new PastBoards(deps.floorPool, clock, { of: (account) => stores.names.of(account), caller: (account, number) => stores.callers.caller(account, number) });
  const whatIfs = new WhatIfProcesses();
  const routes = createRoutes(deps, stores, { tickets, sessions, throttle, pastBoards, simulations: deps.simulations ?? whatIfs });
  const app = await buildServer({
    settings,
    routes,
    logger: deps.logger,
    certificate: deps.certificate,
    onAnswered: deps.onAnswered,
    sessionHolder: (token) => holders.of(tokenHash(token)),
    earlierAnswers: keptAnswersIn(pool),
    recentAnswers: new RecentAnswers(clock),
    isLetGo: deps.isLetGo ?? (() => false),
    now: () => clock.now(),
    beforeRoutes: describeApi,
  });
  app.server.on('upgrade', (request, socket, head) => sockets.upgrade(request, socket, head));
  return {
    app,
    routes,
    stores,
    sessions,
    banner: (banner) => feed.hub.banner(banner),
    showDashboards: (shown) => {
      feed.hub.showDashboards(shown);
      if (!shown) pastBoards.forget();
    },
    openAccount: (account) => stores.names.refresh(account),
    useCertificate: (certificate) => {
      if ('setSecureContext' in app.server) (app.server as unknown as { setSecureContext(certificate: object): void }).setSecureContext(certificate);
    },
    close: async () => {
      whatIfs.close();
      sockets.close();
      feed.close();
      await app.close();
      pastBoards.forget();
      await throttle.written();
    },
  };
}

/** Upgrades do not pass fastify, so a trusted proxy's headers are read here. Only a proxy that was named is believed. */
function forwarded(request: IncomingMessage, { settings }: Pick<HttpDeps, 'settings'>, header: 'x-forwarded-proto' | 'x-forwarded-host'): string | undefined {
  if (settings.trustedProxies.length === 0) return undefined;
  const value = request.headers[header];
  return (Array.isArray(value) ? value[0] : value)?.split(',')[0]?.trim();
}

const hostOf = (request: IncomingMessage, deps: Pick<HttpDeps, 'settings'>): string | undefined => forwarded(request, deps, 'x-forwarded-host') ?? request.headers.host;
