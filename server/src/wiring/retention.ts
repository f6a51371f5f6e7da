import { type AccountId, type Clock, DAY_MS, type Instant, MINUTE_MS } from '@centralita/kernel';
import type { Logger } from 'pino';
import type { Retention } from '../capabilities/accounts/index.ts';
import { forgetOldMessages, type OldContactMessages } from '../capabilities/contacts/index.ts';
import { type EndedSessions, removeEndedSessions } from '../capabilities/people/index.ts';
import { deleteOldRecordings, type RecordingDeps } from '../capabilities/recordings/index.ts';
import { removeOldTurns } from '../storage/journal-retention.postgres.ts';
import { removeTakenChanges } from '../storage/outbox.postgres.ts';
import type { Pool } from '../storage/pool.ts';

export interface RetentionRoundDeps {
  readonly accounts: () => Promise<readonly AccountId[]>;
  readonly retentionOf: (account: AccountId) => Promise<Pick<Retention, 'journalKeptDays' | 'recordingsKeptDays'>>;
  readonly recordings: RecordingDeps;
  readonly sessions: EndedSessions;
  readonly contactMessages: OldContactMessages;
  /** Position of the last change of configuration in the account's journal; undefined: its floor is not held here. */
  readonly configurationTaken: (account: AccountId) => number | undefined;
  /** Messages to other systems that happened before: delivered ones, and all others. @returns how many it removed; 0: there are none */
  readonly removeOldMessages: (account: AccountId, before: { readonly delivered: Instant; readonly others: Instant }) => Promise<number>;
  /** The role `floor`'s. */
  readonly floorPool: Pool;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A round is over by then, long before pg-boss takes its job for dead (15 minutes); what is left is the next round's. */
const ROUND_LIMIT_MS = 10 * MINUTE_MS;

/**
 * One round of retention over every account: recordings, the journal, and what goes with it. Each piece is a transaction of its own and any of
 * them may be the last: what is left over is what the next round finds. An account that fails stops no other.
 * @throws AggregateError with every failure, so that the job is tried again
 */
export async function runRetention(deps: RetentionRoundDeps, stopping?: AbortSignal): Promise<void> {
  const until = deps.clock.now() + ROUND_LIMIT_MS;
  const failures: unknown[] = [];
  for (const account of await deps.accounts()) {
    for (const work of [removeRecordings, shortenJournal, shortenOutbox, removeSessions, removeMessages, removeContactMessages]) {
      if (stopping?.aborted) return;
      try {
        await work(deps, account, () => stopping?.aborted === true || deps.clock.now() >= until);
      } catch (error) {
        deps.logger.error({ account, err: error }, 'a round of retention failed');
        failures.push(error);
      }
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, 'retention is not complete');
}

type Over = () => boolean;
const daysAgo = ({ clock }: RetentionRoundDeps, days: number): Instant => clock.now() - days * DAY_MS;

async function removeRecordings(deps: RetentionRoundDeps, account: AccountId, over: Over): Promise<void> {
  const { recordingsKeptDays } = await deps.retentionOf(account);
  const { marked, files } = await deleteOldRecordings(deps.recordings, account, daysAgo(deps, recordingsKeptDays), over);
  if (marked + files > 0) deps.logger.info({ account, marked, files }, 'recordings past their time were deleted');
}

async function shortenJournal(deps: RetentionRoundDeps, account: AccountId, over: Over): Promise<void> {
  const { journalKeptDays } = await deps.retentionOf(account);
  let turns = 0;
  let personalValues = 0;
  while (!over()) {
    const removed = await removeOldTurns(deps.floorPool, account, daysAgo(deps, journalKeptDays));
    if (!removed) break;
    turns += removed.turns;
    personalValues += removed.personalValues;
  }
  if (turns > 0) deps.logger.info({ account, turns, personalValues }, 'the journal was shortened');
}

/** The journal has what the floor took, as long as that is kept. */
async function shortenOutbox(deps: RetentionRoundDeps, account: AccountId, over: Over): Promise<void> {
  const { journalKeptDays } = await deps.retentionOf(account);
  const takenUpTo = deps.configurationTaken(account) ?? 0;
  let changes = 0;
  while (!over()) {
    const removed = await removeTakenChanges(deps.floorPool, account, takenUpTo, daysAgo(deps, journalKeptDays));
    if (removed === 0) break;
    changes += removed;
  }
  if (changes > 0) deps.logger.info({ account, changes }, 'changes of configuration that the floor took long ago were removed');
}

async function removeSessions(deps: RetentionRoundDeps, account: AccountId, over: Over): Promise<void> {
  const { journalKeptDays } = await deps.retentionOf(account);
  const sessions = await removeEndedSessions(deps.sessions, account, daysAgo(deps, journalKeptDays), over);
  if (sessions > 0) deps.logger.info({ account, sessions }, 'sign-ins that ended long ago were removed');
}

/** Time enough to look into what another system says it never got. */
const DELIVERED_KEPT_DAYS = 7;

async function removeMessages(deps: RetentionRoundDeps, account: AccountId, over: Over): Promise<void> {
  const { journalKeptDays } = await deps.retentionOf(account);
  let messages = 0;
  while (!over()) {
    const removed = await deps.removeOldMessages(account, { delivered: daysAgo(deps, DELIVERED_KEPT_DAYS), others: daysAgo(deps, journalKeptDays) });
    if (removed === 0) break;
    messages += removed;
  }
  if (messages > 0) deps.logger.info({ account, messages }, 'messages to other systems that are over were removed');
}

async function removeContactMessages({ contactMessages, clock, logger }: RetentionRoundDeps, account: AccountId, over: Over): Promise<void> {
  const removed = await forgetOldMessages(contactMessages, account, clock.now(), over);
  if (removed > 0) logger.info({ account, removed }, 'ids of old contact messages were removed');
}
