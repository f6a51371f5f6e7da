/**
 * Durable assignments a second, each exactly once: our floor against a worker loop with `FOR UPDATE SKIP LOCKED` on the same
 * PostgreSQL, in turn; then our floor under SIGKILL. `node bench/assign/main.ts [--seconds 3] [--rounds 2] [--kills 5]`.
 * Ends with 1 when somebody was assigned twice, or an assignment that was acknowledged is not there.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { PostgresJournal } from '@centralita/server/storage/journal.postgres.ts';
import { openPool, type Pool } from '@centralita/server/storage/pool.ts';
import { startTestCluster, TEMPLATE, type TestCluster } from '@centralita/server/storage/testing/cluster.ts';
import { cloneDatabase, givenAccount, type TestDatabase } from '@centralita/server/storage/testing/database.ts';
import type { FloorEvent } from '@centralita/server/wiring/account-program/index.ts';
import { load, machine, ms, percentile } from '../support/figures.ts';
import { AssigningFloor } from './floor.ts';
import { Workers } from './workers.ts';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '3' }, rounds: { type: 'string', default: '2' }, kills: { type: 'string', default: '5' }, killed: { type: 'string' }, account: { type: 'string' } } });
const SECONDS = Number(values.seconds);
const AIM = 3;
const CUSTOMERS = 200;
const AGENTS = [100, 1_000];
const WORKERS = [1, 8, 16, 32, 64];

let wholeCall = '';

interface Measured {
  readonly assigned: number;
  readonly waitedMs: readonly number[];
  readonly seconds: number;
}

async function floorOf(database: TestDatabase, agents: number): Promise<{ readonly measured: Measured; readonly right: boolean }> {
  const account = await givenAccount(database, `Bench ${agents}`);
  const waitedMs: number[] = [];
  const acknowledged: string[] = [];
  let counting = false;
  const floor = new AssigningFloor({
    pool: database.floor,
    account,
    agents,
    customers: CUSTOMERS,
    onAssigned: (offerId, tookMs) => {
      acknowledged.push(offerId);
      if (counting) waitedMs.push(tookMs);
    },
  });
  await floor.open();
  await delay(500);
  counting = true;
  const began = performance.now();
  await delay(1_000 * SECONDS);
  counting = false;
  const seconds = (performance.now() - began) / 1_000;
  await floor.close();
  const { problems, made, turns, events } = await examine(database.floor, account, acknowledged);
  for (const problem of problems) console.log(problem);
  wholeCall = `an assignment of the floor is a whole call, ${(turns / made).toFixed(1)} turns with ${(events / made).toFixed(1)} events`;
  return { measured: { assigned: waitedMs.length, waitedMs, seconds }, right: problems.length === 0 };
}

async function workersOf(pool: Pool, agents: number, workers: number): Promise<Measured> {
  const loop = new Workers(pool);
  await loop.fill(agents, CUSTOMERS);
  const waitedMs: number[] = [];
  const began = performance.now();
  const until = began + 1_000 * SECONDS;
  const work = async (): Promise<void> => {
    while (performance.now() < until) {
      const waited = await loop.assign();
      if (waited !== undefined) waitedMs.push(waited);
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
  return { assigned: waitedMs.length, waitedMs, seconds: (performance.now() - began) / 1_000 };
}

/** The journal, read back: nobody has two offers at a time, no offer is there twice, and every one that was acknowledged is there. */
async function examine(pool: Pool, account: string, acknowledged: readonly string[]): Promise<{ readonly problems: string[]; readonly made: number; readonly turns: number; readonly events: number }> {
  const problems: string[] = [];
  const made = new Set<string>();
  let turns = 0;
  let events = 0;
  const ofAgent = new Map<string, string>();
  const ofCustomer = new Map<string, string>();
  const open = new Map<string, { readonly agentId: string; readonly waitingId: string }>();
  for await (const turn of new PostgresJournal(pool).readTurns(account, 0)) {
    turns += 1;
    events += turn.events.length;
    for (const event of turn.events as readonly FloorEvent[]) {
      if (event.type === 'offer-made') {
        if (made.has(event.offerId)) problems.push(`${event.offerId} is there twice`);
        if (ofAgent.has(event.agentId)) problems.push(`${event.agentId} has ${event.offerId} and ${ofAgent.get(event.agentId)}`);
        if (ofCustomer.has(event.waitingId)) problems.push(`${event.waitingId} has ${event.offerId} and ${ofCustomer.get(event.waitingId)}`);
        made.add(event.offerId);
        open.set(event.offerId, event);
        ofAgent.set(event.agentId, event.offerId);
        ofCustomer.set(event.waitingId, event.offerId);
      } else if (event.type === 'offer-accepted' || event.type === 'offer-declined' || event.type === 'offer-expired' || event.type === 'offer-withdrawn') {
        const ended = open.get(event.offerId);
        open.delete(event.offerId);
        if (!ended) problems.push(`${event.offerId} ends and was not open`);
        else {
          ofAgent.delete(ended.agentId);
          ofCustomer.delete(ended.waitingId);
        }
      }
    }
  }
  for (const offerId of acknowledged) if (!made.has(offerId)) problems.push(`${offerId} was acknowledged and is lost`);
  return { problems, made: made.size, turns, events };
}

