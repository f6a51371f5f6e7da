import { decodeG711 } from '../g711.ts';
import { type Result, ok, refuse } from '@centralita/kernel';

/** Sound with its channels apart, each 16-bit linear. */
export interface WavSound {
  readonly sampleRate: number;
  readonly channels: readonly Int16Array[];
}

export type WavRefusal = 'not-a-wav' | 'no-samples' | 'format-not-known';

export const WAV_HEADER_BYTES = 44;
const LINEAR = 1;
const A_LAW = 6;
const MU_LAW = 7;
const EXTENSIBLE = 0xfffe;

/** The 44 bytes before `dataBytes` of 16-bit samples (RIFF, Microsoft 1991). Written again each second while recording. */
export function wavHeader(dataBytes: number, channels: number, sampleRate: number): Buffer {
  const header = Buffer.alloc(WAV_HEADER_BYTES);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(36 + dataBytes, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(LINEAR, 20);
  header.writeUInt16LE(channels, 22);
  header.writeUInt32LE(sampleRate, 24);
  header.writeUInt32LE(sampleRate * channels * 2, 28);
  header.writeUInt16LE(channels * 2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(dataBytes, 40);
  return header;
}

/** A whole file. All channels have the length of the first. */
export function writeWav(sound: WavSound): Buffer {
  const length = sound.channels[0]?.length ?? 0;
  const count = sound.channels.length;
  const data = Buffer.alloc(length * count * 2);
  for (let i = 0; i < length; i++) sound.channels.forEach((channel, c) => data.writeInt16LE(channel[i] ?? 0, (i * count + c) * 2));
  return Buffer.concat([wavHeader(data.length, count, sound.sampleRate), data]);
}

/** Reads 16-bit linear, µ-law and A-law files. A data length beyond the file's end (a killed recorder's) is cut to it. */
export function readWav(file: Uint8Array): Result<WavSound, WavRefusal> {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  if (bytes.length < 12 || bytes.toString('latin1', 0, 4) !== 'RIFF' || bytes.toString('latin1', 8, 12) !== 'WAVE') return refuse('not-a-wav');
  let format: { readonly tag: number; readonly channels: number; readonly sampleRate: number; readonly bits: number } | undefined;
  for (let at = 12; at + 8 <= bytes.length; ) {
    const name = bytes.toString('latin1', at, at + 4);
    const end = Math.min(bytes.length, at + 8 + bytes.readUInt32LE(at + 4));
    const body = bytes.subarray(at + 8, end);
    if (name === 'fmt ' && body.length >= 16) {
      const tag = body.readUInt16LE(0);
      const isExtended = tag === EXTENSIBLE && body.length >= 26;
      format = { tag: isExtended ? body.readUInt16LE(24) : tag, channels: body.readUInt16LE(2), sampleRate: body.readUInt32LE(4), bits: body.readUInt16LE(14) };
    }
    if (name === 'data') return format ? readSamples(body, format) : refuse('format-not-known');
    at = end + (end % 2);
  }
  return refuse('no-samples');
}

function readSamples(body: Buffer, format: { readonly tag: number; readonly channels: number; readonly sampleRate: number; readonly bits: number }): Result<WavSound, WavRefusal> {
  const linear = format.tag === LINEAR && format.bits === 16;
  const law = format.tag === MU_LAW ? 'PCMU' : format.tag === A_LAW ? 'PCMA' : undefined;
  if ((!linear && !law) || format.channels < 1 || format.channels > 8 || format.sampleRate === 0) return refuse('format-not-known');
  const all = law ? decodeG711(law, body) : Int16Array.from({ length: body.length >> 1 }, (_, i) => body.readInt16LE(i * 2));
  if (format.channels === 1) return ok({ sampleRate: format.sampleRate, channels: [all] });
  const length = Math.floor(all.length / format.channels);
  const channels = Array.from({ length: format.channels }, (_, c) => Int16Array.from({ length }, (_sample, i) => all[i * format.channels + c]!));
  return ok({ sampleRate: format.sampleRate, channels });
}
