import { ignoreFailure } from '@centralita/kernel';
import { FRAME_SAMPLES, SAMPLE_RATE } from '../frame.ts';
import { WAV_HEADER_BYTES, wavHeader } from '../sound/wav.ts';

/** Where a recording goes. Positions are absolute; a rejected promise ends the recording as failed. */
export interface RecordingFile {
  write(bytes: Uint8Array, position: number): Promise<void>;
  /** The samples are on the disk, not only with the system. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

export type RecorderReport =
  | { readonly type: 'finished'; readonly durationMs: number; readonly bytes: number }
  | { readonly type: 'failed'; readonly reason: 'disk-full' | 'overrun' | 'write-error'; readonly detail: string };

const CHANNELS = 2;
const FRAME_BYTES = FRAME_SAMPLES * CHANNELS * 2;
/** One second: what a killed process loses at most, and how often the header is renewed. */
const FRAMES_PER_CHUNK = 50;
const CHUNK_BYTES = FRAMES_PER_CHUNK * FRAME_BYTES;
/** A longer gap is cut short: all of it at once would count as a disk that is behind, and a shorter file is better than none. */
const MAX_GAP_FRAMES = 300;
const SILENCE = new Int16Array(FRAME_SAMPLES);
/** A disk that is more than 8 s behind will not catch up. */
const MAX_CHUNKS_WAITING = 8;

/**
 * Two channels of 8 kHz 16-bit samples into a WAV file. `frame` only fills a buffer, so it belongs in the tick; writing
 * happens behind it, one chunk at a time, and the header after its chunk, so that the file is playable up to its last second
 * whatever happens. The file is reported finished only when samples and header are synced and the file is closed.
 */
export class Recorder {
  private readonly report: (report: RecorderReport) => void;
  private readonly opened: Promise<RecordingFile>;
  private readonly waiting: { readonly chunk: Int16Array<ArrayBuffer>; readonly bytes: number }[] = [];
  private readonly free: Int16Array<ArrayBuffer>[] = [];
  private chunk = new Int16Array(CHUNK_BYTES / 2);
  private filled = 0;
  private paused = false;
  private state: 'running' | 'stopping' | 'ended' = 'running';
  private pumping = false;
  private writtenBytes = 0;
  private frames = 0;

  constructor(opened: Promise<RecordingFile>, report: (report: RecorderReport) => void) {
    this.opened = opened;
    this.report = report;
    this.pump();
  }

  /** One frame of each side, 160 samples. While paused silence is written instead: file time is call time. */
  frame(left: Int16Array, right: Int16Array): void {
    if (this.state !== 'running') return;
    const { chunk } = this;
    let at = this.filled;
    if (this.paused) chunk.fill(0, at, at + FRAME_SAMPLES * CHANNELS);
    else {
      for (let i = 0; i < FRAME_SAMPLES; i++) {
        chunk[at++] = left[i]!;
        chunk[at++] = right[i]!;
      }
    }
    this.filled += FRAME_SAMPLES * CHANNELS;
    this.frames += 1;
    if (this.filled === chunk.length) this.handOver();
  }

  /** The tick was away for so many frames: silence instead, since file time is call time. */
  gap(frames: number): void {
    for (let i = 0; i < Math.min(frames, MAX_GAP_FRAMES); i++) this.frame(SILENCE, SILENCE);
  }

  pause(): void {
    this.paused = true;
  }
  resume(): void {
    this.paused = false;
  }
  get isPaused(): boolean {
    return this.paused;
  }

  /** Writes what is left and closes. The report follows. */
  stop(): void {
    if (this.state !== 'running') return;
    this.state = 'stopping';
    if (this.filled > 0) this.handOver();
    this.pump();
  }

  private handOver(): void {
    if (this.waiting.length >= MAX_CHUNKS_WAITING) {
      this.fail('overrun', `the disk is ${MAX_CHUNKS_WAITING} s behind`);
      return;
    }
    this.waiting.push({ chunk: this.chunk, bytes: this.filled * 2 });
    this.chunk = this.free.pop() ?? new Int16Array(CHUNK_BYTES / 2);
    this.filled = 0;
    this.pump();
  }

  private pump(): void {
    if (this.pumping) return;
    this.pumping = true;
    this.writeAll().then(
      () => {
        this.pumping = false;
        if (this.state !== 'ended' && (this.waiting.length > 0 || this.state === 'stopping')) this.pump();
      },
      (error: unknown) => this.fail(reasonOf(error), error instanceof Error ? error.message : String(error)),
    );
  }

  private async writeAll(): Promise<void> {
    const file = await this.opened;
    if (this.writtenBytes === 0) await file.write(wavHeader(0, CHANNELS, SAMPLE_RATE), 0);
    for (let next = this.waiting.shift(); next && this.state !== 'ended'; next = this.waiting.shift()) {
      await file.write(new Uint8Array(next.chunk.buffer, 0, next.bytes), WAV_HEADER_BYTES + this.writtenBytes);
      this.writtenBytes += next.bytes;
      await file.write(wavHeader(this.writtenBytes, CHANNELS, SAMPLE_RATE), 0);
      if (this.free.length < 2) this.free.push(next.chunk);
    }
    if (this.state !== 'stopping') return;
    await file.sync();
    await file.close();
    this.state = 'ended';
    this.report({ type: 'finished', durationMs: this.frames * 20, bytes: WAV_HEADER_BYTES + this.writtenBytes });
  }

  private fail(reason: 'disk-full' | 'overrun' | 'write-error', detail: string): void {
    if (this.state === 'ended') return;
    this.state = 'ended';
    this.waiting.length = 0;
    // When opening is what failed there is nothing to close.
    this.opened.then(
      (file) => ignoreFailure('recording-close-after-failure', file.close()),
      () => undefined,
    );
    this.report({ type: 'failed', reason, detail });
  }
}

function reasonOf(error: unknown): 'disk-full' | 'write-error' {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ENOSPC' || code === 'EDQUOT' ? 'disk-full' : 'write-error';
}
