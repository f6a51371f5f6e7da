import { describe, expect, it } from 'vitest';
import { afterSilence, silencesOf } from './silences.view-model.ts';

const RATE = 8_000;
/** One side of a call: a tone while it speaks, hiss while it does not. */
function side(seconds: number, speaks: readonly (readonly [from: number, to: number])[]): Float32Array {
  return Float32Array.from({ length: seconds * RATE }, (_, index) => (speaks.some(([from, to]) => index >= from * RATE && index < to * RATE) ? 0.2 * Math.sin(index / 3) : index % 2 === 0 ? 0.001 : -0.001));
}

describe('skipping silences', () => {
  it('finds where both sides are quiet for two seconds, and leaves a margin around what is said', () => {
    const silences = silencesOf([side(20, [[0, 4], [12, 13]]), side(20, [[3, 5], [15, 19]])], RATE);
    // Two seconds are skipped, a second and a half is a breath; Ana's silence while Carla speaks is none.
    expect(silences).toEqual([{ fromMs: 5_300, toMs: 11_700 }, { fromMs: 13_300, toMs: 14_700 }]);
    expect(silencesOf([side(20, [[0, 4], [12, 13]]), side(20, [[3, 5], [14.5, 19]])], RATE)).toEqual([{ fromMs: 5_300, toMs: 11_700 }]);
  });

  it('does not take one side that listens for silence, nor an empty recording', () => {
    expect(silencesOf([side(10, []), side(10, [[0, 10]])], RATE)).toEqual([]);
    expect(silencesOf([], RATE)).toEqual([]);
  });

  it('goes on after the silence that one is in, and only then', () => {
    const silences = [{ fromMs: 5_300, toMs: 11_700 }];
    expect([0, 5_299, 5_300, 11_000, 11_700].map((at) => afterSilence(silences, at))).toEqual([null, null, 11_700, 11_700, null]);
  });
});
