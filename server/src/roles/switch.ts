import { cpus } from 'node:os';
import { reportIgnoredFailuresTo } from '@centralita/kernel';
import pino from 'pino';
import type { Logger } from '../telephony/embedded/logger.ts';
import { startMediaPool } from '../telephony/embedded/media/media-pool.ts';
import { startSwitch, type RunningSwitch } from '../telephony/embedded/switch.ts';
import type { SwitchSettings } from '../telephony/embedded/switch-settings.ts';

/** How long a stop may take before the process ends anyway. */
const STOP_WITHIN_MS = 8_000;

/**
 * The switch as a process of its own: telephony and nothing else, outliving control. Prints one line of JSON on standard output
 * when it can take calls: `{"ready": {"switchId", "socketPath", "udp", "tcp", "tls", "ws"}}`. SIGTERM and SIGINT hang up and end it.
 * @throws when a port is taken or a certificate broken
 */
export async function runSwitch(settings: SwitchSettings): Promise<void> {
  const logger: Logger = pino({ name: 'switch' }, pino.destination(2));
  reportIgnoredFailuresTo((reason, error) => logger.warn({ reason, error: String(error) }, 'ignored'));
  let running: RunningSwitch | undefined;
  let stopping = false;
  const stop = (signal: string) => {
    if (stopping) return;
    stopping = true;
    logger.info({ signal }, 'stopping');
    setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
    void (running?.stop() ?? Promise.resolve()).then(() => process.exit(0));
  };
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => stop('SIGINT'));
  process.on('unhandledRejection', (error) => logger.error({ error: String(error) }, 'a promise nobody waited for failed'));
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
  running = await startSwitch(settings, media, logger);
  process.stdout.write(`${JSON.stringify({ ready: running.ports })}\n`);
}
