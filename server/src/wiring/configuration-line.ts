import { type AccountId, ignoreFailure } from '@centralita/kernel';
import type { ConfigurationChange } from '../capabilities/accounts/index.ts';
import type { OutboxRead, OutboxRow } from '../storage/outbox.postgres.ts';

export interface ConfigurationLineOptions {
  readonly read: (account: AccountId, afterPosition: number) => Promise<OutboxRead>;
  /** Resolves when the floor has committed the change. */
  readonly take: (account: AccountId, change: ConfigurationChange) => Promise<unknown>;
  readonly onFailure: (account: AccountId, error: unknown) => void;
}

const SOON_MS = 50;
/** Somebody waits for rows that are only held back by an older transaction: those take milliseconds. */
const WAITED_FOR_MS = 5;
const LOOK_AGAIN_MS = 2_000;
/** A change is stored whatever the floor does: nobody waits longer for it to be taken. */
const TAKEN_WITHIN_MS = 2_000;

interface Line {
  position: number;
  reading: Promise<void> | undefined;
  again: boolean;
  timer: NodeJS.Timeout | undefined;
  /** Whoever waits for a look, begun after they asked, that leaves nothing behind. */
  asked: (() => void)[];
}

/**
 * Brings each account's changes of configuration to its floor, in order, each once. A wake-up only says that it is worth
 * looking; the rows are the truth, and whoever sleeps too long looks by itself.
 */
export class ConfigurationLine {
  readonly #options: ConfigurationLineOptions;
  readonly #accounts = new Map<AccountId, Line>();
  #closed = false;

  constructor(options: ConfigurationLineOptions) {
    this.#options = options;
  }

  /** Reads everything after `position` before it resolves, and goes on reading. */
  async open(account: AccountId, position: number): Promise<void> {
    this.#accounts.set(account, { position, reading: undefined, again: false, timer: undefined, asked: [] });
    await this.wake(account);
  }

  wake(account: AccountId): Promise<void> {
    const line = this.#accounts.get(account);
    if (!line || this.#closed) return Promise.resolve();
    if (line.reading) {
      line.again = true;
      return line.reading;
    }
    clearTimeout(line.timer);
    line.reading = this.#readAll(account, line);
    return line.reading;
  }

  /** Resolves when everything that was committed before the call has been taken; without a floor, or after two seconds, anyway. */
  takeAll(account: AccountId): Promise<void> {
    const line = this.#accounts.get(account);
    if (!line || this.#closed) return Promise.resolve();
    return new Promise((resolve) => {
      const late = setTimeout(resolve, TAKEN_WITHIN_MS);
      line.asked.push(() => {
        clearTimeout(late);
        resolve();
      });
      ignoreFailure('reading the configuration', this.wake(account));
    });
  }

  /** The last change that the account's floor has committed; undefined when it is not held here. */
  takenUpTo(account: AccountId): number | undefined {
    return this.#accounts.get(account)?.position;
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const line of this.#accounts.values()) {
      clearTimeout(line.timer);
      await line.reading;
      for (const answer of line.asked.splice(0)) answer();
    }
  }

  async #readAll(account: AccountId, line: Line): Promise<void> {
    let lookAgainMs = LOOK_AGAIN_MS;
    try {
      do {
        line.again = false;
        const asked = line.asked.length;
        const { rows, more } = await this.#options.read(account, line.position);
        for (const row of rows) {
          await this.#options.take(account, changeOf(row));
          line.position = row.position;
        }
        if (more && rows.length > 0) line.again = true;
        else if (more) lookAgainMs = line.asked.length > 0 ? WAITED_FOR_MS : SOON_MS;
        else for (const answer of line.asked.splice(0, asked)) answer();
      } while (line.again && !this.#closed);
    } catch (error) {
      this.#options.onFailure(account, error);
    }
    line.reading = undefined;
    if (this.#closed) return;
    line.timer = setTimeout(() => ignoreFailure('reading the configuration', this.wake(account)), lookAgainMs);
  }
}

/** Rows are written by one helper of ours from typed values (accounts/application), so their shape is known. */
const changeOf = (row: OutboxRow): ConfigurationChange => ({ position: row.position, entity: row.entity, id: row.entityId, value: row.value }) as ConfigurationChange;
