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
const LOOK_AGAIN_MS = 2_000;

/**
 * Brings each account's changes of configuration to its floor, in order, each once. A wake-up only says that it is worth
 * looking; the rows are the truth, and whoever sleeps too long looks by itself.
 */
export class ConfigurationLine {
  readonly #options: ConfigurationLineOptions;
  readonly #accounts = new Map<AccountId, { position: number; reading: Promise<void> | undefined; again: boolean; timer: NodeJS.Timeout | undefined }>();
  #closed = false;

  constructor(options: ConfigurationLineOptions) {
    this.#options = options;
  }

  /** Reads everything after `position` before it resolves, and goes on reading. */
  async open(account: AccountId, position: number): Promise<void> {
    this.#accounts.set(account, { position, reading: undefined, again: false, timer: undefined });
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
    line.reading = this.#readAll(account, line).finally(() => {
      line.reading = undefined;
    });
    return line.reading;
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const line of this.#accounts.values()) {
      clearTimeout(line.timer);
      await line.reading;
    }
  }

  async #readAll(account: AccountId, line: { position: number; again: boolean; timer: NodeJS.Timeout | undefined }): Promise<void> {
    let lookAgainMs = LOOK_AGAIN_MS;
    try {
      do {
        line.again = false;
        const { rows, more } = await this.#options.read(account, line.position);
        for (const row of rows) {
          await this.#options.take(account, changeOf(row));
          line.position = row.position;
        }
        if (more && rows.length > 0) line.again = true;
        else if (more) lookAgainMs = SOON_MS;
      } while (line.again && !this.#closed);
    } catch (error) {
      this.#options.onFailure(account, error);
    }
    if (this.#closed) return;
    line.timer = setTimeout(() => ignoreFailure('reading the configuration', this.wake(account)), lookAgainMs);
  }
}

/** Rows are written by one helper of ours from typed values (accounts/application), so their shape is known. */
const changeOf = (row: OutboxRow): ConfigurationChange => ({ position: row.position, entity: row.entity, id: row.entityId, value: row.value }) as ConfigurationChange;
