import type { AccountId, Instant } from '@centralita/kernel';
import type { Turn } from './program.ts';

/** What the floor needs from PostgreSQL. Implemented in `storage/`, and in memory for the simulator and the tests. */
export interface JournalStore {
  /** Takes the account over: from now on every append with a lower epoch is refused. */
  takeLease(account: AccountId, owner: string): Promise<number>;
  /**
   * Durable when it resolves. The same turn twice (a retry after a time-out, when nobody knows whether the first one got
   * through) leaves one row.
   * @throws {FencedError} when a row's epoch is not the lease's
   */
  appendTurns(turns: readonly StoredTurn[]): Promise<void>;
  readTurns(account: AccountId, afterSeq: number): AsyncIterable<StoredTurn>;
  saveSnapshot(snapshot: StoredSnapshot): Promise<void>;
  /** One of the past, kept for as long as the journal and without personal values. Left out: the past is made from the first turn on. */
  savePastSnapshot?(snapshot: StoredSnapshot): Promise<void>;
  /** Newest first. */
  loadSnapshots(account: AccountId): AsyncIterable<StoredSnapshot>;
}

export type StoredTurn = Turn<unknown, { readonly type: string }>;

export interface StoredSnapshot {
  readonly account: AccountId;
  readonly seq: number;
  readonly schemaVersion: number;
  readonly takenAt: Instant;
  readonly state: Uint8Array;
}

/** Another process owns the account now; this one must stop deciding. */
export class FencedError extends Error {
  override name = 'FencedError';
}
