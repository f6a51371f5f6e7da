import path from 'node:path';
import { type DataLock, lockDataFolder } from '../config/data-lock.ts';
import { type Folders, foldersOf, prepareFolders } from '../config/folders.ts';
import { OperatorError } from '../config/operator-error.ts';
import type { Options } from '../config/options.ts';
import { type BackupFolders, writeBackup } from '../storage/backup/backup.ts';
import { readBackup } from '../storage/backup/restore.ts';
import { openDatabases, ownerUrlOfRunning } from '../storage/databases.ts';

/** Writes everything into one file. The program may be running, or not. */
export async function backupCommand(options: Options, file: string, say: (line: string) => void): Promise<void> {
  const target = path.resolve(file);
  await withOwner(options, async (ownerUrl, folders) => {
    const { tables, files } = await writeBackup(ownerUrl, backupFolders(folders), target);
    say(`${target}: ${tables} tables and ${files} files. It holds the recordings' keys: keep it safe.`);
  });
}

/** The database as its owner, for what reads beside the running program, or while it is stopped. */
export async function withOwner(options: Options, work: (ownerUrl: string, folders: Folders) => Promise<void>): Promise<void> {
  const folders = foldersOf(options.data);
  prepareFolders(folders);
  const lock = lockIfFree(folders);
  // With the data folder in use, its database is up.
  if (!lock && options['database-url'] === undefined) return work(ownerUrlOfRunning(folders.postgresRun), folders);
  try {
    await withDatabase(options, folders, (ownerUrl) => work(ownerUrl, folders));
  } finally {
    lock?.release();
  }
}

/** Reads a backup into an empty database. The program must not be running on this data folder. */
export async function restoreCommand(options: Options, file: string, say: (line: string) => void): Promise<void> {
  const folders = foldersOf(options.data);
  prepareFolders(folders);
  const lock = lockDataFolder(folders.data);
  try {
    await withDatabase(options, folders, async (ownerUrl) => {
      const { tables, files } = await readBackup(ownerUrl, backupFolders(folders), path.resolve(file));
      say(`Restored ${tables} tables and ${files} files into ${options['database-url'] === undefined ? folders.data : 'the database of DATABASE_URL'}.`);
    });
  } finally {
    lock.release();
  }
}

async function withDatabase(options: Options, folders: Folders, work: (ownerUrl: string) => Promise<void>): Promise<void> {
  const database = await openDatabases({
    ownerUrl: options['database-url'],
    appUrl: options['database-app-url'],
    floorUrl: options['database-floor-url'],
    dataDir: folders.postgres,
    socketDir: folders.postgresRun,
    secretsDir: folders.secrets,
    log: () => {},
  });
  try {
    await work(database.urls.owner);
  } finally {
    await database.stop();
  }
}

const backupFolders = (folders: Folders): BackupFolders => ({ recordings: path.dirname(folders.recordingsKept), secrets: folders.secrets });

function lockIfFree(folders: Folders): DataLock | undefined {
  try {
    return lockDataFolder(folders.data);
  } catch (error) {
    if (error instanceof OperatorError) return undefined;
    throw error;
  }
}
