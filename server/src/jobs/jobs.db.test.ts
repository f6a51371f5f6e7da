import { afterAll, beforeAll, expect, it } from 'vitest';
import { inTransaction } from '../storage/pool.ts';
import { freshDatabase, type TestDatabase } from '../storage/testing/database.ts';
import { installJobs } from './install-jobs.ts';
import { type Jobs, openJobs } from './jobs.ts';

let database: TestDatabase;
let jobs: Jobs;
const errors: Error[] = [];

beforeAll(async () => {
  database = await freshDatabase();
  await installJobs(database.urls.owner);
  await installJobs(database.urls.owner);
  jobs = await openJobs(database.urls.app, (error) => errors.push(error));
});
afterAll(async () => {
  await jobs.stop();
  await database.drop();
});

it('does what it is sent, and what was sent inside a transaction only when that commits', async () => {
  const done: string[] = [];
  await jobs.work<{ word: string }>('greet', (data) => Promise.resolve(void done.push(data.word)));
  await jobs.send('greet', { word: 'alone' });
  await inTransaction(database.app, (connection) => jobs.send('greet', { word: 'inside' }, {}, connection));
  const broken = inTransaction(database.app, async (connection) => {
    await jobs.send('greet', { word: 'rolled back' }, {}, connection);
    throw new Error('no');
  });
  await expect(broken).rejects.toThrow('no');
  await expect.poll(() => done.sort(), { timeout: 10_000 }).toEqual(['alone', 'inside']);
});

it('waits until a job is due, and tries again what failed', async () => {
  const at: number[] = [];
  await jobs.work<object>('later', () => {
    at.push(Date.now());
    return at.length === 1 ? Promise.reject(new Error('the first time fails')) : Promise.resolve();
  });
  const due = new Date(Date.now() + 300);
  await jobs.send('later', {}, { startAfter: due });
  await expect.poll(() => at.length, { timeout: 20_000 }).toBe(2);
  expect(at[0]!).toBeGreaterThanOrEqual(due.getTime() - 5);
  expect(errors.map((error) => error.message)).toEqual(['the first time fails']);
});
