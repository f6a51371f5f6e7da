import type { AccountId, ConversationId, Instant, RecordingId } from '@centralita/kernel';
import { derivedKey } from '../../accounts/index.ts';
import type { RecordingDeps } from './ports.ts';

/** Told by the floor's `recording-begun`, so that the file has an account even if nobody lives to hear of its end. Repeating is harmless. */
export function beginRecording(deps: RecordingDeps, account: AccountId, recording: { readonly recordingId: RecordingId; readonly conversationId: ConversationId; readonly startedAt: Instant }): Promise<void> {
  return deps.table.begin(account, recording);
}

/**
 * Told by `recording-completed`: takes the file from where the switch writes, encrypts it and lets it be played. Killed between
 * any two steps, the next start goes on where it stopped; repeating is harmless.
 */
export async function keepRecording(deps: RecordingDeps, account: AccountId, recordingId: RecordingId): Promise<'ready' | 'failed' | 'not-there'> {
  const row = await deps.table.find(account, recordingId);
  if (!row || row.state === 'deleted') return 'not-there';
  if (row.state === 'ready') return 'ready';
  if (!(await deps.folder.claim(recordingId))) {
    await deps.table.move(account, recordingId, ['running', 'claimed'], { state: 'failed', failure: 'file-missing' });
    return 'failed';
  }
  await deps.table.move(account, recordingId, ['running', 'failed'], { state: 'claimed' });
  const key = derivedKey(await deps.accountKeys.keyOf(account), 'recordings');
  const stored = await deps.folder.store(account, recordingId, key);
  if (stored === undefined) {
    await deps.table.move(account, recordingId, ['claimed'], { state: 'failed', failure: 'file-broken' });
    return 'failed';
  }
  if (await deps.table.move(account, recordingId, ['claimed'], { state: 'ready', ...stored })) return 'ready';
  // Made ready by another process, or deleted by retention meanwhile: then no file stays without a row that says so.
  if ((await deps.table.find(account, recordingId))?.state !== 'deleted') return 'ready';
  await deps.folder.remove(account, recordingId);
  return 'not-there';
}

/** Told by `recording-lost`. What was written until then is kept and can be played; the row says why it is not whole. */
export async function keepWhatIsLeft(deps: RecordingDeps, account: AccountId, recordingId: RecordingId, reason: string): Promise<void> {
  const row = await deps.table.find(account, recordingId);
  if (!row || row.state === 'ready' || row.state === 'deleted') return;
  await deps.table.move(account, recordingId, ['running', 'claimed'], { state: 'failed', failure: reason });
  if (await deps.folder.claim(recordingId)) {
    const key = derivedKey(await deps.accountKeys.keyOf(account), 'recordings');
    await deps.folder.store(account, recordingId, key);
  }
}

/** What could not be encrypted when it was claimed (a full disk, a kill), as whole or broken as its row says. */
export async function keepWaiting(deps: RecordingDeps, account: AccountId, recordingId: RecordingId): Promise<void> {
  const row = await deps.table.find(account, recordingId);
  if (row?.state === 'failed') await keepWhatIsLeft(deps, account, recordingId, row.failure ?? 'failed');
  else if (row) await keepRecording(deps, account, recordingId);
}

/**
 * At start: recordings whose end nobody told of, to be kept as if it had been told; what is there of their files can be played, since
 * the header was refreshed each second. Those the switch still writes are left alone.
 */
export async function orphans(deps: Pick<RecordingDeps, 'table'>, account: AccountId, stillRuns: (recordingId: RecordingId) => boolean): Promise<readonly RecordingId[]> {
  const unfinished = await deps.table.inStates(account, ['running', 'claimed']);
  return unfinished.filter(({ recordingId, state }) => state === 'claimed' || !stillRuns(recordingId)).map(({ recordingId }) => recordingId);
}
