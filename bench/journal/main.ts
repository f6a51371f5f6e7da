/**
 * Durable events a second at p99 under 20 ms: the journal (turns in groups, one statement and one fsync each) against one INSERT for
 * each event with a commit of its own, on the same PostgreSQL, in turn. `node bench/journal/main.ts [--seconds 3] [--rounds 2]`.
 * Ends with 1 when a turn that was acknowledged is not there, or is not what it was.
 */
import { parseArgs } from 'node:util';
import type { AccountId } from '@centralita/kernel';
import { CommitLine } from '@centralita/server/floor/commit-line.ts';
import type { StoredTurn } from '@centralita/server/floor/journal-store.ts';
import { NO_SPOOL } from '@centralita/server/floor/testing/no-spool.ts';
import { PostgresJournal } from '@centralita/server/storage/journal.postgres.ts';
import { openPool, type Pool } from '@centralita/server/storage/pool.ts';
import { startTestCluster, TEMPLATE, type TestCluster } from '@centralita/server/storage/testing/cluster.ts';
import { cloneDatabase, givenAccount, type TestDatabase } from '@centralita/server/storage/testing/database.ts';
import { recordDay } from '@centralita/server/wiring/testing/recorded-day.ts';
import { load, machine, ms, percentile } from '../support/figures.ts';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '3' }, rounds: { type: 'string', default: '2' } } });
const SECONDS = Number(values.seconds);
const LIMIT_MS = 20;
const AIM = 8;
/** As the product's own line (`floor-process.ts`). */
const PACE_MS = 5;
const CONNECTIONS = [1, 8, 32, 64];
/** Turns in flight: each producer waits until its turn is durable before it makes the next one. */
const PRODUCERS = [8, 32, 64, 128, 256];

interface Measured {
  readonly events: number;
  readonly tookMs: readonly number[];
  readonly seconds: number;
}

const rate = ({ events, seconds }: Measured): number => events / seconds;
const p99 = ({ tookMs }: Measured): number => percentile(tookMs, 0.99);

/** So many at a time, each again as soon as its own is durable. @returns events, and how long each took */
async function keepBusy(producers: number, once: () => Promise<number>): Promise<Measured> {
  const tookMs: number[] = [];
  let events = 0;
  const began = performance.now();
  const until = began + SECONDS * 1_000;
  const produce = async (): Promise<void> => {
    while (performance.now() < until) {
      const from = performance.now();
      const made = await once();
      events += made;
      tookMs.push(performance.now() - from);
    }
  };
  await Promise.all(Array.from({ length: producers }, produce));
  return { events, tookMs, seconds: (performance.now() - began) / 1_000 };
}

/** The peer: what most programs do. */
class Inserts {
  readonly #pool: Pool;
  readonly #events: readonly (readonly [type: string, event: string])[];
  #next = 0;

  constructor(pool: Pool, turns: readonly StoredTurn[]) {
    this.#pool = pool;
    this.#events = turns.flatMap(({ events }) => events.map((event) => [event.type, JSON.stringify(event)] as const));
  }

  async measure(connections: number): Promise<Measured> {
    return keepBusy(connections, async () => {
      const [type, event] = this.#events[this.#next++ % this.#events.length]!;
      await this.#pool.query({ name: 'insert-event', text: 'insert into bench_events (account, at, type, event) values ($1, now(), $2, $3)', values: ['acc_bench', type, event] });
      return 1;
    });
  }
}

/** The product: commit line and journal as control runs them, on turns that the real deciders made. */
class Turns {
  readonly #journal: PostgresJournal;
  readonly #line: CommitLine;
  readonly #turns: readonly StoredTurn[];
  readonly #account: AccountId;
  #epoch = 0;
  #seq = 0;

  constructor(pool: Pool, account: AccountId, turns: readonly StoredTurn[]) {
    this.#account = account;
    this.#journal = new PostgresJournal(pool);
    this.#turns = turns;
    this.#line = new CommitLine({ store: this.#journal, spool: NO_SPOOL, patienceMs: 60_000, paceMs: PACE_MS, onStorageAway: () => {}, onFenced: (error) => Promise.reject(error) });
  }

  async open(): Promise<void> {
    this.#epoch = await this.#journal.takeLease(this.#account, 'bench');
  }

  async measure(producers: number): Promise<Measured> {
    return keepBusy(producers, async () => {
      const turn = this.#make(++this.#seq);
      await this.#line.append(turn);
      return turn.events.length;
    });
  }

