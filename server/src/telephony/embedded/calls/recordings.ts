import type { AccountId, RecordingId } from '@centralita/kernel';
import type { StartRecording, SwitchSnapshot } from '../../port/index.ts';
import type { Emit } from '../legs/legs.ts';
import type { MediaFact, MediaPlane } from '../media/media-plane.ts';

type Recording = SwitchSnapshot['recordings'][number];
type RecordingFact = Extract<MediaFact, { readonly type: 'recording-started' | 'recording-finished' | 'recording-failed' }>;

/** Recordings by id. Finished ones stay here, and so in the snapshot, until control has committed their end. */
export class Recordings {
  readonly #recordings = new Map<RecordingId, Recording>();
  readonly #ends = new Map<number, RecordingId>();
  readonly #media: MediaPlane;
  readonly #emit: Emit;
  readonly #ended: (recordingId: RecordingId) => void;

  constructor(media: MediaPlane, emit: Emit, ended: (recordingId: RecordingId) => void) {
    this.#media = media;
    this.#emit = emit;
    this.#ended = ended;
  }

  account(recordingId: RecordingId): AccountId | undefined {
    return this.#recordings.get(recordingId)?.account;
  }

  isRunning(recordingId: RecordingId): boolean {
    const state = this.#recordings.get(recordingId)?.state;
    return state === 'running' || state === 'paused';
  }

  start(command: StartRecording): void {
    if (this.#recordings.has(command.recordingId)) return;
    this.#recordings.set(command.recordingId, { recordingId: command.recordingId, account: command.account, state: 'running' });
    this.#media.startRecording(command.recordingId, command.bridgeId, command.customerLegIds);
  }

  pause(recordingId: RecordingId): void {
    this.#switch(recordingId, 'paused');
    this.#media.pauseRecording(recordingId);
  }

  resume(recordingId: RecordingId): void {
    this.#switch(recordingId, 'running');
    this.#media.resumeRecording(recordingId);
  }

  stop(recordingId: RecordingId): void {
    this.#media.stopRecording(recordingId);
  }

  /** From the media worker. */
  take(fact: RecordingFact): void {
    const recording = this.#recordings.get(fact.recordingId);
    if (recording === undefined || !this.isRunning(fact.recordingId)) return;
    switch (fact.type) {
      case 'recording-started':
        this.#emit(recording.account, { type: 'recording-started', recordingId: fact.recordingId });
        return;
      case 'recording-finished':
        return this.#end(
          { ...recording, state: 'finished', file: fact.file, durationMs: fact.durationMs, bytes: fact.bytes },
          this.#emit(recording.account, { type: 'recording-finished', recordingId: fact.recordingId, file: fact.file, durationMs: fact.durationMs, bytes: fact.bytes }).seq,
        );
      case 'recording-failed':
        return this.#end(
          { ...recording, state: 'failed', file: fact.file },
          this.#emit(recording.account, { type: 'recording-failed', recordingId: fact.recordingId, reason: fact.reason, file: fact.file }).seq,
        );
    }
  }

  /** Its media worker died: the file is playable up to about the last second, and nobody will finish it. */
  lost(recordingId: RecordingId): void {
    this.take({ type: 'recording-failed', recordingId, reason: 'media-lost', file: `${recordingId}.wav` });
  }

  acknowledged(seq: number): void {
    for (const [at, recordingId] of this.#ends) {
      if (at > seq) return;
      this.#ends.delete(at);
      this.#recordings.delete(recordingId);
    }
  }

  snapshot(): readonly Recording[] {
    return [...this.#recordings.values()];
  }

  #switch(recordingId: RecordingId, state: 'running' | 'paused'): void {
    const recording = this.#recordings.get(recordingId);
    if (recording !== undefined) this.#recordings.set(recordingId, { ...recording, state });
  }

  #end(recording: Recording, seq: number): void {
    this.#recordings.set(recording.recordingId, recording);
    this.#ends.set(seq, recording.recordingId);
    this.#ended(recording.recordingId);
  }
}
