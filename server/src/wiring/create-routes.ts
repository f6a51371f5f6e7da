import type { SoftphoneRegistration } from '@centralita/contract';
import { type AccountId, type Clock, type DeviceId, randomId, refuse } from '@centralita/kernel';
import type { AccountKeys } from '../capabilities/accounts/application/seal.ts';
import { flowRoutes } from '../capabilities/accounts/http/flows.routes.ts';
import { queueRoutes } from '../capabilities/accounts/http/queues.routes.ts';
import { retentionRoutes } from '../capabilities/accounts/http/retention.routes.ts';
import { agentRoutes, skillRoutes } from '../capabilities/accounts/http/skills.routes.ts';
import { auditRoutes } from '../capabilities/audit/http/audit.routes.ts';
import { availabilityRoutes } from '../capabilities/availability/http/availability.routes.ts';
import { callRoutes } from '../capabilities/calls/http/calls.routes.ts';
import { traceRoutes } from '../capabilities/calls/http/traces.routes.ts';
import { contactSourceRoutes } from '../capabilities/contacts/http/contact-sources.routes.ts';
import { type ConversationRouteDeps, conversationRoutes } from '../capabilities/conversations/http/conversations.routes.ts';
import { type WebhookRouteDeps, webhookRoutes } from '../capabilities/integrations/http/webhooks.routes.ts';
import { type DemoDeps, demoRoutes } from '../capabilities/live-board/http/demo.routes.ts';
import { pastBoardRoutes, type PastBoardDeps } from '../capabilities/live-board/http/past-board.routes.ts';
import { callPageRoutes } from '../capabilities/numbers/http/call-page.routes.ts';
import { numberRoutes } from '../capabilities/numbers/http/numbers.routes.ts';
import { callPageTableIn, guestDevices } from '../capabilities/numbers/storage/call-pages.postgres.ts';
import { argonPasswords } from '../capabilities/people/application/passwords.ts';
import type { SessionTable } from '../capabilities/people/application/ports.ts';
import type { FloorOfPeople } from '../capabilities/people/application/register-softphone.ts';
import type { SignInThrottle } from '../capabilities/people/application/sign-in-throttle.ts';
import { sessionRoutes } from '../capabilities/people/http/session.routes.ts';
import { softphoneRoutes } from '../capabilities/people/http/softphone.routes.ts';
import type { RecordingFolder } from '../capabilities/recordings/application/ports.ts';
import { legalHoldRoutes } from '../capabilities/recordings/http/legal-holds.routes.ts';
import { recordingRoutes } from '../capabilities/recordings/http/recordings.routes.ts';
import { arrivalsIn } from '../capabilities/reports/index.ts';
import { offerRoutes } from '../capabilities/routing/http/offers.routes.ts';
import { showQueue } from '../capabilities/accounts/application/show-queue.ts';
import type { Simulations } from '../capabilities/staffing/application/ports.ts';
import { whatIfRoutes } from '../capabilities/staffing/http/what-if.routes.ts';
import { feedRoutes } from '../feed/feed.routes.ts';
import type { FeedTickets } from '../feed/tickets.ts';
import type { Pool } from '../storage/pool.ts';
import type { DeviceCredential } from '../telephony/port/index.ts';
import type { Stores } from './create-stores.ts';
import type { PastBoards } from './past-boards.ts';
import { takenByFloor } from './taken-by-floor.ts';
import type { FloorPort } from '../http/floor-port.ts';
import { type HealthDeps, healthRoutes } from '../http/health.routes.ts';
import type { Route } from '../http/route.ts';
import type { HttpSettings } from '../http/settings.ts';

/** What routes need of the running program besides the database. */
export interface RouteParts {
  readonly pool: Pool;
  /** The role `floor`'s: the past is in the journal. */
  readonly floorPool: Pool;
  readonly clock: Clock;
  readonly settings: HttpSettings;
  readonly floor: FloorPort;
  readonly accountKeys: AccountKeys;
  readonly recordingFolder: RecordingFolder;
  /** The switch, for what never passes the journal: devices with their secrets, and the directory of an account after a change. */
  readonly provisioning: {
    device(account: AccountId, device: DeviceCredential): Promise<{ readonly accepted: boolean }>;
    removeDevice(account: AccountId, deviceId: DeviceId): Promise<void>;
    lines(account: AccountId): Promise<void>;
  };
  /** Where a browser that came by this address reaches the switch. */
  readonly softphoneReach: (from: { readonly host: string; readonly secure: boolean; readonly deviceId: string }) => Pick<SoftphoneRegistration, 'webSocketPath' | 'sipDomain' | 'iceServers'>;
  /** The switch's redacted trace of a leg; null when it has none, or the leg is another account's. */
  readonly traceOf: (account: AccountId, legId: string) => Promise<string | null>;
  /** The legs of a conversation of this account whose traces the switch may still have. */
  readonly legsOf: (account: AccountId, conversationId: string) => readonly string[];
  readonly webhooks: Pick<WebhookRouteDeps, 'receiver' | 'changed'>;
  readonly demo: DemoDeps;
  readonly liveDemoAccount: () => AccountId | undefined;
  readonly health: HealthDeps['health'];
}

/** What of the HTTP side itself routes use: it outlives a request. */
export interface RouteKeepers {
  readonly tickets: FeedTickets;
  readonly sessions: SessionTable;
  readonly throttle: SignInThrottle;
  readonly pastBoards: Pick<PastBoards, 'at'>;
  readonly simulations: Simulations;
}

