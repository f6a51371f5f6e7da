import { pastBoard } from '@centralita/contract';
import { MINUTE_MS } from '@centralita/kernel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCenter, type TestCenter } from '../../../http/testing/center.ts';
import { PostgresJournal } from '../../../storage/journal.postgres.ts';
import { inAccount } from '../../../storage/pool.ts';
import { recordDay } from '../../../wiring/testing/recorded-day.ts';

let center: TestCenter;
let start: number;

const idOf = (name: string) => center.made.people.find((person) => person.name === name)!.userId;
const url = (at: number | string, more = '') => `/api/board?at=${at}${more}`;

beforeAll(async () => {
  center = await openCenter();
  start = center.clock.at - 30 * MINUTE_MS;
  const { account } = center.made;
  await recordDay({ account, seed: 9, start, minutes: 20, agents: center.made.people.map(({ userId }) => userId), callsPerMinute: 4, store: new PostgresJournal(center.database.floor) });
});
afterAll(() => center.close());

describe('GET /api/board', () => {
  it('[S0.19] is for whoever may read the live board', async () => {
    expect((await center.stranger().get(url(start + MINUTE_MS))).status).toBe(401);
    expect((await (await center.as('Carla')).get(url(start + MINUTE_MS))).status).toBe(403);
    for (const name of ['Diego', 'Elena', 'Fabián', 'Olga'] as const) expect((await (await center.as(name)).get(url(start + MINUTE_MS))).status).toBe(200);
  });

  it('answers the board of that instant, with the people of one’s own reach', async () => {
    const at = start + 9 * MINUTE_MS;
    const [elena, diego] = [await center.as('Elena'), await center.as('Diego')];
    const all = pastBoard.parse((await elena.get(url(at))).body);
    expect(all.at).toBe(at);
    expect(all.firstAt).toBeLessThan(start + MINUTE_MS);
    expect(all.agents.map(({ userId }) => userId).toSorted()).toEqual(center.made.people.map(({ userId }) => userId).toSorted());
    expect(new Set(all.agents.map(({ activity }) => activity)).size).toBeGreaterThan(1);
    const { rows } = await inAccount(center.database.app, center.made.account, (sql) => sql.query<{ id: string }>(`select reachable_users($1, 'group') as id`, [idOf('Diego')]));
    const own = pastBoard.parse((await diego.get(url(at))).body);
    expect(own.agents.map(({ userId }) => userId).toSorted()).toEqual(rows.map(({ id }) => id).toSorted());
    expect(own.agents.length).toBeGreaterThan(0);
  });

  it.each([
    ['the future', () => url(center.clock.at + 1), 422, 'in-the-future'],
    ['before the journal', () => url(start - MINUTE_MS), 410, 'past-not-kept'],
    ['no instant', () => '/api/board', 400, 'invalid-input'],
    ['words', () => url('yesterday'), 400, 'invalid-input'],
    ['half a millisecond', () => url(`${start}.5`), 400, 'invalid-input'],
    ['a board that is none', () => url(start + MINUTE_MS, '&topic=me'), 400, 'invalid-input'],
    ['the demo where there is none', () => url(start + MINUTE_MS, '&topic=demo-board'), 404, 'not-found'],
  ])('refuses %s', async (_what, address, status, code) => {
    const answer = await (await center.as('Elena')).get(address());
    expect(answer).toMatchObject({ status, body: { code } });
  });
});
