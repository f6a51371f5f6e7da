import fs from 'node:fs';
import path from 'node:path';
import { type AccountId, type Clock, ignoreFailure, systemClock } from '@centralita/kernel';
import type { FeedBanner } from '@centralita/contract';
import type { Logger } from 'pino';
import type { AccountKeys } from '../capabilities/accounts/index.ts';
import { accountKeysIn } from '../capabilities/accounts/storage/account-keys.postgres.ts';
import { oldContactMessagesIn } from '../capabilities/contacts/storage/source-contacts.postgres.ts';
import { listForSwitch } from '../capabilities/numbers/application/list-for-switch.ts';
import { endExpiredSessions, listDevicesForSwitch } from '../capabilities/people/index.ts';
import { endedSessionsIn, expiredSessionsIn } from '../capabilities/people/storage/sessions.postgres.ts';
import { recordingFolderAt } from '../capabilities/recordings/storage/recording-folder.ts';
import { WebhookLines } from '../capabilities/integrations/index.ts';
import { removeOldDeliveries } from '../capabilities/integrations/storage/deliveries.postgres.ts';
import { createProjector, historyReachesIn, projectionsIn, type Projector } from '../capabilities/reports/index.ts';
import { YOUNG_GENERATION_BYTES } from '../config/heap.ts';
import { isLoopback, pageAddress, type ControlSettings, type RunningRole } from '../config/settings.ts';
import { readCertificate, watchCertificate } from './certificate-watch.ts';
import { type BackgroundWork, startBackgroundWork } from './background-work.ts';
import { createHttp, type HttpDeps, type HttpSide } from './create-http.ts';
import { floorOfPeople } from './create-routes.ts';
import { createStores, type Stores } from './create-stores.ts';
import { defaultHttpSettings } from '../http/settings.ts';
import { showRetention } from '../capabilities/accounts/index.ts';
import { LiveHeap } from '../observability/live-heap.ts';
import { LoopDelay } from '../observability/loop-delay.ts';
import { openPool, type Pool } from '../storage/pool.ts';
import { createFirstAccounts, listAccounts } from './accounts.ts';
import { FloorProcess } from './floor-process.ts';
import type { FloorTurn } from './floors.ts';
import { iceServersFor } from './ice-servers.ts';
import { LiveDemo } from './live-demo.ts';
import { LoadWatch } from './load-watch.ts';
import { type Counted, healthOf, openMetrics } from './observed.ts';
import type { Provisioning } from './provisioning.ts';
import { RecordingKeeper } from './recording-keeper.ts';
import { TodayOfAccounts } from './today.ts';
import { receiverOver } from './webhook-receiver.ts';
import type { SwitchClient } from '../telephony/embedded/switch-client.ts';

const SESSION_CHECK_MS = 60_000;
const WEBHOOKS_END_WITHIN_MS = 1_000;

/** Builds the control process from its settings, top to bottom, and starts it. */
export async function startControl(settings: ControlSettings, logger: Logger): Promise<RunningRole> {
  const clock = systemClock();
  const onBreak = (error: Error) => logger.warn({ err: error }, 'a database connection broke');
  const appPool = openPool(settings.databases.app, { name: 'centralita-app', max: 16, onBreak });
  const floorPool = openPool(settings.databases.floor, { name: 'centralita-floor', max: 8, planOnce: true, onBreak });
  const accountKeys = accountKeysIn(appPool, settings.secretsDir);
  const stores = createStores(appPool, clock, () => {});
  if ((await listAccounts(floorPool)).length === 0) await createFirstAccounts(stores, accountKeys, settings.secretsDir);

  const screens: { http?: HttpSide } = {};
  const running: { live?: LiveSide } = {};
  const metrics = await openMetrics(settings.metricsPort, () => running.live, (error) => logger.error({ err: error }, 'metrics could not be told'));
  const foundation: Foundation = {
    settings,
    logger,
    metrics: metrics.counted,
    clock,
    appPool,
    floorPool,
    accountKeys,
    stores,
    banner: (banner, active) => screens.http?.banner({ type: 'banner', banner, active }),
    showDashboards: (shown) => screens.http?.showDashboards(shown),
    alarm: (name, detail, account) => {
      metrics.counted.alarm(name);
      logger.error({ alarm: name, account, detail }, 'alarm');
    },
  };
  const live = await startFloor(foundation);
  running.live = live;
  const http = await createHttp(httpDeps(foundation, live));
  screens.http = http;
  // It tells of changes, to whoever is there to hear them.
  live.load.start();
  for (const account of live.floorProcess.floors.accounts) {
    await http.openAccount(account);
    await live.keeper.open(account, live.floorProcess.replayedTurns(account));
  }
  const forgetCertificate = settings.certificate
    ? watchCertificate(settings.certificate, http.useCertificate, (error) => logger.error({ err: error }, 'the certificate could not be renewed'))
    : () => {};
  const sessions = setInterval(() => ignoreFailure('ending expired sessions', endSessions(foundation, live, http)), SESSION_CHECK_MS);
  ignoreFailure('a snapshot of what was replayed', keepWhatWasReplayed(live, logger));
  await http.app.listen({ host: settings.http.address, port: settings.http.port });
  for (const account of live.floorProcess.floors.accounts) live.webhooks.lines.look(account);
  const background = await openBackgroundWork(foundation, live);
  const stopMetrics = await metrics.serve();
  return {
    ready: { page: pageAddress(settings) },
    stop: async () => {
      clearInterval(sessions);
      const told = live.webhooks.close();
      await stopMetrics();
      await background?.close();
      forgetCertificate();
      await http.close();
      await live.close();
      await told;
      await Promise.all([appPool.end(), floorPool.end()]);
    },
  };
}

