/**
 * G.711 by table (ITU-T G.711, 1988). Linear samples are 16 bit; both laws use the top 14 (µ) or 13 (A) of them.
 * Both directions read a table, so that a frame costs 160 look-ups and no branches.
 */
export type G711 = 'PCMU' | 'PCMA';

/** Static payload numbers, RFC 3551 table 4. */
export const PAYLOAD_NUMBER: Readonly<Record<G711, number>> = { PCMU: 0, PCMA: 8 };
/** The byte that decodes to (nearly) nothing, for padding. */
export const SILENCE_BYTE: Readonly<Record<G711, number>> = { PCMU: 0xff, PCMA: 0xd5 };

const decodeTables: Readonly<Record<G711, Int16Array>> = { PCMU: new Int16Array(256), PCMA: new Int16Array(256) };
const encodeTables: Readonly<Record<G711, Uint8Array>> = { PCMU: new Uint8Array(65_536), PCMA: new Uint8Array(65_536) };

function muLawToLinear(byte: number): number {
  const bits = ~byte & 0xff;
  const magnitude = (((bits & 0x0f) << 3) + 0x84) << ((bits & 0x70) >> 4);
  return (bits & 0x80) !== 0 ? 0x84 - magnitude : magnitude - 0x84;
}

function linearToMuLaw(sample: number): number {
  const sign = sample < 0 ? 0x80 : 0;
  const magnitude = Math.min(Math.abs(sample), 32_635) + 0x84;
  const exponent = 31 - Math.clz32(magnitude) - 7;
  return ~(sign | (exponent << 4) | ((magnitude >> (exponent + 3)) & 0x0f)) & 0xff;
}

function aLawToLinear(byte: number): number {
  const bits = byte ^ 0x55;
  const exponent = (bits & 0x70) >> 4;
  const mantissa = (bits & 0x0f) << 4;
  const magnitude = exponent === 0 ? mantissa + 8 : (mantissa + 0x108) << (exponent - 1);
  return (bits & 0x80) !== 0 ? magnitude : -magnitude;
}

function linearToALaw(sample: number): number {
  const sign = sample >= 0 ? 0x80 : 0;
  const magnitude = Math.min(sample >= 0 ? sample : -sample - 1, 32_767);
  const exponent = magnitude < 256 ? 0 : 31 - Math.clz32(magnitude) - 7;
  const mantissa = exponent === 0 ? magnitude >> 4 : (magnitude >> (exponent + 3)) & 0x0f;
  return (sign | (exponent << 4) | mantissa) ^ 0x55;
}

for (let byte = 0; byte < 256; byte++) {
  decodeTables.PCMU[byte] = muLawToLinear(byte);
  decodeTables.PCMA[byte] = aLawToLinear(byte);
}
for (let sample = -32_768; sample < 32_768; sample++) {
  encodeTables.PCMU[sample & 0xffff] = linearToMuLaw(sample);
  encodeTables.PCMA[sample & 0xffff] = linearToALaw(sample);
}

/** The 256 linear values of a law: index with the payload byte. */
export const linearValues = (law: G711): Int16Array => decodeTables[law];

/** Writes `count` bytes of `samples` from `from` on into `target` at `at`. */
export function encodeG711(law: G711, samples: Int16Array, from: number, count: number, target: Uint8Array, at: number): void {
  const table = encodeTables[law];
  for (let i = 0; i < count; i++) target[at + i] = table[samples[from + i]! & 0xffff]!;
}

/** A fresh array of the decoded bytes. For files and tests; the packet path decodes into the jitter buffer in place. */
export function decodeG711(law: G711, bytes: Uint8Array): Int16Array {
  const table = decodeTables[law];
  return Int16Array.from(bytes, (byte) => table[byte]!);
}
