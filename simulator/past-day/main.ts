/**
 * Gives a data folder that is not there yet a past: the demo account, and one day of it, lived through on virtual time by the real
 * floor, as turns in PostgreSQL's journal. Everything else follows when the product starts on it.
 * `node simulator/past-day/main.ts --data FOLDER --date 2026-11-22 [--seed 1]`. Prints the day's events, as the journal has them.
 */
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { systemClock } from '@centralita/kernel';
import { accountKeysIn } from '@centralita/server/capabilities/accounts/storage/account-keys.postgres.ts';
import { foldersOf, prepareFolders } from '@centralita/server/config/folders.ts';
import type { StoredTurn } from '@centralita/server/floor/journal-store.ts';
import { openDatabases, prepareSchema } from '@centralita/server/storage/databases.ts';
import { PostgresJournal } from '@centralita/server/storage/journal.postgres.ts';
import { openPool, type Pool } from '@centralita/server/storage/pool.ts';
import { createFirstAccounts, listAccounts } from '@centralita/server/wiring/accounts.ts';
import { createStores } from '@centralita/server/wiring/create-stores.ts';
import { conservation } from '../checkers/conservation.ts';
import { readScenario } from '../scenario/read-scenario.ts';
import { Center } from '../world/center.ts';
import { livedAccount, prepareAccount } from './lived-account.ts';

const TURNS_AT_ONCE = 1_000;

const { values } = parseArgs({ options: { data: { type: 'string' }, date: { type: 'string' }, seed: { type: 'string', default: '1' } } });
const { data, date } = values;
if (data === undefined || date === undefined) throw new Error('--data and --date are needed');
if (existsSync(data)) throw new Error(`${data} is there already: a past is only given to a folder that is not`);
await livePast(data, date, Number(values.seed));

async function livePast(dataFolder: string, day: string, seed: number): Promise<void> {
  const folders = foldersOf(dataFolder);
  prepareFolders(folders);
  const database = await openDatabases({ ownerUrl: undefined, appUrl: undefined, floorUrl: undefined, dataDir: folders.postgres, socketDir: folders.postgresRun, secretsDir: folders.secrets, log: () => {} });
  try {
    await prepareSchema(database.urls);
    const [app, floor] = [openPool(database.urls.app), openPool(database.urls.floor)];
    const stores = createStores(app, systemClock(), () => {});
    await createFirstAccounts(stores, accountKeysIn(app, folders.secrets), folders.secrets);
    const { account, timeZone } = (await listAccounts(floor)).find(({ simulated }) => !simulated)!;
    await prepareAccount(stores, account);
    await liveDay(floor, account, scenarioOf(day, timeZone, seed));
    await Promise.all([app.end(), floor.end()]);
  } finally {
    await database.stop();
  }
}

/** Two people at two queues from 9 to 15, busy two thirds of it: some wait, and some of them do not wait to the end. */
function scenarioOf(start: string, timeZone: string, seed: number) {
  const read = readScenario({
    start,
    timeZone,
    seed,
    agents: 2,
    arrivals: { perHour: 170 / 24, halfHours: Array.from({ length: 48 }, (_, place) => (place >= 18 && place < 30 ? 1 : 0)), weekdays: [1, 1, 1, 1, 1, 1, 1] },
    queues: [{ name: 'first', share: 8 }, { name: 'second', share: 1 }],
    agentHabits: { shifts: [{ from: '09:00', to: '15:00', share: 1 }], weekdays: [true, true, true, true, true, true, true], talk: { kind: 'lognormal', median: 130, sigma: 0.5 }, dialsPerHour: 0, laptopClosesPerHour: 0 },
  });
  if ('problems' in read) throw new Error(read.problems.join('\n'));
  return read.scenario;
}

async function liveDay(pool: Pool, account: string, scenario: ReturnType<typeof scenarioOf>): Promise<void> {
  const turns: StoredTurn[] = [];
  const center = new Center({ scenario, account: await livedAccount(pool, account, scenario) });
  const written = center.journal.onWritten;
  center.journal.onWritten = (turn) => {
    written(turn);
    turns.push(turn);
  };
  await center.open();
  await center.run();
  await center.finish();
  const broken = [...center.scan(), ...conservation(center)];
  center.close();
  if (broken.length > 0) throw new Error(broken.join('\n'));
  const journal = new PostgresJournal(pool);
  const epoch = await journal.takeLease(account, 'simulator');
  for (let from = 0; from < turns.length; from += TURNS_AT_ONCE) await journal.appendTurns(turns.slice(from, from + TURNS_AT_ONCE).map((turn) => ({ ...turn, epoch })));
  for await (const { events } of journal.readEvents(account, 0)) for (const event of events) process.stdout.write(`${JSON.stringify(event)}\n`);
}
