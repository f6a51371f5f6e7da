import { afterAll, beforeAll, expect, test } from 'vitest';
import { loudestTone, toneAmplitude } from '@centralita/media';
import type { MonitorMode } from './media-plane.ts';
import { MediaBench } from './testing/media-bench.ts';
import type { TestPhone } from './testing/test-phone.ts';

// Heard is more than half of what was said, not heard less than a quarter: a lost packet or a click on a busy machine is
// neither, and a leak is all of it.
const HEARD = 4_000;
const NOT_HEARD = 2_000;
/** Ana is the customer, Carla her agent, Diego the supervisor. */
const TONES = { ana: 1_000, carla: 700, diego: 1_700 } as const;
type Person = keyof typeof TONES;

let bench: MediaBench;
beforeAll(async () => {
  bench = await MediaBench.start(22_000);
});
afterAll(() => bench.close());

/** Whose tones a phone hears in half a second. A tone that is half there is a question mark, and so no match. */
async function heardBy(phone: TestPhone): Promise<string> {
  const samples = await phone.hear(500);
  const verdict = (person: Person) => {
    const amplitude = toneAmplitude(samples, TONES[person]);
    return amplitude > HEARD ? [person] : amplitude > NOT_HEARD ? [`${person}?`] : [];
  };
  return (Object.keys(TONES) as Person[]).flatMap(verdict).join(' ');
}

const EXPECTED: Readonly<Record<MonitorMode, Readonly<Record<Person, string>>>> = {
  listen: { ana: 'carla', carla: 'ana', diego: 'ana carla' },
  whisper: { ana: 'carla', carla: 'ana diego', diego: 'ana carla' },
  barge: { ana: 'carla diego', carla: 'ana diego', diego: 'ana carla' },
};

test('[design 4] listen, whisper and barge switch live, and the recording has what the customer hears and no whisper', async () => {
  const ana = (await bench.plainCaller('leg_ana')).say(TONES.ana);
  const carla = (await bench.browserCallee('leg_carla', 'leg_ana')).say(TONES.carla);
  const diego = (await bench.browserCallee('leg_diego', 'leg_ana')).say(TONES.diego);
  bench.plane.join('brg_1', ['leg_ana', 'leg_carla']);
  for (const mode of ['listen', 'whisper', 'barge', 'listen'] as const) {
    bench.plane.monitor('brg_1', 'leg_diego', mode, 'leg_carla');
    const recordingId = `rec_${mode}_${bench.events.length}`;
    const listen = async () => {
      const [byAna, byCarla, byDiego] = await Promise.all([heardBy(ana), heardBy(carla), heardBy(diego)]);
      return { mode, ana: byAna, carla: byCarla, diego: byDiego };
    };
    // A busy machine may lose a moment of a tone; who hears whom does not change with it.
    await expect.poll(listen, { timeout: 10_000, interval: 0 }).toEqual({ mode, ...EXPECTED[mode] });

    bench.plane.startRecording(recordingId, 'brg_1', ['leg_ana']);
    await bench.event('recording-started', (event) => event.recordingId === recordingId);
    await ana.hear(300, 0);
    bench.plane.stopRecording(recordingId);
    const { file } = await bench.event('recording-finished', (event) => event.recordingId === recordingId);
    const [left, right] = (await bench.recording(file)).channels;
    expect(loudestTone(left!, TONES.ana)).toBeGreaterThan(HEARD);
    expect(loudestTone(left!, TONES.carla)).toBeLessThan(NOT_HEARD);
    expect(loudestTone(right!, TONES.carla)).toBeGreaterThan(HEARD);
    expect(loudestTone(right!, TONES.ana)).toBeLessThan(NOT_HEARD);
    if (mode === 'barge') expect(loudestTone(right!, TONES.diego)).toBeGreaterThan(HEARD);
    else expect(loudestTone(right!, TONES.diego)).toBeLessThan(NOT_HEARD);
  }
});

test('a leg that joins another bridge leaves the first; the recording ends with its bridge', async () => {
  const beto = (await bench.plainCaller('leg_beto')).say(1_300);
  const elena = (await bench.plainCaller('leg_elena', undefined, 'leg_beto')).say(600);
  bench.plane.join('brg_2', ['leg_beto', 'leg_elena']);
  bench.plane.startRecording('rec_ends', 'brg_2', ['leg_beto']);
  expect(await elena.hears(1_300)).toBeGreaterThan(HEARD);
  bench.plane.join('brg_3', ['leg_elena']);
  expect(loudestTone(await beto.hear(300), 600)).toBeLessThan(NOT_HEARD);
  bench.plane.closeLeg('leg_beto');
  const finished = await bench.event('recording-finished', (event) => event.recordingId === 'rec_ends');
  expect(finished.durationMs).toBeGreaterThan(500);
  await bench.event('quality', (event) => event.legId === 'leg_beto' && event.final && event.mos > 4);
});