/** Another process assigns, is killed in the middle of it, and one more takes its place, on the same journal. */
async function underKills(database: TestDatabase): Promise<boolean> {
  const account = await givenAccount(database, 'Bench killed');
  const acknowledged: string[] = [];
  for (let kill = 0; kill < Number(values.kills); kill++) {
    const child = fork(import.meta.filename, ['--killed', database.urls.floor, '--account', account]);
    const first = once(child, 'message');
    child.on('message', (offerIds) => void acknowledged.push(...(offerIds as string[])));
    await first;
    await delay(300 + Math.random() * 700);
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }
  const { problems, made } = await examine(database.floor, account, acknowledged);
  for (const problem of problems.slice(0, 10)) console.log(problem);
  console.log(`\nKilled ${values.kills} times: ${acknowledged.length.toLocaleString('en')} assignments acknowledged, ${made.toLocaleString('en')} in the journal, ${problems.length} double or lost.`);
  return problems.length === 0;
}

async function assignUntilKilled(url: string, account: string): Promise<void> {
  const floor = new AssigningFloor({ pool: openPool(url), account, agents: AGENTS[0]!, customers: CUSTOMERS, onAssigned: (offerId) => void process.send?.([offerId]) });
  await floor.open();
}

async function run(cluster: TestCluster): Promise<void> {
  const database = await cloneDatabase(cluster, TEMPLATE);
  await database.owner.query(Workers.TABLES);
  const pool = openPool(database.urls.floor, { max: Math.max(...WORKERS) });
  console.log(`PostgreSQL ${cluster.majorVersion}, fsync and synchronous_commit on; ${CUSTOMERS} customers always there; ${SECONDS} s a case.\n`);
  console.log('| round | agents | what | assignments/s | wait p50 ms | p99 ms | load |\n| ---: | ---: | --- | ---: | ---: | ---: | ---: |');
  const show = (round: number, agents: number, what: string, { assigned, waitedMs, seconds }: Measured): number => {
    console.log(`| ${round} | ${agents} | ${what} | ${Math.round(assigned / seconds).toLocaleString('en')} | ${ms(percentile(waitedMs, 0.5))} | ${ms(percentile(waitedMs, 0.99))} | ${load()} |`);
    return assigned / seconds;
  };
  let right = true;
  const ratios: number[] = [];
  for (let round = 1; round <= Number(values.rounds); round++) {
    for (const agents of AGENTS) {
      const peer = async (): Promise<number> => {
        let best = 0;
        for (const workers of WORKERS) best = Math.max(best, show(round, agents, `SKIP LOCKED, ${workers} workers`, await workersOf(pool, agents, workers)));
        return best;
      };
      const ours = async (): Promise<number> => {
        const { measured, right: so } = await floorOf(database, agents);
        right &&= so;
        return show(round, agents, 'our floor', measured);
      };
      // A B, then B A.
      const [a, b] = round % 2 === 1 ? [await peer(), await ours()] : [await ours(), await peer()];
      ratios.push(round % 2 === 1 ? b / a : a / b);
    }
  }
  console.log(`\nOur floor against the best number of workers: ${ratios.map((ratio) => ratio.toFixed(2)).join(', ')} times (asked: ${AIM}); double or lost: ${right ? 'none' : 'SOME'}; ${wholeCall}.`);
  const survived = await underKills(database);
  console.log(`\n\`node bench/assign/main.ts ${process.argv.slice(2).join(' ')}\`. Machine: ${machine()}; load ${load()} at the end. PostgreSQL on the same machine.`);
  if (!right || !survived) process.exitCode = 1;
  await pool.end();
  await database.drop();
}

if (values.killed !== undefined && values.account !== undefined) await assignUntilKilled(values.killed, values.account);
else {
  const { cluster, stop } = await startTestCluster({ durable: true });
  try {
    await run(cluster);
  } finally {
    await stop();
  }
}
