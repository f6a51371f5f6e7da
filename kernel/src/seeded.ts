/**
 * Generators of chance that give the same numbers for the same seed on every machine: for what must be replayed, and for tests.
 * Not for secrets.
 */

/** sfc32 (Chris Doty-Humphrey's PractRand): 128 bits of state. @returns draws of 32 bits, unsigned */
export function sfc32(a: number, b: number, c: number, d: number): () => number {
  return () => {
    const t = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return t >>> 0;
  };
}

/** Mulberry32 (Tommy Ettinger): 32 bits of state, for what needs few draws. @returns draws in [0, 1) */
export function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
