import type { Clock } from '@centralita/kernel';
import { MINUTE_MS, SECOND_MS } from '@centralita/kernel';

/** Failures that may pass without waiting; each one more doubles the wait, up to the longest. */
interface Patience {
  readonly free: number;
  readonly longestWaitMs: number;
}
const PATIENCE = {
  /** One person mistyping, or one machine guessing at one person. */
  pair: { free: 5, longestWaitMs: 15 * MINUTE_MS },
  /** One machine guessing at many people. */
  address: { free: 30, longestWaitMs: 15 * MINUTE_MS },
  /** Many machines guessing at one person. The wait stays short: others could lock a person out of their work with it. */
  email: { free: 30, longestWaitMs: 20 * SECOND_MS },
} as const satisfies Record<string, Patience>;

const FORGOTTEN_AFTER_MS = 30 * MINUTE_MS;
const ENTRIES_LIMIT = 50_000;

/**
 * Slows guessing of passwords down. An attempt counts before the password is checked, so that a thousand at once are a
 * thousand; a right password gives its own back. Kept in memory: a restart forgives.
 */
export class SignInThrottle {
  readonly #clock: Clock;
  readonly #failures = new Map<string, { count: number; lastAt: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @returns ms to wait before this attempt is looked at; 0: it counts as tried now */
  attempt(address: string, email: string): number {
    const kinds = this.#keys(address, email);
    const waitMs = Math.max(...kinds.map(({ key, patience }) => this.#waitMs(key, patience)));
    if (waitMs === 0) for (const { key } of kinds) this.#count(key);
    return waitMs;
  }

  succeeded(address: string, email: string): void {
    for (const { key, kind } of this.#keys(address, email)) {
      const entry = this.#failures.get(key);
      if (!entry) continue;
      if (kind === 'pair') this.#failures.delete(key);
      else entry.count = Math.max(0, entry.count - 1);
    }
  }

  #keys(address: string, email: string): readonly { kind: keyof typeof PATIENCE; key: string; patience: Patience }[] {
    const who = email.toLowerCase();
    return [
      { kind: 'pair', key: `p ${address} ${who}`, patience: PATIENCE.pair },
      { kind: 'address', key: `a ${address}`, patience: PATIENCE.address },
      { kind: 'email', key: `e ${who}`, patience: PATIENCE.email },
    ];
  }

  #waitMs(key: string, { free, longestWaitMs }: Patience): number {
    const entry = this.#failures.get(key);
    if (!entry || entry.count < free) return 0;
    const sinceMs = this.#clock.now() - entry.lastAt;
    if (sinceMs > FORGOTTEN_AFTER_MS) return 0;
    const waitMs = Math.min(longestWaitMs, SECOND_MS * 2 ** Math.min(20, entry.count - free));
    return Math.max(0, waitMs - sinceMs);
  }

  #count(key: string): void {
    const now = this.#clock.now();
    const entry = this.#failures.get(key);
    if (entry && now - entry.lastAt <= FORGOTTEN_AFTER_MS) {
      entry.count += 1;
      entry.lastAt = now;
      return;
    }
    if (this.#failures.size >= ENTRIES_LIMIT) this.#forgetOldest();
    this.#failures.set(key, { count: 1, lastAt: now });
  }

  /** Maps keep the order of insertion: the first tenth is the oldest. */
  #forgetOldest(): void {
    let left = ENTRIES_LIMIT / 10;
    for (const key of this.#failures.keys()) {
      if (left-- <= 0) return;
      this.#failures.delete(key);
    }
  }
}
