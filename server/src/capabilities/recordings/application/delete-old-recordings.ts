import type { AccountId, Instant, RecordingId } from '@centralita/kernel';
import type { RecordingDeps } from './ports.ts';

const AT_ONCE = 200;

/**
 * Retention: the row is marked first, with its audit row, and the file goes after it; what a killed process left in between is
 * finished here first. So a recording that can be played is whole, and one whose file is gone says so. The row stays.
 *
 * A file that cannot be removed stops no other; it is tried again in the next round.
 * @param over asked between two files: whether the rest is to be left for the next round
 * @throws AggregateError with every such failure
 */
export async function deleteOldRecordings(deps: RecordingDeps, account: AccountId, before: Instant, over: () => boolean = () => false): Promise<{ readonly marked: number; readonly files: number }> {
  const failures = new Map<RecordingId, unknown>();
  let files = 0;
  let marked = 0;
  for (let newly = 1; newly > 0 && !over(); marked += newly) {
    for await (const recordingId of toRemove(deps, account, over)) {
      if (failures.has(recordingId)) continue;
      try {
        await deps.folder.remove(account, recordingId);
        await deps.table.fileRemoved(account, recordingId);
        files += 1;
      } catch (error) {
        failures.set(recordingId, error);
      }
    }
    newly = over() ? 0 : await deps.table.markOldDeleted(account, before, AT_ONCE);
  }
  if (failures.size > 0) throw new AggregateError(failures.values(), `${failures.size} recordings of ${account} could not be removed`);
  return { marked, files };
}

async function* toRemove(deps: RecordingDeps, account: AccountId, over: () => boolean): AsyncGenerator<RecordingId> {
  for (let after = ''; ; ) {
    const page = await deps.table.filesToRemove(account, after, AT_ONCE);
    for (const recordingId of page) {
      if (over()) return;
      yield recordingId;
    }
    if (page.length < AT_ONCE) return;
    after = page.at(-1)!;
  }
}
