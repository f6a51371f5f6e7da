import { readdir } from 'node:fs/promises';
import { execFileSync } from 'node:child_process';
import { afterEach, expect, test } from 'vitest';
import { loudestTone, toneAmplitude } from '@centralita/media';
import { MediaBench } from './testing/media-bench.ts';

let bench: MediaBench | undefined;
afterEach(async () => {
  await bench?.close();
  bench = undefined;
});

/** Media processes of this test's pool. */
function workerPids(): readonly number[] {
  const lines = execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(process.pid)], { encoding: 'utf8' }).split('\n');
  return lines.filter((line) => line.includes('worker/main.ts')).map((line) => Number(line.trim().split(' ')[0]));
}

test('[design 2] a killed worker loses its own calls only, is told, and is there again', async () => {
  bench = await MediaBench.start(24_000, { workers: 2 });
  const { plane } = bench;
  await bench.until(() => plane.load().workers.every(({ up }) => up));
  const pids = workerPids();
  await bench.plainCaller('leg_a');
  await bench.plainCaller('leg_b');
  await bench.plainCaller('leg_a2', undefined, 'leg_a');
  expect(plane.load().workers.map(({ legs }) => legs)).toEqual([2, 1]);
  plane.join('brg_a', ['leg_a', 'leg_a2']);
  plane.startRecording('rec_a', 'brg_a', ['leg_a']);
  await bench.event('recording-started');

  process.kill(pids[0]!, 'SIGKILL');
  const died = await bench.event('worker-died');
  expect([...died.legIds].sort()).toEqual(['leg_a', 'leg_a2']);
  expect(died.recordingIds).toEqual(['rec_a']);
  expect(plane.load().legs).toBe(1);
  expect(plane.load().admitting).toBe(true);
  expect(await plane.applyAnswer('leg_a', '')).toEqual({ ok: false, refusal: 'unknown-leg' });
  expect((await plane.statistics('leg_b'))?.localPort).toBeGreaterThan(0);

  await bench.until(() => plane.load().workers.every(({ up }) => up));
  const again = (await bench.plainCaller('leg_a')).say(900);
  const other = await bench.plainCaller('leg_a3', undefined, 'leg_a');
  plane.join('brg_a', ['leg_a', 'leg_a3']);
  expect(await other.hears(900)).toBeGreaterThan(4_000);
  again.stop();
});

test('[design 2] a bridge over two workers: both hear each other, digits and holds go through, the recording has both channels', async () => {
  bench = await MediaBench.start(28_000, { workers: 2 });
  const { plane } = bench;
  await bench.until(() => plane.load().workers.every(({ up }) => up));
  const ana = (await bench.plainCaller('leg_ana')).say(1_000);
  const carla = (await bench.browserCallee('leg_carla')).say(700);
  expect(plane.load().workers.map(({ legs }) => legs)).toEqual([1, 1]);
  plane.join('brg_far', ['leg_carla', 'leg_ana']);
  plane.startRecording('rec_far', 'brg_far', ['leg_ana']);
  expect(await ana.hears(700)).toBeGreaterThan(4_000);
  expect(await carla.hears(1_000)).toBeGreaterThan(4_000);
  ana.press('5');
  await bench.event('digit');
  await carla.hear(300);
  expect(carla.digits).toEqual(['5']);
  expect(bench.events.filter(({ type }) => type === 'digit')).toHaveLength(1);

  plane.hold('leg_ana', 'default');
  const [heldAna, heldCarla] = await Promise.all([ana.hear(300, 400), carla.hear(300, 400)]);
  expect(toneAmplitude(heldAna, 700)).toBeLessThan(2_000);
  expect(toneAmplitude(heldCarla, 1_000)).toBeLessThan(2_000);
  plane.resume('leg_ana');
  plane.stopRecording('rec_far');
  const { file } = await bench.event('recording-finished');
  const [left, right] = (await bench.recording(file)).channels;
  expect(loudestTone(left!, 1_000)).toBeGreaterThan(4_000);
  expect(loudestTone(right!, 700)).toBeGreaterThan(4_000);

  plane.leave('brg_far', ['leg_ana']);
  expect(toneAmplitude(await carla.hear(300, 400), 1_000)).toBeLessThan(2_000);
  expect(bench.events.some((event) => 'legId' in event && event.legId.includes('~'))).toBe(false);
});

test('[issue 2] a recording whose file cannot be written fails with an event, the call goes on, nothing counts as complete', async () => {
  bench = await MediaBench.start(25_000);
  const { plane } = bench;
  const ana = (await bench.plainCaller('leg_ana')).say(1_000);
  const carla = await bench.plainCaller('leg_carla', undefined, 'leg_ana');
  plane.join('brg_1', ['leg_ana', 'leg_carla']);
  plane.startRecording('rec_1', 'brg_1', ['leg_ana']);
  await bench.event('recording-started');
  plane.startRecording('rec/../1', 'brg_1', ['leg_ana']);
  await bench.event('recording-failed', (event) => event.recordingId === 'rec/../1' && event.reason === 'bad-id');
  plane.stopRecording('rec_1');
  await bench.event('recording-finished');
  // The same file again: it is there already and is not written over.
  plane.startRecording('rec_1', 'brg_1', ['leg_ana']);
  await bench.event('recording-failed', (event) => event.recordingId === 'rec_1' && event.reason === 'write-error');
  plane.startRecording('rec_2', 'brg_none', ['leg_ana']);
  await bench.event('recording-failed', (event) => event.recordingId === 'rec_2' && event.reason === 'no-such-bridge');
  expect(await carla.hears(1_000)).toBeGreaterThan(4_000);
  ana.stop();
});

test('a full worker admits no more legs, and ports come back', async () => {
  bench = await MediaBench.start(26_000, { maxLegsPerWorker: 3, plainPortTo: 26_003 });
  const { plane } = bench;
  expect((await plane.createPlainLeg({ legId: 'leg_1' })).ok).toBe(true);
  expect((await plane.createPlainLeg({ legId: 'leg_2' })).ok).toBe(true);
  expect(await plane.createPlainLeg({ legId: 'leg_3' })).toEqual({ ok: false, refusal: 'no-free-port' });
  await bench.event('alarm', (event) => event.name === 'ports-exhausted');
  expect((await plane.createBrowserLeg({ legId: 'leg_4' })).ok).toBe(true);
  expect(plane.load().admitting).toBe(false);
  expect(await plane.createBrowserLeg({ legId: 'leg_5' })).toEqual({ ok: false, refusal: 'worker-full' });
  plane.closeLeg('leg_1');
  expect(plane.load().admitting).toBe(true);
  expect((await plane.createPlainLeg({ legId: 'leg_6' })).ok).toBe(true);
});

test('closing finishes the recordings first', async () => {
  bench = await MediaBench.start(27_000);
  const { plane } = bench;
  await bench.plainCaller('leg_1');
  plane.join('brg_1', ['leg_1']);
  plane.startRecording('rec_last', 'brg_1', ['leg_1']);
  await bench.event('recording-started');
  await plane.close();
  expect(bench.events.some((event) => event.type === 'recording-finished' && event.recordingId === 'rec_last')).toBe(true);
  expect(await readdir(bench.recordingsFolder)).toEqual(['rec_last.wav']);
  expect(workerPids()).toEqual([]);
});
