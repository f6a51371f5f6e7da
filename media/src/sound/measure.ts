import { SAMPLE_RATE } from '../frame.ts';

/** One look at a tone. Tones 50 Hz apart are told apart. */
const LOOK_MS = 60;

/**
 * How loud one frequency is in these samples: the media tests listen with this instead of trusting a state. It looks at
 * 60 ms at a time (Goertzel, Hann window, so that a loud neighbour does not leak in) and takes the root mean square of what
 * it saw. One look at the whole would call a tone silent when a jitter buffer plays it 0.6 % faster, or when a packet is
 * lost in its middle and the second half cancels the first.
 *
 * @returns the tone's peak amplitude in sample units: 8000 for a sine of amplitude 8000 that fills all of `samples`
 */
export function toneAmplitude(samples: Int16Array, hertz: number, sampleRate: number = SAMPLE_RATE): number {
  const looks = amplitudes(samples, hertz, LOOK_MS, sampleRate);
  return looks.length === 0 ? 0 : Math.sqrt(looks.reduce((sum, amplitude) => sum + amplitude * amplitude, 0) / looks.length);
}

/**
 * The loudest this frequency was at any moment. For leaks: a tone that came through for 100 ms only would vanish in an
 * average over seconds.
 */
export function loudestTone(samples: Int16Array, hertz: number, windowMs = LOOK_MS, sampleRate: number = SAMPLE_RATE): number {
  return Math.max(0, ...amplitudes(samples, hertz, windowMs, sampleRate));
}

/** Root mean square in sample units. */
export function loudness(samples: Int16Array): number {
  let sum = 0;
  for (let i = 0; i < samples.length; i++) sum += samples[i]! * samples[i]!;
  return samples.length === 0 ? 0 : Math.sqrt(sum / samples.length);
}

/** Looks that overlap by half; one of all the samples when they are fewer than a look. */
function amplitudes(samples: Int16Array, hertz: number, windowMs: number, sampleRate: number): readonly number[] {
  const window = Math.min(samples.length, Math.round((windowMs * sampleRate) / 1_000));
  if (window < 2) return [];
  const found: number[] = [];
  for (let at = 0; at + window <= samples.length; at += window >> 1) found.push(goertzel(samples, at, window, hertz, sampleRate));
  return found;
}

function goertzel(samples: Int16Array, from: number, count: number, hertz: number, sampleRate: number): number {
  const coefficient = 2 * Math.cos((2 * Math.PI * hertz) / sampleRate);
  let one = 0;
  let two = 0;
  let weights = 0;
  for (let i = 0; i < count; i++) {
    const weight = 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / (count - 1));
    weights += weight;
    const zero = samples[from + i]! * weight + coefficient * one - two;
    two = one;
    one = zero;
  }
  return (2 * Math.sqrt(Math.max(0, one * one + two * two - coefficient * one * two))) / weights;
}
