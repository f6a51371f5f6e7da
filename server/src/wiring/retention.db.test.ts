import fs from 'node:fs';
import path from 'node:path';
import { type AccountId, DAY_MS } from '@centralita/kernel';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { removeOldDeliveries } from '../capabilities/integrations/storage/deliveries.postgres.ts';
import { showRetention } from '../capabilities/accounts/index.ts';
import { oldContactMessagesIn } from '../capabilities/contacts/storage/source-contacts.postgres.ts';
import { endedSessionsIn } from '../capabilities/people/storage/sessions.postgres.ts';
import { createProjector, projectionsIn } from '../capabilities/reports/index.ts';
import { TurnScript } from '../capabilities/reports/testing/turns.ts';
import { SNAPSHOT_SCHEMA_VERSION } from '../floor/snapshot.ts';
import { installJobs } from '../jobs/install-jobs.ts';
import { openJobs } from '../jobs/jobs.ts';
import { HISTORY_REFERENCES, removeOldTurns } from '../storage/journal-retention.postgres.ts';
import { PostgresJournal } from '../storage/journal.postgres.ts';
import { readOutbox, removeTakenChanges, writeOutbox } from '../storage/outbox.postgres.ts';
import { inAccount } from '../storage/pool.ts';
import { freshDatabase, givenAccount, type TestDatabase } from '../storage/testing/database.ts';
import { startBackgroundWork } from './background-work.ts';
import { createStores } from './create-stores.ts';
import { type RetentionRoundDeps, runRetention } from './retention.ts';

let database: TestDatabase;
let journal: PostgresJournal;
/** The hundredth day after the calls below: all of them are older than 90 days. */
const TODAY = Date.UTC(2026, 10, 20) + 100 * DAY_MS;
const clock = { now: () => TODAY };
const longAgo = TODAY - 90 * DAY_MS;

beforeAll(async () => {
  database = await freshDatabase();
  journal = new PostgresJournal(database.floor);
});
afterAll(() => database.drop());

interface Past {
  readonly account: AccountId;
  readonly lastSeq: number;
}

/** An answered call of 8 turns or so, projected; a snapshot at the end, if not told otherwise. */
async function givenPast({ snapshotAt, script = (of: TurnScript) => of.offered(1, 'usr_carla').answers(1, 'usr_carla').talksAndLeaves(1, 'usr_carla') }: { snapshotAt?: number; script?: (of: TurnScript) => TurnScript } = {}): Promise<Past> {
  const account = await givenAccount(database);
  const { turns: written } = script(new TurnScript(account).opening().signIn('usr_carla').enters(1));
  const turns = JSON.parse(JSON.stringify(written).replaceAll(/"((?:cnv|seg|off|rec)_\d|usr_carla)"/g, `"$1_${account.slice(-6)}"`)) as typeof written;
  const epoch = await journal.takeLease(account, 'test');
  const personalOf = (seq: number): Record<string, string> => (seq === 3 ? { per_number_1: '+51987654321', per_digit: '1', per_card: '4111' } : {});
  await journal.appendTurns(turns.map((turn) => ({ ...turn, epoch, deciderVersion: 1, input: null, seed: `seed-${turn.seq}`, effects: [], timers: [], closedEffects: [], personal: personalOf(turn.seq) })));
  const projector = createProjector({ store: projectionsIn(database.floor), readTurns: (of, after) => journal.readTurns(of, after) });
  await projector.start(account);
  await projector.close();
  const lastSeq = turns.length;
  await givenSnapshot(account, snapshotAt ?? lastSeq);
  return { account, lastSeq };
}

const givenSnapshot = (account: AccountId, seq: number, schemaVersion = SNAPSHOT_SCHEMA_VERSION) =>
  journal.saveSnapshot({ account, seq, schemaVersion, takenAt: TODAY, state: new Uint8Array([1]) });

async function seqsOf(account: AccountId): Promise<number[]> {
  const { rows } = await database.floor.query<{ seq: number }>('select seq from journal where account = $1 order by seq', [account]);
  return rows.map((row) => row.seq);
}
async function personalOf(account: AccountId): Promise<string[]> {
  const { rows } = await database.floor.query<{ ref: string }>('select ref from journal_personal where account = $1 order by ref', [account]);
  return rows.map((row) => row.ref);
}
const from = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, index) => first + index);

