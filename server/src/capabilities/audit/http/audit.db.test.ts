import { inAccount } from '../../../storage/pool.ts';
import { givenAccount } from '../../../storage/testing/database.ts';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type Browser, openCenter, type TestCenter } from '../../../http/testing/center.ts';

let center: TestCenter;
let fabian: Browser;
beforeAll(async () => {
  center = await openCenter();
  fabian = await center.as('Fabián');
});
afterAll(() => center.close());

const NOON = Date.UTC(2026, 10, 20, 17);
const idOf = (name: string) => center.made.people.find((person) => person.name === name)!.userId;
let entityId = '';
let round = 0;

/** Seven things that happened to one queue, a minute apart, by Fabián and by Olga in turn. */
beforeEach(async () => {
  entityId = `que_${++round}`;
  for (let n = 0; n < 7; n++) {
    await inAccount(center.database.app, center.made.account, (connection) =>
      connection.query(`insert into audit (account, at, actor, action, entity, entity_id, before, after, request_id) values ($1, $2, $3, $4, 'queue', $5, $6, $7, 'req_1')`, [
        center.made.account, new Date(NOON + n * 60_000), idOf(n % 2 === 0 ? 'Fabián' : 'Olga'), n === 0 ? 'queue-created' : 'queue-changed', entityId, n === 0 ? null : JSON.stringify({ n: n - 1 }), JSON.stringify({ n }),
      ]),
    );
  }
});

const afters = (answer: { list(key: string): readonly Readonly<Record<string, unknown>>[] }) => answer.list('items').map((item) => (item['after'] as { n: number }).n);
const asked = (more = '') => fabian.get(`/api/audit?entityId=${entityId}${more}`);

it('shows who did what to what, newest first', async () => {
  const answer = await asked();
  expect(answer.status).toBe(200);
  expect(afters(answer)).toEqual([6, 5, 4, 3, 2, 1, 0]);
  expect(answer.list('items')[5]).toEqual({ id: expect.any(Number), at: NOON + 60_000, actor: { id: idOf('Olga'), name: 'Olga' }, action: 'queue-changed', entity: 'queue', entityId, before: { n: 0 }, after: { n: 1 }, requestId: 'req_1', address: null });
  expect(answer.body['nextCursor']).toBeNull();
});

it('by time, person, action and thing', async () => {
  expect(afters(await asked(`&from=${NOON + 120_000}&to=${NOON + 240_000}`))).toEqual([3, 2]);
  expect(afters(await asked(`&actor=${idOf('Olga')}`))).toEqual([5, 3, 1]);
  expect(afters(await asked('&action=queue-created'))).toEqual([0]);
  expect(afters(await asked('&entity=queue&limit=2'))).toEqual([6, 5]);
  expect(afters(await asked('&entity=skill'))).toEqual([]);
});

it('page by page, each row once, though more come meanwhile', async () => {
  const seen: number[] = [];
  for (let cursor: unknown = undefined; cursor !== null; ) {
    const page = await asked(`&limit=3${cursor === undefined ? '' : `&cursor=${String(cursor)}`}`);
    seen.push(...afters(page));
    cursor = page.body['nextCursor'];
    await inAccount(center.database.app, center.made.account, (connection) => connection.query(`insert into audit (account, actor, action, entity, entity_id, after) values ($1, 'test', 'came-later', 'queue', $2, '{"n":99}')`, [center.made.account, entityId]));
  }
  expect(seen).toEqual([6, 5, 4, 3, 2, 1, 0]);
});

it('refuses what is no cursor and no time', async () => {
  for (const query of ['&cursor=abc', '&cursor=-1', '&from=99999999999999999', '&limit=201', '&to=yesterday']) expect((await asked(query)).status, query).toBe(400);
});

it('is for administrators and owners, and of their own account', async () => {
  for (const [name, status] of [['Carla', 403], ['Diego', 403], ['Elena', 403], ['Olga', 200]] as const) expect((await (await center.as(name)).get('/api/audit')).status, name).toBe(status);
  const other = await givenAccount(center.database, 'Otra');
  await inAccount(center.database.app, other, (connection) => connection.query(`insert into audit (account, actor, action, entity, entity_id, after) values ($1, 'x', 'theirs', 'queue', $2, '{"n":7}')`, [other, entityId]));
  expect(afters(await asked())).not.toContain(7);
});

it('tells of parts of the program by their name', async () => {
  await inAccount(center.database.app, center.made.account, (connection) => connection.query(`insert into audit (account, actor, action) values ($1, 'retention', 'recording-deleted')`, [center.made.account]));
  expect((await fabian.get('/api/audit?actor=retention')).list('items')).toEqual([expect.objectContaining({ actor: { id: 'retention', name: null }, entity: null, before: null, after: null })]);
});

it('shows a trunk that was made, and never its password', async () => {
  const password = 'una-palabra-que-no-sale';
  const trunk = { name: 'Operadora', servers: ['sip:sip.example.net'], addressRanges: [], registration: { registrar: 'sip.example.net', username: 'ferreteria', password, expiresSeconds: 300 } };
  const made = await fabian.post('/api/trunks', trunk);
  expect(made.status).toBe(201);
  const answer = await fabian.get(`/api/audit?entityId=${made.text('trunkId')}`);
  expect(answer.list('items')).toEqual([expect.objectContaining({ action: 'trunk-created', after: expect.objectContaining({ name: 'Operadora' }) })]);
  expect(answer.raw.toString()).not.toContain(password);
});
