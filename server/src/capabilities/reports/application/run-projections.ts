import { setImmediate as nextRound } from 'node:timers/promises';
import type { AccountId, Instant } from '@centralita/kernel';
import type { ReportedTurn } from '../domain/floor-events.ts';
import { Draft, type WrittenRows } from '../domain/projection/draft.ts';
import { type Needs, needsOf, projectTurn } from '../domain/projection/project-turn.ts';
import type { ProjectionStore } from './ports.ts';

/** Turns for which rows are looked up together; while the floor is followed, turns in one transaction. */
const BATCH = 500;
/** Turns of the journal whose rows are written together, so that a row that changes all through a call is written once or twice. */
const LOT = 10_000;
/** Turns projected without letting anything else run. */
const TURNS_AT_ONCE = 16;
/** Turns kept in memory while PostgreSQL is away; beyond, they are dropped and read from the journal later (about 40 MB). */
const PENDING_LIMIT = 20_000;
const LINGER_MS = 400;
const RETRY_MS = 1_000;

export interface ProjectorOptions {
  readonly store: ProjectionStore;
  /** Committed turns after `afterSeq`, in order, events upcast to today's shape. */
  readonly readTurns: (account: AccountId, afterSeq: number) => AsyncIterable<ReportedTurn>;
  /** How long turns are gathered before they are written together; history is that much behind. */
  readonly lingerMs?: number;
  readonly retryMs?: number;
  /** Turns of the journal whose rows are written together. */
  readonly lotTurns?: number;
  readonly onFailure?: (account: AccountId, error: unknown) => void;
  /** The rows of every turn up to `seq` are in the tables. */
  readonly onWritten?: (account: AccountId, seq: number) => void;
}

export interface Lag {
  /** Turns told of and not in the tables yet. */
  readonly turns: number;
  /** When the oldest of them was decided; null when there is none. */
  readonly since: Instant | null;
}

export interface Projector {
  /** Brings the account's rows up to the journal's end; resolves when they are there. */
  start(account: AccountId): Promise<void>;
  /** Committed turns, in order within each account. Returns at once. */
  take(turns: readonly ReportedTurn[]): void;
  lag(account: AccountId): Lag;
  /** Resolves when everything taken so far is in the tables. */
  settled(): Promise<void>;
  /** Drops the account's rows and makes them again from the journal, in one transaction: readers see the old ones until it is done. */
  rebuild(account: AccountId): Promise<void>;
  /** Writes what is left and stops. */
  close(): Promise<void>;
}

export function createProjector(options: ProjectorOptions): Projector {
  const lines = new Map<AccountId, AccountLine>();
  const lineOf = (account: AccountId): AccountLine => {
    let line = lines.get(account);
    if (line === undefined) lines.set(account, (line = new AccountLine(account, options)));
    return line;
  };
  return {
    start: (account) => lineOf(account).start(),
    take(turns) {
      for (const turn of turns) lineOf(turn.account).take(turn);
    },
    lag: (account) => lineOf(account).lag(),
    settled: async () => void (await Promise.all(Array.from(lines.values(), (line) => line.settled()))),
    rebuild: (account) => lineOf(account).rebuild(),
    close: async () => void (await Promise.all(Array.from(lines.values(), (line) => line.close()))),
  };
}

/** One account's turns on their way into the tables. */
class AccountLine {
  readonly #account: AccountId;
  readonly #options: ProjectorOptions;
  #draft = new Draft();
  /** Undefined until read, and again after a failure: whether a broken transaction was committed, only the table knows. */
  #position: number | undefined;
  #pending: ReportedTurn[] = [];
  #head = 0;
  #work: Promise<void> = Promise.resolve();
  #wake: NodeJS.Timeout | undefined;
  #closed = false;
  #waiting: { readonly resolve: () => void }[] = [];

  constructor(account: AccountId, options: ProjectorOptions) {
    this.#account = account;
    this.#options = options;
  }