/** Resolves once a statement of the role `floor` waits for a lock of somebody else; answers its process. A role sees its own. */
async function whoWaits(): Promise<number> {
  let pid = 0;
  await expect
    .poll(async () => {
      const { rows } = await database.floor.query<{ pid: number }>(`select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`);
      pid = rows[0]?.pid ?? 0;
      return pid;
    }, { timeout: 20_000 })
    .toBeGreaterThan(0);
  return pid;
}

describe('[design 3] the journal past its days', () => {
  it('goes, with the personal values that history does not show, and the audit says so', async () => {
    const { account, lastSeq } = await givenPast();
    expect(await personalOf(account)).toEqual(['per_card', 'per_digit', 'per_number_1']);
    expect(await removeOldTurns(database.floor, account, longAgo)).toEqual({ turns: lastSeq, fromSeq: 1, toSeq: lastSeq, personalValues: 1 });
    expect(await seqsOf(account)).toEqual([]);
    expect(await personalOf(account)).toEqual(['per_digit', 'per_number_1']);
    const { rows } = await database.owner.query(`select actor, action, after from audit where account = $1`, [account]);
    expect(rows).toEqual([{ actor: 'retention', action: 'journal-shortened', after: { turns: lastSeq, fromSeq: 1, toSeq: lastSeq, personalValues: 1 } }]);
    expect(await removeOldTurns(database.floor, account, longAgo)).toBeUndefined();
    expect((await database.owner.query(`select from audit where account = $1`, [account])).rowCount).toBe(1);
  });

  it('goes only as far as its turns are old, in their order', async () => {
    const { account, lastSeq } = await givenPast();
    const { rows } = await database.floor.query<{ at: Date }>('select at from journal where account = $1 and seq = 6', [account]);
    await removeOldTurns(database.floor, account, rows[0]!.at.getTime());
    expect(await seqsOf(account)).toEqual(from(6, lastSeq));
  });

  it('of another account stays', async () => {
    const [ours, theirs] = [await givenPast(), await givenPast()];
    await removeOldTurns(database.floor, ours.account, longAgo);
    expect(await seqsOf(theirs.account)).toEqual(from(1, theirs.lastSeq));
    expect(await personalOf(theirs.account)).toHaveLength(3);
  });

  it('stays where the oldest readable snapshot begins, and whole without one', async () => {
    const { account, lastSeq } = await givenPast({ snapshotAt: 5 });
    await givenSnapshot(account, 7);
    await givenSnapshot(account, 2, SNAPSHOT_SCHEMA_VERSION + 1);
    await removeOldTurns(database.floor, account, longAgo);
    expect(await seqsOf(account)).toEqual(from(6, lastSeq));
    await database.floor.query('update snapshots set schema_version = schema_version + 1 where account = $1', [account]);
    expect(await removeOldTurns(database.floor, account, longAgo)).toBeUndefined();
  });

  it('stays where a projection has not come yet, and whole when it has not begun', async () => {
    const { account, lastSeq } = await givenPast();
    await database.floor.query('update projection_positions set seq = 4 where account = $1', [account]);
    await removeOldTurns(database.floor, account, longAgo);
    expect(await seqsOf(account)).toEqual(from(5, lastSeq));
    await database.floor.query('delete from projection_positions where account = $1', [account]);
    expect(await removeOldTurns(database.floor, account, longAgo)).toBeUndefined();
  });

  it('stays from the first turn of a conversation that still runs', async () => {
    const { account, lastSeq } = await givenPast({ script: (of) => of.offered(1, 'usr_carla').answers(1, 'usr_carla') });
    await removeOldTurns(database.floor, account, longAgo);
    expect(await seqsOf(account)).toEqual(from(3, lastSeq));
    expect(await personalOf(account)).toHaveLength(3);
  });

  it('is whole when the process is killed in the middle, and the next round does it all', async () => {
    const { account, lastSeq } = await givenPast();
    const blocker = await database.owner.connect();
    await blocker.query('begin; lock table audit in exclusive mode');
    const killed = removeOldTurns(database.floor, account, longAgo).then(() => 'done', () => 'killed');
    await database.floor.query(`select pg_terminate_backend($1)`, [await whoWaits()]);
    expect(await killed).toBe('killed');
    await blocker.query('rollback');
    blocker.release();
    expect(await seqsOf(account)).toEqual(from(1, lastSeq));
    expect(await personalOf(account)).toHaveLength(3);
    expect(await removeOldTurns(database.floor, account, longAgo)).toMatchObject({ turns: lastSeq, personalValues: 1 });
  });

  it('waits for a rebuild, and then takes nothing that the rebuild counted on', async () => {
    const { account, lastSeq } = await givenPast();
    const rebuild = await database.floor.connect();
    await rebuild.query('begin');
    await rebuild.query(`select from projection_positions where account = $1 for update`, [account]);
    const removing = removeOldTurns(database.floor, account, longAgo);
    await whoWaits();
    await rebuild.query('delete from projection_positions where account = $1', [account]);
    await rebuild.query('commit');
    rebuild.release();
    expect(await removing).toBeUndefined();
    expect(await seqsOf(account)).toEqual(from(1, lastSeq));
  });
});

