import { createHash, randomBytes } from 'node:crypto';
import type { AccountId, UserId } from '@centralita/kernel';
import { randomId, systemClock } from '@centralita/kernel';
import { accountKeysIn } from '@centralita/server/capabilities/accounts/storage/account-keys.postgres.ts';
import { type AccountPlan, SEVEN_STATUSES, storeQueue } from '@centralita/server/capabilities/people/application/account-plan.ts';
import { createAccount } from '@centralita/server/capabilities/people/application/create-account.ts';
import { argonPasswords } from '@centralita/server/capabilities/people/application/passwords.ts';
import { accountWriter } from '@centralita/server/capabilities/people/storage/account-writer.postgres.ts';
import { foldersOf, prepareFolders } from '@centralita/server/config/folders.ts';
import { openDatabases, prepareSchema } from '@centralita/server/storage/databases.ts';
import { inAccount, openPool, type Pool } from '@centralita/server/storage/pool.ts';
import { createStores } from '@centralita/server/wiring/create-stores.ts';
import { agentName, contactOf, type Desk } from './center.ts';

const SESSION_MS = 3_600_000;

/** An agent's way in: the token of a session that is in the database already. */
export interface Seat {
  readonly account: AccountId;
  readonly userId: UserId;
  readonly token: string;
}

/** Makes the database of a data folder and one account per desk in it, before the product starts. @returns seats by desk */
export async function seedAccounts(dataFolder: string, desks: readonly Desk[]): Promise<Map<Desk, readonly Seat[]>> {
  const folders = foldersOf(dataFolder);
  prepareFolders(folders);
  const database = await openDatabases({ ownerUrl: undefined, appUrl: undefined, floorUrl: undefined, dataDir: folders.postgres, socketDir: folders.postgresRun, secretsDir: folders.secrets, log: () => {} });
  try {
    await prepareSchema(database.urls);
    const pool = openPool(database.urls.app);
    const seats = new Map<Desk, readonly Seat[]>();
    for (const desk of desks) seats.set(desk, await seedDesk(pool, folders.secrets, desk));
    await pool.end();
    return seats;
  } finally {
    await database.stop();
  }
}

async function seedDesk(pool: Pool, secretsDir: string, desk: Desk): Promise<readonly Seat[]> {
  const stores = createStores(pool, systemClock(), () => {});
  const made = await createAccount({ change: stores.change, writer: accountWriter, passwords: argonPasswords, accountKeys: accountKeysIn(pool, secretsDir) }, planOf(desk), () => {});
  if (!made.ok) throw new Error(made.refusal.code);
  const { account, people } = made.value;
  await inAccount(pool, account, async (sql) => {
    for (const [index, { deviceId }] of people.slice(0, desk.agents).entries()) await sql.query(`update devices set contact = $2 where device_id = $1`, [deviceId, contactOf(desk, index)]);
  });
  const seats: Seat[] = [];
  for (const { userId } of people) {
    const token = randomBytes(32).toString('base64url');
    const tokenHash = createHash('sha256').update(token).digest();
    await stores.sessions.start(account, { sessionId: randomId('session'), userId, tokenHash, expiresAt: Date.now() + SESSION_MS }, '127.0.0.1');
    seats.push({ account, userId, token });
  }
  return seats;
}

/** One queue without after-service, limits or announcements, that keeps nothing of what is said; its number leads straight to it. */
function planOf(desk: Desk): AccountPlan {
  const people = Array.from({ length: desk.agents }, (_, index) => agentName(desk, index));
  return {
    account: { slug: `bench-${desk.number}`, name: `Bench ${desk.number}`, timeZone: 'America/Lima', language: 'es', simulated: false },
    statuses: SEVEN_STATUSES,
    skills: ['Ventas'],
    people: [
      ...people.map((name) => ({ name, role: 'agent' as const, email: `${name}@bench.centralita.invalid`, extension: null, skills: { Ventas: 3 }, signsIn: false, phone: true })),
      ...Array.from({ length: desk.viewers ?? 0 }, (_, index) => ({ name: `v${desk.number}x${index}`, role: 'manager' as const, email: `v${desk.number}x${index}@bench.centralita.invalid`, extension: null, skills: {}, signsIn: false, phone: false })),
    ],
    group: { name: 'Bench', outgoingCalls: false },
    queues: [
      {
        name: 'Ventas',
        settings: (skillId) => ({ ...storeQueue(skillId('Ventas')), relaxing: [], maximumWaitMs: null, maximumSize: null, afterServiceLimitMs: 0, announceEveryMs: 0, recorded: false }),
        members: people.map((name) => ({ name, priority: 1 })),
      },
    ],
    flow: { name: 'Entrada', steps: (queueId) => ({ version: 1, language: 'es', start: 'queue', steps: { queue: { kind: 'queue', queueId: queueId('Ventas') } } }) },
    trunk: null,
    number: { number: desk.number, public: true },
    callPage: null,
    contacts: [],
    outcomes: [],
    tags: [],
  };
}
