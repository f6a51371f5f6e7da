import fs from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { OperatorError } from '../../config/operator-error.ts';
import { openConnection } from '../pool.ts';
import { ArchiveWriter } from './archive.ts';
import { copyOut } from './copy.ts';
import { tablesInOrder } from './tables.ts';

/** The first record of a backup. */
export interface BackupHead {
  readonly product: 'centralita';
  readonly format: 1;
  readonly madeAt: string;
  /** The schema is that of exactly these migrations. */
  readonly migrations: readonly { readonly number: number; readonly checksum: string }[];
}

/** Folders that go into the backup, by the name they have in it. */
export type BackupFolders = Readonly<Record<'recordings' | 'secrets', string>>;

/** Belongs to the server that it was made for. */
const LEFT_OUT = new Set(['secrets/database.json']);

export interface BackupResult {
  readonly tables: number;
  readonly files: number;
}

/**
 * Everything into one file, as it is at one moment, also while the program runs: all tables in one snapshot, then recordings
 * and secrets (the recordings' keys are among them, so keep the file as safe as the center itself).
 *
 * @param ownerUrl of the database; only its owner sees every account's rows
 */
export async function writeBackup(ownerUrl: string, folders: BackupFolders, file: string): Promise<BackupResult> {
  if (fs.existsSync(file)) throw new OperatorError(`${file} is there already; a backup does not write over anything.`);
  const unfinished = `${file}.unfinished`;
  fs.rmSync(unfinished, { force: true });
  const client = openConnection(ownerUrl, 'centralita-backup');
  await client.connect();
  try {
    const archive = new ArchiveWriter(unfinished);
    await client.query('begin isolation level repeatable read read only');
    const { rows: migrations } = await client.query<BackupHead['migrations'][number]>('select number, checksum from schema_migrations order by number');
    await archive.json('H', { product: 'centralita', format: 1, madeAt: new Date().toISOString(), migrations } satisfies BackupHead);
    const tables = await tablesInOrder(client);
    for (const table of tables) {
      await archive.json('T', table);
      const columns = table.columns.map((column) => pg.escapeIdentifier(column)).join(', ');
      // A query and not the table itself, so that partitions come along.
      await copyOut(client, `copy (select ${columns} from ${pg.escapeIdentifier(table.name)}) to stdout`, (chunk) => archive.data(chunk));
      await archive.end();
    }
    await client.query('commit');
    const files = await addFolders(archive, folders);
    await archive.close();
    fs.renameSync(unfinished, file);
    return { tables: tables.length, files };
  } catch (error) {
    fs.rmSync(unfinished, { force: true });
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') throw new OperatorError(`There is no room for the backup at ${file}.`);
    throw error;
  } finally {
    await client.end();
  }
}

async function addFolders(archive: ArchiveWriter, folders: BackupFolders): Promise<number> {
  let count = 0;
  for (const [name, folder] of Object.entries(folders)) {
    if (!fs.existsSync(folder)) continue;
    for (const entry of fs.readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const source = path.join(entry.parentPath, entry.name);
      const target = path.posix.join(name, path.relative(folder, source).split(path.sep).join('/'));
      if (LEFT_OUT.has(target)) continue;
      if (await addFile(archive, source, target)) count++;
    }
  }
  return count;
}

/** @returns false when the file went away meanwhile: retention deletes recordings while we read */
async function addFile(archive: ArchiveWriter, source: string, target: string): Promise<boolean> {
  const handle = await fs.promises.open(source, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (!handle) return false;
  await archive.json('F', { path: target });
  for await (const chunk of handle.createReadStream()) await archive.data(chunk as Buffer);
  await archive.end();
  return true;
}
