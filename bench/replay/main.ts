/**
 * A day of 50,000 interactions: made once by the real deciders into a PostgreSQL of its own, then brought back from it.
 * `node bench/replay/main.ts [--interactions 50000]`. Ends with 1 when what comes back is not what was.
 */
import { parseArgs } from 'node:util';
import { formatId } from '@centralita/kernel';
import { createProjector, projectionsIn } from '@centralita/server/capabilities/reports/index.ts';
import type { JournalStore, StoredTurn } from '@centralita/server/floor/journal-store.ts';
import { PastFloor } from '@centralita/server/floor/replay.ts';
import { JournalPast } from '@centralita/server/storage/journal-past.postgres.ts';
import { PostgresJournal } from '@centralita/server/storage/journal.postgres.ts';
import { cloneDatabase } from '@centralita/server/storage/testing/database.ts';
import { startTestCluster, TEMPLATE, type TestCluster } from '@centralita/server/storage/testing/cluster.ts';
import { createAccountProgram, type FloorEvent, type Input, type World } from '@centralita/server/wiring/account-program/index.ts';
import { replayJournal } from '@centralita/server/wiring/replay.ts';
import { recordDay } from '@centralita/server/wiring/testing/recorded-day.ts';
import { load, machine } from '../support/figures.ts';

const { values } = parseArgs({ options: { interactions: { type: 'string', default: '50000' } } });
const wanted = Number(values.interactions);
const HOURS = 10;
const CALLS_PER_MINUTE = wanted / (HOURS * 60);
/** A call keeps an agent for some 80 s; a fifth more people than that. */
const AGENTS = Math.max(4, Math.ceil(CALLS_PER_MINUTE * (80 / 60) * 1.2));
const LIMIT_SECONDS = 20;

const account = formatId('account', Date.now(), new Uint8Array(10));
/** Turns go to PostgreSQL by the thousand: how fast a journal is written is another benchmark's question. */
class InThousands implements JournalStore {
  readonly #journal: PostgresJournal;
  #waiting: StoredTurn[] = [];
  turns = 0;
  interactions = 0;

  constructor(journal: PostgresJournal) {
    this.#journal = journal;
  }

  takeLease = (of: string, owner: string): Promise<number> => this.#journal.takeLease(of, owner);
  readTurns = (of: string, after: number): AsyncIterable<StoredTurn> => this.#journal.readTurns(of, after);
  readEvents = (of: string, after: number) => this.#journal.readEvents(of, after);
  loadSnapshots = (of: string) => this.#journal.loadSnapshots(of);

