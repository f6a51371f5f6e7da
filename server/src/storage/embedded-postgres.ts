import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ignoreFailure } from '@centralita/kernel';
import pg from 'pg';
import { findPostgres, PostgresUnavailable, type PostgresBinaries } from './postgres-binaries.ts';
import { chooseIdentity, type Identity } from './postgres-identity.ts';
import { clearStaleLock } from './postmaster-lock.ts';

export interface EmbeddedPostgresOptions {
  readonly dataDir: string;
  /** A private folder for the Unix socket. Linux cuts socket paths at 107 bytes, so keep it short (see `config/folders.ts`). */
  readonly socketDir: string;
  /** Programs of another server (tests run on Debian's 15 too). */
  readonly binDir?: string;
  /** Server settings beyond the defaults below. */
  readonly settings?: Readonly<Record<string, string>>;
  /** The server's own log, line by line, and the launcher's. */
  readonly log?: (line: string) => void;
}

/** The superuser of the embedded server. Only the launcher's caller uses it, to make the three roles and the database. */
export const SUPERUSER = 'postgres';

const DEFAULT_SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '',
  shared_buffers: '128MB',
  max_connections: '80',
  log_checkpoints: 'off',
  lc_messages: 'C',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // The journal is small rows at a high rate; the usual checkpoints every 1 GB or 5 minutes suit it.
  wal_compression: 'on',
  min_wal_size: '80MB',
  max_wal_size: '1GB',
};

/**
 * A commit that fills a segment waits until the next one is written with zeros and synced: 100 ms for the usual 16 MB on a cloud
 * disk, each 8 s at 100 calls/s until the first ones are used again. initdb then scales the sizes above down, so they are named.
 */
const WAL_SEGMENT_MB = 1;

const START_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 30_000;
const LONGEST_RESTART_DELAY_MS = 5_000;

