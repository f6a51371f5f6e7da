import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Browser, openCenter, type TestCenter } from '../../../http/testing/center.ts';

let center: TestCenter;
let fabian: Browser;
beforeAll(async () => {
  center = await openCenter();
  fabian = await center.as('Fabián');
});
afterAll(() => center.close());

const audited = async () => (await center.database.owner.query(`select actor, before, after from audit where action = 'retention-changed' order by id`)).rows;

it('[design 3] an account keeps its journal for 90 days and its recordings for a year, until somebody who may says otherwise', async () => {
  const seen = await fabian.get('/api/retention');
  expect(seen).toMatchObject({ status: 200, body: { journalKeptDays: 90, recordingsKeptDays: 365, version: 1 } });
  expect(seen.headers['etag']).toBe('"1"');
  const change = { journalKeptDays: 30, recordingsKeptDays: 180 };
  expect((await (await center.as('Elena')).put('/api/retention', change, { 'if-match': '*' })).status).toBe(403);
  expect(await fabian.put('/api/retention', change, { 'if-match': '"1"' })).toMatchObject({ status: 200, body: { ...change, version: 2 } });
  expect(await fabian.put('/api/retention', change, { 'if-match': '"1"' })).toMatchObject({ status: 412 });
  expect((await fabian.get('/api/retention')).body).toEqual({ ...change, version: 2 });
  const actor = center.made.people.find((person) => person.name === 'Fabián')!.userId;
  expect(await audited()).toEqual([{ actor, before: { journalKeptDays: 90, recordingsKeptDays: 365 }, after: change }]);
});

it.each([
  [{ journalKeptDays: 6, recordingsKeptDays: 180 }, '/journalKeptDays'],
  [{ journalKeptDays: 90, recordingsKeptDays: 0 }, '/recordingsKeptDays'],
  [{ journalKeptDays: 3_651, recordingsKeptDays: 180 }, '/journalKeptDays'],
  [{ journalKeptDays: 90.5, recordingsKeptDays: 180 }, '/journalKeptDays'],
])('%o is refused, and says where', async (body, pointer) => {
  const before = await audited();
  expect(await fabian.put('/api/retention', body, { 'if-match': '*' })).toMatchObject({ status: 400, body: { code: 'invalid-input', errors: [expect.objectContaining({ pointer })] } });
  expect(await audited()).toEqual(before);
});

it('the database refuses the same, whoever writes', async () => {
  await expect(center.database.owner.query('update accounts set journal_kept_days = 6')).rejects.toThrow('check constraint');
  await expect(center.database.owner.query('update accounts set recordings_kept_days = 0')).rejects.toThrow('check constraint');
});