/**
 * A control that falls again within its first minute would replay ever more turns at each start, and start ever later. Once all who
 * follow them are done, nobody needs them again.
 */
async function keepWhatWasReplayed({ keeper, floorProcess }: LiveSide, logger: Logger): Promise<void> {
  await keeper.settled();
  await floorProcess.floors.takeSnapshots();
  logger.info('a snapshot of what was replayed');
}

/** What everything else stands on. */
interface Foundation {
  readonly settings: ControlSettings;
  readonly logger: Logger;
  readonly metrics: Counted;
  readonly clock: Clock;
  readonly appPool: Pool;
  readonly floorPool: Pool;
  readonly accountKeys: AccountKeys;
  readonly stores: Stores;
  readonly banner: (banner: FeedBanner['banner'], active: boolean) => void;
  readonly showDashboards: (shown: boolean) => void;
  readonly alarm: (name: string, detail: string, account?: AccountId) => void;
}

/** Everything that decides, and what follows its turns. */
async function startFloor(foundation: Foundation) {
  const { settings, logger, metrics, clock, floorPool, accountKeys, stores, banner, alarm } = foundation;
  const listeners: ((turn: FloorTurn) => void)[] = [];
  const floorProcess = new FloorProcess({
    floorPool,
    spoolDir: settings.spoolDir,
    clock,
    logger,
    owner: `control ${process.pid}`,
    onTurn: (turn) => {
      metrics.turn(turn.account);
      for (const listener of listeners) listener(turn);
    },
    onStorageAway: (active) => {
      logger.warn({ active }, 'the database is away; turns go to the spool');
      banner('storage-away', active);
    },
    onSwitchAway: (active) => banner('switch-away', active),
    onAlarm: alarm,
    onFenced: () => {
      logger.fatal('another control process took the accounts over; this one ends');
      process.exit(75);
    },
  });
  await floorProcess.recover();
  const webhooks = openWebhooks(foundation, floorProcess);
  const projector = createProjector({
    store: projectionsIn(floorPool),
    readTurns: (account, after) => floorProcess.readTurns(account, after),
    onFailure: (account, error) => logger.error({ account, err: error }, 'projections are behind'),
    onWritten: (account) => webhooks.lines.moved(account),
  });
  const today = new TodayOfAccounts(clock);
  const recordingFolder = recordingFolderAt(path.dirname(settings.recordings.incoming));
  const keeper = new RecordingKeeper({ table: stores.recordings, folder: recordingFolder, accountKeys }, floorProcess.floors, (full) => {
    if (full) alarm('recording-disk-full', path.dirname(settings.recordings.incoming));
    banner('recording-disk-full', full);
  });
  const liveDemo = await openAccounts({ floorPool, floorProcess, projector, today, clock });
  const traceOwners = new TraceOwners();
  listeners.push((turn) => projector.take([turn]), (turn) => today.take(turn), (turn) => keeper.took(turn), (turn) => traceOwners.took(turn), (turn) => liveDemo?.took(turn));
  const { client, provisioning } = floorProcess.connect(settings.switchSocket, {
    devicesOf: (account) => listDevicesForSwitch({ read: stores.read, devices: stores.devices, accountKeys, clock }, account),
    linesOf: (account) => listForSwitch({ ...stores, accountKeys, drawId: () => '' }, account),
  });
  const load = watchLoad(foundation, floorProcess, client);
  const close = async (): Promise<void> => {
    load.close();
    await liveDemo?.close();
    await floorProcess.close();
    await keeper.close();
    await projector.close();
    today.close();
  };
  return { webhooks, floorProcess, projector, today, keeper, liveDemo, traceOwners, recordingFolder, client, provisioning, load: load.watch, close };
}

