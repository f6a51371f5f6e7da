import { formatIdOfWords, type IdKind, type Instant, sfc32 } from '@centralita/kernel';

const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
/** The twelve bits of two letters. */
const PAIRS: readonly string[] = Array.from({ length: 4_096 }, (_, bits) => BASE64URL[bits >> 6]! + BASE64URL[bits & 63]!);
const BYTES = new Uint8Array(16);

/**
 * Seeded randomness. Each part of the simulated world has a stream of its own, named by `fork`, so that one more draw in one
 * place does not change what happens everywhere else.
 */
export class Chance {
  readonly #seed: number;
  readonly #next: () => number;

  /** @param seed a whole number from 1 */
  constructor(seed: number, stream = '') {
    this.#seed = seed;
    this.#next = sfc32(seed | 0, Math.floor(seed / 0x1_0000_0000) | 0, hashOf(stream), 1);
    for (let i = 0; i < 15; i++) this.#next();
  }

  fork(stream: string): Chance {
    return new Chance(this.#seed, stream);
  }

  /** In [0, 1). */
  readonly draw = (): number => this.#next() / 0x1_0000_0000;

  happens(share: number): boolean {
    return share > 0 && this.draw() < share;
  }

  between(from: number, to: number): number {
    return from + this.draw() * (to - from);
  }

  whole(below: number): number {
    return Math.floor(this.draw() * below);
  }

  exponential(mean: number): number {
    return -Math.log(1 - this.draw()) * mean;
  }

  /** Call lengths are lognormal (Brown et al. 2005, "Statistical Analysis of a Telephone Call Center"). */
  lognormal(median: number, sigma: number): number {
    const normal = Math.sqrt(-2 * Math.log(1 - this.draw())) * Math.cos(2 * Math.PI * this.draw());
    return median * Math.exp(sigma * normal);
  }

  pick<One>(from: readonly One[]): One {
    return from[this.whole(from.length)]!;
  }

  weighted<One extends { readonly share: number }>(from: readonly One[]): One {
    let rest = this.draw() * from.reduce((sum, { share }) => sum + share, 0);
    for (const one of from) {
      rest -= one.share;
      if (rest < 0) return one;
    }
    return from.at(-1)!;
  }

  /** The seed of a turn, as the floor draws it. */
  readonly turnSeed = (): string => {
    for (let i = 0; i < 16; i += 4) {
      const word = this.#next();
      BYTES[i] = word;
      BYTES[i + 1] = word >>> 8;
      BYTES[i + 2] = word >>> 16;
      BYTES[i + 3] = word >>> 24;
    }
    let seed = '';
    for (let i = 0; i < 15; i += 3) seed += PAIRS[(BYTES[i]! << 4) | (BYTES[i + 1]! >> 4)]! + PAIRS[((BYTES[i + 1]! & 15) << 8) | BYTES[i + 2]!]!;
    return seed + PAIRS[BYTES[15]! << 4]!;
  };

  readonly id = (of: IdKind, at: Instant): string => {
    const next = this.#next;
    return formatIdOfWords(of, at, next(), next(), next());
  };
}

/** FNV-1a, 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash | 0;
}
