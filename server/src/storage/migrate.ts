import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { OperatorError } from '../config/operator-error.ts';
import { openConnection, type Connection } from './pool.ts';

export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

export const MIGRATIONS_FOLDER = path.resolve(import.meta.dirname, '../../migrations');

/** Any number nobody else uses: two processes that start at once migrate one after the other. */
const ADVISORY_LOCK = 7_264_318;

/** The database and this program do not fit together; the line says what to do. */
export class MigrationMismatch extends OperatorError {
  override name = 'MigrationMismatch';
}

export function readMigrations(folder: string = MIGRATIONS_FOLDER): readonly Migration[] {
  const migrations = fs
    .readdirSync(folder)
    .filter((file) => /^\d{4}_\w+\.sql$/.test(file))
    .sort()
    .map((file) => {
      const sql = fs.readFileSync(path.join(folder, file), 'utf8');
      return { number: Number(file.slice(0, 4)), name: file.slice(5, -4), sql, checksum: createHash('sha256').update(sql).digest('hex') };
    });
  for (const [index, migration] of migrations.entries()) {
    if (migrations[index + 1]?.number === migration.number) throw new MigrationMismatch(`Two migrations have the number ${migration.number}.`);
  }
  return migrations;
}

/**
 * Brings the database to this program's schema: every migration that is not in it yet, in order, each in its own transaction.
 * There is no way back but a backup.
 *
 * @returns the numbers applied now
 * @throws {MigrationMismatch} when the database is newer, or a migration was changed after it was applied
 */
export async function migrate(ownerUrl: string, migrations: readonly Migration[] = readMigrations()): Promise<number[]> {
  const client = openConnection(ownerUrl, 'centralita-migrate');
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [ADVISORY_LOCK]);
    await client.query(`
      create table if not exists schema_migrations (
        number integer primary key,
        name text not null,
        checksum text not null,
        applied_at timestamptz not null default now()
      )`);
    const applied = await appliedMigrations(client);
    refuseMismatch(applied, migrations);
    const missing = migrations.filter((migration) => !applied.has(migration.number));
    for (const migration of missing) await apply(client, migration);
    return missing.map((migration) => migration.number);
  } finally {
    // Closing the connection also gives the lock back.
    await client.end();
  }
}

/** The newest migration in the database: what a backup must match. */
export async function schemaVersion(connection: Connection): Promise<number> {
  const { rows } = await connection.query<{ number: number }>('select max(number) as number from schema_migrations');
  return rows[0]!.number;
}

async function appliedMigrations(connection: Connection): Promise<Map<number, { name: string; checksum: string }>> {
  const { rows } = await connection.query<{ number: number; name: string; checksum: string }>('select number, name, checksum from schema_migrations');
  return new Map(rows.map((row) => [row.number, row]));
}

function refuseMismatch(applied: ReadonlyMap<number, { name: string; checksum: string }>, migrations: readonly Migration[]): void {
  const known = new Map(migrations.map((migration) => [migration.number, migration]));
  for (const [number, { name, checksum }] of applied) {
    const migration = known.get(number);
    if (!migration) throw new MigrationMismatch(`The database has migration ${number} (${name}), which this version of Centralita does not know: start the newer version.`);
    if (migration.checksum !== checksum) throw new MigrationMismatch(`Migration ${number} (${migration.name}) was changed after it was applied to this database.`);
  }
}

async function apply(connection: Connection, migration: Migration): Promise<void> {
  await connection.query('begin');
  try {
    await connection.query(migration.sql);
    await connection.query('insert into schema_migrations (number, name, checksum) values ($1, $2, $3)', [migration.number, migration.name, migration.checksum]);
    await connection.query('commit');
  } catch (error) {
    await connection.query('rollback');
    throw new Error(`migration ${migration.number} (${migration.name}) failed: ${(error as Error).message}`, { cause: error });
  }
}
