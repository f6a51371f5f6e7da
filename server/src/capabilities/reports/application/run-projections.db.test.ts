import type { AccountId } from '@centralita/kernel';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PostgresJournal } from '../../../storage/journal.postgres.ts';
import { recordDay } from '../../../wiring/testing/recorded-day.ts';
import { freshDatabase, givenAccount, type TestDatabase } from '../../../storage/testing/database.ts';
import type { ReportedTurn } from '../domain/floor-events.ts';
import type { ProjectionStore } from './ports.ts';
import { ordinaryHour } from '../testing/turns.ts';
import { createTodayFigures } from '../domain/today-figures.ts';
import { projectionsIn } from '../storage/projections.postgres.ts';
import { readToday } from '../storage/today.postgres.ts';
import { realDay } from '../testing/real-day.ts';
import { createProjector, type Projector, type ProjectorOptions } from './run-projections.ts';

let database: TestDatabase;
let journal: PostgresJournal;

beforeAll(async () => {
  database = await freshDatabase();
  journal = new PostgresJournal(database.floor);
});
afterAll(() => database.drop());

/** An hour of ten agents, with everything that happens to them, in the journal. */
async function givenDay(seed: number): Promise<{ account: AccountId; turns: readonly ReportedTurn[] }> {
  const account = await givenAccount(database);
  const epoch = await journal.takeLease(account, 'test');
  const day = await recordDay({ account, seed, minutes: 60, agents: 10, callsPerMinute: 5 });
  await journal.appendTurns(day.journal.turns.map((turn) => ({ ...turn, epoch })));
  return { account, turns: day.journal.turns as readonly ReportedTurn[] };
}

/** PostgreSQL ends every connection of the role: with the process that held them, their transactions are over. */
const killConnections = () => database.floor.query('select pg_terminate_backend(pid) from pg_stat_activity where usename = current_user and datname = current_database() and pid <> pg_backend_pid()');

/** The process dies in its save number `count`: before the commit, or right after it, when nobody has heard of it yet. */
function dyingIn(count: number, when: 'before the commit' | 'after it'): ProjectionStore {
  const there = projectionsIn(database.floor);
  let saves = 0;
  return {
    ...there,
    async transaction(account, work) {
      let dies = false;
      await there.transaction(account, (rows) =>
        work({
          ...rows,
          async save(written, seq) {
            await rows.save(written, seq);
            dies = ++saves === count;
            if (dies && when === 'before the commit') await killConnections();
          },
        }),
      );
      if (dies) throw new Error('died');
    },
  };
}

const projector = (more: Partial<ProjectorOptions> = {}): Projector =>
  createProjector({ store: projectionsIn(database.floor), readTurns: (account, after) => journal.readTurns(account, after), lingerMs: 0, retryMs: 5, ...more });

async function commit(turns: readonly ReportedTurn[], epoch: number): Promise<void> {
  await journal.appendTurns(turns.map((turn) => ({ ...turn, epoch, deciderVersion: 1, input: null, seed: `seed-${turn.seq}`, effects: [], timers: [], closedEffects: [], personal: {} })));
}

async function givenHour(): Promise<{ account: AccountId; turns: readonly ReportedTurn[]; epoch: number }> {
  const account = await givenAccount(database);
  // Ids are unique in the installation, so each account gets its own.
  const turns = JSON.parse(JSON.stringify(ordinaryHour(account).turns).replaceAll(/"((?:(?:cnv|seg|off|rec)_\d)|usr_carla)"/g, `"$1_${account.slice(-6)}"`)) as ReportedTurn[];
  return { account, turns, epoch: await journal.takeLease(account, 'test') };
}

const PROJECTED = ['conversations', 'segments', 'participations', 'offers', 'recordings', 'agent_intervals', 'timeline_entries', 'projection_rules', 'projection_positions'];

async function dropEverything(account: AccountId): Promise<void> {
  for (const table of PROJECTED) await database.floor.query(`delete from ${table} where account = $1`, [account]);
}

async function everything(account: AccountId): Promise<Record<string, unknown[]>> {
  const all: Record<string, unknown[]> = {};
  for (const table of PROJECTED) all[table] = (await database.floor.query(`select * from ${table} where account = $1 order by to_jsonb(${table}.*)::text`, [account])).rows;
  return all;
}

