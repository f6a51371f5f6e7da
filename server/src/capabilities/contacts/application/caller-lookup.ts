import type { AccountId, Clock, ContactId, Instant } from '@centralita/kernel';

export interface KnownCaller {
  readonly contactId: ContactId;
  readonly name: string;
}
export interface ContactTable {
  /** Contacts by any of these numbers, as digits. */
  byNumbers(account: AccountId, numbers: readonly string[]): Promise<ReadonlyMap<string, KnownCaller>>;
  /** How many conversations of this number came before. */
  earlierCalls(account: AccountId, number: string): Promise<number>;
}

export interface Caller {
  readonly known: KnownCaller | null;
  readonly earlierCalls: number;
}

interface Entry {
  caller: Caller;
  readAt: Instant;
  askedAt: Instant;
  reading: boolean;
  /** A contact with this number was written since it was asked for. */
  stale: boolean;
}

const FRESH_MS = 60_000;
/** A card may be on a screen for as long, without being asked for. */
const SHOWN_MS = 30 * 60_000;
const ENTRIES_LIMIT = 20_000;
const UNKNOWN: Caller = { known: null, earlierCalls: 0 };

/**
 * Who calls, for screens that cannot wait: answers at once with what is known, asks the database behind, and says when there
 * is news. A caller's card is so complete one moment after their call, well before an agent's browser rings.
 */
export class CallerLookup {
  readonly #contacts: ContactTable;
  readonly #clock: Clock;
  readonly #known = new Map<string, Entry>();
  readonly #onNews: (account: AccountId) => void;
  readonly #onFailure: (reason: string, work: Promise<unknown>) => void;

  constructor(options: {
    readonly contacts: ContactTable;
    readonly clock: Clock;
    readonly onNews: (account: AccountId) => void;
    readonly onFailure: (reason: string, work: Promise<unknown>) => void;
  }) {
    this.#contacts = options.contacts;
    this.#clock = options.clock;
    this.#onNews = options.onNews;
    this.#onFailure = options.onFailure;
  }

  caller(account: AccountId, number: string): Caller {
    const digits = digitsOf(number);
    if (!digits) return UNKNOWN;
    const key = keyOf(account, digits);
    const entry = this.#known.get(key);
    const now = this.#clock.now();
    if (entry) entry.askedAt = now;
    if (entry && !entry.stale && (entry.reading || now - entry.readAt < FRESH_MS)) return entry.caller;
    const reading: Entry = { caller: entry?.caller ?? UNKNOWN, readAt: now, askedAt: now, reading: true, stale: false };
    this.#remember(key, reading);
    this.#onFailure('looking a caller up', this.#read(account, digits, reading));
    return reading.caller;
  }

  /**
   * Contacts with these numbers, as digits, were written: they are read at the next question, also when they are being read just now.
   * Until then the name that a screen has stays there. Other numbers are left alone, since thousands of contacts may change at once.
   */
  forget(account: AccountId, numbers: readonly string[]): void {
    const known = numbers.map((digits) => this.#known.get(keyOf(account, digits))).filter((entry): entry is Entry => entry !== undefined && !entry.stale);
    for (const entry of known) entry.stale = true;
    // Whoever was asked for lately is on a screen; thousands of others may change while nobody looks.
    if (known.some(({ askedAt }) => this.#clock.now() - askedAt < SHOWN_MS)) this.#onNews(account);
  }

  async #read(account: AccountId, digits: string, reading: Entry): Promise<void> {
    const key = keyOf(account, digits);
    const before = reading.caller;
    const overtaken = () => this.#known.has(key) && this.#known.get(key) !== reading;
    try {
      const [contacts, earlierCalls] = await Promise.all([this.#contacts.byNumbers(account, [digits]), this.#contacts.earlierCalls(account, digits)]);
      const caller: Caller = { known: contacts.get(digits) ?? null, earlierCalls };
      if (overtaken()) return;
      this.#remember(key, { caller, readAt: this.#clock.now(), askedAt: reading.askedAt, reading: false, stale: reading.stale });
      if (caller.known?.contactId !== before.known?.contactId || caller.known?.name !== before.known?.name || caller.earlierCalls !== before.earlierCalls) this.#onNews(account);
    } catch (error) {
      // Asked again at the next question.
      if (!overtaken()) this.#known.delete(key);
      throw error;
    }
  }

  #remember(key: string, entry: Entry): void {
    this.#known.delete(key);
    if (this.#known.size >= ENTRIES_LIMIT) this.#known.delete(this.#known.keys().next().value!);
    this.#known.set(key, entry);
  }
}

const keyOf = (account: AccountId, digits: string): string => `${account} ${digits}`;

/** Numbers are compared by their digits: `+51 999 111 222` and `51999111222` are one. */
export const digitsOf = (number: string): string => number.replace(/\D/g, '');