  start(): Promise<void> {
    return this.#exclusively(async () => {
      await this.#catchUp(Number.POSITIVE_INFINITY);
    });
  }

  take(turn: ReportedTurn): void {
    if (turn.seq <= this.#head) return;
    this.#head = turn.seq;
    this.#pending.push(turn);
    if (this.#pending.length > PENDING_LIMIT) this.#pending = [];
    this.#schedule(this.#options.lingerMs ?? LINGER_MS);
  }

  lag(): Lag {
    const turns = this.#position === undefined ? this.#pending.length : Math.max(0, this.#head - this.#position);
    return { turns, since: this.#pending[0]?.at ?? null };
  }

  settled(): Promise<void> {
    if (this.#isSettled()) return this.#work;
    const settled = new Promise<void>((resolve) => this.#waiting.push({ resolve }));
    this.#schedule(0);
    return settled;
  }

  rebuild(): Promise<void> {
    return this.#exclusively(async () => {
      await this.#options.store.transaction(this.#account, async (rows) => {
        const first = await rows.clear();
        if (first === undefined) return;
        const draft = new Draft();
        if (first > 1) await rows.lookUpRules(draft);
        await this.#writeInLots(this.#options.readTurns(this.#account, first - 1), draft, {
          lookUp: (needs) => rows.lookUp(needs, draft, first),
          save: (written, seq) => rows.save(written, seq),
        });
      });
      this.#forget();
    });
  }

  async close(): Promise<void> {
    if (!this.#isSettled() && this.#position !== undefined) await this.#exclusively(() => this.#flush());
    this.#closed = true;
    clearTimeout(this.#wake);
    await this.#work;
  }

  #isSettled(): boolean {
    return this.#pending.length === 0 && (this.#head === 0 || (this.#position ?? -1) >= this.#head);
  }

  #schedule(delayMs: number): void {
    if (this.#closed || (this.#wake !== undefined && delayMs > 0)) return;
    clearTimeout(this.#wake);
    this.#wake = setTimeout(() => {
      this.#wake = undefined;
      this.#exclusively(() => this.#flush()).catch((error: unknown) => {
        this.#options.onFailure?.(this.#account, error);
        this.#schedule(this.#options.retryMs ?? RETRY_MS);
      });
    }, delayMs);
    // Turns that are only in memory are in the journal too, so a process may end without waiting for this.
    this.#wake.unref();
  }

  /** One at a time; a failure is the caller's, and does not stop the next. */
  #exclusively(work: () => Promise<void>): Promise<void> {
    const done = this.#work.then(work).catch((error: unknown) => {
      this.#forget();
      throw error;
    });
    this.#work = done.then(
      () => {},
      () => {},
    );
    return done;
  }

  #forget(): void {
    this.#draft = new Draft();
    this.#position = undefined;
  }

  /** Writes what has been taken so far. What comes meanwhile is gathered for the next time, unless somebody waits for it. */
  async #flush(): Promise<void> {
    const until = this.#head;
    while (!this.#isSettled() && ((this.#position ?? -1) < until || this.#waiting.length > 0)) {
      const position = this.#position ?? (await this.#readPosition());
      this.#pending = this.#pending.filter(({ seq }) => seq > position);
      const next = this.#pending[0];
      if (next === undefined || next.seq > position + 1) {
        await this.#catchUp(next?.seq ?? Number.POSITIVE_INFINITY);
        // Nothing came: the turns are in the local spool still, and will be in the journal.
        if (this.#position === position && this.#pending[0]?.seq !== position + 1) break;
        continue;
      }
      const batch = this.#pending.slice(0, BATCH);
      await this.#write(batch);
      this.#pending.splice(0, batch.length);
    }
    if (!this.#isSettled()) {
      const stuck = (this.#position ?? -1) < until;
      this.#schedule(stuck ? (this.#options.retryMs ?? RETRY_MS) : (this.#options.lingerMs ?? LINGER_MS));
      return;
    }
    for (const { resolve } of this.#waiting.splice(0)) resolve();
  }

  /** From the journal, up to the turn before `until`. */
  async #catchUp(until: number): Promise<void> {
    const position = this.#position ?? (await this.#readPosition());
    let next: ReportedTurn | undefined;
    const before = async function* (turns: AsyncIterable<ReportedTurn>) {
      for await (const turn of turns) {
        if (turn.seq >= until) next = turn;
        if (next !== undefined) return;
        yield turn;
      }
    };
    const draft = this.#draft;
    const { store } = this.#options;
    await this.#writeInLots(before(this.#options.readTurns(this.#account, position)), draft, {
      lookUp: (needs) => store.transaction(this.#account, (rows) => rows.lookUp(needs, draft, 0)),
      save: async (written, seq) => {
        await store.transaction(this.#account, (rows) => rows.save(written, seq));
        this.#reached(seq);
      },
    });
    // The journal goes on at `until`: whatever is missing before it, retention has removed.
    if (next !== undefined) this.#position = Math.max(this.#position ?? 0, until - 1);
  }

  async #readPosition(): Promise<number> {
    const position = await this.#options.store.open(this.#account, this.#draft);
    this.#head = Math.max(this.#head, position);
    this.#position = position;
    return position;
  }

  async #write(batch: readonly ReportedTurn[]): Promise<void> {
    const last = batch.at(-1)!.seq;
    const draft = this.#draft;
    await this.#options.store.transaction(this.#account, async (rows) => {
      await rows.lookUp(needsOf(batch, draft), draft, 0);
      await project(draft, batch);
      await rows.save(draft.takeWritten(), last);
    });
    this.#reached(last);
  }

  #reached(seq: number): void {
    this.#position = seq;
    this.#head = Math.max(this.#head, seq);
    this.#options.onWritten?.(this.#account, seq);
  }

  /** While PostgreSQL writes one lot, the next is read and projected. Fails when both are over, so that nothing is written afterwards. */
  async #writeInLots(turns: AsyncIterable<ReportedTurn>, draft: Draft, tables: LotTables): Promise<void> {
    const batches = inBatches(turns);
    const next = (saved: Promise<void>): Promise<Lot | undefined> =>
      projectLot(batches, draft, this.#options.lotTurns ?? LOT, async (needs) => {
        await saved;
        await tables.lookUp(needs);
      });
    let lot = await next(Promise.resolve());
    while (lot !== undefined) {
      const saving = tables.save(lot.written, lot.seq);
      const following = next(saving);
      await Promise.allSettled([saving, following]);
      await saving;
      lot = await following;
    }
  }
}

