import fs from 'node:fs';
import path from 'node:path';
import type { AccountId } from '@centralita/kernel';
import type { AccountKeys } from '../capabilities/accounts/index.ts';
import { argonPasswords } from '../capabilities/people/application/passwords.ts';
import { createDemoAccount, createLiveDemoAccount } from '../capabilities/people/index.ts';
import { accountWriter } from '../capabilities/people/storage/account-writer.postgres.ts';
import type { Stores } from './create-stores.ts';
import { writeFirstSignIn } from '../config/first-sign-in.ts';
import type { Pool } from '../storage/pool.ts';

export interface AccountRow {
  readonly account: AccountId;
  readonly timeZone: string;
  readonly simulated: boolean;
}

/** @param pool the role `floor`'s, which sees every account */
export async function listAccounts(pool: Pool): Promise<readonly AccountRow[]> {
  const { rows } = await pool.query<{ account: AccountId; time_zone: string; simulated: boolean }>('select account, time_zone, simulated from accounts order by account');
  return rows.map((row) => ({ account: row.account, timeZone: row.time_zone, simulated: row.simulated }));
}

/** On an empty database: the demo account with its five people, and the one that lives by itself. */
export async function createFirstAccounts(stores: Stores, accountKeys: AccountKeys, secretsDir: string): Promise<void> {
  const deps = { change: stores.change, writer: accountWriter, passwords: argonPasswords, accountKeys };
  await createDemoAccount(deps, (people) => {
    // Left by a start that was killed before its accounts were committed: those passwords open nothing.
    fs.rmSync(path.join(secretsDir, 'first-sign-in.json'), { force: true });
    writeFirstSignIn(secretsDir, { people: [...people] });
  });
  await createLiveDemoAccount(deps);
}
