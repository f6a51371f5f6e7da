import { SAMPLE_RATE } from '../frame.ts';

/** One step of a cadence: frequencies sounding together for a time. No frequency is silence. */
export interface ToneStep {
  readonly hertz: readonly number[];
  readonly durationMs: number;
}

export type ToneName = 'ringback' | 'busy' | 'congestion' | 'beep' | 'hold';

/** Cadences of ITU-T E.180 with 425 Hz, which most of Latin America and Europe use. `hold` is what plays when a music file is missing. */
export const CADENCES: Readonly<Record<ToneName, readonly ToneStep[]>> = {
  ringback: [{ hertz: [425], durationMs: 1_000 }, { hertz: [], durationMs: 4_000 }],
  busy: [{ hertz: [425], durationMs: 500 }, { hertz: [], durationMs: 500 }],
  congestion: [{ hertz: [425], durationMs: 250 }, { hertz: [], durationMs: 250 }],
  beep: [{ hertz: [1_000], durationMs: 200 }],
  hold: [{ hertz: [440], durationMs: 150 }, { hertz: [554], durationMs: 150 }, { hertz: [], durationMs: 3_700 }],
};

/** Amplitude of a cadence: −12 dBFS, and of the fallback for music, −22 dBFS. */
const LEVEL: Readonly<Record<ToneName, number>> = { ringback: 8_000, busy: 8_000, congestion: 8_000, beep: 8_000, hold: 2_600 };
/** Edges fade over 5 ms, or every one clicks. */
const FADE_SAMPLES = 40;

const made = new Map<ToneName, Int16Array>();

/** One round of a cadence, 8 kHz. Made once; not to be written to. */
export function toneSamples(name: ToneName): Int16Array {
  let samples = made.get(name);
  if (!samples) {
    samples = cadenceSamples(CADENCES[name], LEVEL[name]);
    made.set(name, samples);
  }
  return samples;
}

/** @param amplitude peak of each frequency, in sample units */
export function cadenceSamples(steps: readonly ToneStep[], amplitude: number): Int16Array {
  const lengths = steps.map((step) => Math.round((step.durationMs * SAMPLE_RATE) / 1_000));
  const samples = new Int16Array(lengths.reduce((sum, length) => sum + length, 0));
  let at = 0;
  steps.forEach((step, index) => {
    const length = lengths[index]!;
    for (let i = 0; i < length; i++) {
      const edge = Math.min(1, (i + 1) / FADE_SAMPLES, (length - i) / FADE_SAMPLES);
      let value = 0;
      for (const hertz of step.hertz) value += Math.sin((2 * Math.PI * hertz * i) / SAMPLE_RATE);
      samples[at + i] = Math.max(-32_768, Math.min(32_767, Math.round(value * amplitude * edge)));
    }
    at += length;
  });
  return samples;
}

/** A steady tone that can be asked for frame by frame without a break. For tests and measurements. */
export function toneSource(hertz: number, amplitude: number): (into: Int16Array) => void {
  let at = 0;
  return (into) => {
    for (let i = 0; i < into.length; i++, at++) into[i] = Math.round(amplitude * Math.sin((2 * Math.PI * hertz * at) / SAMPLE_RATE));
  };
}
