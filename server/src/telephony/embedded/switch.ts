import { mkdirSync } from 'node:fs';
import type { Clock } from '@centralita/kernel';
import { createDigestServer, createUserAgent, natAddressing, systemTimers, type Flow, type UserAgent } from '@centralita/sip';
import type { TelephonyFact } from '../port/index.ts';
import { Admission } from './admission/admission.ts';
import { Load } from './admission/load.ts';
import { Bridges } from './bridges/bridges.ts';
import { Holding } from './bridges/holding.ts';
import { DialogWatch } from './calls/dialog-watch.ts';
import { Fallback } from './calls/fallback.ts';
import { Incoming } from './calls/incoming.ts';
import { MediaFacts } from './calls/media-facts.ts';
import { MediaLoss } from './calls/media-loss.ts';
import { Outgoing } from './calls/outgoing.ts';
import { Placements } from './calls/placements.ts';
import { Plays } from './calls/plays.ts';
import { Recordings } from './calls/recordings.ts';
import { RouteFinder } from './calls/routes.ts';
import { Transfers } from './calls/transfers.ts';
import { Commands } from './commands/commands.ts';
import { Bans } from './devices/bans.ts';
import { Devices } from './devices/devices.ts';
import { Registrar } from './devices/registrar.ts';
import { Traces } from './diagnostics/traces.ts';
import { Legs, type Emit } from './legs/legs.ts';
import { CommandLedger } from './link/command-ledger.ts';
import { ControlLink } from './link/control-link.ts';
import { EventLog } from './link/event-log.ts';
import { nextSeqBase } from './link/seq-base.ts';
import type { Logger } from './logger.ts';
import type { MediaPlane } from './media/media-plane.ts';
import { mediaAddressing } from './nat.ts';
import { listenForSip } from './sip-listeners.ts';
import { takeSnapshot } from './snapshot.ts';
import { DEFAULT_LIMITS, type SwitchLimits, type SwitchPorts, type SwitchSettings } from './switch-settings.ts';
import { Directory } from './trunks/directory.ts';
import { KeepAlive } from './trunks/keep-alive.ts';
import { TrunkRegistration } from './trunks/registration.ts';
import { Trunks } from './trunks/trunks.ts';

const SWEEP_EVERY_MS = 10_000;
/** What a clean stop waits for BYEs and CANCELs to be answered. */
const HANG_UP_MS = 2_000;

export interface RunningSwitch {
  readonly ports: SwitchPorts;
  /** Hangs up every leg, closes files and sockets. */
  stop(): Promise<void>;
}

/**
 * Builds the switch, top to bottom, and opens its doors: first the media, then SIP, last the control link, so that control never
 * sees a switch that cannot take calls.
 * @throws when a port is taken or a certificate broken
 */
