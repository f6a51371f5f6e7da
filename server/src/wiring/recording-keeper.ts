import { type AccountId, type ConversationId, ignoreFailure, type Instant, type RecordingId } from '@centralita/kernel';
import { beginRecording, keepRecording, keepWaiting, keepWhatIsLeft, orphans, type RecordingDeps } from '../capabilities/recordings/index.ts';
import type { FloorTurn, Floors } from './floors.ts';
import { isDiskFull, RecordingDisk } from './recording-disk.ts';

/** Brings recordings from the switch's folder to rest, as the floor tells of them. What a killed process left is adopted at start. */
export class RecordingKeeper {
  readonly deps: RecordingDeps;
  readonly #floors: Floors;
  /** One recording's steps follow each other; different recordings do not wait. */
  readonly #underWay = new Map<string, Promise<unknown>>();
  readonly #disk: RecordingDisk;

  /** @param onDiskFull told when there is no space for recordings, and when there is again */
  constructor(deps: RecordingDeps, floors: Floors, onDiskFull: (full: boolean) => void) {
    this.deps = deps;
    this.#floors = floors;
    this.#disk = new RecordingDisk({ freeBytes: () => deps.folder.freeBytes(), onFull: onDiskFull, onSpace: () => this.#keepWaiting(floors.accounts) });
  }

  took({ account, events, at }: Pick<FloorTurn, 'account' | 'events' | 'at'>): void {
    for (const event of events) {
      if (event.type === 'recording-begun') void this.#begin(account, event, at);
      if (event.type === 'recording-completed') {
        // A process that was killed as the recording began has told nobody of it: without a row its file would stay for ever.
        void this.#begin(account, event, at - event.durationMs);
        void this.#then(event.recordingId, () => keepRecording(this.deps, account, event.recordingId));
      }
      if (event.type === 'recording-lost' && event.reason === 'disk-full') this.#disk.sawFull();
      if (event.type === 'recording-lost') {
        void this.#begin(account, event, at);
        void this.#then(event.recordingId, () => keepWhatIsLeft(this.deps, account, event.recordingId, event.reason));
      }
    }
  }

  /**
   * Once the floor knows which recordings the switch still writes. The end of one of the others may just be told: its steps wait for
   * each other. Of the turns that were replayed, nobody knows which were followed to the end: they are followed again. One that cannot be kept is left for the next start: no file is worth a center without control.
   */
  async open(account: AccountId, replayed: AsyncIterable<Pick<FloorTurn, 'account' | 'events' | 'at'>>): Promise<void> {
    for await (const turn of replayed) this.took(turn);
    for (const recordingId of await orphans(this.deps, account, (one) => this.#floors.world(account)?.recordings.has(one) ?? false)) {
      await this.#then(recordingId, () => keepRecording(this.deps, account, recordingId));
    }
    await this.#keepWaiting([account]);
    await this.#disk.open();
  }

  /** What it was told of so far is done, or has failed. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#underWay.values());
  }

  async close(): Promise<void> {
    this.#disk.close();
    await this.settled();
  }

  async #keepWaiting(accounts: readonly AccountId[]): Promise<void> {
    for (const recordingId of await this.deps.folder.waiting()) {
      // The row says whose it is: in any other account there is none.
      for (const account of accounts) void this.#then(recordingId, () => keepWaiting(this.deps, account, recordingId));
    }
  }

  #begin(account: AccountId, { recordingId, conversationId }: { readonly recordingId: RecordingId; readonly conversationId: ConversationId }, startedAt: Instant): Promise<void> {
    return this.#then(recordingId, () => beginRecording(this.deps, account, { recordingId, conversationId, startedAt }));
  }

  /** @returns when it is done or has failed */
  #then(recordingId: string, step: () => Promise<unknown>): Promise<void> {
    const kept = (this.#underWay.get(recordingId) ?? Promise.resolve()).then(step).catch((error: unknown) => {
      if (isDiskFull(error)) this.#disk.sawFull();
      throw error;
    });
    const done = kept.finally(() => {
      if (this.#underWay.get(recordingId) === done) this.#underWay.delete(recordingId);
    });
    this.#underWay.set(recordingId, done);
    ignoreFailure('keeping a recording; adopted at the next start', done);
    return done.then(
      () => undefined,
      () => undefined,
    );
  }
}
