import type { PastBoard } from '@centralita/contract';
import { type AccountId, DAY_MS, type Instant } from '@centralita/kernel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { activityOf } from '../capabilities/availability/index.ts';
import { partyOf } from '../capabilities/calls/feed/party.ts';
import { pastBoard } from '../capabilities/live-board/feed/past-board.ts';
import { createProjector, createTodayFigures, projectionsIn, type ReportedTurn } from '../capabilities/reports/index.ts';
import { PastFloor } from '../floor/replay.ts';
import type { LiveNames } from '../http/names.ts';
import { PostgresJournal } from '../storage/journal.postgres.ts';
import { freshDatabase, givenAccount, type TestDatabase } from '../storage/testing/database.ts';
import { createAccountProgram, type FloorEvent, type Input, type World } from './account-program/index.ts';
import { figuresOf, lineLimitIn } from './create-feed.ts';
import { PastBoards } from './past-boards.ts';
import { recordDay, RecordedJournal, recordedBeside } from './testing/recorded-day.ts';

const AGENTS = ['usr_1', 'usr_2', 'usr_3', 'usr_4', 'usr_5'];
const QUEUES = ['que_ventas', 'que_posventa'];
/** Eleven in the evening in Lima, so that midnight comes in the middle. */
const START = Date.UTC(2026, 10, 20, 4, 30);

let database: TestDatabase;
let account: AccountId;
let record: RecordedJournal;
let boards: PastBoards;
const clock = { now: () => START + DAY_MS };

const names: LiveNames = {
  of: () => ({
    language: 'es',
    simulated: false,
    users: new Map(AGENTS.map((userId, at) => [userId, { name: `Agente ${at + 1}`, extension: String(101 + at) }])),
    queues: new Map(QUEUES.map((queueId) => [queueId, { name: queueId, serviceLevelTarget: 0.8 }])),
    statuses: new Map([['sta_available', { name: 'Disponible', names: { es: 'Disponible', en: 'Available' }, icon: 'available', takesQueueWork: true }]]),
  }),
  caller: () => ({ known: null, earlierCalls: 0 }),
};

beforeAll(async () => {
  database = await freshDatabase();
  account = await givenAccount(database);
  record = new RecordedJournal();
  const journal = new PostgresJournal(database.floor);
  await recordDay({ account, seed: 5, start: START, minutes: 60, agents: AGENTS, callsPerMinute: 4, restartEveryMinutes: 25, store: recordedBeside(journal, record) });
  const projector = createProjector({ store: projectionsIn(database.floor), readTurns: (of, after) => journal.readTurns(of, after) as AsyncIterable<ReportedTurn> });
  await projector.start(account);
  await projector.close();
  // In small slices: what is counted must not depend on them.
  boards = new PastBoards(database.floor, clock, names, 9);
});
afterAll(async () => {
  boards.forget();
  await database.drop();
});

const ask = (at: Instant, more: { viewer?: string; userIds?: string[]; queueIds?: string[] } = {}) => boards.at({ account, viewer: 'usr_diego', at, userIds: AGENTS, queueIds: QUEUES, ...more });

async function boardAt(at: Instant): Promise<PastBoard> {
  const answer = await ask(at);
  if (!answer.ok) throw new Error(JSON.stringify(answer.refusal));
  return answer.value;
}

/** What the live board showed: every turn up to then, and the counters that followed them from the first on. */
function liveBoardAt(at: Instant): PastBoard {
  const past = new PastFloor<World, Input, FloorEvent>(createAccountProgram(), account);
  const figures = createTodayFigures({ timeZone: 'America/Lima', now: START });
  for (const turn of record.turns) {
    if (turn.at > at) break;
    past.restore(turn);
    figures.take(turn as unknown as ReportedTurn);
  }
  figures.turnDay(at);
  const { world } = past;
  const view = { account, world, names: names.of(account), figures: figuresOf(figures, () => at), activityOf, party: (customer: Parameters<typeof partyOf>[3]) => partyOf(world, names, account, customer), lineLimit: lineLimitIn(world) };
  return pastBoard(view, { at, firstAt: record.turns[0]!.at, userIds: AGENTS, queueIds: QUEUES });
}

const moments = (): Instant[] => Array.from({ length: 40 }, (_, index) => START + 70_000 + index * 87_654);

