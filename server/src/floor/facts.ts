import { randomFillSync } from 'node:crypto';
import { type Facts, formatId, type IdKind, type Instant, sfc32 } from '@centralita/kernel';

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
  const bytes = Buffer.from(seed, 'base64url');
  const next = sfc32(bytes.readInt32LE(0), bytes.readInt32LE(4), bytes.readInt32LE(8), bytes.readInt32LE(12));
  const entropy = Buffer.alloc(12);
  return {
    now,
    draw(kind: IdKind): string {
      entropy.writeUInt32LE(next(), 0);
      entropy.writeUInt32LE(next(), 4);
      entropy.writeUInt32LE(next(), 8);
      return formatId(kind, now, entropy.subarray(0, 10));
    },
    chance: () => next() / 0x1_0000_0000,
  };
}
