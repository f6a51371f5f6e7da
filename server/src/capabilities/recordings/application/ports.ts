import type { AccountId, ConversationId, Instant, RecordingId, UserId } from '@centralita/kernel';
import type { AccountKeys, Sql } from '../../accounts/index.ts';

export type RecordingState = 'running' | 'claimed' | 'ready' | 'failed' | 'deleted';

export interface RecordingFile {
  readonly recordingId: RecordingId;
  readonly conversationId: ConversationId | null;
  readonly state: RecordingState;
  readonly startedAt: Instant;
  readonly durationMs: number | null;
  readonly failure: string | null;
}

export interface RecordingTable {
  begin(account: AccountId, recording: { readonly recordingId: RecordingId; readonly conversationId: ConversationId; readonly startedAt: Instant }): Promise<void>;
  /** Every change names the state it starts from, so that two processes never both do it. @returns whether this call made the change */
  move(account: AccountId, recordingId: RecordingId, from: readonly RecordingState[], to: RecordingChange): Promise<boolean>;
  find(account: AccountId, recordingId: RecordingId): Promise<RecordingFile | undefined>;
  inStates(account: AccountId, states: readonly RecordingState[]): Promise<readonly RecordingFile[]>;
  /**
   * Marks recordings begun before `before` as deleted, each with its audit row, in one transaction; held ones and those still
   * on their way stay. From here on nobody plays them; their files go next.
   */
  markOldDeleted(account: AccountId, before: Instant, limit: number): Promise<number>;
  /** Marked as deleted with a file that may still be there, after `afterId` in the order of ids. */
  filesToRemove(account: AccountId, afterId: string, limit: number): Promise<readonly RecordingId[]>;
  fileRemoved(account: AccountId, recordingId: RecordingId): Promise<void>;
  auditLink(account: AccountId, actor: string, recordingId: RecordingId, requestId: string | null): Promise<void>;
}
export type RecordingChange =
  | { readonly state: 'claimed' }
  | { readonly state: 'ready'; readonly durationMs: number; readonly bytes: number }
  | { readonly state: 'failed'; readonly failure: string };

/** Somebody needs the conversation as evidence: its recordings stay, however old. */
export interface LegalHold {
  readonly conversationId: ConversationId;
  readonly reason: string;
  readonly placedBy: { readonly userId: UserId; readonly name: string };
  readonly placedAt: Instant;
}

export interface LegalHoldTable {
  list(sql: Sql): Promise<LegalHold[]>;
  find(sql: Sql, conversationId: ConversationId): Promise<LegalHold | undefined>;
  /** Waits for a round of retention that is marking recordings, so that what it answers is true afterwards. */
  lock(sql: Sql): Promise<void>;
  conversationExists(sql: Sql, conversationId: ConversationId): Promise<boolean>;
  place(sql: Sql, conversationId: ConversationId, reason: string, placedBy: UserId): Promise<void>;
  lift(sql: Sql, conversationId: ConversationId): Promise<void>;
  /** Recordings of the conversation that are there, and those that are deleted already. */
  recordings(sql: Sql, conversationId: ConversationId): Promise<{ readonly kept: number; readonly deleted: number }>;
}

/** A file of sound at rest. */
export interface SoundAtRest {
  /** Length of the sound file inside, in bytes. */
  readonly bytes: number;
  /** @param end exclusive */
  read(start: number, end: number): AsyncIterable<Buffer>;
  close(): Promise<void>;
}

/**
 * The folder of recordings. `incoming/` is where the switch writes; claiming moves a file out of its reach, storing encrypts it.
 * Names are recording ids, never paths from outside.
 */
export interface RecordingFolder {
  /** Moves `incoming/<id>` to `claimed/<id>`; false when it is in neither. True also when it was claimed before. */
  claim(recordingId: RecordingId): Promise<boolean>;
  /**
   * Encrypts `claimed/<id>` into the account's folder and removes the clear file. Undefined: it broke off before its first
   * sound, and is removed.
   * @throws with code ENOSPC on a full disk; the clear file stays, and `waiting` tells of it
   */
  store(account: AccountId, recordingId: RecordingId, key: Buffer): Promise<{ readonly durationMs: number; readonly bytes: number } | undefined>;
  /** Claimed by whoever, stored by nobody yet. */
  waiting(): Promise<readonly RecordingId[]>;
  /** Left for sound on the folder's disk. */
  freeBytes(): Promise<number>;
  open(account: AccountId, recordingId: RecordingId, key: Buffer): Promise<SoundAtRest>;
  remove(account: AccountId, recordingId: RecordingId): Promise<void>;
}

export interface RecordingDeps {
  readonly table: RecordingTable;
  readonly folder: RecordingFolder;
  readonly accountKeys: AccountKeys;
}
