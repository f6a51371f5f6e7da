import { expect, test } from 'vitest';
import { type G711, SILENCE_BYTE, decodeG711, encodeG711, linearValues } from './g711.ts';

const laws: readonly G711[] = ['PCMU', 'PCMA'];

test.each(laws)('%s: every byte survives decoding and encoding (µ-law has two zeros)', (law) => {
  for (let byte = 0; byte < 256; byte++) {
    const sample = Int16Array.of(linearValues(law)[byte]!);
    const encoded = new Uint8Array(1);
    encodeG711(law, sample, 0, 1, encoded, 0);
    expect(linearValues(law)[encoded[0]!]).toBe(sample[0]);
  }
});

// Values of ITU-T G.711 tables 1a and 2a, scaled to 16 bits.
test.each([
  ['PCMU', 0x80, 32_124],
  ['PCMU', 0x00, -32_124],
  ['PCMU', 0xff, 0],
  ['PCMA', 0xaa, 32_256],
  ['PCMA', 0x2a, -32_256],
  ['PCMA', 0xd5, 8],
] as const)('%s: byte %i is %i', (law, byte, value) => {
  expect(decodeG711(law, Uint8Array.of(byte))[0]).toBe(value);
});

test.each(laws)('%s: the error of a sample is below 4 % or one small step, for the whole range', (law) => {
  const encoded = new Uint8Array(1);
  for (let value = -32_768; value < 32_768; value += 7) {
    encodeG711(law, Int16Array.of(value), 0, 1, encoded, 0);
    const back = linearValues(law)[encoded[0]!]!;
    expect(Math.abs(back - value)).toBeLessThanOrEqual(Math.max(16, Math.abs(value) * 0.04));
  }
});

test.each(laws)('%s: the silence byte is silent', (law) => {
  expect(Math.abs(linearValues(law)[SILENCE_BYTE[law]]!)).toBeLessThanOrEqual(8);
});
