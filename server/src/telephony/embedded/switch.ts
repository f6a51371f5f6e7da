import { mkdirSync } from 'node:fs';
import { createUserAgent, natAddressing, systemTimers, type Flow, type IncomingRequest, type UserAgent } from '@centralita/sip';
import { ControlLink } from './link/control-link.ts';
import { EventLog } from './link/event-log.ts';
import { nextSeqBase } from './link/seq-base.ts';
import type { Logger } from './logger.ts';
import type { MediaPlane } from './media/media-plane.ts';
import { buildParts, type SwitchParts } from './parts.ts';
import { listenForSip } from './sip-listeners.ts';
import { takeSnapshot } from './snapshot.ts';
import { DEFAULT_LIMITS, type SwitchPorts, type SwitchSettings } from './switch-settings.ts';

const SWEEP_EVERY_MS = 10_000;
/** What a clean stop waits for BYEs and CANCELs to be answered. */
const HANG_UP_MS = 2_000;

export interface RunningSwitch {
  readonly ports: SwitchPorts;
  /** Hangs up every leg, closes files and sockets. */
  stop(): Promise<void>;
}

/**
 * Builds the switch and opens its doors: SIP first, the control link last, so that control never sees a switch that cannot take
 * calls.
 * @throws when a port is taken or a certificate broken
 */
export async function startSwitch(settings: SwitchSettings, media: MediaPlane, logger: Logger): Promise<RunningSwitch> {
  mkdirSync(settings.dataDir, { recursive: true, mode: 0o700 });
  const timers = systemTimers();
  const log = new EventLog(timers, nextSeqBase(settings.dataDir, Date.now()));
  const switchId = `sw_${crypto.randomUUID()}`;
  // The parts meet the user agent and the link only through these; both exist before the first message can come.
  let agent: UserAgent | undefined;
  let link: ControlLink | undefined;
  const parts = buildParts({
    settings,
    limits: { ...DEFAULT_LIMITS, ...settings.limits },
    media,
    logger,
    log,
    timers,
    agent: () => {
      if (agent === undefined) throw new Error('the user agent is not there yet');
      return agent;
    },
    controlAwayMs: () => link?.awayMs ?? 0,
    controlConnected: () => link?.connected ?? false,
  });
  link = new ControlLink({
    log,
    clock: timers,
    logger,
    switchId,
    handlers: {
      take: (id, command) => parts.commands.take(id, command),
      snapshot: () => takeSnapshot({ ...parts, clock: timers }, log.seq),
      trace: (legId) => parts.traces.read(legId),
      takeCalls: (taking) => parts.load.takeCalls(taking),
      drain: () => parts.load.drain(),
      load: () => parts.load.report(),
      acknowledged: (seq) => {
        parts.legs.acknowledged(seq);
        parts.recordings.acknowledged(seq);
      },
    },
  });
  agent = openAgent(settings, parts, timers, logger);
  const listeners = await listenForSip(agent, settings, logger);
  await link.listen(settings.socketPath);
  const sweep = setInterval(() => {
    parts.devices.sweep();
    parts.registrar.sweep();
  }, SWEEP_EVERY_MS);
  const stop = async () => {
    clearInterval(sweep);
    await hangUp(parts, agent);
    await media.close();
    await link.close();
    for (const part of [parts.incoming, parts.placements, parts.transfers, parts.mediaFacts, parts.registrar]) part.close();
    await agent.close();
    await listeners.close();
  };
  return { ports: { switchId, socketPath: settings.socketPath, ...listeners.ports }, stop };
}

function openAgent(settings: SwitchSettings, parts: SwitchParts, timers: ReturnType<typeof systemTimers>, logger: Logger): UserAgent {
  const { admission, incoming, registrar, traces, emit, legs } = parts;
  return createUserAgent({
    onInvite: (invite) => incoming.take(invite),
    onRequest: (request) => answerRequest(request, parts),
    onFlowClosed: (flow) => {
      endRingingOver(flow, parts);
      registrar.flowClosed(flow);
    },
    admit: (request, flow) => admission.admit(request, flow),
    acceptSource: (address) => admission.acceptSource(address),
    trace: (entry) => traces.message(entry),
    onFault: (where, error) => {
      logger.error({ where, error: String(error), legs: legs.count }, 'a fault in the SIP stack was contained');
      emit('', { type: 'alarm', name: 'switch-fault', detail: `sip: ${where}` });
    },
    addressing: natAddressing({ publicAddress: settings.publicAddress, localNetworks: settings.localNetworks }),
    timers,
    product: 'Centralita',
  });
}

function answerRequest(incoming: IncomingRequest, { registrar }: SwitchParts): void {
  const { method } = incoming.request;
  if (method === 'REGISTER') return registrar.register(incoming);
  if (method === 'OPTIONS') return incoming.respond(200);
  incoming.respond(method === 'REFER' ? 403 : 405);
}

/** A phone that is gone while it rings cannot answer: the next one is tried at once instead of after the ring time. */
function endRingingOver(flow: Flow, { registrar, legs }: SwitchParts): void {
  const device = registrar.deviceOn(flow);
  if (device === undefined) return;
  for (const leg of [...legs.live()]) {
    if (leg.deviceId !== device.deviceId || leg.direction !== 'outgoing') continue;
    if (leg.state.name === 'placing' || leg.state.name === 'ringing') legs.end(leg, 'unreachable', 'network');
  }
}

/** Every leg ends, and the far ends are given a moment to hear of it. */
async function hangUp(parts: SwitchParts, agent: UserAgent): Promise<void> {
  parts.load.drain();
  for (const leg of [...parts.legs.live()]) parts.legs.end(leg, 'switch-lost');
  parts.keepAlive.close();
  await parts.registration.close();
  const deadline = performance.now() + HANG_UP_MS;
  const busy = () => agent.stats().dialogs > 0 || agent.stats().transactions.client > 0;
  while (busy() && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
}
