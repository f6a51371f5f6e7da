import { type Clock, ignoreFailure, planOn } from '@centralita/kernel';
import { FencedError, type JournalStore, type StoredTurn } from './journal-store.ts';
import type { Spool } from './spool.ts';

export interface CommitLineOptions {
  readonly store: JournalStore;
  readonly spool: Pick<Spool, 'append' | 'close' | 'drained' | 'full' | 'head' | 'setAside' | 'size'>;
  /** How long PostgreSQL may take before the turn goes to the spool instead. */
  readonly patienceMs?: number;
  readonly retryMs?: number;
  /** Of patience, retries and pace; monotonic real time when it is left out. */
  readonly clock?: Clock;
  /** In the next round of the event loop; the simulator has rounds of its own. */
  readonly soon?: (run: () => void) => void;
  /**
   * A group starts this long after the one before at the earliest, so that a busy floor shares its fsyncs; a turn that comes
   * alone never waits. 0 by default: at once.
   */
  readonly paceMs?: number;
  readonly onStorageAway: (away: boolean) => void;
  /** The journal answers that another process owns an account: nothing more may be decided here. */
  readonly onFenced: (error: FencedError) => void;
}

export interface Recovered {
  /** So many are in the journal. */
  readonly turns: number;
  /** At most these are not: a group that was partly there already counts whole. */
  readonly refused: readonly StoredTurn[];
  /** Where the file is now, when there are any. */
  readonly aside: string | null;
}

const GROUP_LIMIT = 1_000;
/** A group from the spool may take this many times the ordinary patience: nobody waits for it. */
const DRAIN_PATIENCE = 10;

/**
 * The line in which turns wait for their commit. A group is what arrived while the one before was in flight, so a single turn
 * starts at once and a crowd shares one fsync. A turn is committed when PostgreSQL has it or, after `patienceMs` without an
 * answer, when the spool file is synced; from then on everything goes to the spool until that has been drained in order.
 */
export class CommitLine {
  readonly #options: CommitLineOptions;
  readonly #patienceMs: number;
  readonly #retryMs: number;
  readonly #paceMs: number;
  readonly #clock: Clock;
  #lastStart = Number.NEGATIVE_INFINITY;
  #waiting: { turn: StoredTurn; since: number; committed: () => void; failed: (error: unknown) => void }[] = [];
  #busy = false;
  #spooling = false;
  #appending = false;
  #closed = false;
  #draining: Promise<void> | undefined;

  constructor(options: CommitLineOptions) {
    this.#options = options;
    this.#patienceMs = options.patienceMs ?? 500;
    this.#retryMs = options.retryMs ?? 500;
    this.#paceMs = options.paceMs ?? 0;
    this.#clock = options.clock ?? { now: () => performance.now() };
  }

  /**
   * Sends what an earlier process left in the spool. Until this has resolved nothing may be decided. Turns of an epoch that is over
   * are refused: the journal went on without them, so the file is kept aside for people to read.
   */
  async recover(): Promise<Recovered> {
    const { spool, store } = this.#options;
    const turns = spool.head(spool.size);
    const refused: StoredTurn[] = [];
    // One process's turns of one account at a time: the journal takes a group as a whole, or nothing of it.
    const isOver = new Set<string>();
    for (let from = 0; from < turns.length; from += GROUP_LIMIT) {
      for (const [owner, group] of Map.groupBy(turns.slice(from, from + GROUP_LIMIT), ({ account, epoch }) => `${account} ${epoch}`)) {
        try {
          if (!isOver.has(owner)) await store.appendTurns(group);
        } catch (error) {
          if (!(error instanceof FencedError)) throw error;
          isOver.add(owner);
        }
        if (isOver.has(owner)) refused.push(...group);
      }
    }
    const aside = refused.length > 0 ? await spool.setAside() : null;
    if (aside === null && turns.length > 0) await spool.drained(turns.length);
    return { turns: turns.length - refused.length, refused, aside };
  }

