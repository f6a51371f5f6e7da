import type { AccountId } from '@centralita/kernel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OperatorError } from '../config/operator-error.ts';
import type { AccountProgram } from '../floor/program.ts';
import { removeOldTurns } from '../storage/journal-retention.postgres.ts';
import { PostgresJournal } from '../storage/journal.postgres.ts';
import { inTransaction } from '../storage/pool.ts';
import { blankDatabase, freshDatabase, givenAccount, type TestDatabase } from '../storage/testing/database.ts';
import { createAccountProgram, type FloorEvent, type Input, type World } from './account-program/index.ts';
import { replayJournal, type ReplayRequest } from './replay.ts';
import { recordDay, RecordedJournal, recordedBeside } from './testing/recorded-day.ts';

const PAST_EVERY = 5_000;

let database: TestDatabase;
let account: AccountId;
let record: RecordedJournal;

beforeAll(async () => {
  database = await freshDatabase();
  account = await givenAccount(database, 'Ferretería Central');
  record = new RecordedJournal();
  await recordDay({ account, seed: 11, minutes: 70, agents: 12, callsPerMinute: 8, restartEveryMinutes: 30, store: recordedBeside(new PostgresJournal(database.floor), record) });
});
afterAll(() => database.drop());

const iso = (at: number): string => new Date(at).toISOString();
const momentOf = (seq: number): string => iso(record.turns[seq - 1]!.at);
const lastSeq = (): number => record.turns.length;
const whole = (): ReplayRequest => ({ account, from: momentOf(1), to: momentOf(lastSeq()) });

async function run(request: ReplayRequest, program: AccountProgram<World, Input, FloorEvent> = createAccountProgram()) {
  const client = await database.floor.connect();
  try {
    return await replayJournal(client, program, request);
  } finally {
    client.release();
  }
}