describe('a board of the past', () => {
  it('is the board as it was: people, queues, who waited, and the day’s figures as they were known', async () => {
    const shown = new Set<string>();
    let waited = 0;
    for (const at of moments()) {
      const board = await boardAt(at);
      expect(board).toEqual(liveBoardAt(at));
      for (const { activity } of board.agents) shown.add(activity);
      waited += board.waiting.length;
    }
    expect([...shown]).toEqual(expect.arrayContaining(['talking', 'idle', 'offered', 'after-service']));
    expect(waited).toBeGreaterThan(5);
  });

  it('is the same whichever way one comes to it', async () => {
    const there = moments();
    const forwards = new Map<number, PastBoard>();
    for (const at of there) forwards.set(at, await boardAt(at));
    for (const at of there.toReversed()) expect(await boardAt(at)).toEqual(forwards.get(at));
  });

  it('begins its figures anew at the account’s midnight', async () => {
    const midnight = Date.UTC(2026, 10, 20, 5);
    const [before, after] = [await boardAt(midnight - 1), await boardAt(midnight + 1)];
    expect(before.totals.offeredToday).toBeGreaterThan(20);
    expect(after.totals.offeredToday).toBeLessThan(3);
  });

  it('leads from whoever was talked to, and from whoever waited, to a conversation that history has', async () => {
    const ids = new Set<string>();
    for (const at of moments()) {
      const { agents, waiting } = await boardAt(at);
      for (const agent of agents) if (agent.activity === 'talking') ids.add(agent.conversationId!);
      for (const { conversationId } of waiting) ids.add(conversationId);
    }
    const { rows } = await database.floor.query<{ conversation_id: string }>('select conversation_id from conversations where account = $1 and conversation_id = any ($2::text[])', [account, [...ids]]);
    expect(ids.size).toBeGreaterThan(10);
    expect(rows.length).toBe(ids.size);
  });

  it('[S0.19] has nothing of people and queues out of reach', async () => {
    const at = moments().find((moment) => new Set(liveBoardAt(moment).waiting.map(({ queueId }) => queueId)).size > 1) ?? moments()[20]!;
    const answer = await ask(at, { userIds: ['usr_2'], queueIds: ['que_posventa'] });
    expect(answer).toMatchObject({ ok: true, value: { agents: [{ userId: 'usr_2' }], queues: [{ queueId: 'que_posventa' }] } });
    if (answer.ok) for (const { queueId } of answer.value.waiting) expect(queueId).toBe('que_posventa');
  });

  it('shows no number that was erased since', async () => {
    const at = moments().find((moment) => liveBoardAt(moment).waiting.length > 0)!;
    const erased = await freshErased(at);
    expect(erased.waiting.length).toBeGreaterThan(0);
    for (const { customer } of erased.waiting) expect(customer.number).toBe('');
  });

  it('says what cannot be: the future, before the journal, an account without one', async () => {
    expect(await ask(clock.now() + 1)).toMatchObject({ ok: false, refusal: { code: 'in-the-future' } });
    expect(await ask(record.turns[0]!.at - 1)).toMatchObject({ ok: false, refusal: { code: 'past-not-kept' } });
    const empty = await givenAccount(database);
    expect(await boards.at({ account: empty, viewer: 'usr_diego', at: START, userIds: [], queueIds: [] })).toMatchObject({ ok: false, refusal: { code: 'past-not-kept' } });
  });

  it('is made one at a time for each person, and for a few at once', async () => {
    const [first, second] = [ask(START + 600_000), ask(START + 700_000)];
    expect(await second).toMatchObject({ ok: false, refusal: { code: 'rate-limited' } });
    expect(await first).toMatchObject({ ok: true });
    expect(await ask(START + 700_000)).toMatchObject({ ok: true });
    const crowd = await Promise.all(Array.from({ length: 12 }, (_, index) => ask(START + 600_000 + index, { viewer: `usr_${index}` })));
    expect(crowd.filter(({ ok }) => ok)).toHaveLength(8);
  });

  /** The same board from a database in which every personal value was erased: asked first, since a state that was made is kept. */
  async function freshErased(at: Instant): Promise<PastBoard> {
    const client = await database.owner.connect();
    await client.query('create table kept as select * from journal_personal');
    await database.floor.query('delete from journal_personal where account = $1', [account]);
    const fresh = new PastBoards(database.floor, clock, names);
    const answer = await fresh.at({ account, viewer: 'usr_diego', at, userIds: AGENTS, queueIds: QUEUES });
    fresh.forget();
    await client.query('insert into journal_personal select * from kept');
    await client.query('drop table kept');
    client.release();
    if (!answer.ok) throw new Error('refused');
    return answer.value;
  }
});
