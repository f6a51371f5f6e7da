import { HOUR_MS, MINUTE_MS } from '@centralita/kernel';
import { TestClock } from 'pg-boss';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { installJobs } from '../jobs/install-jobs.ts';
import { openJobs } from '../jobs/jobs.ts';
import { freshDatabase, type TestDatabase } from '../storage/testing/database.ts';
import { type BackgroundWork, startBackgroundWork } from './background-work.ts';
import type { RetentionRoundDeps } from './retention.ts';

let database: TestDatabase;
/** Moved by hand; the database's own idea of now goes with it, which only the owner of pg-boss' schema may arrange. */
let clock: TestClock;
const open: { close(): Promise<void> }[] = [];
const logger = pino({ level: 'silent' });
const at = (hour: number, minute: number, second = 0): number => Date.UTC(2026, 10, 20, hour, minute, second);

beforeEach(async () => {
  database = await freshDatabase();
  await installJobs(database.urls.owner);
  clock = new TestClock(at(9, 15));
});
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
  await database.drop();
});

/** When rounds began, by the hand-moved clock. */
const rounds: number[] = [];
beforeEach(() => void rounds.splice(0));

/** A round looks for accounts first; here there are none. */
const retention = {
  accounts: () => {
    rounds.push(clock.now());
    return Promise.resolve([]);
  },
  clock: { now: () => clock.now() },
  logger,
} as unknown as RetentionRoundDeps;

async function startControl(): Promise<BackgroundWork> {
  const work = await startBackgroundWork({ appUrl: database.urls.owner, retention, logger, jobClock: clock });
  open.push(work);
  return work;
}

/** Time goes by while the program runs: everything that falls due on the way is done in its turn. */
async function runUntil(instant: number): Promise<void> {
  while (clock.now() < instant) await clock.tick(Math.min(30_000, instant - clock.now()));
}
/** The machine was off, or nobody looked. */
const offUntil = (instant: number): Promise<void> => clock.setTime(instant);
const minuteOf = (instant: number): string => new Date(instant - (instant % MINUTE_MS)).toISOString().slice(11, 16);

describe('the round of retention', () => {
  it('[design 3] is begun by its schedule at minute 17 of each hour, once, whichever of two processes is first', async () => {
    await startControl();
    await startControl();
    await runUntil(at(9, 16, 55));
    expect(rounds).toEqual([]);
    await runUntil(at(9, 20));
    await expect.poll(() => rounds.map(minuteOf)).toEqual([expect.stringMatching(/^09:1[789]$/)]);
    await offUntil(at(10, 16));
    await runUntil(at(10, 20));
    await expect.poll(() => rounds.length).toBe(2);
    expect(minuteOf(rounds[1]!)).toMatch(/^10:1[789]$/);
    const jobs = async () => (await database.owner.query(`select state, count(*) from pgboss.job where name = 'retention' group by state`)).rows;
    await expect.poll(jobs).toEqual([{ state: 'completed', count: 2 }]);
  });

  it('[design 3] that came due while nothing ran is made up for once, however many there were', async () => {
    const first = await startControl();
    await runUntil(at(9, 20));
    await expect.poll(() => rounds.length).toBe(1);
    await first.close();
    open.splice(0);
    clock = new TestClock(at(14, 40));
    await startControl();
    await runUntil(at(14, 45));
    await expect.poll(() => rounds.map(minuteOf)).toEqual([expect.stringMatching(/^09:1[789]$/), expect.stringMatching(/^14:4\d$/)]);
    await runUntil(at(15, 16));
    expect(rounds).toHaveLength(2);
  });
});

describe('a schedule of jobs', () => {
  it('goes by the time zone that it was given, also on the day that clocks change', async () => {
    const done: string[] = [];
    clock = new TestClock(Date.UTC(2026, 9, 24, 5, 58));
    const jobs = await openJobs(database.urls.owner, (error) => logger.error(error), clock);
    open.push({ close: () => jobs.stop() });
    await jobs.work('report', () => Promise.resolve(void done.push(new Date(clock.now()).toISOString().slice(0, 13))));
    await jobs.repeat('report', '0 8 * * *', 'Europe/Madrid', {});
    await runUntil(Date.UTC(2026, 9, 24, 6, 3));
    await expect.poll(() => done).toEqual(['2026-10-24T06']);
    await offUntil(Date.UTC(2026, 9, 25, 5, 58));
    await runUntil(Date.UTC(2026, 9, 25, 6, 3));
    expect(done).toHaveLength(1);
    await offUntil(Date.UTC(2026, 9, 24, 6, 58) + 24 * HOUR_MS);
    await runUntil(Date.UTC(2026, 9, 25, 7, 3));
    await expect.poll(() => done).toEqual(['2026-10-24T06', '2026-10-25T07']);
  });
});
