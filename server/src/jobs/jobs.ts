import { type Clock as JobClock, PgBoss, type SendOptions } from 'pg-boss';
import type { Connection } from '../storage/pool.ts';
import { JOBS_SCHEMA } from './install-jobs.ts';

/**
 * Background work: later call-backs, reports, e-mail, webhooks, retention. Never routing, ring time-outs or pacing, which need
 * less than 100 ms and live on the floor.
 *
 * pg-boss is set up as measured: with its default polling a job waits 3.3 s (p50); with notifications and half-second
 * polling 6 to 9 ms, and a delayed one is 0.3 s late instead of 20 s.
 */
export interface Jobs {
  /** Takes jobs of a kind until `stop`. A handler that throws is tried again, then the job stays as failed. */
  work<Data extends object>(name: string, handler: (data: Data) => Promise<void>, options?: WorkOptions): Promise<void>;
  /** @param inside the transaction whose commit also commits the job */
  send<Data extends object>(name: string, data: Data, options?: JobOptions, inside?: Connection): Promise<void>;
  /** What came due while nobody ran is made up for once. @param cron five fields, in `timeZone` */
  repeat<Data extends object>(name: string, cron: string, timeZone: string, data: Data): Promise<void>;
  /** Waits for the handlers that are running. */
  stop(): Promise<void>;
}

export interface WorkOptions {
  readonly atOnce?: number;
  readonly retries?: number;
  /** How often it looks without having been told; a notification comes at once. Half a second by default. */
  readonly lookEveryMs?: number;
}

export interface JobOptions {
  readonly startAfter?: Date;
}

const BATCH = 20;
const LOOK_EVERY_MS = 500;
const STOP_LIMIT_MS = 10_000;

export type { JobClock };

/**
 * @param appUrl the role `app`; the schema was made by `installJobs`
 * @param clock pg-boss' own by default: the system's here, the server's in the database
 */
export async function openJobs(appUrl: string, onError: (error: Error) => void, clock?: JobClock): Promise<Jobs> {
  const boss = new PgBoss({
    connectionString: appUrl,
    schema: JOBS_SCHEMA,
    application_name: 'centralita-jobs',
    max: 4,
    migrate: false,
    createSchema: false,
    useListenNotify: true,
    // Only the owner of an index may rebuild it.
    reindex: false,
    ...(clock && { clock }),
  });
  boss.on('error', onError);
  await boss.start();
  const known = new Map<string, Promise<void>>();
  const ensureQueue = (name: string, retries = 5): Promise<void> => {
    const made = known.get(name) ?? boss.createQueue(name, { notify: true, policy: 'standard', retryLimit: retries, retryBackoff: true });
    known.set(name, made);
    return made;
  };
  return {
    work: async (name, handler, { atOnce = 2, retries, lookEveryMs = LOOK_EVERY_MS } = {}) => {
      await ensureQueue(name, retries);
      const seconds = lookEveryMs / 1_000;
      const options = { batchSize: BATCH, localConcurrency: atOnce, pollingIntervalSeconds: seconds, notifyPollingIntervalSeconds: seconds, burstWhenBatchFull: true, perJobResults: true as const };
      await boss.work(name, options, async (jobs) => {
        const results = await Promise.allSettled(jobs.map((job) => handler(job.data as never)));
        return results.map((result, index) => {
          const { id } = jobs[index]!;
          if (result.status === 'fulfilled') return { id, status: 'completed' as const };
          onError(result.reason as Error);
          return { id, status: 'failed' as const, output: { message: String(result.reason) } };
        });
      });
    },
    send: async (name, data, { startAfter } = {}, inside) => {
      await ensureQueue(name);
      const options: SendOptions = { startAfter, ...(inside ? { db: { executeSql: (text: string, values?: unknown[]) => inside.query(text, values) } } : {}) };
      await boss.send(name, data, options);
    },
    repeat: async (name, cron, timeZone, data) => {
      await ensureQueue(name);
      await boss.schedule(name, cron, data, { tz: timeZone, missed: 'once' });
    },
    stop: () => boss.stop({ graceful: true, timeout: STOP_LIMIT_MS }),
  };
}