/** What other systems are told of, once history has it. */
function openWebhooks({ settings, logger, clock, accountKeys, floorPool, stores, alarm }: Foundation, floorProcess: FloorProcess) {
  const receiver = receiverOver({ allowed: settings.webhooksTo });
  const { deliveries } = stores;
  const lines = new WebhookLines({
    deliveries,
    receiver,
    accountKeys,
    clock,
    draw: Math.random,
    readTurns: (account, after) => floorProcess.readTurns(account, after),
    historyReaches: historyReachesIn(floorPool),
    onGaveUp: (account, webhookId) => alarm('webhook-gave-up', webhookId, account),
    onFailure: (account, error) => logger.warn({ account, err: error }, 'webhooks are behind'),
  });
  return {
    receiver,
    lines,
    close: async () => {
      // Whoever has not answered by then is asked again after the next start.
      const patience = setTimeout(() => receiver.close(), WEBHOOKS_END_WITHIN_MS);
      await lines.close();
      clearTimeout(patience);
      receiver.close();
    },
  };
}

function watchLoad({ clock, banner, showDashboards, alarm }: Foundation, floorProcess: FloorProcess, client: SwitchClient): { readonly watch: LoadWatch; close(): void } {
  const heap = new LiveHeap(YOUNG_GENERATION_BYTES);
  const delay = new LoopDelay();
  const watch = new LoadWatch({
    now: () => clock.now(),
    heap: () => heap,
    behind: () => floorProcess.floors.overloaded,
    engine: () => ({ connected: client.connected, ...client.load() }),
    loopLateMs: () => delay.p99Ms,
    takeCalls: (taking) => client.takeCalls(taking),
    showDashboards,
    banner,
    alarm,
  });
  return {
    watch,
    close: () => {
      watch.stop();
      heap.close();
      delay.close();
    },
  };
}
type LiveSide = Awaited<ReturnType<typeof startFloor>>;

function httpDeps({ settings, logger, metrics, clock, appPool, floorPool, accountKeys }: Foundation, live: LiveSide): HttpDeps {
  const { floorProcess, provisioning, traceOwners, client, liveDemo, today, recordingFolder, webhooks } = live;
  return {
    pool: appPool,
    floorPool,
    clock,
    settings: httpSettings(settings),
    floor: floorProcess.floors,
    accountKeys,
    recordingFolder,
    provisioning: provisioningOf(provisioning),
    softphoneReach: reachOf(settings, clock),
    traceOf: async (account, legId) => (traceOwners.of(legId) === account ? client.trace(legId) : null),
    legsOf: (account, conversationId) => traceOwners.legsOf(conversationId).filter((legId) => traceOwners.of(legId) === account),
    webhooks: { receiver: webhooks.receiver, changed: (account) => webhooks.lines.look(account) },
    health: () => healthOf(live),
    isLetGo: (what) => live.load.isLetGo(what),
    onAnswered: (answered) => metrics.answered(answered),
    demo: {
      liveDemo: () => ({ available: liveDemo !== undefined, running: liveDemo?.running ?? false }),
      switchDemo: async (running) => (running ? liveDemo?.start() : liveDemo?.stop()),
    },
    logger,
    certificate: settings.certificate && readCertificate(settings.certificate),
    today: (account) => today.of(account),
    liveDemoAccount: () => liveDemo?.account,
  };
}

const provisioningOf = (provisioning: Provisioning): HttpDeps['provisioning'] => ({
  device: (account, device) => provisioning.device(account, device),
  removeDevice: (account, deviceId) => provisioning.removeDevice(account, deviceId),
  lines: (account) => provisioning.lines(account),
});

async function openAccounts(parts: { readonly floorPool: Pool; readonly floorProcess: FloorProcess; readonly projector: Projector; readonly today: TodayOfAccounts; readonly clock: Clock }): Promise<LiveDemo | undefined> {
  const { floorPool, floorProcess, projector, today, clock } = parts;
  let liveDemo: LiveDemo | undefined;
  for (const { account, timeZone, simulated } of await listAccounts(floorPool)) {
    if (simulated) {
      liveDemo = new LiveDemo(account, floorProcess.floors, clock);
      await liveDemo.open();
    } else {
      await floorProcess.openAccount(account);
    }
    await projector.start(account);
    await today.open(floorPool, account, timeZone);
  }
  return liveDemo;
}

