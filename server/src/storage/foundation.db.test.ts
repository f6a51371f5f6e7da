import type { AccountId } from '@centralita/kernel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refusalOf } from '../http/problem.ts';
import { migrate, MigrationMismatch, readMigrations } from './migrate.ts';
import { inAccount, inTransaction, openPool, type Pool, sqlState } from './pool.ts';
import { refuseBypassingRoles } from './roles.ts';
import { blankDatabase, freshDatabase, givenAccount, type TestDatabase } from './testing/database.ts';

let database: TestDatabase;
let ferreteria: AccountId;
let other: AccountId;

beforeAll(async () => {
  database = await freshDatabase();
  ferreteria = await givenAccount(database);
  other = await givenAccount(database, 'Otra');
});
afterAll(() => database.drop());

describe('[fault row 5] a server that hangs', () => {
  it.each<[string, (pool: Pool) => Promise<unknown>]>([
    ['a statement', (pool) => pool.query('select 1')],
    ['a transaction', (pool) => inTransaction(pool, (connection) => connection.query('select 1'))],
  ])('is given up two seconds after it should have cancelled %s by itself, and the pool goes on with another connection', async (_what, work) => {
    const pool = openPool(database.urls.app, { statementTimeoutMs: 200, max: 1 });
    try {
      const { rows } = await pool.query<{ pid: number }>('select pg_backend_pid() as pid');
      process.kill(rows[0]!.pid, 'SIGSTOP');
      try {
        const from = performance.now();
        const given = await work(pool).catch((error: unknown) => error);
        expect(performance.now() - from, 'waited for once').toBeLessThan(4_000);
        expect(given).toBeInstanceOf(Error);
        expect(refusalOf(given as Error)).toEqual({ code: 'storage-away', retryAfterSeconds: 2 });
        expect((await pool.query('select 2 as two')).rows).toEqual([{ two: 2 }]);
      } finally {
        process.kill(rows[0]!.pid, 'SIGCONT');
      }
    } finally {
      await pool.end();
    }
  });
});

describe('migrations', () => {
  it('run once, in order, and refuse a changed or an unknown one', async () => {
    const blank = await blankDatabase();
    try {
      const migrations = readMigrations();
      expect(await migrate(blank.urls.owner)).toEqual(migrations.map((migration) => migration.number));
      expect(await migrate(blank.urls.owner)).toEqual([]);
      await expect(migrate(blank.urls.owner, migrations.map((m) => ({ ...m, checksum: 'other' })))).rejects.toThrow(MigrationMismatch);
      await expect(migrate(blank.urls.owner, migrations.slice(0, -1))).rejects.toThrow('start the newer version');
    } finally {
      await blank.drop();
    }
  });

  it('leave nothing of one that fails', async () => {
    const blank = await blankDatabase();
    try {
      const broken = { number: 1, name: 'broken', sql: 'create table half (x int); select nothing_of_that_name()', checksum: 'x' };
      await expect(migrate(blank.urls.owner, [broken])).rejects.toThrow('migration 1 (broken) failed');
      expect((await blank.owner.query(`select from pg_class where relname = 'half'`)).rowCount).toBe(0);
    } finally {
      await blank.drop();
    }
  });

  it('run at once by two processes are applied once', async () => {
    const blank = await blankDatabase();
    try {
      const applied = await Promise.all([migrate(blank.urls.owner), migrate(blank.urls.owner)]);
      expect(applied.flat()).toEqual(readMigrations().map((migration) => migration.number));
    } finally {
      await blank.drop();
    }
  });
});

describe('the lock between accounts', () => {
  it('shows app no row without an account, its own rows with one', async () => {
    expect((await database.app.query('select from accounts')).rowCount).toBe(0);
    const seen = await inAccount(database.app, ferreteria, (connection) => connection.query('select account from accounts'));
    expect(seen.rows).toEqual([{ account: ferreteria }]);
  });

  it('ends with the transaction', async () => {
    for (let i = 0; i < 12; i++) await inAccount(database.app, ferreteria, (connection) => connection.query('select 1'));
    expect((await database.app.query('select from accounts')).rowCount).toBe(0);
  });

  it('refuses to write into another account', async () => {
    const writing = inAccount(database.app, ferreteria, (connection) =>
      connection.query(`insert into audit (account, actor, action) values ($1, 'usr_x', 'tried')`, [other]),
    );
    await expect(writing).rejects.toSatisfy((error) => sqlState(error) === '42501');
  });

  it('covers every table with an account column', async () => {
    const { rows } = await database.owner.query<{ name: string }>(`
      select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'account'
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relrowsecurity`);
    expect(rows).toEqual([]);
  });

  it('does not start with a role that could step around it', async () => {
    await refuseBypassingRoles(database.urls);
    await expect(refuseBypassingRoles({ ...database.urls, app: database.urls.owner })).rejects.toThrow('owns the tables');
    const superuser = database.urls.owner.replace('owner@', 'postgres@');
    await expect(refuseBypassingRoles({ ...database.urls, floor: superuser })).rejects.toThrow('bypass row-level security');
  });
});

describe('the audit', () => {
  it('cannot be changed, not even by the owner of the tables', async () => {
    await inAccount(database.app, ferreteria, (connection) =>
      connection.query(`insert into audit (account, actor, action) values ($1, 'usr_x', 'signed-in')`, [ferreteria]),
    );
    for (const sql of [`update audit set actor = 'nobody'`, 'delete from audit', 'truncate audit']) {
      await expect(database.owner.query(sql)).rejects.toSatisfy((error) => sqlState(error) === 'CT002');
    }
    await expect(inAccount(database.app, ferreteria, (connection) => connection.query('delete from audit'))).rejects.toSatisfy((error) => sqlState(error) === '42501');
  });
});
