import type { AccountId } from '@centralita/kernel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FencedError, type StoredTurn } from '../floor/journal-store.ts';
import { PostgresJournal } from './journal.postgres.ts';
import { listen } from './listen.ts';
import { readOutbox, writeOutbox, type OutboxRow } from './outbox.postgres.ts';
import { inAccount, sqlState } from './pool.ts';
import { freshDatabase, givenAccount, type TestDatabase } from './testing/database.ts';

let database: TestDatabase;
let journal: PostgresJournal;

beforeAll(async () => {
  database = await freshDatabase();
  journal = new PostgresJournal(database.floor);
});
afterAll(() => database.drop());

const turn = (account: AccountId, seq: number, epoch: number, more: Partial<StoredTurn> = {}): StoredTurn => ({
  account,
  seq,
  epoch,
  at: 1_795_000_000_123 + seq,
  deciderVersion: 1,
  input: { type: 'leg-offered', seq },
  seed: `seed-${seq}`,
  events: [{ type: 'CallArrived' }],
  effects: [],
  timers: [{ change: 'set', id: 'tim_1', at: 1_795_000_000_500, input: null }],
  closedEffects: ['eff_1'],
  personal: {},
  ...more,
});

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

describe('the journal', () => {
  it('gives back what it was given, with the personal values of each turn', async () => {
    const [ferreteria, other] = [await givenAccount(database), await givenAccount(database)];
    const epochs = [await journal.takeLease(ferreteria, 'a'), await journal.takeLease(other, 'a')] as const;
    const first = turn(ferreteria, 1, epochs[0], { personal: { per_1: '+51 1 700 0000', per_2: 'Ana "la de siempre" \\ ñandú' } });
    const second = turn(ferreteria, 2, epochs[0]);
    const elsewhere = turn(other, 1, epochs[1]);
    await journal.appendTurns([first, elsewhere, second]);
    expect(await collect(journal.readTurns(ferreteria, 0))).toEqual([first, second]);
    expect(await collect(journal.readTurns(ferreteria, 1))).toEqual([second]);
    expect(await collect(journal.readTurns(other, 0))).toEqual([elsewhere]);
  });

  it('takes text that jsonb refuses, and leaves text that only looks like it', async () => {
    const account = await givenAccount(database);
    const epoch = await journal.takeLease(account, 'a');
    await journal.appendTurns([turn(account, 1, epoch, { input: { nul: 'a\0b', half: 'x\ud800y', literal: '\\u0000', emoji: '📞' }, personal: { per_1: 'a\0b' } })]);
    const [read] = await collect(journal.readTurns(account, 0));
    expect(read!.input).toEqual({ nul: 'a\ufffdb', half: 'x\ufffdy', literal: '\\u0000', emoji: '📞' });
    expect(read!.personal).toEqual({ per_1: 'a\ufffdb' });
  });

  it('keeps one row of a turn that is sent twice', async () => {
    const account = await givenAccount(database);
    const epoch = await journal.takeLease(account, 'a');
    await journal.appendTurns([turn(account, 1, epoch)]);
    await journal.appendTurns([turn(account, 1, epoch), turn(account, 2, epoch)]);
    expect((await collect(journal.readTurns(account, 0))).map((row) => row.seq)).toEqual([1, 2]);
  });

  it('reads on past the size of one read', async () => {
    const account = await givenAccount(database);
    const epoch = await journal.takeLease(account, 'a');
    await journal.appendTurns(Array.from({ length: 2_500 }, (_, i) => turn(account, i + 1, epoch)));
    const turns = await collect(journal.readTurns(account, 10));
    expect(turns.length).toBe(2_490);
    expect(await collect(journal.readEvents(account, 10))).toEqual(turns.map(({ seq, at, deciderVersion, events }) => ({ account, seq, at, deciderVersion, events })));
  });

  it('is never rewritten, whoever tries', async () => {
    await expect(database.owner.query('update journal set seed = seed')).rejects.toSatisfy((error) => sqlState(error) === 'CT002');
    await expect(database.floor.query('update journal set seed = seed')).rejects.toSatisfy((error) => sqlState(error) === '42501');
  });
});

describe('the fence', () => {
  it('refuses a lower epoch than the lease, the whole group of it', async () => {
    const [account, other] = [await givenAccount(database), await givenAccount(database)];
    const old = await journal.takeLease(account, 'thawed process');
    const otherEpoch = await journal.takeLease(other, 'thawed process');
    const now = await journal.takeLease(account, 'new process');
    expect(now).toBeGreaterThan(old);
    await expect(journal.appendTurns([turn(other, 1, otherEpoch, { personal: { per_1: 'x' } }), turn(account, 1, old)])).rejects.toThrow(FencedError);
    expect(await collect(journal.readTurns(other, 0))).toEqual([]);
    await journal.appendTurns([turn(account, 1, now)]);
  });

  it('refuses an account without a lease, and an epoch nobody gave', async () => {
    const account = await givenAccount(database);
    await expect(journal.appendTurns([turn(account, 1, 1)])).rejects.toThrow(FencedError);
    const epoch = await journal.takeLease(account, 'a');
    await expect(journal.appendTurns([turn(account, 1, epoch + 1)])).rejects.toThrow(FencedError);
  });

  it('refuses a number that another process used, even under the same epoch', async () => {
    const account = await givenAccount(database);
    const epoch = await journal.takeLease(account, 'a');
    await journal.appendTurns([turn(account, 1, epoch)]);
    await expect(journal.appendTurns([turn(account, 1, epoch, { seed: 'another' })])).rejects.toThrow(FencedError);
  });

  it('makes the taking of a lease wait for an append in flight: nothing old lands after it', async () => {
    const account = await givenAccount(database);
    const epoch = await journal.takeLease(account, 'old');
    const writer = await database.floor.connect();
    try {
      await writer.query('begin');
      await new PostgresJournal(writer as never).appendTurns([turn(account, 1, epoch)]);
      let taken = false;
      const taking = journal.takeLease(account, 'new').then((next) => {
        taken = true;
        return next;
      });
      await untilWaitingForLock(database);
      expect(taken).toBe(false);
      await writer.query('commit');
      expect(await taking).toBe(epoch + 1);
      expect((await collect(journal.readTurns(account, 0))).length).toBe(1);
    } finally {
      writer.release(true);
    }
  });
});

