import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loudestTone, toneAmplitude } from '@centralita/media';
import { MUSIC_HZ, MediaBench } from './testing/media-bench.ts';

// Heard is more than half of what was said, not heard less than a quarter: a lost packet or a click on a busy machine is
// neither, and a leak is all of it.
const HEARD = 4_000;
const NOT_HEARD = 2_000;

describe('a telephone and a browser in a bridge', () => {
  let bench: MediaBench;
  beforeAll(async () => {
    bench = await MediaBench.start(21_000);
  });
  afterAll(() => bench.close());

  test('[issue 2.6] each side hears the other, the recording holds each on its channel, hold plays music and leaks nothing', async () => {
    const ana = (await bench.plainCaller('leg_ana')).say(1_000);
    const carla = (await bench.browserCallee('leg_carla', 'leg_ana')).say(700);
    bench.plane.join('brg_1', ['leg_ana', 'leg_carla']);
    bench.plane.startRecording('rec_1', 'brg_1', ['leg_ana']);
    await bench.event('recording-started');

    expect(await ana.hears(700)).toBeGreaterThan(HEARD);
    expect(await carla.hears(1_000)).toBeGreaterThan(HEARD);
    const [byAna, byCarla] = await Promise.all([ana.hear(500), carla.hear(500)]);
    expect(toneAmplitude(byAna, 1_000)).toBeLessThan(NOT_HEARD);
    expect(toneAmplitude(byCarla, 700)).toBeLessThan(NOT_HEARD);

    bench.plane.hold('leg_ana', 'default');
    expect(await ana.hears(MUSIC_HZ)).toBeGreaterThan(4_000);
    const [heldAna, heldCarla] = await Promise.all([ana.hear(500), carla.hear(500)]);
    expect(loudestTone(heldAna, 700)).toBeLessThan(NOT_HEARD);
    expect(loudestTone(heldCarla, 1_000)).toBeLessThan(NOT_HEARD);
    expect(loudestTone(heldCarla, MUSIC_HZ)).toBeLessThan(NOT_HEARD);

    bench.plane.resume('leg_ana');
    expect(await ana.hears(700)).toBeGreaterThan(HEARD);

    bench.plane.stopRecording('rec_1');
    const finished = await bench.event('recording-finished');
    const { channels } = await bench.recording(finished.file);
    expect(channels[0]!.length / 8).toBe(finished.durationMs);
    expect(loudestTone(channels[0]!, 1_000)).toBeGreaterThan(HEARD);
    expect(toneAmplitude(channels[0]!, 700)).toBeLessThan(NOT_HEARD);
    expect(loudestTone(channels[1]!, 700)).toBeGreaterThan(HEARD);
    expect(toneAmplitude(channels[1]!, 1_000)).toBeLessThan(NOT_HEARD);
    for (const channel of channels) expect(loudestTone(channel, MUSIC_HZ)).toBeLessThan(NOT_HEARD);
    bench.plane.closeLeg('leg_ana');
    bench.plane.closeLeg('leg_carla');
  });

  test('[issue 2.6] digits go through in both directions, each once, by each side’s own payload number', async () => {
    const beto = await bench.plainCaller('leg_beto', { eventPayload: 96 });
    const diego = await bench.browserCaller('leg_diego', 'leg_beto');
    bench.plane.join('brg_2', ['leg_beto', 'leg_diego']);
    beto.press('42#');
    await bench.event('digit', (event) => event.legId === 'leg_beto' && event.digit === '#');
    diego.press('5');
    await bench.event('digit', (event) => event.legId === 'leg_diego');
    await Promise.all([beto.hear(200), diego.hear(200)]);
    expect(diego.digits.join('')).toBe('42#');
    expect(beto.digits.join('')).toBe('5');
    const seen = bench.events.filter((event) => event.type === 'digit').map((event) => `${event.digit}/${event.via}`);
    expect(seen).toEqual(['4/rfc4733', '2/rfc4733', '#/rfc4733', '5/rfc4733']);
  });
});
