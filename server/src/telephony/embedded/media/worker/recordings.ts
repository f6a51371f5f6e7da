import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { LegId, RecordingId } from '@centralita/kernel';
import { Recorder, type RecorderReport, type RecordingFile } from '@centralita/media';
import type { MediaFact } from '../protocol.ts';
import type { Bridge } from './bridge.ts';

/** Ids become file names: nothing in one may leave the folder. */
const SAFE_ID = /^[A-Za-z0-9_-]{1,80}$/;

export type OpenRecording = (file: string) => Promise<RecordingFile>;

/** The worker's recordings by id, from start to the report that ends them. */
export class Recordings {
  private readonly openFile: OpenRecording;
  private readonly emit: (fact: MediaFact) => void;
  private readonly running = new Map<RecordingId, { readonly recorder: Recorder; readonly bridge: Bridge }>();
  private readonly idle: (() => void)[] = [];

  constructor(openFile: OpenRecording, emit: (fact: MediaFact) => void) {
    this.openFile = openFile;
    this.emit = emit;
  }

  /** @param bridge undefined when it is not there (its last leg has left) */
  start(recordingId: RecordingId, bridge: Bridge | undefined, customerLegIds: readonly LegId[]): void {
    if (this.running.has(recordingId)) return;
    if (!bridge || !SAFE_ID.test(recordingId)) {
      this.emit({ type: 'recording-failed', recordingId, reason: bridge ? 'bad-id' : 'no-such-bridge' });
      return;
    }
    const file = `${recordingId}.wav`;
    const opened = this.openFile(file);
    const recorder = new Recorder(opened, (report) => this.ended(recordingId, file, report));
    if (!bridge.addRecording(recordingId, recorder, customerLegIds)) {
      recorder.stop();
      this.emit({ type: 'recording-failed', recordingId, reason: 'too-many-recordings' });
      return;
    }
    this.running.set(recordingId, { recorder, bridge });
    opened.then(
      () => this.emit({ type: 'recording-started', recordingId }),
      // The recorder sees the same rejection and reports the failure with its reason.
      () => undefined,
    );
  }

  pause(recordingId: RecordingId): void {
    this.running.get(recordingId)?.recorder.pause();
  }
  resume(recordingId: RecordingId): void {
    this.running.get(recordingId)?.recorder.resume();
  }

  stop(recordingId: RecordingId): void {
    const found = this.running.get(recordingId);
    found?.bridge.removeRecording(recordingId);
    found?.recorder.stop();
  }

  /** The bridge's last leg has left. */
  stopAllOf(bridge: Bridge): void {
    for (const { recordingId } of [...bridge.recordings]) this.stop(recordingId);
  }

  /** Closes all files; resolves when every one is reported. */
  async close(): Promise<void> {
    for (const recordingId of [...this.running.keys()]) this.stop(recordingId);
    if (this.running.size > 0) await new Promise<void>((resolve) => this.idle.push(resolve));
  }

  private ended(recordingId: RecordingId, file: string, report: RecorderReport): void {
    const found = this.running.get(recordingId);
    if (!found) return;
    found.bridge.removeRecording(recordingId);
    this.running.delete(recordingId);
    if (report.type === 'finished') this.emit({ type: 'recording-finished', recordingId, file, durationMs: report.durationMs, bytes: report.bytes });
    else {
      this.emit({ type: 'recording-failed', recordingId, reason: report.reason, file });
      if (report.reason === 'overrun') this.emit({ type: 'alarm', name: 'recording-overrun', detail: report.detail });
    }
    if (this.running.size === 0) for (const resolve of this.idle.splice(0)) resolve();
  }
}

/** Files in `folder`; an existing one is never written over: its id was drawn twice, or control has not claimed it yet. */
export function recordingFolder(folder: string): OpenRecording {
  return async (name) => {
    const handle = await open(join(folder, name), 'wx', 0o600);
    return {
      write: async (bytes, position) => {
        for (let done = 0; done < bytes.length; ) {
          const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position + done);
          done += bytesWritten;
        }
      },
      sync: () => handle.sync(),
      close: () => handle.close(),
    };
  };
}

