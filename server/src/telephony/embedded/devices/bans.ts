import type { Clock } from '@centralita/kernel';

/** Wrong digests from one source before it is banned, and for how long (design 11). */
export const WRONG_DIGESTS = 10;
export const BAN_MS = 600_000;
/** Failures are forgotten when none came for this long. */
const FORGET_MS = 600_000;
/** Sources remembered; the oldest leaves first, so that a flood from many addresses cannot fill the memory. */
const MAX_SOURCES = 20_000;

/**
 * Sources that tried too many wrong passwords. Only failures that echoed a nonce of ours count: over UDP anybody can write
 * anybody's address into a datagram, but only who reads our answers at that address knows the nonce. The caller asks
 * `exempt` sources (trunks, registered flows) never to be counted.
 */
export class Bans {
  readonly #sources = new Map<string, { failures: number; lastAt: number; bannedUntil: number }>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  isBanned(source: string): boolean {
    const entry = this.#sources.get(source);
    return entry !== undefined && entry.bannedUntil > this.#clock.now();
  }

  /** @returns true when this failure brought the ban */
  failed(source: string): boolean {
    const now = this.#clock.now();
    const before = this.#sources.get(source);
    const failures = before === undefined || now - before.lastAt > FORGET_MS ? 1 : before.failures + 1;
    const banned = failures >= WRONG_DIGESTS;
    this.#sources.delete(source);
    this.#sources.set(source, { failures: banned ? 0 : failures, lastAt: now, bannedUntil: banned ? now + BAN_MS : 0 });
    if (this.#sources.size > MAX_SOURCES) for (const oldest of this.#sources.keys()) { this.#sources.delete(oldest); break; }
    return banned;
  }

  succeeded(source: string): void {
    this.#sources.delete(source);
  }
}
