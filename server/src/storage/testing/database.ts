import { randomBytes } from 'node:crypto';
import type { AccountId } from '@centralita/kernel';
import { randomId } from '@centralita/kernel';
import { inject } from 'vitest';
import { SUPERUSER } from '../embedded-postgres.ts';
import { openConnection, openPool, type Pool } from '../pool.ts';
import { type DatabaseUrls, ROLES } from '../roles.ts';
import { TEMPLATE, type TestCluster } from './cluster.ts';
import './global-setup.ts';

export interface TestDatabase {
  readonly owner: Pool;
  readonly app: Pool;
  readonly floor: Pool;
  readonly urls: DatabaseUrls;
  readonly majorVersion: number;
  /** Closes the pools and removes the database: call it in `afterAll`. */
  drop(): Promise<void>;
}

/** A migrated, empty database for one test file. */
export function freshDatabase(): Promise<TestDatabase> {
  return cloneDatabase(inject('testCluster'), TEMPLATE);
}

/** A database on the test server that nobody has migrated. */
export function blankDatabase(): Promise<TestDatabase> {
  return cloneDatabase(inject('testCluster'), 'template1');
}

export async function cloneDatabase(cluster: TestCluster, template: string): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  const url = (role: string, database: string) => `postgresql://${role}@localhost/${database}?host=${encodeURIComponent(cluster.socketDir)}`;
  const asSuperuser = async (sql: string) => {
    const client = openConnection(url(SUPERUSER, 'postgres'));
    await client.connect();
    await client.query(sql).finally(() => client.end());
  };
  await asSuperuser(`create database ${name} template ${template} owner ${ROLES.owner}`);
  const urls = { owner: url(ROLES.owner, name), app: url(ROLES.app, name), floor: url(ROLES.floor, name) };
  const pools = { owner: openPool(urls.owner, { max: 4 }), app: openPool(urls.app), floor: openPool(urls.floor) };
  return {
    ...pools,
    urls,
    majorVersion: cluster.majorVersion,
    drop: async () => {
      await Promise.all([pools.owner.end(), pools.app.end(), pools.floor.end()]);
      await asSuperuser(`drop database ${name} with (force)`);
    },
  };
}

/** An account row, made as `app` would make it. */
export async function givenAccount(database: TestDatabase, name = 'Ferretería Central'): Promise<AccountId> {
  const account = randomId('account');
  await database.owner.query(`insert into accounts (account, slug, name, time_zone, language) values ($1, $2, $3, 'America/Lima', 'es')`, [
    account,
    account.replace('_', '-').toLowerCase(),
    name,
  ]);
  return account;
}
