import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { OperatorError } from './operator-error.ts';

/** Where everything is, below the data folder. */
export interface Folders {
  readonly data: string;
  readonly postgres: string;
  /** Its Unix socket. Not always below the data folder, see `socketFolder`. */
  readonly postgresRun: string;
  /** Our own Unix sockets; likewise. */
  readonly run: string;
  readonly recordingsIncoming: string;
  readonly recordingsKept: string;
  readonly spool: string;
  readonly secrets: string;
  readonly logs: string;
  readonly switch: string;
}

const REPOSITORY = path.resolve(import.meta.dirname, '../../..');
export const SOUNDS_FOLDER = path.join(REPOSITORY, 'server/sounds');
export const WEB_FOLDER = path.join(REPOSITORY, 'web/dist');

/** Linux allows 107 bytes for a socket's path; the longest name of ours in the folder is `.s.PGSQL.5432.lock`. */
const LONGEST_RUN_FOLDER_BYTES = 100 - '/.s.PGSQL.5432.lock'.length;

export function foldersOf(dataDir: string): Folders {
  const data = path.resolve(dataDir);
  return {
    data,
    postgres: path.join(data, 'pg'),
    postgresRun: socketFolder(data, 'pg-run'),
    run: socketFolder(data, 'run'),
    recordingsIncoming: path.join(data, 'recordings/incoming'),
    recordingsKept: path.join(data, 'recordings/kept'),
    spool: path.join(data, 'spool'),
    secrets: path.join(data, 'secrets'),
    logs: path.join(data, 'logs'),
    switch: path.join(data, 'switch'),
  };
}

/** Makes what is missing, for our eyes only. */
export function prepareFolders(folders: Folders): void {
  try {
    // The database's are made by its launcher, which may have to give them to another user.
    const { postgres: _data, postgresRun: _socket, ...ours } = folders;
    for (const folder of Object.values(ours)) fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    fs.chmodSync(folders.data, 0o700);
  } catch (error) {
    throw new OperatorError(`The data folder ${folders.data} cannot be used: ${(error as Error).message}`);
  }
  const stat = fs.lstatSync(folders.run);
  // The temporary folder is everybody's: somebody else could have made one of that name before us.
  if (!stat.isDirectory() || (process.getuid && stat.uid !== process.getuid())) throw new OperatorError(`${folders.run} belongs to another user; remove it.`);
  fs.chmodSync(folders.run, 0o700);
}

function socketFolder(data: string, use: string): string {
  const below = path.join(data, use);
  if (Buffer.byteLength(below) <= LONGEST_RUN_FOLDER_BYTES) return below;
  const name = createHash('sha256').update(data).digest('hex').slice(0, 12);
  const short = path.join(os.tmpdir(), `centralita-${name}-${use}`);
  if (Buffer.byteLength(short) <= LONGEST_RUN_FOLDER_BYTES) return short;
  throw new OperatorError(`The data folder's path is too long for sockets, and so is ${os.tmpdir()}: choose a shorter one with --data.`);
}