function httpSettings(settings: ControlSettings): typeof defaultHttpSettings {
  const { browserSip } = settings;
  const scheme = settings.secure ? 'wss' : 'ws';
  const hosts = isLoopback(browserSip.address) ? ['localhost', '127.0.0.1'] : ['*'];
  return {
    ...defaultHttpSettings,
    secure: settings.secure,
    trustedProxies: settings.trustedProxies,
    connectOrigins: hosts.map((host) => `${scheme}://${host}:${browserSip.port}`),
    webFolder: fs.existsSync(settings.webDist) ? settings.webDist : undefined,
  };
}

/** The browsers' SIP ends in the switch, on the machine whose page they are on. */
function reachOf(settings: ControlSettings, clock: Clock) {
  return ({ host, secure, deviceId }: { readonly host: string; readonly secure: boolean; readonly deviceId: string }) => {
    const hostname = host.replace(/:\d+$/, '');
    return {
      webSocketPath: `${secure ? 'wss' : 'ws'}://${hostname}:${settings.browserSip.port}/sip`,
      sipDomain: hostname.replace(/^\[|\]$/g, ''),
      iceServers: iceServersFor(settings.iceServers, settings.turnSecret, deviceId, clock.now()),
    };
  };
}

/** Nothing of it is needed for a call, so a center without it is better than none. */
async function openBackgroundWork({ settings, logger, clock, appPool, floorPool, stores }: Foundation, { keeper, floorProcess }: LiveSide): Promise<BackgroundWork | undefined> {
  const retention = {
    accounts: async () => (await listAccounts(floorPool)).map(({ account }) => account),
    retentionOf: (account: AccountId) => showRetention(stores, account),
    recordings: keeper.deps,
    sessions: endedSessionsIn(appPool),
    contactMessages: oldContactMessagesIn(appPool),
    configurationTaken: (account: AccountId) => floorProcess.floors.configurationTaken(account),
    removeOldMessages: (account: AccountId, before: Parameters<typeof removeOldDeliveries>[2]) => removeOldDeliveries(appPool, account, before),
    floorPool,
    clock,
    logger,
  };
  try {
    return await startBackgroundWork({ appUrl: settings.databases.app, retention, logger });
  } catch (error) {
    logger.error({ err: error }, 'background work does not run until the next start');
    return undefined;
  }
}

async function endSessions({ settings, stores, accountKeys, clock, appPool }: Foundation, { floorProcess, provisioning }: LiveSide, http: HttpSide): Promise<void> {
  const { device, removeDevice } = provisioningOf(provisioning);
  const deps = {
    change: stores.change,
    devices: stores.devices,
    accountKeys,
    switch: { provisionDevice: device, removeDevice },
    floor: floorOfPeople(floorProcess.floors),
    clock,
    softphoneLifetimeMs: httpSettings(settings).softphoneLifetimeMs,
    sessions: http.sessions,
    expired: expiredSessionsIn(appPool),
  };
  for (const account of floorProcess.floors.accounts) await endExpiredSessions(deps, account);
}

const TRACE_OWNERS_LIMIT = 20_000;

/** Whose legs the switch still has traces of, and of which conversation: its own buffer is bounded too. */
class TraceOwners {
  readonly #legs = new Map<string, { readonly account: AccountId; readonly conversationId: string | null }>();
  readonly #conversations = new Map<string, string[]>();

  of(legId: string): AccountId | undefined {
    return this.#legs.get(legId)?.account;
  }

  legsOf(conversationId: string): readonly string[] {
    return this.#conversations.get(conversationId) ?? [];
  }

  took({ account, events }: FloorTurn): void {
    for (const event of events) {
      if (!('legId' in event) || typeof event.legId !== 'string' || this.#legs.has(event.legId)) continue;
      const conversationId = 'conversationId' in event && typeof event.conversationId === 'string' ? event.conversationId : null;
      this.#legs.set(event.legId, { account, conversationId });
      if (conversationId !== null) this.#conversations.set(conversationId, [...this.legsOf(conversationId), event.legId]);
      if (this.#legs.size > TRACE_OWNERS_LIMIT) this.#forget(this.#legs.keys().next().value!);
    }
  }

  #forget(legId: string): void {
    const conversationId = this.#legs.get(legId)?.conversationId;
    this.#legs.delete(legId);
    if (!conversationId) return;
    const left = this.legsOf(conversationId).filter((candidate) => candidate !== legId);
    if (left.length === 0) this.#conversations.delete(conversationId);
    else this.#conversations.set(conversationId, left);
  }
}
