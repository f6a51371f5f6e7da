import fs from 'node:fs';
import path from 'node:path';
import { certificateFor, type Certificate } from '../config/certificate.ts';
import { lockDataFolder } from '../config/data-lock.ts';
import { describeFirstSignIn, readFirstSignIn } from '../config/first-sign-in.ts';
import { type Folders, foldersOf, prepareFolders } from '../config/folders.ts';
import { requireFreePorts, type WantedPort } from '../config/free-ports.ts';
import type { Options } from '../config/options.ts';
import { type ControlSettings, controlSettings, pageAddress, switchSettings } from '../config/settings.ts';
import { installJobs } from '../jobs/install-jobs.ts';
import { openDatabases, prepareSchema, type RunningDatabases } from '../storage/databases.ts';
import { Child, openLog } from './child.ts';

/** What has been started so far, last first: that is the order in which it stops. */
type Started = { stop(): Promise<void> }[];

/**
 * The parent of everything on one machine. It spawns, waits, restarts and forwards signals, and knows nothing else: the database
 * first, then the switch, then control, and the other way round at the end.
 *
 * @param say a line for the person at the terminal
 * @param program what runs the roles; tests give another
 */
export async function runAllInOne(options: Options, say: (line: string) => void, program?: string): Promise<void> {
  const folders = foldersOf(options.data);
  prepareFolders(folders);
  const lock = lockDataFolder(folders.data);
  const started: Started = [];
  const interruption = untilSignal();
  try {
    const starting = startAll({ options, folders, started, say, program, signal: interruption.signal });
    await Promise.race([starting, interruption.promise]);
    await interruption.promise;
    say('Stopping…');
    await stopAll(started);
    // A start that was cut short comes back when it sees the signal, perhaps with something more to stop.
    await starting.catch((error: Error) => say(error.message));
  } finally {
    await stopAll(started);
    lock.release();
    interruption.forget();
  }
}

interface Start {
  readonly options: Options;
  readonly folders: Folders;
  readonly started: Started;
  readonly say: (line: string) => void;
  readonly program: string | undefined;
  readonly signal: AbortSignal;
}

async function startAll({ options, folders, started, say, program, signal }: Start): Promise<void> {
  const certificate = certificateFor(options, folders);
  await requireFreePorts(wantedPorts(options, certificate));

  say(options['database-url'] ? 'Reaching the database…' : 'Starting the database…');
  const database = await startDatabase(options, folders);
  started.unshift(database);
  if (signal.aborted) return;
  const applied = await prepareSchema(database.urls);
  await installJobs(database.urls.owner);
  if (applied.length > 0) say(`The database is prepared (${applied.length} migrations).`);

  const control = controlSettings(options, folders, database.urls, certificate);
  for (const role of ['switch', 'control'] as const) {
    if (signal.aborted) return;
    say(`Starting ${role}…`);
    const child = new Child({
      role,
      settings: role === 'switch' ? switchSettings(options, folders, certificate) : control,
      logFile: options.logs === 'files' ? path.join(folders.logs, `${role}.log`) : undefined,
      log: say,
      compileCache: path.join(folders.data, 'compile-cache'),
      program,
    });
    started.unshift(child);
    await child.start();
  }
  if (!signal.aborted) welcome(control, certificate, folders, say);
}

async function startDatabase(options: Options, folders: Folders): Promise<RunningDatabases> {
  // The server's lines are few (warnings and its own start and stop), so they go to the file line by line.
  const logFile = options.logs === 'files' ? openLog(path.join(folders.logs, 'postgres.log')) : undefined;
  return openDatabases({
    ownerUrl: options['database-url'],
    appUrl: options['database-app-url'],
    floorUrl: options['database-floor-url'],
    dataDir: folders.postgres,
    socketDir: folders.postgresRun,
    secretsDir: folders.secrets,
    log: (line) => fs.writeSync(logFile ?? process.stderr.fd, `${line}\n`),
  });
}

function wantedPorts(options: Options, certificate: Certificate | undefined): WantedPort[] {
  const address = options.listen ?? '127.0.0.1';
  const wanted: WantedPort[] = [
    { protocol: 'tcp', address, port: options['http-port'], option: 'http-port' },
    { protocol: 'udp', address, port: options['sip-port'], option: 'sip-port' },
    { protocol: 'tcp', address, port: options['sip-port'], option: 'sip-port' },
    { protocol: 'tcp', address, port: options['ws-sip-port'], option: 'ws-sip-port' },
  ];
  const metricsPort = options['metrics-port'];
  if (metricsPort !== undefined) wanted.push({ protocol: 'tcp', address: '127.0.0.1', port: metricsPort, option: 'metrics-port' });
  if (certificate) wanted.push({ protocol: 'tcp', address, port: options['sip-tls-port'], option: 'sip-tls-port' });
  return wanted;
}

function welcome(control: ControlSettings, certificate: Certificate | undefined, folders: Folders, say: (line: string) => void): void {
  say('');
  say(`Centralita is ready: ${pageAddress(control)}`);
  if (certificate?.ownMade) say(`Its certificate was made here; the browser will ask. SHA-256 fingerprint: ${certificate.fingerprint}`);
  const people = readFirstSignIn(folders.secrets);
  if (people) say(`Sign in as (npm run credentials shows this again):\n${describeFirstSignIn(people)}`);
  say('Ctrl-C stops it.');
}

async function stopAll(started: Started): Promise<void> {
  for (const part of started.splice(0)) await part.stop();
}

/** The first of these signals ends everything in good order; more of them change nothing. */
function untilSignal(): { readonly promise: Promise<void>; readonly signal: AbortSignal; forget(): void } {
  const controller = new AbortController();
  const abort = () => controller.abort();
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, abort);
  return {
    promise: new Promise((resolve) => controller.signal.addEventListener('abort', () => resolve(), { once: true })),
    signal: controller.signal,
    forget: () => {
      for (const signal of signals) process.off(signal, abort);
    },
  };
}
