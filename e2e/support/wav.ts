import { readFileSync, writeFileSync } from 'node:fs';

/** Samples of a RIFF WAV file, 16 bit PCM or µ-law read elsewhere; one array per channel, -32768 to 32767. */
export function readWav(path: string): { readonly rate: number; readonly channels: readonly Int16Array[] } {
  const bytes = readFileSync(path);
  let rate = 0;
  let channelCount = 0;
  for (let at = 12; at + 8 <= bytes.length; ) {
    const name = bytes.toString('latin1', at, at + 4);
    const size = bytes.readUInt32LE(at + 4);
    if (name === 'fmt ') {
      channelCount = bytes.readUInt16LE(at + 10);
      rate = bytes.readUInt32LE(at + 12);
    }
    if (name === 'data') {
      // A file whose writer was killed says 0 or too much: what is there counts.
      const end = Math.min(bytes.length, size === 0 ? bytes.length : at + 8 + size);
      return { rate, channels: split(bytes.subarray(at + 8, end), channelCount) };
    }
    at += 8 + size + (size % 2);
  }
  throw new Error(`${path} has no samples`);
}

function split(data: Buffer, channelCount: number): Int16Array[] {
  const frames = Math.floor(data.length / 2 / channelCount);
  return Array.from({ length: channelCount }, (_, channel) => Int16Array.from({ length: frames }, (_unused, i) => data.readInt16LE((i * channelCount + channel) * 2)));
}

/** A file of one steady tone, for a phone or a browser to speak. */
export function writeTone(path: string, options: { readonly hertz: number; readonly seconds: number; readonly rate: number; readonly amplitude?: number }): void {
  const { hertz, seconds, rate, amplitude = 8_000 } = options;
  const samples = Math.round(seconds * rate);
  const wav = Buffer.alloc(44 + samples * 2);
  wav.write('RIFF', 0);
  wav.writeUInt32LE(wav.length - 8, 4);
  wav.write('WAVEfmt ', 8);
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(rate, 24);
  wav.writeUInt32LE(rate * 2, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write('data', 36);
  wav.writeUInt32LE(samples * 2, 40);
  for (let i = 0; i < samples; i++) wav.writeInt16LE(Math.round(amplitude * Math.sin((2 * Math.PI * hertz * i) / rate)), 44 + i * 2);
  writeFileSync(path, wav);
}

/**
 * How strongly a tone sounds: the amplitude of its sine (Goertzel), in the units of the samples.
 * @param samples a stretch of at least 50 ms, or the frequency's neighbours leak in
 */
export function toneLevel(samples: Int16Array, rate: number, hertz: number): number {
  const coefficient = 2 * Math.cos((2 * Math.PI * hertz) / rate);
  let before = 0;
  let last = 0;
  for (const sample of samples) [before, last] = [last, sample + coefficient * last - before];
  const power = last * last + before * before - coefficient * last * before;
  return (2 * Math.sqrt(Math.max(0, power))) / samples.length;
}

/** The tone's level in each window of `windowMs`, in order. */
export function toneOverTime(samples: Int16Array, rate: number, hertz: number, windowMs = 100): number[] {
  const size = Math.round((rate * windowMs) / 1_000);
  return Array.from({ length: Math.floor(samples.length / size) }, (_, i) => toneLevel(samples.subarray(i * size, (i + 1) * size), rate, hertz));
}
