import { type AccountId, ignoreFailure } from '@centralita/kernel';
import { adoptOrphans, beginRecording, keepRecording, keepWhatIsLeft, type RecordingDeps } from '../capabilities/recordings/index.ts';
import type { FloorTurn, Floors } from './floors.ts';

/** Brings recordings from the switch's folder to rest, as the floor tells of them. What a killed process left is adopted at start. */
export class RecordingKeeper {
  readonly deps: RecordingDeps;
  readonly #floors: Floors;
  /** One recording's steps follow each other; different recordings do not wait. */
  readonly #underWay = new Map<string, Promise<unknown>>();

  constructor(deps: RecordingDeps, floors: Floors) {
    this.deps = deps;
    this.#floors = floors;
  }

  took({ account, events, at }: FloorTurn): void {
    for (const event of events) {
      if (event.type === 'recording-begun') this.#then(event.recordingId, () => beginRecording(this.deps, account, { ...event, startedAt: at }));
      if (event.type === 'recording-completed') this.#then(event.recordingId, () => keepRecording(this.deps, account, event.recordingId));
      if (event.type === 'recording-lost') this.#then(event.recordingId, () => keepWhatIsLeft(this.deps, account, event.recordingId, event.reason));
    }
  }

  /** Once the floor knows which recordings the switch still writes. */
  async open(account: AccountId): Promise<void> {
    await adoptOrphans(this.deps, account, (recordingId) => this.#floors.world(account)?.recordings.has(recordingId) ?? false);
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#underWay.values());
  }

  #then(recordingId: string, step: () => Promise<unknown>): void {
    const done = (this.#underWay.get(recordingId) ?? Promise.resolve()).then(step).finally(() => {
      if (this.#underWay.get(recordingId) === done) this.#underWay.delete(recordingId);
    });
    this.#underWay.set(recordingId, done);
    ignoreFailure('keeping a recording; adopted at the next start', done);
  }
}