it('every reference of history is among those that retention looks at', () => {
  const projection = path.join(import.meta.dirname, '../capabilities/reports/domain/projection');
  const read = (file: string) => fs.readFileSync(path.join(projection, file), 'utf8');
  const facts = new Set(Array.from(read('timeline.ts').matchAll(/\b(\w+Ref):/g), (match) => match[1]!));
  const columns = Array.from(read('rows.ts').matchAll(/readonly (\w+): PersonalRef/g), (match) => match[1]!.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
  expect([...facts].sort()).toEqual([...HISTORY_REFERENCES.timeline_entries].sort());
  expect(columns.sort()).toEqual([...HISTORY_REFERENCES.conversations].sort());
});

function roundDeps(accounts: readonly AccountId[], more: Partial<RetentionRoundDeps> = {}): RetentionRoundDeps {
  const stores = createStores(database.app, clock, () => {});
  return {
    accounts: () => Promise.resolve(accounts),
    retentionOf: (account) => showRetention(stores, account),
    recordings: { table: stores.recordings, folder: NO_FILES, accountKeys: { keyOf: () => Promise.reject(new Error('nothing is opened here')) } },
    sessions: endedSessionsIn(database.app),
    contactMessages: oldContactMessagesIn(database.app),
    configurationTaken: () => undefined,
    removeOldMessages: (account, before) => removeOldDeliveries(database.app, account, before),
    floorPool: database.floor,
    clock,
    logger: pino({ level: 'silent' }),
    ...more,
  };
}
const NO_FILES: RetentionRoundDeps['recordings']['folder'] = {
  claim: () => Promise.resolve(false),
  store: () => Promise.reject(new Error('nothing is kept here')),
  open: () => Promise.reject(new Error('nothing is opened here')),
  remove: () => Promise.resolve(),
  waiting: () => Promise.resolve([]),
  freeBytes: () => Promise.resolve(0),
};

describe('[design 3] changes of configuration past their days', () => {
  /** Three old changes and a fresh one. @returns their positions, oldest first */
  async function givenChanges(account: AccountId): Promise<number[]> {
    for (const id of ['que_1', 'que_2', 'que_3', 'que_4']) await inAccount(database.app, account, (connection) => writeOutbox(connection, account, { entity: 'queue', entityId: id, value: null }));
    await database.owner.query(`update outbox set at = $2 where account = $1 and entity_id <> 'que_4'`, [account, new Date(longAgo - DAY_MS)]);
    await database.owner.query(`update outbox set at = $2 where account = $1 and entity_id = 'que_4'`, [account, new Date(TODAY)]);
    return positionsOf(account);
  }
  async function positionsOf(account: AccountId): Promise<number[]> {
    const { rows } = await database.owner.query<{ id: number }>('select id from outbox where account = $1 order by tx, id', [account]);
    return rows.map(({ id }) => id);
  }

  it('go when the floor has them in its journal, but for the one that it reads on from', async () => {
    const [ours, theirs] = [await givenAccount(database), await givenAccount(database)];
    const positions = await givenChanges(ours);
    const others = await givenChanges(theirs);
    await runRetention(roundDeps([ours, theirs], { configurationTaken: (account) => (account === ours ? positions[1] : undefined) }));
    expect(await positionsOf(ours)).toEqual(positions.slice(1));
    expect(await positionsOf(theirs)).toEqual(others);
    expect((await readOutbox(database.floor, ours, positions[1]!)).rows.map(({ entityId }) => entityId)).toEqual(['que_3', 'que_4']);
    const { rows } = await database.owner.query(`select actor, action, after from audit where account = $1`, [ours]);
    expect(rows).toEqual([{ actor: 'retention', action: 'outbox-shortened', after: { changes: 1 } }]);
  });

  it('stay while they are young, and while the floor has taken none', async () => {
    const account = await givenAccount(database);
    const positions = await givenChanges(account);
    expect(await removeTakenChanges(database.floor, account, 0, longAgo)).toBe(0);
    expect(await removeTakenChanges(database.floor, account, positions[3]!, longAgo)).toBe(3);
    expect(await removeTakenChanges(database.floor, account, positions[3]!, TODAY + DAY_MS)).toBe(0);
    expect(await positionsOf(account)).toEqual(positions.slice(3));
  });
});

describe('sign-ins that ended', () => {
  it('go with the journal’s days; those that run, that ended lately, or that still have a telephone stay', async () => {
    const account = await givenAccount(database);
    await inAccount(database.app, account, async (connection) => {
      await connection.query(`insert into users (user_id, account, name, email, role, password_hash) values ('usr_olga', $1, 'Olga', 'olga@ferreteria.example', 'owner', '')`, [account]);
      for (const [id, endedAt] of [['long', longAgo - 1], ['lately', longAgo + 1], ['running', null], ['phone', longAgo - 1]] as const) {
        await connection.query(`insert into sessions (session_id, account, user_id, token_hash, expires_at, ended_at) values ($1, $2, 'usr_olga', $3, $4, $5)`, [id, account, Buffer.from(id), new Date(longAgo - DAY_MS), endedAt === null ? null : new Date(endedAt)]);
      }
      await connection.query(`insert into devices (device_id, account, user_id, session_id, kind, username, secret) values ('dev_1', $1, 'usr_olga', 'phone', 'browser', 'u-1', '')`, [account]);
    });
    await runRetention(roundDeps([account]));
    const { rows } = await database.owner.query('select session_id from sessions where account = $1 order by session_id', [account]);
    expect(rows).toEqual([{ session_id: 'lately' }, { session_id: 'phone' }, { session_id: 'running' }]);
  });
});

describe('[fault row 25] what a contact source sent', () => {
  const days = (count: number) => new Date(TODAY - count * DAY_MS);

  /** A source with messages and tombstones of several ages, and a contact that it told of long ago. */
  async function givenSource(account: AccountId): Promise<(table: string) => Promise<string[]>> {
    const sourceId = `src_${account}`;
    await inAccount(database.app, account, async (connection) => {
      await connection.query(`insert into contact_sources (source_id, account, name, secret) values ($1, $2, 'CRM', '')`, [sourceId, account]);
      await connection.query(`insert into contacts (contact_id, account, name) values ($1, $2, 'Ana')`, [`con_${account}`, account]);
      for (const [id, age] of [['today', 0], ['young', 1.9], ['old', 2.1], ['older', 40]] as const) {
        await connection.query(`insert into source_messages (source_id, account, message_id, taken_at) values ($1, $2, $3, $4)`, [sourceId, account, id, days(age)]);
      }
      for (const [id, age, contactId] of [['ana', 400, `con_${account}`], ['gone', 29, null], ['long-gone', 31, null]] as const) {
        await connection.query(`insert into source_contacts (source_id, account, external_id, contact_id, changed_at, message_id, taken_at) values ($1, $2, $3, $4, $5, 'm', $5)`, [sourceId, account, id, contactId, days(age)]);
      }
    });
    return async (table) => {
      const name = table === 'source_messages' ? 'message_id' : 'external_id';
      return (await database.owner.query<{ id: string }>(`select ${name} as id from ${table} where account = $1 order by taken_at desc`, [account])).rows.map((row) => row.id);
    };
  }

  it('is forgotten: ids of messages after two days, tombstones after thirty; what is known of living contacts stays', async () => {
    const [ours, theirs] = [await givenAccount(database), await givenAccount(database)];
    const [left, leftToThem] = [await givenSource(ours), await givenSource(theirs)];
    await runRetention(roundDeps([ours]));
    expect(await left('source_messages')).toEqual(['today', 'young']);
    expect(await left('source_contacts')).toEqual(['gone', 'ana']);
    expect(await leftToThem('source_messages')).toHaveLength(4);
    expect(await leftToThem('source_contacts')).toHaveLength(3);
    const { rows } = await database.owner.query('select actor, action, after from audit where account = $1', [ours]);
    expect(rows).toEqual([{ actor: 'retention', action: 'contact-messages-removed', after: { messages: 2, tombstones: 1 } }]);
    await runRetention(roundDeps([ours]));
    expect((await database.owner.query('select from audit where account = $1', [ours])).rowCount).toBe(1);
  });

  it('leaves nothing half when the round dies in the middle, and the next does it', async () => {
    const account = await givenAccount(database);
    const left = await givenSource(account);
    await database.owner.query(`create function die() returns trigger language plpgsql as $$ begin perform pg_terminate_backend(pg_backend_pid(), 5000); return null; end $$`);
    await database.owner.query('create trigger die after delete on source_contacts for each row execute function die()');
    await expect(runRetention(roundDeps([account]))).rejects.toThrow('retention is not complete');
    expect(await left('source_messages')).toHaveLength(4);
    await database.owner.query('drop trigger die on source_contacts');
    await database.owner.query('drop function die()');
    await runRetention(roundDeps([account]));
    expect([await left('source_messages'), await left('source_contacts')]).toEqual([['today', 'young'], ['gone', 'ana']]);
  });
});

describe('a round', () => {
  it('goes by each account’s own days', async () => {
    const [short, long] = [await givenPast(), await givenPast()];
    await database.owner.query('update accounts set journal_kept_days = 120 where account = $1', [long.account]);
    await runRetention(roundDeps([short.account, long.account]));
    expect(await seqsOf(short.account)).toEqual([]);
    expect(await seqsOf(long.account)).toEqual(from(1, long.lastSeq));
  });

  it('that fails for one account goes on with the next, and says that it failed', async () => {
    const [first, second] = [await givenPast(), await givenPast()];
    const deps = roundDeps([first.account, second.account]);
    const broken = runRetention({ ...deps, retentionOf: (account) => (account === first.account ? Promise.reject(new Error('no')) : deps.retentionOf(account)) });
    await expect(broken).rejects.toThrow('retention is not complete');
    expect(await seqsOf(first.account)).toEqual(from(1, first.lastSeq));
    expect(await seqsOf(second.account)).toEqual([]);
  });

  it('that is told to stop leaves the rest for the next', async () => {
    const { account, lastSeq } = await givenPast();
    await runRetention(roundDeps([account]), AbortSignal.abort());
    expect(await seqsOf(account)).toEqual(from(1, lastSeq));
  });

  it('is a job: on a schedule, by the roles that the program has', async () => {
    const { account } = await givenPast();
    await installJobs(database.urls.owner);
    const work = await startBackgroundWork({ appUrl: database.urls.app, retention: roundDeps([account]), logger: pino({ level: 'silent' }) });
    const jobs = await openJobs(database.urls.app, () => {});
    try {
      const { rows } = await database.owner.query('select name, cron, timezone from pgboss.schedule');
      expect(rows).toEqual([{ name: 'retention', cron: '17 * * * *', timezone: 'UTC' }]);
      await jobs.send('retention', {});
      await expect.poll(() => seqsOf(account), { timeout: 20_000 }).toEqual([]);
    } finally {
      await jobs.stop();
      await work.close();
    }
  });
});
