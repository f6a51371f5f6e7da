import type { Logger } from 'pino';
import { MINUTE_MS } from '@centralita/kernel';
import type { JobClock, Jobs } from '../jobs/jobs.ts';
import { type RetentionRoundDeps, runRetention } from './retention.ts';

/** Each hour a little, rather than much at night: an office's machine may be off then. */
const RETENTION_CRON = '17 * * * *';
const RETENTION_LOOK_EVERY_MS = MINUTE_MS;

export interface BackgroundWork {
  /** Lets a job that runs end at its next step. */
  close(): Promise<void>;
}

export interface BackgroundWorkOptions {
  /** The role `app`'s database. */
  readonly appUrl: string;
  readonly retention: RetentionRoundDeps;
  readonly logger: Logger;
  /** When jobs are due; the system's if left out. */
  readonly jobClock?: JobClock;
}

/**
 * Everything that is done on a schedule, on jobs in PostgreSQL: one process does each, whatever fails is tried again, and what
 * came due while nothing ran is made up for. A new kind of job is one `work` and one `repeat` or `send` here.
 */
export async function startBackgroundWork({ appUrl, retention, logger, jobClock }: BackgroundWorkOptions): Promise<BackgroundWork> {
  // Loaded when calls are routed already: a killed control must not wait for it (about 0.1 s).
  const { openJobs } = await import('../jobs/jobs.ts');
  const stopping = new AbortController();
  const jobs: Jobs = await openJobs(appUrl, (error) => logger.warn({ err: error }, 'background work'), jobClock);
  await jobs.work('retention', () => runRetention(retention, stopping.signal), { atOnce: 1, lookEveryMs: RETENTION_LOOK_EVERY_MS });
  await jobs.repeat('retention', RETENTION_CRON, 'UTC', {});
  return {
    close: async () => {
      stopping.abort();
      await jobs.stop();
    },
  };
}
