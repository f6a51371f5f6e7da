import { createDigestServer, type Timers, type UserAgent } from '@centralita/sip';
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
import type { EventLog } from './link/event-log.ts';
import type { Logger } from './logger.ts';
import type { MediaPlane } from './media/media-plane.ts';
import { mediaAddressing } from './nat.ts';
import type { SwitchLimits, SwitchSettings } from './switch-settings.ts';
import { Directory } from './trunks/directory.ts';
import { KeepAlive } from './trunks/keep-alive.ts';
import { TrunkRegistration } from './trunks/registration.ts';
import { Trunks } from './trunks/trunks.ts';

export interface SwitchCore {
  readonly settings: SwitchSettings;
  readonly limits: SwitchLimits;
  readonly media: MediaPlane;
  readonly logger: Logger;
  readonly log: EventLog;
  readonly timers: Timers;
  readonly agent: () => UserAgent;
  readonly controlAwayMs: () => number;
  readonly controlConnected: () => boolean;
}

export type SwitchParts = ReturnType<typeof buildParts>;

/** Every room of the switch, top to bottom, in plain code. Nothing is open yet. */
export function buildParts(core: SwitchCore) {
  const { settings, limits, media, logger, log, timers, agent } = core;
  const clock = timers;
  const emit: Emit = (account, fact: TelephonyFact) => log.append(account, fact);
  const host = settings.publicAddress ?? 'centralita.invalid';

  const legs = new Legs(emit, clock);
  const traces = new Traces(media);
  const ledger = new CommandLedger(() => clock.now());
  const load = new Load(media, legs, log, limits.maxLegs, agent);
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
  const fallback = new Fallback({ legs, bridges, placements, limits, controlAwayMs: core.controlAwayMs, logger });
  const admission = new Admission({ devices, registrar, trunks, directory, digest, bans, legs, openTo: settings.openTo ?? [] });
  const incoming = new Incoming({ admission, digest, load, legs, media, mediaAddressing: addressing, watch, transfers, fallback, traces, limits, emit, logger });
  const commands = new Commands({ ledger, legs, bridges, holding, placements, plays, recordings, incoming, finder, devices, trunks, directory, media, load, emit, logger });
  legs.onEnding((leg) => media.closeLeg(leg.id));
  const mediaFacts = new MediaFacts({ legs, plays, recordings, holding, traces, emit, controlConnected: core.controlConnected, bridgeLost: (leg) => mediaLoss.bridgeLost(leg), stalledMs: limits.stalledMs, logger });
  const mediaLoss = new MediaLoss({ legs, bridges, holding, plays, recordings, media, mediaAddressing: addressing, watch, emit, logger });
  media.onEvent((event) => (event.type === 'worker-died' ? mediaLoss.take(event) : mediaFacts.take(event)));
  return { emit, legs, plays, traces, load, devices, registrar, trunks, keepAlive, registration, bridges, holding, recordings, transfers, placements, admission, incoming, commands, mediaFacts };
}
