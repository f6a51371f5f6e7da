import { expect, test } from 'vitest';
import { toneSource } from '@centralita/media';
import { VirtualLine, type VirtualPhone } from '../testing/virtual-line.ts';

const quiet: VirtualPhone = { skewPpm: 0, lossRatio: 0, jitterMs: 0, say: (_ms, into) => into.fill(0) };
const talking = (from: number, to: number): VirtualPhone => ({ ...quiet, say: (ms, into) => (ms >= from && ms < to ? toneSource(500, 6_000)(into) : into.fill(0)) });

test('talking is told when it starts and stops, and quality every 5 s with the last at the end', async () => {
  const line = new VirtualLine(1);
  await line.dial('leg_ana', talking(1_000, 3_000));
  await line.pass(11_000);
  line.worker.order({ type: 'close-leg', legId: 'leg_ana' });
  const told = line.facts.map((fact) => fact.type);
  expect(told.filter((type) => type === 'talking-started' || type === 'talking-stopped')).toEqual(['talking-started', 'talking-stopped']);
  const quality = line.facts.filter((fact) => fact.type === 'quality');
  expect(quality.map((fact) => fact.final)).toEqual([false, false, true]);
  expect(quality.every((fact) => fact.lossRatio === 0 && fact.mos > 4.2)).toBe(true);
});

test('[design 4] every order on a leg or bridge that is gone does nothing', async () => {
  const line = new VirtualLine(1);
  await line.dial('leg_ana', quiet);
  line.worker.order({ type: 'close-leg', legId: 'leg_ana' });
  const before = line.facts.length;
  for (const order of [
    { type: 'join', bridgeId: 'brg_1', legIds: ['leg_ana'] },
    { type: 'leave', bridgeId: 'brg_1', legIds: ['leg_ana'] },
    { type: 'monitor', bridgeId: 'brg_1', legId: 'leg_ana', mode: 'listen', agentLegId: 'leg_x' },
    { type: 'hold', legId: 'leg_ana', music: 'default' },
    { type: 'resume', legId: 'leg_ana' },
    { type: 'mute', legId: 'leg_ana', muted: true },
    { type: 'play', playId: 'pla_1', legId: 'leg_ana', items: [], loop: false, stopOnDigit: false },
    { type: 'stop-play', playId: 'pla_1' },
    { type: 'send-digits', legId: 'leg_ana', digits: '1' },
    { type: 'digit-by-info', legId: 'leg_ana', digit: '1', durationMs: 100 },
    { type: 'listen-early', legId: 'leg_ana', sourceLegId: null },
    { type: 'pause-recording', recordingId: 'rec_1' },
    { type: 'resume-recording', recordingId: 'rec_1' },
    { type: 'stop-recording', recordingId: 'rec_1' },
    { type: 'close-leg', legId: 'leg_ana' },
  ] as const) {
    line.worker.order(order);
  }
  await line.pass(100);
  expect(line.facts.length).toBe(before);
  expect(line.worker.legCount).toBe(0);
});

test('[design 4] what the clock gave up is silence in the file: file time is call time', async () => {
  const line = new VirtualLine(1);
  await line.dial('leg_ana', talking(0, 10_000));
  await line.dial('leg_carla', quiet);
  line.worker.order({ type: 'join', bridgeId: 'brg_1', legIds: ['leg_ana', 'leg_carla'] });
  line.worker.order({ type: 'start-recording', recordingId: 'rec_1', bridgeId: 'brg_1', customerLegIds: ['leg_ana'] });
  await line.pass(1_000);
  line.worker.skip(75);
  await line.pass(1_000);
  line.worker.order({ type: 'stop-recording', recordingId: 'rec_1' });
  await line.pass(1_000);
  expect(line.facts.find((fact) => fact.type === 'recording-finished')).toMatchObject({ durationMs: 3_500 });
});

test('orders twice are orders once', async () => {
  const line = new VirtualLine(1);
  await line.dial('leg_ana', quiet);
  await line.dial('leg_carla', quiet);
  for (let n = 0; n < 2; n++) {
    line.worker.order({ type: 'join', bridgeId: 'brg_1', legIds: ['leg_ana', 'leg_carla'] });
    line.worker.order({ type: 'start-recording', recordingId: 'rec_1', bridgeId: 'brg_1', customerLegIds: ['leg_ana'] });
    line.worker.order({ type: 'play', playId: 'pla_1', legId: 'leg_ana', items: [{ kind: 'silence', durationMs: 500 }], loop: false, stopOnDigit: false });
    await line.pass(40);
  }
  await line.pass(1_000);
  for (let n = 0; n < 2; n++) line.worker.order({ type: 'stop-recording', recordingId: 'rec_1' });
  await line.pass(500);
  const told = line.facts.map((fact) => fact.type).filter((type) => type.startsWith('recording') || type.startsWith('play'));
  expect(told).toEqual(['recording-started', 'play-finished', 'recording-finished']);
  expect(line.worker.legCount).toBe(2);
});

test('a leg whose id is taken, and one too many, are refused', async () => {
  const line = new VirtualLine(1);
  for (let n = 0; n < 10; n++) await line.dial(`leg_${n}`, quiet);
  const leg = { legId: 'leg_0', kind: 'plain', stallMs: 0 } as const;
  expect(await line.worker.answer({ type: 'create-leg', leg })).toEqual({ ok: false, refusal: 'leg-exists' });
  expect(await line.worker.answer({ type: 'create-leg', leg: { ...leg, legId: 'leg_10' } })).toEqual({ ok: false, refusal: 'worker-full' });
});

test('a recording of held, muted and paused time is silence of the same length', async () => {
  const line = new VirtualLine(1);
  const always = talking(0, 1e9);
  await line.dial('leg_ana', always);
  await line.dial('leg_carla', always);
  line.worker.order({ type: 'join', bridgeId: 'brg_1', legIds: ['leg_ana', 'leg_carla'] });
  await line.pass(500);
  line.worker.order({ type: 'start-recording', recordingId: 'rec_1', bridgeId: 'brg_1', customerLegIds: ['leg_ana'] });
  await line.pass(1_000);
  line.worker.order({ type: 'hold', legId: 'leg_ana', music: null });
  await line.pass(1_000);
  line.worker.order({ type: 'resume', legId: 'leg_ana' });
  line.worker.order({ type: 'mute', legId: 'leg_carla', muted: true });
  await line.pass(1_000);
  line.worker.order({ type: 'mute', legId: 'leg_carla', muted: false });
  line.worker.order({ type: 'pause-recording', recordingId: 'rec_1' });
  await line.pass(1_000);
  line.worker.order({ type: 'resume-recording', recordingId: 'rec_1' });
  await line.pass(1_000);
  line.worker.order({ type: 'close-leg', legId: 'leg_ana' });
  line.worker.order({ type: 'close-leg', legId: 'leg_carla' });
  await line.pass(100);
  const file = line.files.get('rec_1.wav')!;
  const loudAt = (second: number, channel: 0 | 1) => {
    let highest = 0;
    for (let i = second * 8_000 + 800; i < second * 8_000 + 7_000; i++) highest = Math.max(highest, Math.abs(file.readInt16LE(44 + (i * 2 + channel) * 2)));
    return highest > 2_000;
  };
  expect([0, 1, 2, 3, 4].map((second) => [loudAt(second, 0), loudAt(second, 1)])).toEqual([
    [true, true],
    [false, false],
    [true, false],
    [false, false],
    [true, true],
  ]);
});
