import type { AccountId, ConversationId, Instant, RecordingId } from '@centralita/kernel';
import type { AccountKeys } from '../../accounts/index.ts';

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
  olderThan(account: AccountId, before: Instant, limit: number): Promise<readonly RecordingFile[]>;
  audit(account: AccountId, actor: string, action: 'recording-link-made' | 'recording-deleted', recordingId: RecordingId, requestId: string | null): Promise<void>;
}
export type RecordingChange =
  | { readonly state: 'claimed' }
  | { readonly state: 'ready'; readonly durationMs: number; readonly bytes: number }
  | { readonly state: 'failed'; readonly failure: string }
  | { readonly state: 'deleted' };

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
  /** Encrypts `claimed/<id>` into the account's folder and removes the clear file. */
  store(account: AccountId, recordingId: RecordingId, key: Buffer): Promise<{ readonly durationMs: number; readonly bytes: number }>;
  open(account: AccountId, recordingId: RecordingId, key: Buffer): Promise<SoundAtRest>;
  remove(account: AccountId, recordingId: RecordingId): Promise<void>;
}

export interface RecordingDeps {
  readonly table: RecordingTable;
  readonly folder: RecordingFolder;
  readonly accountKeys: AccountKeys;
}
