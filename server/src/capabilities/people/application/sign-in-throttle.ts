import { createHash } from 'node:crypto';
import { type Clock, ignoreFailure, type Instant, MINUTE_MS, SECOND_MS } from '@centralita/kernel';

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

/** Failures as they are kept over a restart. */
export interface SignInFailures {
  /** Digest of what was counted (address, e-mail or both): the kept rows name nobody. */
  readonly who: string;
  /** 0: forgiven, nothing is kept. */
  readonly count: number;
  readonly lastAt: Instant;
}
export interface SignInFailureTable {
  /** Those since `after`, oldest first, at most the newest `limit`; older ones are removed. */
  load(after: Instant, limit: number): Promise<readonly SignInFailures[]>;
  save(failures: readonly SignInFailures[]): Promise<void>;
}

const FORGOTTEN_AFTER_MS = 30 * MINUTE_MS;
const ENTRIES_LIMIT = 50_000;

/**
 * Slows guessing of passwords down. An attempt counts before the password is checked, so that a thousand at once are a
 * thousand; a right password gives its own back. Decided in memory and written behind, what came meanwhile in one statement:
 * only attempts that are looked at are written, so the throttle also bounds its own writes. A killed process forgets those of
 * its last moment, a restart none.
 */
export class SignInThrottle {
  readonly #clock: Clock;
  readonly #table: SignInFailureTable;
  readonly #failures = new Map<string, { count: number; lastAt: Instant }>();
  readonly #unwritten = new Set<string>();
  #loading: Promise<void> | undefined;
  #writing: Promise<void> | undefined;

  constructor(clock: Clock, table: SignInFailureTable) {
    this.#clock = clock;
    this.#table = table;
  }

  /** Resolves when what was counted before the restart is known; called before the first attempt. */
  ready(): Promise<void> {
    this.#loading ??= this.#load().catch((error: unknown) => {
      this.#loading = undefined;
      throw error;
    });
    return this.#loading;
  }

  /** Resolves when everything counted so far is written. */
  async written(): Promise<void> {
    while (this.#writing) await this.#writing;
  }

  /** @returns ms to wait before this attempt is looked at; 0: it counts as tried now */
  attempt(address: string, email: string): number {
    const kinds = this.#keys(address, email);
    const waitMs = Math.max(...kinds.map(({ key, patience }) => this.#waitMs(key, patience)));
    if (waitMs > 0) return waitMs;
    for (const { key } of kinds) this.#count(key);
    this.#write();
    return 0;
  }

  succeeded(address: string, email: string): void {
    for (const { key, kind } of this.#keys(address, email)) {
      const entry = this.#failures.get(key);
      if (!entry) continue;
      if (kind === 'pair') this.#failures.delete(key);
      else entry.count = Math.max(0, entry.count - 1);
      this.#unwritten.add(key);
    }
    this.#write();
  }

  async #load(): Promise<void> {
    for (const { who, count, lastAt } of await this.#table.load(this.#clock.now() - FORGOTTEN_AFTER_MS, ENTRIES_LIMIT)) this.#failures.set(who, { count, lastAt });
  }

  /** One statement at a time; what is counted while it runs goes with the next. After a failure it waits for the next attempt. */
  #write(): void {
    if (this.#writing || this.#unwritten.size === 0) return;
    const keys = [...this.#unwritten];
    this.#unwritten.clear();
    const failures = keys.map((who) => ({ who, count: 0, lastAt: 0, ...this.#failures.get(who) }));
    this.#writing = this.#table
      .save(failures)
      .then(() => true)
      .catch((error: unknown) => {
        for (const key of keys) this.#unwritten.add(key);
        ignoreFailure('remembering failed sign-ins', Promise.reject(error as Error));
        return false;
      })
      .then((saved) => {
        this.#writing = undefined;
        if (saved) this.#write();
      });
  }

  #keys(address: string, email: string): readonly { kind: keyof typeof PATIENCE; key: string; patience: Patience }[] {
    const who = email.toLowerCase();
    return [
      { kind: 'pair', key: digest(`p ${address} ${who}`), patience: PATIENCE.pair },
      { kind: 'address', key: digest(`a ${address}`), patience: PATIENCE.address },
      { kind: 'email', key: digest(`e ${who}`), patience: PATIENCE.email },
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
    this.#unwritten.add(key);
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

const digest = (text: string): string => createHash('sha256').update(text).digest('base64url');