  async appendTurns(turns: readonly StoredTurn[]): Promise<void> {
    this.#waiting.push(...turns);
    this.turns += turns.length;
    for (const { events } of turns) for (const { type } of events) if (type === 'conversation-started') this.interactions += 1;
    if (this.#waiting.length >= 1_000) await this.flush();
  }

  async flush(): Promise<void> {
    const turns = this.#waiting;
    this.#waiting = [];
    await this.#journal.appendTurns(turns);
  }

  async saveSnapshot(snapshot: Parameters<JournalStore['saveSnapshot']>[0]): Promise<void> {
    await this.flush();
    await this.#journal.saveSnapshot(snapshot);
  }

  savePastSnapshot = (snapshot: Parameters<JournalStore['saveSnapshot']>[0]): Promise<void> => this.#journal.savePastSnapshot(snapshot);
}

async function run(cluster: TestCluster): Promise<void> {
  const database = await cloneDatabase(cluster, TEMPLATE);
  await database.owner.query(`insert into accounts (account, slug, name, time_zone, language) values ($1, 'bench', 'Bench', 'UTC', 'es')`, [account]);
  const store = new InThousands(new PostgresJournal(database.floor));
  const day = await timed(async () => {
    await recordDay({ account, seed: 42, minutes: HOURS * 60, agents: AGENTS, callsPerMinute: CALLS_PER_MINUTE, store });
    await store.flush();
  });
  console.log(`A day of ${store.interactions.toLocaleString('en')} interactions: ${store.turns.toLocaleString('en')} turns of ${AGENTS} agents, made in ${day.seconds.toFixed(0)} s.\n`);
  const { rows } = await database.floor.query<{ state: Buffer; seq: number }>('select state, seq from snapshots where account = $1 order by seq desc limit 1', [account]);
  const last = rows[0]!.seq;
  const past = new JournalPast(database.floor);
  const program = createAccountProgram();

  const state = await timed(() => stateAt(past, last, false));
  const projector = createProjector({ store: projectionsIn(database.floor), readTurns: (of, after) => store.readEvents(of, after) });
  const projections = await timed(() => projector.start(account));
  await projector.close();
  const projected = await database.floor.query<{ count: number }>('select count(*) as count from conversations where account = $1', [account]);
  const client = await database.floor.connect();
  const decided = await timed(() => replayJournal(client, program, { account, from: '2000-01-01', to: '2100-01-01' }));
  client.release();
  const moments = [];
  for (const share of [0.1, 0.35, 0.6, 0.85, 0.999]) {
    const seq = Math.floor(last * share);
    moments.push((await timed(() => stateAt(past, seq, true))).seconds);
  }

  const same = sameRows(state.value, await stateAt(past, last, true));
  const whole = Number(projected.rows[0]!.count) === store.interactions;
  const none = decided.value.difference === undefined && decided.value.compared === store.turns;
  const row = (what: string, seconds: number, right: boolean): void => console.log(`| ${what} | ${seconds.toFixed(1)} | ${Math.round(store.turns / seconds).toLocaleString('en')} | ${right ? 'yes' : 'NO'} |`);
  console.log('| what | s | turns/s | comes out the same |\n| --- | ---: | ---: | --- |');
  row('live state from the first turn on, without a snapshot', state.seconds, same);
  row('projections (conversations, segments, timelines, intervals) from nothing', projections.seconds, whole);
  row('every turn decided anew and compared (`npm run replay`)', decided.seconds, none);
  console.log(`\nThe state at a moment of that day, from the kept state before it: ${moments.map((seconds) => `${Math.round(seconds * 1_000)} ms`).join(', ')}.`);
  console.log(`\n\`node bench/replay/main.ts ${process.argv.slice(2).join(' ')}\`. Machine: ${machine()}; load ${load()} at the end. PostgreSQL on the same machine.`);
  await database.drop();
  if (!same || !whole || !none || state.seconds > LIMIT_SECONDS) process.exitCode = 1;
}

async function stateAt(past: JournalPast, seq: number, fromSnapshot: boolean): Promise<PastFloor<World, Input, FloorEvent>> {
  const floor = await PastFloor.from<World, Input, FloorEvent>(createAccountProgram(), account, fromSnapshot ? await past.stateBefore(account, seq) : undefined);
  for await (const turn of past.turns(account, floor.seq, seq)) floor.restore(turn);
  return floor;
}

/** Personal values are let go in a turn and not in a replay (`personal.ts`); all other rows are the same, in the same order. */
function sameRows(one: PastFloor<World, Input, FloorEvent>, other: PastFloor<World, Input, FloorEvent>): boolean {
  const rows = ({ world }: typeof one): string => JSON.stringify(Object.entries(world.tables).flatMap(([name, table]) => (name === 'personal' ? [] : [[name, [...table.entries()]]])));
  return one.seq === other.seq && rows(one) === rows(other);
}

async function timed<Value>(work: () => Promise<Value>): Promise<{ readonly value: Value; readonly seconds: number }> {
  const began = performance.now();
  const value = await work();
  return { value, seconds: (performance.now() - began) / 1_000 };
}

const { cluster, stop } = await startTestCluster();
try {
  await run(cluster);
} finally {
  await stop();
}
