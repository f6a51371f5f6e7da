import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { decodeG711 } from '@centralita/media';

const SOUNDS = resolve(import.meta.dirname, '../../server/sounds');
const RATE = 8_000;
/** The coarse look takes every fourth sample: voices have little above 1 kHz. */
const COARSE_STEP = 4;

export interface Fit {
  /** Where it fits best, in seconds since the call began. */
  readonly at: number;
  /** 1: exactly this sound, loudness aside; near 0: unrelated. */
  readonly likeness: number;
}

/** Where in what was heard a prompt fits best: normalised cross-correlation of the samples, of its first half second at most. */
export function whereIs(name: string, heard: Int16Array, language: 'es' | 'en' = 'es'): Fit {
  const part = promptSamples(name, language).subarray(0, RATE / 2);
  let best: Fit = { at: 0, likeness: 0 };
  for (let at = 0; at + part.length <= heard.length; at++) {
    if (correlation(heard, part, at, COARSE_STEP) < Math.max(0.3, best.likeness / 2)) continue;
    const likeness = correlation(heard, part, at, 1);
    if (likeness > best.likeness) best = { at: at / RATE, likeness };
  }
  return best;
}

function correlation(heard: Int16Array, part: Int16Array, at: number, step: number): number {
  let product = 0;
  let heardEnergy = 0;
  let partEnergy = 0;
  for (let i = 0; i < part.length; i += step) {
    const a = heard[at + i]!;
    const b = part[i]!;
    product += a * b;
    heardEnergy += a * a;
    partEnergy += b * b;
  }
  return heardEnergy === 0 || partEnergy === 0 ? 0 : product / Math.sqrt(heardEnergy * partEnergy);
}

/** A prompt as the center ships it: µ-law, so that a phone hears these very samples. */
function promptSamples(name: string, language: 'es' | 'en'): Int16Array {
  const bytes = readFileSync(join(SOUNDS, language, `${name}.wav`));
  const at = bytes.indexOf('data') + 8;
  return decodeG711('PCMU', bytes.subarray(at, at + bytes.readUInt32LE(at - 4)));
}