/**
 * Starts the PostgreSQL that npm brought (or another one) in its own folder, and keeps it running: when it dies without having
 * been asked to, it is started again. Returns when it takes connections.
 *
 * @throws {PostgresUnavailable} with a line for the operator.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const binaries = findPostgres(options.binDir);
  const identity = chooseIdentity(binaries.postgres);
  prepareFolders(options, identity);
  await initialise(options.dataDir, binaries, identity);
  const server = new EmbeddedPostgres(options, binaries, identity);
  await server.start();
  return server;
}

export class EmbeddedPostgres {
  readonly socketDir: string;
  readonly majorVersion: number;
  readonly #options: EmbeddedPostgresOptions;
  readonly #binaries: PostgresBinaries;
  readonly #identity: Identity;
  #child: ChildProcess | undefined;
  #stopping = false;
  #restarting: Promise<void> | undefined;
  readonly #lastLines: string[] = [];

  constructor(options: EmbeddedPostgresOptions, binaries: PostgresBinaries, identity: Identity) {
    this.#options = options;
    this.#binaries = binaries;
    this.#identity = identity;
    this.socketDir = options.socketDir;
    this.majorVersion = binaries.majorVersion;
  }

  /** The postmaster's: `unshare` and `setpriv` exec the server. Undefined while it is down. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Resolved when a restart under way, if any, is over. */
  get settled(): Promise<void> {
    return this.#restarting ?? Promise.resolve();
  }

  /** A URL for one of the server's roles; connections over the private socket need no password. */
  url(role: string, database: string): string {
    return socketUrl(this.socketDir, role, database);
  }

  async start(): Promise<void> {
    await clearStaleLock(this.#options.dataDir, this.#log);
    const settings = { ...DEFAULT_SETTINGS, ...this.#options.settings };
    const parameters = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const call = this.#identity.wrap(this.#binaries.postgres, ['-D', this.#options.dataDir, '-k', this.socketDir, ...parameters]);
    // In a group of its own: Ctrl-C in a terminal reaches the whole foreground group, and the database must be the last to go.
    const child = spawn(call.command, call.args, { ...call.options, stdio: ['ignore', 'ignore', 'pipe'], detached: true });
    this.#child = child;
    child.stderr!.setEncoding('utf8').on('data', (text: string) => this.#keepLines(text));
    const exit = once(child, 'exit').then(
      ([code, signal]) => `it ended with ${signal ?? code}`,
      (error: Error) => error.message,
    );
    const outcome = await Promise.race([this.#untilReady(child), exit]);
    if (outcome !== 'ready') {
      this.#child = undefined;
      throw new PostgresUnavailable(`PostgreSQL did not start: ${outcome}. ${this.#lastLines.join(' ')}`.trim());
    }
    void exit.then((how) => this.#onExit(child, how));
  }

  /** A fast shutdown: open transactions are rolled back, everything committed is on disk. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.settled;
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill('SIGINT');
    const killer = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
    await exit;
    clearTimeout(killer);
  }

  #onExit(child: ChildProcess, how: string): void {
    if (this.#stopping || this.#child !== child) return;
    this.#child = undefined;
    this.#log(`PostgreSQL stopped unexpectedly: ${how}; starting it again`);
    this.#restarting = this.#restart().finally(() => {
      this.#restarting = undefined;
    });
  }

  async #restart(): Promise<void> {
    for (let delayMs = 50; !this.#stopping; delayMs = Math.min(delayMs * 2, LONGEST_RESTART_DELAY_MS)) {
      try {
        await this.start();
        return;
      } catch (error) {
        // Its children may still hold the old shared memory for a moment after a kill; keep trying, ever more slowly.
        this.#log(`PostgreSQL does not start again: ${(error as Error).message}`);
        await delay(delayMs);
      }
    }
  }

  async #untilReady(child: ChildProcess): Promise<string> {
    const giveUpAt = performance.now() + START_LIMIT_MS;
    while (child.exitCode === null && child.signalCode === null) {
      if (await takesConnections(this.socketDir)) return 'ready';
      if (performance.now() > giveUpAt) {
        child.kill('SIGQUIT');
        return `it took no connection within ${START_LIMIT_MS / 1000} s`;
      }
      await delay(25);
    }
    return new Promise(() => {});
  }

  #keepLines(text: string): void {
    for (const line of text.split('\n')) {
      if (line.trim() === '') continue;
      this.#lastLines.push(line);
      if (this.#lastLines.length > 5) this.#lastLines.shift();
      this.#log(line);
    }
  }

  readonly #log = (line: string): void => this.#options.log?.(line);
}

export const socketUrl = (socketDir: string, role: string, database: string): string =>
  `postgresql://${encodeURIComponent(role)}@localhost/${encodeURIComponent(database)}?host=${encodeURIComponent(socketDir)}`;

async function takesConnections(socketDir: string): Promise<boolean> {
  const client = new pg.Client({ host: socketDir, user: SUPERUSER, database: 'postgres', connectionTimeoutMillis: 5_000 });
  client.on('error', () => {
    // A connection refused while the server comes up also arrives here; the answer below already says so.
  });
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    ignoreFailure('closing the connection that tried whether PostgreSQL is up', client.end());
  }
}

function prepareFolders({ dataDir, socketDir }: EmbeddedPostgresOptions, identity: Identity): void {
  for (const folder of [dataDir, socketDir]) {
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    // Where sockets live in the temporary folder, somebody else could have put a link before us.
    if (!fs.lstatSync(folder).isDirectory()) throw new PostgresUnavailable(`${folder} is not a folder; remove it.`);
    giveTo(folder, identity);
    if (identity.kind === 'nobody') letPass(path.dirname(folder));
  }
}

/** That user must get through the folder above, though not see what is in it; folders further up are the operator's. */
function letPass(folder: string): void {
  const { mode, uid } = fs.statSync(folder);
  if (uid === process.getuid?.() && (mode & 0o001) === 0) fs.chmodSync(folder, (mode & 0o777) | 0o011);
}

/** A folder made by an earlier start under another identity (root became able to use namespaces, or lost it) changes hands. */
function giveTo(folder: string, { uid, gid }: Identity): void {
  if (uid === undefined || gid === undefined || fs.statSync(folder).uid === uid) return;
  if (process.getuid?.() !== 0) throw new PostgresUnavailable(`The folder ${folder} belongs to another user; start Centralita as that user.`);
  for (const entry of fs.readdirSync(folder, { recursive: true, encoding: 'utf8' })) fs.lchownSync(path.join(folder, entry), uid, gid);
  fs.chownSync(folder, uid, gid);
}

/**
 * Makes the cluster once: UTF-8, checksums, and a collation that depends on no library of the system (`builtin` since 17;
 * before it the C library's C.UTF-8, which sorts the same way). A first start that was cut short leaves no PG_VERSION worth
 * keeping, so the cluster is made beside and moved into place.
 */
async function initialise(dataDir: string, binaries: PostgresBinaries, identity: Identity): Promise<void> {
  if (fs.existsSync(path.join(dataDir, 'PG_VERSION'))) {
    const found = Number(fs.readFileSync(path.join(dataDir, 'PG_VERSION'), 'utf8').trim());
    if (found === binaries.majorVersion) return;
    throw new PostgresUnavailable(
      `The data in ${dataDir} was written by PostgreSQL ${found}, this is ${binaries.majorVersion}: make a backup with the version that wrote it and restore it here.`,
    );
  }
  const fresh = `${dataDir}.new`;
  fs.rmSync(fresh, { recursive: true, force: true });
  fs.mkdirSync(fresh, { mode: 0o700 });
  giveTo(fresh, identity);
  const locale = binaries.majorVersion >= 17 ? ['--locale-provider=builtin', '--locale=C.UTF-8'] : ['--locale=C.UTF-8'];
  const call = identity.wrap(binaries.initdb, ['-D', fresh, '-U', SUPERUSER, '-A', 'trust', '-E', 'UTF8', ...locale, '-k', `--wal-segsize=${WAL_SEGMENT_MB}`]);
  const made = spawnSync(call.command, call.args, { ...call.options, stdio: 'pipe', encoding: 'utf8' });
  if (made.status !== 0) throw new PostgresUnavailable(`PostgreSQL could not prepare ${dataDir}: ${(made.error?.message ?? made.stderr).trim()}`);
  fs.rmdirSync(dataDir);
  fs.renameSync(fresh, dataDir);
}