  /** Resolves when the turn is durable. Turns commit in the order of the calls. */
  append(turn: StoredTurn): Promise<void> {
    return new Promise((committed, failed) => {
      this.#waiting.push({ turn, since: this.#clock.now(), committed, failed });
      if (!this.#busy) ignoreFailure('commit line', this.#run());
    });
  }

  get uncommitted(): number {
    return this.#waiting.length;
  }

  /** How long the oldest turn has been waiting, in ms. */
  get lagMs(): number {
    const oldest = this.#waiting[0];
    return oldest ? this.#clock.now() - oldest.since : 0;
  }

  get storageAway(): boolean {
    return this.#spooling;
  }

  get full(): boolean {
    return this.#options.spool.full;
  }

  /** Waits for the turns in flight; the spool keeps what PostgreSQL could not take. */
  async close(): Promise<void> {
    while (this.#busy) await this.#nextRound();
    this.#closed = true;
    await this.#draining;
    await this.#options.spool.close();
  }

  async #run(): Promise<void> {
    this.#busy = true;
    while (this.#waiting.length > 0) {
      const early = this.#lastStart + this.#paceMs - this.#clock.now();
      if (early > 0) await this.#wait(early);
      this.#lastStart = this.#clock.now();
      const group = this.#waiting.slice(0, GROUP_LIMIT);
      const turns = group.map((one) => one.turn);
      try {
        await (this.#spooling ? this.#toSpool(turns) : this.#commit(turns));
      } catch (error) {
        this.#waiting.splice(0, group.length);
        for (const one of group) one.failed(error);
        if (error instanceof FencedError) this.#options.onFenced(error);
        continue;
      }
      this.#waiting.splice(0, group.length);
      for (const one of group) one.committed();
    }
    this.#busy = false;
  }

  async #commit(turns: readonly StoredTurn[]): Promise<void> {
    const result = await this.#attempt(turns, this.#patienceMs);
    if (result === 'done') return;
    if (result instanceof FencedError) throw result;
    await this.#toSpool(turns);
    this.#spooling = true;
    this.#options.onStorageAway(true);
    this.#draining = this.#drain();
  }

  /** One try, given up (but not cancelled) after `patienceMs`: a repeat of the same turns is harmless. */
  async #attempt(turns: readonly StoredTurn[], patienceMs: number): Promise<unknown> {
    let cancel = () => {};
    const patience = new Promise<'late'>((resolve) => {
      cancel = planOn(this.#clock, patienceMs, () => resolve('late'));
    });
    const attempt = this.#options.store.appendTurns(turns).then(
      () => 'done' as const,
      (error: unknown) => error,
    );
    const result = await Promise.race([attempt, patience]);
    cancel();
    return result;
  }

  async #toSpool(turns: readonly StoredTurn[]): Promise<void> {
    this.#appending = true;
    try {
      await this.#options.spool.append(turns);
    } finally {
      this.#appending = false;
    }
  }

  /** One at a time, oldest first; the switch back happens between two groups, so order holds. */
  async #drain(): Promise<void> {
    const { spool } = this.#options;
    while (!this.#closed) {
      const head = spool.head(GROUP_LIMIT);
      if (head.length === 0 && this.#appending) {
        await this.#nextRound();
        continue;
      }
      if (head.length === 0) {
        this.#spooling = false;
        this.#options.onStorageAway(false);
        return;
      }
      const result = await this.#attempt(head, DRAIN_PATIENCE * this.#patienceMs);
      if (result === 'done') {
        await spool.drained(head.length);
        continue;
      }
      if (result instanceof FencedError) {
        this.#options.onFenced(result);
        return;
      }
      await this.#wait(this.#retryMs);
    }
  }

  #nextRound(): Promise<void> {
    return new Promise((done) => (this.#options.soon ?? setImmediate)(done));
  }

  #wait(ms: number): Promise<void> {
    return new Promise((due) => {
      planOn(this.#clock, ms, due);
    });
  }
}
