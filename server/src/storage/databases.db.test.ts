import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type DatabaseChoice, openDatabases, prepareSchema } from './databases.ts';
import { startEmbeddedPostgres, SUPERUSER, type EmbeddedPostgres } from './embedded-postgres.ts';
import { openConnection } from './pool.ts';

// A server of the operator's, in the person of a second embedded one that asks for passwords where an operator's would.
let folder: string;
let server: EmbeddedPostgres;

beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'srv-'));
  server = await startEmbeddedPostgres({ dataDir: path.join(folder, 'pg'), socketDir: path.join(folder, 'run'), settings: { fsync: 'off' } });
  await asSuperuser(`create role boss login createrole password 'b'; create role plain login password 'p'`);
  await asSuperuser('create database center owner boss');
  await asSuperuser('create database other owner plain');
  const file = path.join(folder, 'pg/pg_hba.conf');
  fs.writeFileSync(file, `local all ${SUPERUSER} trust\nlocal all all scram-sha-256\n`);
  await asSuperuser('select pg_reload_conf()');
});
afterAll(async () => {
  await server.stop();
  fs.rmSync(folder, { recursive: true });
});

async function asSuperuser(sql: string) {
  const client = openConnection(server.url(SUPERUSER, 'postgres'));
  await client.connect();
  return await client.query<Record<string, string>>(sql).finally(() => client.end());
}

const urlOf = (role: string, password: string, database: string): string => server.url(role, database).replace(`${role}@`, `${role}:${password}@`);

function choice(secrets: string, ownerUrl: string, more: Partial<DatabaseChoice> = {}): DatabaseChoice {
  const secretsDir = path.join(folder, secrets);
  fs.mkdirSync(secretsDir, { recursive: true });
  return { ownerUrl, appUrl: undefined, floorUrl: undefined, dataDir: '', socketDir: '', secretsDir, log: () => {}, ...more };
}

it('[design 10] writes its log in small segments, and as much of it between checkpoints as ever', async () => {
  const { rows } = await asSuperuser(`select name, pg_size_bytes(current_setting(name)) / 1048576 as mb from pg_settings where name in ('wal_segment_size', 'max_wal_size', 'min_wal_size') order by name`);
  expect(rows.map(({ name, mb }) => [name, Number(mb)])).toEqual([['max_wal_size', 1_024], ['min_wal_size', 80], ['wal_segment_size', 1]]);
});

it('says what the role of DATABASE_URL lacks', async () => {
  await expect(openDatabases(choice('plain', urlOf('plain', 'p', 'other')))).rejects.toThrow('The role of DATABASE_URL cannot make the role "app"');
});

it('makes its roles on a server of the operator’s, keeps their passwords, and finds them again', async () => {
  const first = await openDatabases(choice('mine', urlOf('boss', 'b', 'center')));
  expect((await prepareSchema(first.urls)).length).toBeGreaterThan(0);
  const again = await openDatabases(choice('mine', urlOf('boss', 'b', 'center')));
  expect(again.urls).toEqual(first.urls);
  expect(await prepareSchema(again.urls)).toEqual([]);
});

it('does not change the passwords of roles it did not make', async () => {
  const owner = urlOf('boss', 'b', 'center');
  await expect(openDatabases(choice('another', owner))).rejects.toThrow('name their logins in DATABASE_APP_URL and DATABASE_FLOOR_URL');
});

it('takes logins of the operator’s own, if they are members and no more than that', async () => {
  await asSuperuser(`create role clerk login password 'c'`);
  const own = { appUrl: urlOf('clerk', 'c', 'center'), floorUrl: urlOf('clerk', 'c', 'center') };
  const { urls } = await openDatabases(choice('another', urlOf('boss', 'b', 'center'), own));
  await expect(prepareSchema(urls)).rejects.toThrow('grant app to "clerk"');
  await asSuperuser('grant app, floor to clerk');
  await prepareSchema(urls);
  await asSuperuser('alter role clerk bypassrls');
  await expect(prepareSchema(urls)).rejects.toThrow('bypass row-level security');
});