describe('projections', () => {
  test('[S4.6] [S4.8] an hour of calls becomes conversations, segments, offers and agent time', async () => {
    const { account, turns, epoch } = await givenHour();
    const carla = `usr_carla_${account.slice(-6)}`;
    await commit(turns, epoch);
    const projections = projector();
    projections.take(turns);
    await projections.settled();
    const { conversations, segments, participations, offers, recordings, agent_intervals: intervals, timeline_entries: timeline } = await everything(account);
    const inOrder = (conversations as { ending: string; wait_ms: number; connected_ms: number | null; started_at: Date }[]).sort((a, b) => a.started_at.getTime() - b.started_at.getTime());
    expect(inOrder.map((row) => [row.ending, row.wait_ms, row.connected_ms])).toEqual([
      ['answered', 7_000, 60_000],
      ['abandoned', 30_000, null],
      ['short-abandon', 2_000, null],
    ]);
    expect(segments!.find((row) => (row as { agent_id: string | null }).agent_id !== null)).toMatchObject({ agent_id: carla, threshold_ms: 20_000, hold_ms: 10_000, after_service_ms: 15_000, ending: 'answered' });
    expect(participations).toEqual([expect.objectContaining({ agent_id: carla, mos: 4.26 })]);
    expect(offers).toEqual([expect.objectContaining({ ending: 'accepted', ring_ms: 3_000, passed_over: { 'not-free': 2 } })]);
    expect(recordings).toEqual([expect.objectContaining({ state: 'completed', duration_ms: 60_000 })]);
    const ordered = (intervals as { activity: string; takes_queue_work: boolean; from_at: Date; to_at: Date }[]).sort((a, b) => a.from_at.getTime() - b.from_at.getTime());
    expect(ordered.map((row) => [row.activity, row.takes_queue_work])).toEqual([
      ['idle', true],
      ['offered', true],
      ['talking', true],
      ['after-service', true],
      ['idle', true],
      ['idle', false],
    ]);
    for (const [i, row] of ordered.entries()) if (i > 0) expect(row.from_at).toEqual(ordered[i - 1]!.to_at);
    const told = (timeline as { conversation_id: string; first_seq: number; place: number; kind: string }[]).filter((row) => row.conversation_id.startsWith('cnv_1')).sort((a, b) => a.first_seq - b.first_seq || a.place - b.place);
    expect(told.map((row) => row.kind)).toEqual(['entered', 'menu-digit', 'queued', 'offered', 'answered', 'recording-started', 'held', 'resumed', 'ended', 'after-service-started', 'after-service-ended']);
    await projections.close();
  });

  test('[design 3] a rebuild from the journal equals what was written turn by turn, whatever the batches', async () => {
    const { account, turns, epoch } = await givenHour();
    await commit(turns, epoch);
    const projections = projector();
    for (const turn of turns) {
      projections.take([turn]);
      await projections.settled();
    }
    const incremental = await everything(account);
    expect(incremental.conversations).toHaveLength(3);
    await projections.rebuild(account);
    expect(await everything(account)).toEqual(incremental);
    await projections.close();
  });

  test('[design 3] a random day of the real machines: the rebuild is equal, and today’s figures start from its rows', async () => {
    const account = await givenAccount(database);
    const { turns, floor } = realDay(account, 4_711, 400);
    await commit(turns, await journal.takeLease(account, 'test'));
    const half = Math.floor(turns.length / 2);
    const projections = projector();
    for (let from = 0; from < half; from += 17) {
      projections.take(turns.slice(from, Math.min(half, from + 17)));
      await projections.settled();
    }
    // A control process that starts in the middle of the day: its board goes on from the rows.
    const at = { now: turns[half]!.at, timeZone: 'UTC' };
    const today = createTodayFigures({ ...at, seed: await readToday(database.floor, account, at) });
    for (const turn of turns) today.take(turn);
    const wholeDay = createTodayFigures(at);
    for (const turn of turns) wholeDay.take(turn);
    expect(today.totals(floor.now)).toEqual(wholeDay.totals(floor.now));
    expect(today.queue('que_ventas').answered).toBeGreaterThan(5);
    expect(today.agent('carla', floor.now)).toEqual(wholeDay.agent('carla', floor.now));
    await projections.close();

    const after = projector();
    await after.start(account);
    const incremental = await everything(account);
    expect(incremental.segments).toHaveLength(floor.all('queued').length);
    await after.rebuild(account);
    expect(await everything(account)).toEqual(incremental);
    await after.close();
  });

  test('[design 3] started anew in the middle, it goes on from its position, and takes no turn twice', async () => {
    const { account, turns, epoch } = await givenHour();
    await commit(turns, epoch);
    for (let cut = 1; cut < turns.length; cut += 3) {
      await dropEverything(account);
      const before = projector();
      before.take(turns.slice(0, cut));
      await before.close();
      const after = projector();
      after.take(turns.slice(cut - 1));
      await after.settled();
      await after.close();
    }
    const continued = await everything(account);
    const whole = projector();
    await whole.rebuild(account);
    expect(continued).toEqual(await everything(account));
    expect(continued.projection_positions).toEqual([{ name: 'interactions', account, seq: turns.length }]);
  });

  test('[design 3] a real-like day from nothing, in lots, has every row of the day that was written as it came', async () => {
    const { account, turns } = await givenDay(4);
    const live = projector();
    for (let from = 0; from < turns.length; from += 40) {
      live.take(turns.slice(from, from + 40));
      await live.settled();
    }
    await live.close();
    const incremental = await everything(account);
    expect(incremental.conversations!.length).toBeGreaterThan(250);
    expect(incremental.projection_positions).toEqual([{ name: 'interactions', account, seq: turns.length }]);
    // Of two lots and more: an agent whose interval is in the first signs out and in again in the next.
    for (const lotTurns of [1_000, 1_500, 2_000]) {
      await dropEverything(account);
      const anew = projector({ lotTurns });
      await anew.start(account);
      expect(await everything(account)).toEqual(incremental);
      await anew.rebuild(account);
      expect(await everything(account)).toEqual(incremental);
      await anew.close();
    }
  });

  test('[design 3] killed in the middle of the day, it goes on or begins anew, and ends in the same rows', async () => {
    const { account } = await givenDay(2);
    const lotTurns = 1_000;
    const whole = projector({ lotTurns });
    await whole.start(account);
    const right = await everything(account);
    for (const when of ['before the commit', 'after it'] as const) {
      for (const count of [1, 2]) {
        await dropEverything(account);
        await expect(projector({ lotTurns, store: dyingIn(count, when) }).start(account)).rejects.toThrow();
        const reached = ((await everything(account)).projection_positions as { seq: number }[])[0]?.seq ?? 0;
        expect(reached).toBe(lotTurns * (when === 'after it' ? count : count - 1));
        await projector({ lotTurns }).start(account);
        expect(await everything(account)).toEqual(right);
      }
    }
    await expect(projector({ lotTurns, store: dyingIn(2, 'before the commit') }).rebuild(account)).rejects.toThrow();
    expect(await everything(account)).toEqual(right);
    await whole.rebuild(account);
    expect(await everything(account)).toEqual(right);
  });

  test('[design 2] PostgreSQL away: turns wait, the lag says so, and nothing is lost or written twice', async () => {
    const { account, turns, epoch } = await givenHour();
    await commit(turns, epoch);
    let away = true;
    const failures: unknown[] = [];
    const there = projectionsIn(database.floor);
    const store: ProjectionStore = { ...there, transaction: (of, work) => (away ? Promise.reject(new Error('away')) : there.transaction(of, work)) };
    let failed: () => void = () => {};
    const onceFailed = new Promise<void>((resolve) => (failed = resolve));
    const projections = projector({
      store,
      onFailure: (_, error) => {
        failures.push(error);
        failed();
      },
    });
    projections.take(turns);
    await onceFailed;
    expect(projections.lag(account)).toEqual({ turns: turns.length, since: turns[0]!.at });
    away = false;
    await projections.settled();
    expect(projections.lag(account)).toEqual({ turns: 0, since: null });
    const written = await everything(account);
    await projections.rebuild(account);
    expect(await everything(account)).toEqual(written);
    await projections.close();
  });

  test('a gap between what it is told and where it stands is filled from the journal', async () => {
    const { account, turns, epoch } = await givenHour();
    await commit(turns.slice(0, 10), epoch);
    const projections = projector();
    await projections.start(account);
    await commit(turns.slice(10), epoch);
    projections.take(turns.slice(-2));
    await projections.settled();
    const written = await everything(account);
    expect(written.projection_positions).toEqual([{ name: 'interactions', account, seq: turns.length }]);
    await projections.rebuild(account);
    expect(await everything(account)).toEqual(written);
    await projections.close();
  });

  test('[design 3] figures older than the journal stay when retention has removed their turns', async () => {
    const { account, turns, epoch } = await givenHour();
    await commit(turns, epoch);
    const projections = projector();
    await projections.start(account);
    const before = await everything(account);
    // The first call is over by then, but for its after-service.
    const ended = turns.find(({ events }) => events.some(({ type }) => type === 'conversation-ended'))!;
    await database.floor.query('delete from journal where account = $1 and seq <= $2', [account, ended.seq]);
    await projections.rebuild(account);
    const after = await everything(account);
    expect(after.conversations).toEqual(before.conversations);
    expect(after.agent_intervals).toEqual(before.agent_intervals);
    await projections.close();
  });
});
