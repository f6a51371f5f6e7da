/** The center's own clock of sound: 8 kHz, one channel, 20 ms frames. Packets of other lengths are cut or joined at the edges. */
export const SAMPLE_RATE = 8_000;
export const FRAME_MS = 20;
export const FRAME_SAMPLES = 160;
export const SAMPLES_PER_MS = 8;

/** Largest absolute value in the first `count` samples. */
export function peak(samples: Int16Array, count: number = samples.length): number {
  let highest = 0;
  for (let i = 0; i < count; i++) {
    const value = samples[i]! < 0 ? -samples[i]! : samples[i]!;
    if (value > highest) highest = value;
  }
  return highest;
}

/** Mean square of a frame, in squared sample units (0 to 2^30). */
export function power(samples: Int16Array): number {
  let sum = 0;
  for (let i = 0; i < samples.length; i++) sum += samples[i]! * samples[i]!;
  return samples.length === 0 ? 0 : sum / samples.length;
}
