import { expect, test } from 'vitest';
import { readWav } from '../sound/wav.ts';
import { Recorder, type RecorderReport, type RecordingFile } from './recorder.ts';

/** A file in memory whose disk can be filled, slowed or broken. */
class MemoryFile implements RecordingFile {
  bytes = Buffer.alloc(0);
  synced = false;
  closed = false;
  failWith: NodeJS.ErrnoException | undefined;
  private gate: Promise<void> = Promise.resolve();
  private openGate: () => void = () => undefined;

  hang(): void {
    this.gate = new Promise((resolve) => (this.openGate = resolve));
  }
  goOn(): void {
    this.openGate();
  }
  async write(bytes: Uint8Array, position: number): Promise<void> {
    await this.gate;
    if (this.failWith) throw this.failWith;
    if (position + bytes.length > this.bytes.length) this.bytes = Buffer.concat([this.bytes, Buffer.alloc(position + bytes.length - this.bytes.length)]);
    this.bytes.set(bytes, position);
  }
  sync(): Promise<void> {
    this.synced = true;
    return this.failWith ? Promise.reject(this.failWith) : Promise.resolve();
  }
  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }
}

const left = new Int16Array(160).fill(11);
const right = new Int16Array(160).fill(-22);

function recording(file = new MemoryFile()): { readonly file: MemoryFile; readonly recorder: Recorder; readonly reports: RecorderReport[]; readonly ended: Promise<RecorderReport> } {
  const reports: RecorderReport[] = [];
  let done: (report: RecorderReport) => void = () => undefined;
  const ended = new Promise<RecorderReport>((resolve) => (done = resolve));
  const recorder = new Recorder(Promise.resolve(file), (report) => {
    reports.push(report);
    done(report);
  });
  return { file, recorder, reports, ended };
}

async function frames(recorder: Recorder, count: number): Promise<void> {
  for (let n = 0; n < count; n++) {
    recorder.frame(left, right);
    if (n % 50 === 49) await settled();
  }
  await settled();
}
async function settled(): Promise<void> {
  for (let n = 0; n < 20; n++) await Promise.resolve();
}

function channels(file: MemoryFile): readonly Int16Array[] {
  const read = readWav(file.bytes);
  if (!read.ok) throw new Error(read.refusal);
  return read.value.channels;
}

test('[design 4] each side on its channel; reported when synced and closed', async () => {
  const { file, recorder, ended } = recording();
  await frames(recorder, 125);
  recorder.stop();
  expect(await ended).toEqual({ type: 'finished', durationMs: 2_500, bytes: 44 + 2_500 * 32 });
  expect([file.synced, file.closed]).toEqual([true, true]);
  const [l, r] = channels(file);
  expect([l!.length, l![0], l!.at(-1), r![0], r!.at(-1)]).toEqual([20_000, 11, 11, -22, -22]);
});

test('[design 4] pause writes silence, so that file time is call time', async () => {
  const { file, recorder, ended } = recording();
  await frames(recorder, 50);
  recorder.pause();
  await frames(recorder, 50);
  recorder.resume();
  await frames(recorder, 50);
  recorder.stop();
  await ended;
  const [l] = channels(file);
  expect(l!.length).toBe(24_000);
  expect([l![7_999], l![8_000], l![15_999], l![16_000]]).toEqual([11, 0, 0, 11]);
});

test('[design 4] a killed process leaves a playable file up to its last second', async () => {
  const { file, recorder } = recording();
  await frames(recorder, 149);
  expect(channels(file)[0]!.length).toBe(16_000);
});

test('[issue 2] a full disk is reported once and nothing is complete', async () => {
  const { file, recorder, reports, ended } = recording();
  await frames(recorder, 50);
  file.failWith = Object.assign(new Error('no space left'), { code: 'ENOSPC' });
  await frames(recorder, 100);
  expect(await ended).toEqual({ type: 'failed', reason: 'disk-full', detail: 'no space left' });
  recorder.stop();
  await frames(recorder, 50);
  expect(reports).toHaveLength(1);
  expect(file.closed).toBe(true);
});

test('a failing sync at the end is a failure, not a finished file', async () => {
  const { file, recorder, ended } = recording();
  await frames(recorder, 50);
  file.failWith = new Error('input/output error');
  recorder.stop();
  expect(await ended).toMatchObject({ type: 'failed', reason: 'write-error' });
});

test('a file that cannot be opened', async () => {
  const ended = new Promise<RecorderReport>((resolve) => new Recorder(Promise.reject(new Error('permission denied')), resolve));
  expect(await ended).toMatchObject({ type: 'failed', reason: 'write-error', detail: 'permission denied' });
});

test('a disk that hangs is given up after 8 s, with the memory bounded; the tick goes on', async () => {
  const { file, recorder, ended } = recording();
  await frames(recorder, 10);
  file.hang();
  await frames(recorder, 50 * 20);
  expect(await ended).toMatchObject({ type: 'failed', reason: 'overrun' });
  file.goOn();
});

test('stopping at once leaves an empty, playable file', async () => {
  const { file, recorder, ended } = recording();
  recorder.stop();
  recorder.stop();
  expect(await ended).toEqual({ type: 'finished', durationMs: 0, bytes: 44 });
  expect(file.bytes.length).toBe(44);
});
