import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { SwitchPorts, SwitchSettings } from '../embedded/switch-settings.ts';

export interface SwitchProcess {
  readonly ports: SwitchPorts;
  readonly pid: number;
  /** Those of its media, to be killed by a test. */
  mediaWorkers(): readonly number[];
  readonly folder: string;
  readonly recordingsDir: string;
  /** What it logged, for a failing test's message. */
  log(): string;
  /** SIGTERM and the end; the folder stays until `remove`. */
  stop(): Promise<void>;
  /** `kill -9`. */
  kill(): Promise<void>;
  remove(): void;
}

/** Ports that two test files in one run do not share: each process of the test runner takes its own stretch. */
function portStretch(): { readonly rtpFrom: number; readonly browserFrom: number } {
  const slot = process.pid % 90;
  return { rtpFrom: 20_000 + slot * 200, browserFrom: 40_000 + slot * 8 };
}

/**
 * Starts the switch role as a child process on free loopback ports with folders of its own. @param folder of an earlier one, to
 * start again where it left off
 * @param environment variables besides our own
 * @throws with the child's log when it does not come up
 */
export async function startSwitchProcess(settings: Partial<SwitchSettings> = {}, folder = mkdtempSync(join(tmpdir(), 'switch-')), environment: Readonly<Record<string, string>> = {}): Promise<SwitchProcess> {
  const { rtpFrom, browserFrom } = portStretch();
  const recordingsDir = settings.recordingsDir ?? join(folder, 'recordings');
  mkdirSync(recordingsDir, { recursive: true });
  const whole: SwitchSettings = {
    dataDir: join(folder, 'data'),
    socketPath: join(folder, 'run', 'switch.sock'),
    sip: { udp: { address: '127.0.0.1', port: 0 }, tcp: { address: '127.0.0.1', port: 0 } },
    browserSip: { address: '127.0.0.1', port: 0 },
    rtp: { address: '127.0.0.1', portFrom: rtpFrom, portTo: rtpFrom + 199 },
    browserMedia: { address: '127.0.0.1', portFrom: browserFrom },
    mediaWorkers: 1,
    // Test machines are busy; what is refused when media is late has a test of its own.
    maxTickLateMs: 5_000,
    soundsDir: soundsFolder(),
    ...settings,
    recordingsDir,
  };
  const main = fileURLToPath(new URL('./switch-main.ts', import.meta.url));
  const child = spawn(process.execPath, [main, JSON.stringify(whole)], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...environment } });
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => (log = (log + chunk.toString()).slice(-65_536)));
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const ports = await Promise.race([
    readyLine(child),
    ended.then((): never => {
      throw new Error(`the switch ended before it was ready:\n${log}`);
    }),
  ]);
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await ended;
  };
  return {
    ports,
    pid: child.pid ?? 0,
    mediaWorkers: () => childrenOf(child.pid ?? 0).filter((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('media/worker')),
    folder,
    recordingsDir,
    log: () => log,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

const childrenOf = (pid: number): readonly number[] => readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);

/** The sounds that the project ships. */
export function soundsFolder(): string {
  const shipped = fileURLToPath(new URL('../../../sounds', import.meta.url));
  return existsSync(shipped) ? shipped : tmpdir();
}

async function readyLine(child: ChildProcess): Promise<SwitchPorts> {
  if (child.stdout === null) throw new Error('the child has no output');
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.startsWith('{"ready"')) continue;
    return (JSON.parse(line) as { readonly ready: SwitchPorts }).ready;
  }
  return new Promise<never>(() => {}); // the child's end speaks instead
}
