import { SAMPLE_RATE } from '../frame.ts';

/**
 * How loud one frequency is in these samples, by the Goertzel algorithm with a Hann window (so that a loud neighbour does
 * not leak in). The media tests listen with this instead of trusting a state.
 *
 * @returns the tone's peak amplitude in sample units: 8000 for a sine of amplitude 8000 that fills all of `samples`
 */
export function toneAmplitude(samples: Int16Array, hertz: number, sampleRate: number = SAMPLE_RATE): number {
  const count = samples.length;
  if (count < 2) return 0;
  const coefficient = 2 * Math.cos((2 * Math.PI * hertz) / sampleRate);
  let one = 0;
  let two = 0;
  let weights = 0;
  for (let i = 0; i < count; i++) {
    const weight = 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / (count - 1));
    weights += weight;
    const zero = samples[i]! * weight + coefficient * one - two;
    two = one;
    one = zero;
  }
  return (2 * Math.sqrt(Math.max(0, one * one + two * two - coefficient * one * two))) / weights;
}

/**
 * The loudest any stretch of `windowMs` was at this frequency. For leaks: a tone that came through for a moment only would
 * vanish in an average over seconds.
 */
export function loudestTone(samples: Int16Array, hertz: number, windowMs = 100, sampleRate: number = SAMPLE_RATE): number {
  const window = Math.round((windowMs * sampleRate) / 1_000);
  let loudest = 0;
  for (let at = 0; at + window <= samples.length; at += Math.max(1, window >> 1)) loudest = Math.max(loudest, toneAmplitude(samples.subarray(at, at + window), hertz, sampleRate));
  return loudest;
}

/** Root mean square in sample units. */
export function loudness(samples: Int16Array): number {
  let sum = 0;
  for (let i = 0; i < samples.length; i++) sum += samples[i]! * samples[i]!;
  return samples.length === 0 ? 0 : Math.sqrt(sum / samples.length);
}