interface LotTables {
  lookUp(needs: Needs): Promise<void>;
  save(written: WrittenRows, seq: number): Promise<void>;
}

/** Rows that are complete up to turn `seq`. */
interface Lot {
  readonly written: WrittenRows;
  readonly seq: number;
}

async function projectLot(batches: AsyncIterator<ReportedTurn[]>, draft: Draft, size: number, lookUp: LotTables['lookUp']): Promise<Lot | undefined> {
  let seq: number | undefined;
  for (let turns = 0; turns < size; ) {
    const { value: batch, done } = await batches.next();
    if (done) break;
    const needs = needsOf(batch, draft);
    if (needs.conversations.size + needs.agents.size > 0) await lookUp(needs);
    await project(draft, batch);
    turns += batch.length;
    seq = batch.at(-1)!.seq;
  }
  return seq === undefined ? undefined : { written: draft.takeWritten(), seq };
}

async function project(draft: Draft, batch: readonly ReportedTurn[]): Promise<void> {
  for (const [index, turn] of batch.entries()) {
    // Calls are decided on the same event loop: they come in between.
    if (index % TURNS_AT_ONCE === TURNS_AT_ONCE - 1) await nextRound();
    projectTurn(draft, turn);
  }
}

async function* inBatches(turns: AsyncIterable<ReportedTurn>): AsyncGenerator<ReportedTurn[]> {
  let batch: ReportedTurn[] = [];
  for await (const turn of turns) {
    batch.push(turn);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