describe('snapshots', () => {
  it('come newest first, and only the last few are kept', async () => {
    const account = await givenAccount(database);
    for (let seq = 1; seq <= 6; seq++) {
      await journal.saveSnapshot({ account, seq, schemaVersion: 1, takenAt: 1_795_000_000_000, state: new Uint8Array([seq]) });
    }
    const kept = await collect(journal.loadSnapshots(account));
    expect(kept.map((snapshot) => snapshot.seq)).toEqual([6, 5, 4, 3]);
    expect([...kept[0]!.state]).toEqual([6]);
  });
});

describe('the outbox', () => {
  it('loses no row and repeats none while writers commit out of order', async () => {
    const account = await givenAccount(database);
    const [writers, each] = [6, 40];
    const writing = Promise.all(
      Array.from({ length: writers }, async (_, writer) => {
        for (let i = 0; i < each; i++) {
          await inAccount(database.app, account, async (connection) => {
            await writeOutbox(connection, account, { entity: 'queue', entityId: `${writer}-${i}`, value: { i } });
            // Some transactions stay open while others, begun later, commit.
            if (i % 3 === writer % 3) await connection.query('select pg_sleep(0.003)');
          });
        }
      }),
    );
    const read: OutboxRow[] = [];
    let done = false;
    void writing.finally(() => (done = true));
    while (read.length < writers * each) {
      const finished = done && (await allSettled(database));
      const { rows } = await readOutbox(database.floor, account, read.at(-1)?.position ?? 0);
      read.push(...rows);
      if (finished && rows.length === 0) break;
    }
    await writing;
    expect(new Set(read.map((row) => row.entityId)).size).toBe(writers * each);
    expect(read.length).toBe(writers * each);
    for (let writer = 0; writer < writers; writer++) {
      const own = read.filter((row) => row.entityId.startsWith(`${writer}-`)).map((row) => Number(row.entityId.split('-')[1]));
      expect(own).toEqual(Array.from({ length: each }, (_, i) => i));
    }
  });

  it('says that there is more while an older transaction is open, and gives it afterwards', async () => {
    const account = await givenAccount(database);
    const older = await database.app.connect();
    try {
      await older.query(`begin; select set_config('centralita.account', '${account}', true)`);
      await writeOutbox(older, account, { entity: 'queue', entityId: 'older', value: null });
      await inAccount(database.app, account, (connection) => writeOutbox(connection, account, { entity: 'queue', entityId: 'younger', value: null }));
      expect(await readOutbox(database.floor, account, 0)).toEqual({ rows: [], more: true });
      await older.query('commit');
      const rows: OutboxRow[] = [];
      // Transactions of other test files hold the horizon too, so this may take a few reads.
      while (rows.length < 2) rows.push(...(await readOutbox(database.floor, account, rows.at(-1)?.position ?? 0)).rows);
      expect(rows.map((row) => row.entityId)).toEqual(['older', 'younger']);
    } finally {
      older.release(true);
    }
  });

  it('wakes the listener with the account', async () => {
    const account = await givenAccount(database);
    const heard: (string | undefined)[] = [];
    let wake: () => void = () => {};
    const listener = listen(database.urls.floor, 'outbox', (payload) => {
      heard.push(payload);
      if (payload === account) wake();
    });
    await listener.ready;
    const woken = new Promise<void>((resolve) => (wake = resolve));
    await inAccount(database.app, account, (connection) => writeOutbox(connection, account, { entity: 'queue', entityId: 'que_1', value: {} }));
    await woken;
    await listener.close();
    expect(heard[0]).toBeUndefined();
  });
});

async function untilWaitingForLock({ owner }: TestDatabase): Promise<void> {
  const sql = 'select from pg_locks where not granted and pid in (select pid from pg_stat_activity where datname = current_database())';
  while ((await owner.query(sql)).rowCount === 0);
}

/** Nothing written so far can still be hidden from a reader. */
async function allSettled({ owner }: TestDatabase): Promise<boolean> {
  const { rows } = await owner.query<{ settled: boolean }>('select tx < pg_snapshot_xmin(pg_current_snapshot()) as settled from outbox order by tx desc limit 1');
  return rows[0]!.settled;
}
