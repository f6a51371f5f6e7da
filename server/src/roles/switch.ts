import { constants, cpus, setPriority } from 'node:os';
import { ignoreFailure, reportIgnoredFailuresTo } from '@centralita/kernel';
import pino from 'pino';
import type { Logger } from '../telephony/embedded/logger.ts';
import { startMediaPool } from '../telephony/embedded/media/media-pool.ts';
import { startSwitch } from '../telephony/embedded/switch.ts';
import type { SwitchPorts, SwitchSettings } from '../telephony/embedded/switch-settings.ts';

export interface RunningSwitchRole {
  readonly ready: SwitchPorts;
  /** Hangs up and closes; the caller ends the process. */
  stop(): Promise<void>;
}

/**
 * The switch as a process of its own: telephony and nothing else, outliving control. When it can take calls it prints one line of
 * JSON, `{"ready": {"switchId", "socketPath", "udp", "tcp", "tls", "ws"}}`; logs go to standard error.
 * @throws when a port is taken or a certificate broken
 */
export async function runSwitch(settings: SwitchSettings): Promise<RunningSwitchRole> {
  const logger: Logger = pino({ name: 'switch', level: settings.logLevel ?? 'info' }, pino.destination(2));
  reportIgnoredFailuresTo((reason, error) => logger.warn({ reason, error: String(error) }, 'ignored'));
  // Signalling before everything but sound on a busy machine. Only root may; for others the system's own fairness has to do.
  if (process.getuid?.() === 0) ignoreFailure('signalling-priority', () => setPriority(constants.priority.PRIORITY_ABOVE_NORMAL));
  const media = await startMediaPool({
    workers: settings.mediaWorkers > 0 ? settings.mediaWorkers : Math.max(1, cpus().length - 1),
    recordingsFolder: settings.recordingsDir,
    soundsFolder: settings.soundsDir,
    plainAddress: settings.rtp.address,
    plainPortFrom: settings.rtp.portFrom,
    plainPortTo: settings.rtp.portTo,
    browserAddress: settings.browserMedia.address,
    browserPortFrom: settings.browserMedia.portFrom,
    iceServers: settings.browserMedia.iceServers,
    maxLegsPerWorker: settings.maxLegsPerWorker,
    maxTickLateMs: settings.maxTickLateMs,
  });
  try {
    const running = await startSwitch(settings, media, logger);
    outliveBugs(logger);
    process.stdout.write(`${JSON.stringify({ ready: running.ports })}\n`);
    return { ready: running.ports, stop: running.stop };
  } catch (error) {
    await media.close();
    throw error;
  }
}

/**
 * Calls do not depend on each other: a bug met by one of them must not hang up all the others. It is logged and the process goes
 * on; what is shared (sockets, the event log) throws at its own call, which is caught there.
 */
function outliveBugs(logger: Logger): void {
  process.on('uncaughtException', (error) => logger.error({ error: String(error), stack: error.stack }, 'a fault nobody caught'));
  process.on('unhandledRejection', (error) => logger.error({ error: String(error) }, 'a promise nobody waited for failed'));
}