  /** Every turn that was acknowledged, in order, as it was written. */
  async isWhole(): Promise<boolean> {
    let seq = 0;
    for await (const turn of this.#journal.readTurns(this.#account, 0)) {
      if (turn.seq !== ++seq || JSON.stringify(turn.events) !== JSON.stringify(this.#make(seq).events)) return false;
    }
    return seq === this.#seq;
  }

  /** The recorded day again and again; each time its numbers and names are others, so that each is written. */
  #make(seq: number): StoredTurn {
    const turn = this.#turns[(seq - 1) % this.#turns.length]!;
    const again = Math.floor((seq - 1) / this.#turns.length).toString(36).padStart(6, '0');
    const personal = Object.fromEntries(Object.entries(turn.personal).map(([reference, value]) => [reference.slice(0, -again.length) + again, value]));
    return { ...turn, account: this.#account, seq, epoch: this.#epoch, personal };
  }
}

async function run(cluster: TestCluster, database: TestDatabase): Promise<void> {
  const { journal } = await recordDay({ seed: 42, minutes: 60, agents: 60, callsPerMinute: 40 });
  const { turns } = journal;
  const perTurn = turns.reduce((sum, { events }) => sum + events.length, 0) / turns.length;
  const account = await givenAccount(database, 'Bench');
  const pool = openPool(database.urls.floor, { max: Math.max(...CONNECTIONS) });
  await database.owner.query('create table bench_events (id bigint generated always as identity primary key, account text not null, at timestamptz not null, type text not null, event json not null); grant select, insert on bench_events to floor');
  const inserts = new Inserts(pool, turns);
  const product = new Turns(database.floor, account, turns);
  await product.open();
  console.log(`PostgreSQL ${cluster.majorVersion}, fsync and synchronous_commit on. Turns of a simulated day, ${perTurn.toFixed(1)} events each; ${SECONDS} s a case, ${values.rounds} rounds.\n`);
  console.log('| round | what | events/s | p50 ms | p99 ms | load |\n| ---: | --- | ---: | ---: | ---: | ---: |');
  const best = { inserts: [] as number[], product: [] as number[] };
  for (let round = 1; round <= Number(values.rounds); round++) {
    const peer = async (): Promise<void> => {
      const all: Measured[] = [];
      for (const connections of CONNECTIONS) all.push(show(round, `one INSERT each, ${connections} connections`, await inserts.measure(connections)));
      best.inserts.push(bestOf(all));
    };
    const ours = async (): Promise<void> => {
      const all: Measured[] = [];
      for (const producers of PRODUCERS) all.push(show(round, `journal, ${producers} turns in flight`, await product.measure(producers)));
      best.product.push(bestOf(all));
    };
    // A B, then B A.
    for (const half of round % 2 === 1 ? [peer, ours] : [ours, peer]) await half();
  }
  const whole = await product.isWhole();
  const [peer, ours] = [percentile(best.inserts, 0.5), percentile(best.product, 0.5)];
  console.log(`\nAt p99 under ${LIMIT_MS} ms: ${Math.round(ours).toLocaleString('en')} against ${Math.round(peer).toLocaleString('en')} events a second, ${(ours / peer).toFixed(1)} times (asked: ${AIM}). Every acknowledged turn is there and the same: ${whole ? 'yes' : 'NO'}.`);
  console.log(`\n\`node bench/journal/main.ts ${process.argv.slice(2).join(' ')}\`. Machine: ${machine()}; load ${load()} at the end. PostgreSQL on the same machine.`);
  if (!whole) process.exitCode = 1;
  await pool.end();
}

function show(round: number, what: string, measured: Measured): Measured {
  console.log(`| ${round} | ${what} | ${Math.round(rate(measured)).toLocaleString('en')} | ${ms(percentile(measured.tookMs, 0.5))} | ${ms(p99(measured))} | ${load()} |`);
  return measured;
}

/** The highest rate whose p99 is under the limit; of those that are all above it, nothing. */
const bestOf = (all: readonly Measured[]): number => Math.max(0, ...all.filter((one) => p99(one) < LIMIT_MS).map(rate));

const { cluster, stop } = await startTestCluster({ durable: true });
try {
  const database = await cloneDatabase(cluster, TEMPLATE);
  await run(cluster, database);
  await database.drop();
} finally {
  await stop();
}