describe('npm run replay', () => {
  it('decides a whole real journal as it was', async () => {
    expect(await run(whole())).toMatchObject({ account, compared: lastSeq(), restored: 0, difference: undefined });
  });

  it('begins at the state before the range, and takes only the turns between', async () => {
    expect(lastSeq()).toBeGreaterThan(PAST_EVERY + 200);
    const { rows } = await database.floor.query<{ seq: number }>('select seq from past_snapshots where account = $1', [account]);
    expect(rows.length).toBe(Math.floor(lastSeq() / PAST_EVERY));
    const kept = rows[0]!.seq;
    const [first, last] = [kept + 60, kept + 160].map((seq) => record.turns[seq - 1]!.at) as [number, number];
    const between = record.turns.filter(({ at }) => at >= first && at <= last);
    const { compared, restored, difference } = await run({ account: 'Ferretería Central', from: iso(first), to: iso(last) });
    expect(difference).toBeUndefined();
    expect(compared).toBe(between.length);
    expect(restored).toBe(between[0]!.seq - 1 - kept);
  });

  it('takes dates in the account’s own zone', async () => {
    // America/Lima is five hours behind UTC, all year.
    const local = (seq: number): string => iso(record.turns[seq - 1]!.at - 5 * 3_600_000).slice(0, -1);
    expect(await run({ account, from: local(100), to: local(400) })).toEqual(await run({ account, from: momentOf(100), to: momentOf(400) }));
  });

  it('finds the turn at which a changed decider parts from the journal', async () => {
    const program = createAccountProgram();
    const changed: typeof program = {
      ...program,
      decide: (world, input, facts) => {
        const outcome = program.decide(world, input, facts);
        return 'refusal' in outcome ? outcome : { ...outcome, events: outcome.events.filter(({ type }) => type !== 'waiting-relaxed') };
      },
    };
    const seq = record.turns.find(({ events }) => events.some(({ type }) => type === 'waiting-relaxed'))!.seq;
    const { difference, compared } = await run(whole(), changed);
    expect(difference).toMatchObject({ seq, part: 'events' });
    expect(compared).toBe(seq);
  });

  it('writes nothing', async () => {
    const client = await database.floor.connect();
    const count = async () => (await client.query<{ n: number }>('select (select count(*) from journal) + (select count(*) from past_snapshots) + (select max(epoch) from floor_leases) as n')).rows[0]!.n;
    const before = await count();
    const written: string[] = [];
    const watched = { query: ((text: string | { text: string }, values?: unknown[]) => {
      written.push(typeof text === 'string' ? text : text.text);
      return client.query(text as string, values);
    }) as typeof client.query };
    await replayJournal(watched, createAccountProgram(), whole());
    expect(written[0]).toBe('begin isolation level repeatable read read only');
    expect(written.at(-1)).toBe('rollback');
    expect(await count()).toBe(before);
    client.release();
  });

  it.each([
    ['an account that is not there', { account: 'Nobody' }, /^There is no account "Nobody"\. There is acc_\w+ \(Ferretería Central\)\.$/],
    ['a date that is none', { from: '2026-02-30T10:00' }, /^--from must be a date and time like .* \(it is "2026-02-30T10:00"\)\.$/],
    ['words for a date', { to: 'yesterday' }, /^--to must be a date and time like .* \(it is "yesterday"\)\.$/],
    ['an hour that is none', { to: '2026-02-20T25:00' }, /^--to must be/],
    ['from after to', { from: '2030-01-02', to: '2030-01-01' }, /^--from must be before --to \(they are 2030-01-02T05:00:00.000Z and 2030-01-01T05:00:00.000Z\)\.$/],
    ['a range after the journal', { from: '2099-01-01', to: '2099-01-02' }, /^The journal of acc_\w+ ends at .*, before --from\.$/],
  ] as const)('says in one line what is wrong with %s', async (_what, part, line) => {
    const failure: unknown = await run({ ...whole(), ...part }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(OperatorError);
    expect((failure as Error).message).toMatch(line);
  });

  it('says so when there are several accounts of that name, and when there is no journal', async () => {
    const twins = [await givenAccount(database, 'Twins'), await givenAccount(database, 'Twins')];
    await expect(run({ ...whole(), account: 'Twins' })).rejects.toThrow(/^Several accounts are called "Twins": name one by its id, acc_\w+ or acc_\w+\.$/);
    await expect(run({ ...whole(), account: twins[0]! })).rejects.toThrow('has no turns.');
  });

  it('says so when the data is of an older program', async () => {
    const older = await blankDatabase();
    const client = await older.owner.connect();
    await expect(replayJournal(client, createAccountProgram(), whole())).rejects.toThrow('Start this one on it once');
    client.release();
    await older.drop();
  });

  // Last: it shortens the journal.
  it('says from when on the journal is kept, and replays what is, once retention has been there', async () => {
    const { rows } = await database.floor.query<{ seq: number; taken_at: Date }>('select seq, taken_at from past_snapshots where account = $1', [account]);
    const kept = rows[0]!;
    await database.floor.query(`insert into projection_positions (account, name, seq) values ($1, 'interactions', $2)`, [account, lastSeq()]);
    const before = kept.taken_at.getTime() - 60_000;
    for (let removed = true; removed; ) removed = (await removeOldTurns(database.floor, account, before)) !== undefined;
    const [oldest] = (await inTransaction(database.floor, (sql) => sql.query<{ seq: number; at: Date }>('select seq, at from journal where account = $1 order by seq limit 1', [account]))).rows;
    expect(oldest!.at.getTime()).toBeGreaterThanOrEqual(before);
    const early = await run(whole()).catch((error: Error) => error.message);
    expect(early).toBe(`The journal of ${account} is kept from ${oldest!.at.toISOString()} on, and can be replayed from ${kept.taken_at.toISOString()} on: choose a later --from.`);
    const later = await run({ account, from: iso(kept.taken_at.getTime() + 1), to: momentOf(lastSeq()) });
    expect(later).toMatchObject({ difference: undefined });
    expect(later.compared).toBe(record.turns.filter(({ at }) => at > kept.taken_at.getTime()).length);
  });
});