export async function startSwitch(settings: SwitchSettings, media: MediaPlane, logger: Logger): Promise<RunningSwitch> {
  mkdirSync(settings.dataDir, { recursive: true, mode: 0o700 });
  const timers = systemTimers();
  const clock: Clock = timers;
  const limits: SwitchLimits = { ...DEFAULT_LIMITS, ...settings.limits };
  const switchId = `sw_${crypto.randomUUID()}`;
  const log = new EventLog(clock, nextSeqBase(settings.dataDir, Date.now()));
  const emit: Emit = (account, fact: TelephonyFact) => log.append(account, fact);
  const host = settings.publicAddress ?? 'centralita.invalid';
  // The parts below meet the user agent only through this; it exists before the first message can come.
  let agentSet: UserAgent | undefined;
  const agent = (): UserAgent => {
    if (agentSet === undefined) throw new Error('the user agent is not there yet');
    return agentSet;
  };

  const legs = new Legs(emit, clock);
  const traces = new Traces(media);
  const ledger = new CommandLedger(() => clock.now());
  const load = new Load(media, legs, log, limits.maxLegs);
  const digest = createDigestServer({ realm: 'centralita', timers });
  const bans = new Bans(clock);
  const devices = new Devices(clock);
  const registrar = new Registrar({ devices, digest, bans, timers, clock, emit, dataDir: settings.dataDir, logger });
  const trunks = new Trunks(emit);
  const keepAlive = new KeepAlive(trunks, agent, host);
  const registration = new TrunkRegistration(trunks, agent);
  trunks.watch(keepAlive);
  trunks.watch(registration);
  const directory = new Directory();
  const addressing = mediaAddressing({ rtpAddress: settings.rtp.address, publicAddress: settings.publicAddress, localNetworks: settings.localNetworks });

  // What hangs on a leg hears of its end in this order: plays, recordings and bridges before the tables that only forget.
  const plays = new Plays(legs, media, emit);
  const bridges = new Bridges(legs, media, emit);
  const holding = new Holding(legs, bridges, media, settings.holdMusic ?? 'default');
  const recordings = new Recordings(media, emit, (recordingId) => ledger.subjectEnded(recordingId));
  const transfers = new Transfers(legs, devices, agent, emit);
  const watch = new DialogWatch(legs, media, transfers);
  const finder = new RouteFinder({ devices, registrar, trunks, legs, host });
  const outgoing = new Outgoing({ agent, finder, legs, media, mediaAddressing: addressing, watch, traces, emit, logger });
  const placements = new Placements({ legs, bridges, outgoing, plays, media });
  const fallback: Fallback = new Fallback({ legs, bridges, placements, limits, controlAwayMs: () => link.awayMs, logger });
  const admission = new Admission({ devices, registrar, trunks, directory, digest, bans, legs });
  const incoming = new Incoming({ admission, digest, load, legs, media, mediaAddressing: addressing, watch, transfers, fallback, traces, limits, emit, logger });
  const commands = new Commands({ ledger, legs, bridges, holding, placements, plays, recordings, incoming, finder, devices, trunks, directory, media, load, emit, logger });
  legs.onEnding((leg) => media.closeLeg(leg.id));
  const mediaFacts = new MediaFacts({ legs, plays, recordings, holding, emit, controlConnected: () => link.connected, stalledMs: limits.stalledMs, logger });
  const mediaLoss = new MediaLoss({ legs, bridges, holding, plays, recordings, media, mediaAddressing: addressing, watch, emit, logger });
  media.onEvent((event) => (event.type === 'worker-died' ? mediaLoss.take(event) : mediaFacts.take(event)));

  const snapshotParts = { legs, bridges, holding, recordings, registrar, trunks, clock };
  const link: ControlLink = new ControlLink({
    log,
    clock,
    logger,
    switchId,
    handlers: {
      take: (id, command) => commands.take(id, command),
      snapshot: () => takeSnapshot(snapshotParts, log.seq),
      trace: (legId) => traces.read(legId),
      drain: () => load.drain(),
      load: () => load.report(),
      acknowledged: (seq) => {
        legs.acknowledged(seq);
        recordings.acknowledged(seq);
      },
    },
  });

  agentSet = createUserAgent({
    onInvite: (invite) => incoming.take(invite),
    onRequest: (request) => {
      if (request.request.method === 'REGISTER') return registrar.register(request);
      if (request.request.method === 'OPTIONS') return request.respond(200);
      request.respond(request.request.method === 'REFER' ? 403 : 405);
    },
    onFlowClosed: (flow) => {
      endRingingOver(flow, registrar, legs);
      registrar.flowClosed(flow);
    },
    admit: (request, flow) => admission.admit(request, flow),
    acceptSource: (address) => admission.acceptSource(address),
    trace: (entry) => traces.message(entry),
    onFault: (where, error) => {
      logger.error({ where, error: String(error) }, 'a fault in the SIP stack was contained');
      emit('', { type: 'alarm', name: 'switch-fault', detail: `sip: ${where}` });
    },
    addressing: natAddressing({ publicAddress: settings.publicAddress, localNetworks: settings.localNetworks }),
    timers,
    product: 'Centralita',
  });
  const listeners = await listenForSip(agentSet, settings, logger);
  await link.listen(settings.socketPath);
  const sweep = setInterval(() => {
    devices.sweep();
    registrar.sweep();
  }, SWEEP_EVERY_MS);

  const stop = async () => {
    clearInterval(sweep);
    load.drain();
    for (const leg of [...legs.live()]) legs.end(leg, 'switch-lost');
    keepAlive.close();
    await Promise.all([registration.close(), settled(() => agent().stats().dialogs === 0 && agent().stats().transactions.client === 0)]);
    await media.close();
    await link.close();
    for (const part of [incoming, placements, transfers, mediaFacts, registrar]) part.close();
    await agent().close();
    await listeners.close();
  };
  return { ports: { switchId, socketPath: settings.socketPath, ...listeners.ports }, stop };
}

/** Waits until it is so, for as long as a clean stop may take. */
async function settled(isSo: () => boolean): Promise<void> {
  const deadline = performance.now() + HANG_UP_MS;
  while (!isSo() && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** A phone that is gone while it rings cannot answer: the next one is tried at once instead of after the ring time. */
function endRingingOver(flow: Flow, registrar: Registrar, legs: Legs): void {
  const device = registrar.deviceOn(flow);
  if (device === undefined) return;
  for (const leg of [...legs.live()]) {
    if (leg.deviceId !== device.deviceId || leg.direction !== 'outgoing') continue;
    if (leg.state.name === 'placing' || leg.state.name === 'ringing') legs.end(leg, 'unreachable', 'network');
  }
}
