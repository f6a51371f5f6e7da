import type { AccountId, Language, QueueId, StatusId, UserId } from '@centralita/kernel';
import type { PeopleTable, Read, Sql } from './ports.ts';

export interface NamesOfAccount {
  readonly language: Language;
  readonly simulated: boolean;
  readonly users: ReadonlyMap<UserId, { readonly name: string; readonly extension: string | null }>;
  readonly queues: ReadonlyMap<QueueId, { readonly name: string; readonly serviceLevelTarget: number }>;
  readonly statuses: ReadonlyMap<StatusId, { readonly name: string; readonly names: Readonly<Record<Language, string>>; readonly icon: string; readonly takesQueueWork: boolean }>;
}
export interface NameDeps {
  readonly read: Read;
  readonly people: PeopleTable;
  readonly queueNames: (sql: Sql) => Promise<NamesOfAccount['queues']>;
  readonly onRead: (account: AccountId) => void;
  readonly onFailure: (reason: string, work: Promise<unknown>) => void;
}

const NOTHING: NamesOfAccount = { language: 'es', simulated: false, users: new Map(), queues: new Map(), statuses: new Map() };

/** Names of people, queues and statuses for live screens, in memory; read again when configuration changed. */
export class AccountNameBook {
  readonly #deps: NameDeps;
  readonly #books = new Map<AccountId, NamesOfAccount>();
  readonly #reading = new Map<AccountId, Promise<void>>();
  readonly #stale = new Set<AccountId>();

  constructor(deps: NameDeps) {
    this.#deps = deps;
  }

  of(account: AccountId): NamesOfAccount {
    const book = this.#books.get(account);
    if (!book) this.#deps.onFailure('reading names', this.refresh(account));
    return book ?? NOTHING;
  }

  /** Resolves when what was committed before the call can be read here. */
  async refresh(account: AccountId): Promise<void> {
    const reading = this.#reading.get(account);
    if (reading) {
      this.#stale.add(account);
      return reading;
    }
    const work = this.#readAll(account).finally(() => this.#reading.delete(account));
    this.#reading.set(account, work);
    return work;
  }

  async #readAll(account: AccountId): Promise<void> {
    do {
      this.#stale.delete(account);
      const book = await this.#deps.read(account, async (sql): Promise<NamesOfAccount> => {
        const card = await this.#deps.people.account(sql);
        const language = card?.language ?? 'es';
        const { statuses } = await this.#deps.people.words(sql);
        return {
          language,
          simulated: card?.simulated ?? false,
          users: await this.#deps.people.names(sql),
          queues: await this.#deps.queueNames(sql),
          statuses: new Map(statuses.map(({ statusId, names, icon, takesQueueWork }) => [statusId, { name: names[language], names, icon, takesQueueWork }])),
        };
      });
      this.#books.set(account, book);
    } while (this.#stale.has(account));
    this.#deps.onRead(account);
  }
}
