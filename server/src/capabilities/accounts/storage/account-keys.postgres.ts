import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { inAccount, type Pool } from '../../../storage/pool.ts';
import { type AccountKey, type AccountKeys, open, seal } from '../application/seal.ts';

/** Account keys wrapped with `installation.key` of the secrets folder. Kept in memory: they never change. */
export function accountKeysIn(pool: Pool, secretsFolder: string): AccountKeys {
  const installationKey = readInstallationKey(secretsFolder);
  const known = new Map<string, AccountKey>();
  return {
    keyOf: async (account) => {
      const held = known.get(account);
      if (held) return held;
      const key = await readOrMakeKey(pool, account, installationKey);
      known.set(account, key);
      return key;
    },
  };
}

async function readOrMakeKey(pool: Pool, account: string, installationKey: Buffer): Promise<AccountKey> {
  return inAccount(pool, account, async (connection) => {
    const fresh = seal(installationKey, randomBytes(32), account);
    // Two questions at once make one key: the second insert waits, does nothing, and reads the first one's.
    await connection.query(`insert into account_keys (account, wrapped) values ($1, $2) on conflict do nothing`, [account, fresh]);
    const { rows } = await connection.query<{ wrapped: Buffer }>(`select wrapped from account_keys where account = $1`, [account]);
    return open(installationKey, rows[0]!.wrapped, account);
  });
}

/** Made once, readable by the program's user only. Whoever loses it loses recordings and trunk passwords; backups hold it. */
function readInstallationKey(folder: string): Buffer {
  const file = path.join(folder, 'installation.key');
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  try {
    fs.writeFileSync(file, randomBytes(32).toString('base64'), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const key = Buffer.from(fs.readFileSync(file, 'utf8'), 'base64');
  if (key.length !== 32) throw new Error(`${file} does not hold a key of 32 bytes: restore it from a backup`);
  return key;
}
