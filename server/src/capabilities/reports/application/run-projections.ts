import { setImmediate as nextRound } from 'node:timers/promises';
import type { AccountId, Instant } from '@centralita/kernel';
import type { ReportedTurn } from '../domain/floor-events.ts';
import { Draft } from '../domain/projection/draft.ts';
import { needsOf, projectTurn } from '../domain/projection/project-turn.ts';
import type { ProjectionRows, ProjectionStore } from './ports.ts';

/** Turns in one transaction. */
const BATCH = 500;
/** Turns projected without letting anything else run. */
const TURNS_AT_ONCE = 16;
/** Turns kept in memory while PostgreSQL is away; beyond, they are dropped and read from the journal later (about 40 MB). */
const PENDING_LIMIT = 20_000;
/** Ended conversations kept in hand for what comes late: after-service, the recording's end. */
const ENDED_KEPT = 2_000;
const LINGER_MS = 400;
const RETRY_MS = 1_000;

export interface ProjectorOptions {
  readonly store: ProjectionStore;
  /** Committed turns after `afterSeq`, in order, events upcast to today's shape. */
  readonly readTurns: (account: AccountId, afterSeq: number) => AsyncIterable<ReportedTurn>;
  /** How long turns are gathered before they are written together; history is that much behind. */
  readonly lingerMs?: number;
  readonly retryMs?: number;
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
  #ended: string[] = [];
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
        for await (const batch of inBatches(this.#options.readTurns(this.#account, first - 1))) await write(rows, draft, batch, first);
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
    this.#ended = [];
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
    for await (const batch of inBatches(before(this.#options.readTurns(this.#account, position)))) await this.#write(batch);
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
    await this.#options.store.transaction(this.#account, (rows) => write(rows, this.#draft, batch, 0));
    this.#position = last;
    this.#head = Math.max(this.#head, last);
    this.#letGo(batch);
    this.#options.onWritten?.(this.#account, last);
  }

  #letGo(batch: readonly ReportedTurn[]): void {
    for (const { events } of batch) {
      for (const event of events as readonly { readonly type: string; readonly conversationId?: string }[]) {
        if (event.type === 'conversation-ended' && event.conversationId !== undefined) this.#ended.push(event.conversationId);
      }
    }
    while (this.#ended.length > ENDED_KEPT) this.#draft.forgetConversation(this.#ended.shift()!);
  }
}

async function write(rows: ProjectionRows, draft: Draft, batch: readonly ReportedTurn[], frozenBefore: number): Promise<void> {
  await rows.lookUp(needsOf(batch, draft), draft, frozenBefore);
  for (const [index, turn] of batch.entries()) {
    // Calls are decided on the same event loop: they come in between.
    if (index % TURNS_AT_ONCE === TURNS_AT_ONCE - 1) await nextRound();
    projectTurn(draft, turn);
  }
  await rows.save(draft, batch.at(-1)!.seq);
  draft.flushed();
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