export function createRoutes(parts: RouteParts, stores: Stores, { tickets, sessions, throttle, pastBoards, simulations }: RouteKeepers): readonly Route[] {
  const { pool, clock, settings, floor, accountKeys, provisioning, softphoneReach } = parts;
  const { read } = stores;
  const change = takenByFloor(stores.change, floor);
  const configuration = { ...stores.configuration, change };
  const softphone = {
    change: stores.change,
    devices: stores.devices,
    accountKeys,
    switch: { provisionDevice: provisioning.device.bind(provisioning), removeDevice: provisioning.removeDevice.bind(provisioning) },
    floor: floorOfPeople(floor),
    clock,
    softphoneLifetimeMs: settings.softphoneLifetimeMs,
  };
  const signIn = { sessions, passwords: argonPasswords, throttle, clock, sessionLifetimeMs: settings.sessionLifetimeMs };
  return [
    ...sessionRoutes({ ...softphone, ...signIn, read, people: stores.people, secure: settings.secure, liveDemo: parts.demo.liveDemo }),
    ...softphoneRoutes({ ...softphone, softphoneReach }),
    ...feedRoutes({ tickets, reconnectSpreadMs: settings.reconnectSpreadMs }),
    ...availabilityRoutes({ floor }),
    ...offerRoutes({ floor }),
    ...callRoutes({ floor }),
    ...traceRoutes({ traceOf: parts.traceOf, legsOf: parts.legsOf }),
    ...conversationRoutes(conversationDeps(stores)),
    ...recordingRoutes({
      table: stores.recordings,
      folder: parts.recordingFolder,
      accountKeys,
      clock,
      recordingLinkLifetimeMs: settings.recordingLinkLifetimeMs,
      reachesConversation: ({ account, userId, scope }, conversationId) => stores.history.reaches({ account, userId, scope }, conversationId),
    }),
    ...legalHoldRoutes(stores),
    ...retentionRoutes(stores),
    ...auditRoutes(stores),
    ...queueRoutes(configuration),
    ...skillRoutes(configuration),
    ...agentRoutes(configuration),
    ...flowRoutes(configuration),
    ...numberRoutes({
      change,
      read,
      numbers: stores.numbers,
      trunks: stores.trunks,
      accountKeys,
      drawId: (kind) => randomId(kind),
      directoryChanged: (account) => provisioning.lines(account),
      trunkUp: (account, trunkId) => floor.world(account)?.trunkStates.get(trunkId)?.up ?? null,
    }),
    ...webhookRoutes({
      change: stores.change,
      read,
      webhooks: stores.webhooks,
      accountKeys,
      ...parts.webhooks,
      now: () => clock.now(),
      drawId: (kind) => randomId(kind),
    }),
    ...contactSourceRoutes({ ...stores, change, accountKeys, clock, drawSourceId: () => randomId('contactSource'), drawContactId: () => randomId('contact') }),
    ...callPageRoutes({
      read,
      change,
      callPages: callPageTableIn(pool),
      guests: guestDevices,
      accountKeys,
      clock,
      guestCredentialLifetimeMs: settings.guestCredentialLifetimeMs,
      provisionDevice: provisioning.device.bind(provisioning),
      guestsInCall: (account) => guestsInCall(floor, account),
      softphoneReach,
    }),
    ...demoRoutes(parts.demo),
    ...pastBoardRoutes({ boardAt: boardsOfThePast(pastBoards, stores, parts.liveDemoAccount) }),
    ...whatIfRoutes({
      queueOf: ({ account, userId: viewer, scope }, queueId) => showQueue(stores.configuration, account, { viewer, scope }, queueId),
      countSkilled: (account, userIds, required) => stores.read(account, (sql) => stores.configuration.agents.countSkilled(sql, userIds, required)),
      arrivals: arrivalsIn(pool),
      simulations,
      now: () => clock.now(),
    }),
    ...healthRoutes(parts),
  ];
}

/** What people's use cases need of the floor; for `endExpiredSessions` too, which wiring runs every minute. */
export const floorOfPeople = (floor: FloorPort): FloorOfPeople => floor;

/** Reach is today's: who has joined the group since is seen in its past too, and who has left it is not. */
function boardsOfThePast(pastBoards: Pick<PastBoards, 'at'>, { read, people }: Stores, liveDemoAccount: () => AccountId | undefined): PastBoardDeps['boardAt'] {
  return async ({ account: own, userId: viewer, scope: ownScope }, topic, at) => {
    const account = topic === 'board' ? own : liveDemoAccount();
    if (account === undefined) return refuse({ code: 'not-found' });
    const scope = topic === 'board' ? ownScope : 'account';
    const reach = await read(account, async (sql) => ({ userIds: await people.reachableUsers(sql, { viewer, scope }), queueIds: await people.reachableQueues(sql, { viewer, scope }) }));
    return pastBoards.at({ account, viewer, at, ...reach });
  };
}

function conversationDeps({ history, annotations }: Stores): ConversationRouteDeps {
  return { history, annotations };
}

function guestsInCall(floor: FloorPort, account: AccountId): number {
  let count = 0;
  for (const leg of floor.world(account)?.legs.values() ?? []) if (leg.via.kind === 'guest') count += 1;
  return count;
}
