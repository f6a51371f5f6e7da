import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { finished } from 'node:stream/promises';
import pg from 'pg';
import { z } from 'zod';
import { OperatorError } from '../../config/operator-error.ts';
import { migrate, readMigrations } from '../migrate.ts';
import { openConnection } from '../pool.ts';
import { type ArchiveRecord, readArchive } from './archive.ts';
import type { BackupFolders, BackupResult } from './backup.ts';
import { copyIn } from './copy.ts';

const head = z.object({
  product: z.literal('centralita'),
  format: z.literal(1),
  madeAt: z.string(),
  migrations: z.array(z.object({ number: z.number(), checksum: z.string() })),
});
const table = z.object({ name: z.string(), columns: z.array(z.string()) });
const fileEntry = z.object({ path: z.string() });

/**
 * Reads a backup into an empty database and its folders: the same machine, another one, or from the embedded server to one of
 * the operator's. The schema is first made as old as the backup, then filled, then brought up to date, so a backup of an
 * older version is welcome. All or nothing in the database; files are written before it commits.
 */
export async function readBackup(ownerUrl: string, folders: BackupFolders, file: string): Promise<BackupResult> {
  const records = readArchive(file);
  const first = await records.next();
  if (first.done || first.value.kind !== 'H') throw new OperatorError(`${file} is not a backup of Centralita.`);
  const { migrations } = parse(head, first.value);
  await prepareSchema(ownerUrl, migrations);
  const client = openConnection(ownerUrl, 'centralita-restore');
  await client.connect();
  try {
    await client.query('begin');
    await refuseUsed(client);
    const result = await readRecords(client, folders, records);
    await settleOutbox(client);
    await advanceSequences(client);
    await client.query('commit');
    await migrate(ownerUrl);
    return result;
  } finally {
    // Anything but a commit is undone by the server when the connection closes.
    await client.end();
  }
}

async function prepareSchema(ownerUrl: string, wanted: z.infer<typeof head>['migrations']): Promise<void> {
  const known = new Map(readMigrations().map((migration) => [migration.number, migration]));
  const unknown = wanted.find(({ number, checksum }) => known.get(number)?.checksum !== checksum);
  if (unknown) throw new OperatorError(`The backup was made by another version of Centralita (its migration ${unknown.number} is not known here): restore it with that version or a later one.`);
  await migrate(ownerUrl, wanted.map(({ number }) => known.get(number)!));
}

async function refuseUsed(client: pg.Client): Promise<void> {
  const { rowCount } = await client.query('select from accounts limit 1');
  if (rowCount !== 0) throw new OperatorError('The database is not empty; a backup is restored into an empty one only. Name a new data folder with --data, or another DATABASE_URL.');
}

async function readRecords(client: pg.Client, folders: BackupFolders, records: AsyncGenerator<ArchiveRecord>): Promise<BackupResult> {
  let [tables, files] = [0, 0];
  for (let next = await records.next(); !next.done; next = await records.next()) {
    const { value } = next;
    if (value.kind === 'T') {
      await readTable(client, parse(table, value), dataOf(records));
      tables++;
    } else if (value.kind === 'F') {
      await readFile(targetOf(parse(fileEntry, value).path, folders), dataOf(records));
      files++;
    } else {
      throw new OperatorError(`The backup is damaged: a record "${value.kind}" out of place.`);
    }
  }
  return { tables, files };
}

async function readTable(client: pg.Client, { name, columns }: z.infer<typeof table>, data: AsyncGenerator<Buffer>): Promise<void> {
  const into = pg.escapeIdentifier(name);
  // The journal's fence would refuse turns of earlier epochs; they passed it when they were written.
  await client.query(`alter table ${into} disable trigger user`);
  await copyIn(client, `copy ${into} (${columns.map((column) => pg.escapeIdentifier(column)).join(', ')}) from stdin`, data);
  await client.query(`alter table ${into} enable trigger user`);
}

async function* dataOf(records: AsyncGenerator<ArchiveRecord>): AsyncGenerator<Buffer> {
  for (;;) {
    const next = await records.next();
    if (next.done) throw new OperatorError('The backup was cut short.');
    if (next.value.kind === 'E') return;
    yield next.value.content;
  }
}

async function readFile(target: string, data: AsyncGenerator<Buffer>): Promise<void> {
  fs.mkdirSync(path.dirname(target), { recursive: true, mode: 0o700 });
  const output = fs.createWriteStream(target, { mode: 0o600, flush: true });
  const written = finished(output);
  for await (const chunk of data) if (!output.write(chunk)) await Promise.race([once(output, 'drain'), written]);
  output.end();
  await written;
}

/** A path that leads out of its folder belongs to no backup of ours. */
function targetOf(name: string, folders: BackupFolders): string {
  const [top = '', ...below] = name.split('/');
  if (!(top in folders) || below.length === 0 || below.some((part) => part === '..' || part === '')) throw new OperatorError(`The backup is damaged: a file "${name}".`);
  return path.join(folders[top as keyof BackupFolders], ...below);
}

/**
 * Transaction numbers belong to a server: the old ones may lie in the future of this one, where the outbox's readers would wait
 * for them. Small ones in their place keep the order: they grow only where the order of rows is not the order of ids.
 */
async function settleOutbox(client: pg.Client): Promise<void> {
  await client.query(`
    with ordered as (select id, account, tx, id < lag(id) over (partition by account order by tx, id) as descends from outbox),
    numbered as (select id, 1 + count(*) filter (where descends) over (partition by account order by tx, id) as step from ordered)
    update outbox set tx = numbered.step::text::xid8 from numbered where numbered.id = outbox.id`);
}

async function advanceSequences(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ name: string; column: string }>(`
    select c.relname as name, a.attname as column from pg_attribute a join pg_class c on c.oid = a.attrelid
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition and pg_get_serial_sequence(c.oid::regclass::text, a.attname) is not null`);
  for (const { name, column } of rows) {
    await client.query(`select setval(pg_get_serial_sequence($1, $2), coalesce((select max(${pg.escapeIdentifier(column)}) from ${pg.escapeIdentifier(name)}), 0) + 1, false)`, [
      pg.escapeIdentifier(name),
      column,
    ]);
  }
}

function parse<T>(schema: z.ZodType<T>, record: ArchiveRecord): T {
  const result = schema.safeParse(JSON.parse(record.content.toString('utf8')));
  if (!result.success) throw new OperatorError('The backup is damaged, or of a later version of Centralita.');
  return result.data;
}
