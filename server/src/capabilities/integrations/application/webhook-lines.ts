import { type AccountId, type Clock, HOUR_MS, ignoreFailure, planOn, SECOND_MS, type WebhookId } from '@centralita/kernel';
import { type CollectDeps, collectNews } from './collect-news.ts';
import { type SendDeps, sendDue } from './send-due.ts';

export interface WebhookLinesOptions extends CollectDeps, Omit<SendDeps, 'now' | 'deliveries'> {
  readonly deliveries: CollectDeps['deliveries'] & SendDeps['deliveries'];
  readonly clock: Clock;
  readonly onFailure: (account: AccountId, error: unknown) => void;
}

/** After a failure of ours (the database is away). */
const RETRY_MS = 5 * SECOND_MS;
/** A webhook with too many messages waiting is read for again. */
const FULL_LOOK_MS = 60 * SECOND_MS;
/** A clock that was put back must not keep a message for ever. */
const LONGEST_WAIT_MS = HOUR_MS;

/**
 * Everything that is on its way to other systems, one line for each webhook: a receiver that is slow or gone keeps back its own
 * messages alone. Beside the floor, never before it: it reads what was decided.
 */
export class WebhookLines {
  readonly #options: WebhookLinesOptions;
  readonly #accounts = new Map<AccountId, Errand>();
  readonly #lines = new Map<WebhookId, Errand>();
  /** Accounts with somebody to tell, as far as is known. Before the first look nothing is sent: calls come first at a start. */
  readonly #told = new Set<AccountId>();
  /** Accounts whose lines may all have something to send, not only those with news. */
  readonly #changed = new Set<AccountId>();
  readonly #stopping = new AbortController();

  constructor(options: WebhookLinesOptions) {
    this.#options = options;
  }

  /** An account is there, or its webhooks or messages have changed. */
  look(account: AccountId): void {
    this.#told.add(account);
    this.#changed.add(account);
    this.#collecting(account).run();
  }

  /** History goes further than it did. */
  moved(account: AccountId): void {
    if (this.#told.has(account)) this.#collecting(account).run();
  }

  /** Until there is nothing left to do by now. */
  async settled(): Promise<void> {
    for (let running = this.#running(); running.length > 0; running = this.#running()) await Promise.all(running);
  }

  /** What is on its way arrives, or its time runs out; nothing new is begun. */
  async close(): Promise<void> {
    this.#stopping.abort();
    await Promise.all([...this.#accounts.values(), ...this.#lines.values()].map((errand) => errand.close()));
  }

  #running(): readonly Promise<void>[] {
    return [...this.#accounts.values(), ...this.#lines.values()].flatMap(({ running }) => running ?? []);
  }

  #collecting(account: AccountId): Errand {
    return errandIn(this.#accounts, account, this.#options.clock, () => this.#retried(account, () => this.#collect(account)));
  }

  #sending(account: AccountId, webhookId: WebhookId): Errand {
    return errandIn(this.#lines, webhookId, this.#options.clock, () => this.#retried(account, () => this.#send(account, webhookId)));
  }

  /** @returns in how many ms to look again, if at all */
  async #collect(account: AccountId): Promise<number | undefined> {
    const changed = this.#changed.delete(account);
    try {
      const { readers, news, full } = await collectNews(this.#options, account, this.#stopping.signal);
      // Whoever came meanwhile has asked for another look.
      if (readers.length === 0 && !this.#changed.has(account)) this.#told.delete(account);
      for (const webhookId of readers) if (changed || news.has(webhookId)) this.#sending(account, webhookId).run();
      return full ? FULL_LOOK_MS : undefined;
    } catch (error) {
      // Messages may have been added before it failed.
      this.#changed.add(account);
      throw error;
    }
  }

  async #send(account: AccountId, webhookId: WebhookId): Promise<number | undefined> {
    const { clock } = this.#options;
    const next = await sendDue({ ...this.#options, now: () => clock.now() }, account, webhookId, this.#stopping.signal);
    return next === undefined ? undefined : Math.min(Math.max(0, next - clock.now()), LONGEST_WAIT_MS);
  }

  async #retried(account: AccountId, work: () => Promise<number | undefined>): Promise<number | undefined> {
    try {
      return await work();
    } catch (error) {
      this.#options.onFailure(account, error);
      return RETRY_MS;
    }
  }
}

function errandIn<Key>(errands: Map<Key, Errand>, key: Key, clock: Clock, work: () => Promise<number | undefined>): Errand {
  let errand = errands.get(key);
  if (!errand) errands.set(key, (errand = new Errand(clock, work)));
  return errand;
}

/** Work that is done once more when it was asked for while it ran, and again after as many ms as it says. */
class Errand {
  readonly #clock: Clock;
  readonly #work: () => Promise<number | undefined>;
  #running: Promise<void> | undefined;
  #again = false;
  #closed = false;
  #cancel = (): void => {};

  constructor(clock: Clock, work: () => Promise<number | undefined>) {
    this.#clock = clock;
    this.#work = work;
  }

  run(): void {
    this.#again = true;
    if (this.#running || this.#closed) return;
    this.#running = this.#repeat();
    ignoreFailure('webhooks', this.#running);
  }

  get running(): Promise<void> | undefined {
    return this.#running;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#cancel();
    await this.#running;
  }

  async #repeat(): Promise<void> {
    let inMs: number | undefined;
    while (this.#again && !this.#closed) {
      this.#again = false;
      this.#cancel();
      inMs = await this.#work();
    }
    this.#running = undefined;
    if (inMs !== undefined && !this.#closed) this.#cancel = planOn(this.#clock, inMs, () => this.run());
  }
}
