import { randomFillSync } from 'node:crypto';
import { type Facts, formatIdOfWords, type IdKind, type Instant, sfc32 } from '@centralita/kernel';

const SEED_BYTES = 16;

/** Drawn for many turns at once: a draw for each took a sixth of a turn's time. */
const pool = Buffer.alloc(256 * SEED_BYTES);
let used = pool.length;

export function freshSeed(): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const seed = pool.toString('base64url', used, used + SEED_BYTES);
  used += SEED_BYTES;
  return seed;
}

/**
 * Facts of one turn. Ids and chances come from a small fast generator over the turn's journaled seed: the same seed draws the
 * same ids, and no hash is computed on the hot path.
 */
export function factsOf(now: Instant, seed: string): Facts {
  readSeed(seed);
  const next = sfc32(word(0), word(4), word(8), word(12));
  return {
    now,
    draw: (kind: IdKind): string => formatIdOfWords(kind, now, next(), next(), next()),
    chance: () => next() / 0x1_0000_0000,
  };
}

const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const SIX_BITS = new Uint8Array(128);
for (let i = 0; i < BASE64URL.length; i++) SIX_BITS[BASE64URL.charCodeAt(i)] = i;
/** Of the seed that was read last. */
const seedBytes = new Uint8Array(SEED_BYTES + 2);

/** Without a buffer for each turn. */
function readSeed(seed: string): void {
  for (let from = 0, to = 0; to < SEED_BYTES; from += 4, to += 3) {
    const bits = (sixBits(seed, from) << 18) | (sixBits(seed, from + 1) << 12) | (sixBits(seed, from + 2) << 6) | sixBits(seed, from + 3);
    seedBytes[to] = bits >> 16;
    seedBytes[to + 1] = bits >> 8;
    seedBytes[to + 2] = bits;
  }
}

/** Beyond the end: nothing. */
const sixBits = (seed: string, at: number): number => SIX_BITS[seed.charCodeAt(at) & 127]!;

const word = (at: number): number => seedBytes[at]! | (seedBytes[at + 1]! << 8) | (seedBytes[at + 2]! << 16) | (seedBytes[at + 3]! << 24);
