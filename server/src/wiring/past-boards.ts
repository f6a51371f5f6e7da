import { setImmediate as nextRound } from 'node:timers/promises';
import type { PastBoard } from '@centralita/contract';
import { type AccountId, type Clock, type Instant, ok, type QueueId, refuse, type Result, type UserId } from '@centralita/kernel';
import { activityOf } from '../capabilities/availability/index.ts';
import { partyOf } from '../capabilities/calls/feed/party.ts';
import { pastBoard } from '../capabilities/live-board/feed/past-board.ts';
import { addTally, createTodayFigures, emptyTally, readToday, type Tally, type Today, todayAsOf } from '../capabilities/reports/index.ts';
import { PastFloor } from '../floor/replay.ts';
import type { LiveNames } from '../http/names.ts';
import { JournalPast, type JournalSpan } from '../storage/journal-past.postgres.ts';
import type { Pool } from '../storage/pool.ts';
import { createAccountProgram, type FloorEvent, type Input, type World } from './account-program/index.ts';
import { figuresOf, lineLimitIn, type TodaySums } from './create-feed.ts';

export interface PastBoardRequest {
  readonly account: AccountId;
  readonly viewer: UserId;
  readonly at: Instant;
  readonly userIds: readonly UserId[];
  readonly queueIds: readonly QueueId[];
}

type Refused = { readonly code: 'past-not-kept' | 'in-the-future' | 'rate-limited' | 'not-found' };
type Past = PastFloor<World, Input, FloorEvent>;

/** Whoever asks while this many wait is told to ask again. */
const WAITING_LIMIT = 8;
/** About 2 ms of work between two looks at what calls want. */
const TURNS_PER_READ = 100;
/** Of the day's rows. Counting 50,000 segments and 200,000 intervals at once takes 130 to 300 ms (measured); these some 5 ms. */
const ROWS_AT_ONCE = 2_000;
/** A state that is a little before is gone on from; further away, the next kept state is nearer. */
const GO_ON_TURNS = 5_000;
const FORGET_AFTER_MS = 60_000;

/**
 * Boards of the past: the newest kept state before the instant, the turns since then, and the day's figures as they were known. It
 * shares control's event loop with calls, so it works in slices, one board at a time, and one for each person.
 */
export class PastBoards {
  readonly #pool: Pool;
  readonly #clock: Clock;
  readonly #names: LiveNames;
  readonly #rowsAtOnce: number;
  readonly #program = createAccountProgram();
  readonly #journal: JournalPast;
  readonly #waiting = new Set<UserId>();
  #line: Promise<unknown> = Promise.resolve();
  /** The last state made: who lets time run, or moves on by seconds, needs a few turns and not thousands. */
  #last: { readonly account: AccountId; readonly past: Past } | undefined;
  #forget: NodeJS.Timeout | undefined;

  /** @param pool the role `floor`'s */
  constructor(pool: Pool, clock: Clock, names: LiveNames, rowsAtOnce = ROWS_AT_ONCE) {
    this.#rowsAtOnce = rowsAtOnce;
    this.#pool = pool;
    this.#clock = clock;
    this.#names = names;
    this.#journal = new JournalPast(pool, TURNS_PER_READ);
  }

  async at(request: PastBoardRequest): Promise<Result<PastBoard, Refused>> {
    if (request.at > this.#clock.now()) return refuse({ code: 'in-the-future' });
    if (this.#waiting.has(request.viewer) || this.#waiting.size >= WAITING_LIMIT) return refuse({ code: 'rate-limited' });
    this.#waiting.add(request.viewer);
    const board = this.#line.then(() => this.#make(request));
    // A board that fails is told to whoever asked for it; the next one is another matter.
    this.#line = Promise.allSettled([board]);
    try {
      return await board;
    } finally {
      this.#waiting.delete(request.viewer);
    }
  }

  /** What it keeps to go on from; the next board begins from a kept state. */
  forget(): void {
    clearTimeout(this.#forget);
    this.#last = undefined;
  }

  async #make({ account, at, userIds, queueIds }: PastBoardRequest): Promise<Result<PastBoard, Refused>> {
    const span = await this.#journal.spanOf(account);
    if (!span) return refuse({ code: 'past-not-kept' });
    const firstAt = await this.#journal.firstMoment(account, span);
    if (at < firstAt) return refuse({ code: 'past-not-kept' });
    const past = await this.#stateAt(account, at, span);
    if (!past) return refuse({ code: 'past-not-kept' });
    const { rows } = await this.#pool.query<{ time_zone: string }>('select time_zone from accounts where account = $1', [account]);
    const timeZone = rows[0]!.time_zone;
    const day = { now: at, timeZone };
    const sums = await sumsAsOf(await readToday(this.#pool, account, day), { at, timeZone, userIds, queueIds, rowsAtOnce: this.#rowsAtOnce });
    const { world } = past;
    const view = {
      account,
      world,
      names: this.#names.of(account),
      figures: figuresOf(sums, () => at),
      activityOf,
      party: (customer: Parameters<typeof partyOf>[3]) => partyOf(world, this.#names, account, customer),
      lineLimit: lineLimitIn(world),
    };
    return ok(pastBoard(view, { at, firstAt, userIds, queueIds }));
  }

  async #stateAt(account: AccountId, at: Instant, span: JournalSpan): Promise<Past | undefined> {
    const seq = await this.#journal.lastSeqAt(account, at, span);
    const last = this.#last?.account === account ? this.#last.past : undefined;
    // Taken out while it moves: a failure in the middle would leave a state that never was.
    this.#last = undefined;
    let past = last && last.seq <= seq && seq - last.seq <= GO_ON_TURNS ? last : undefined;
    if (!past) {
      const state = await this.#journal.stateBefore(account, seq);
      if ((state?.seq ?? 0) < span.firstSeq - 1) return undefined;
      past = await PastFloor.from(this.#program, account, state);
    }
    for await (const turn of this.#journal.turns(account, past.seq, seq)) past.restore(turn);
    this.#keep(account, past);
    return past;
  }

  #keep(account: AccountId, past: Past): void {
    this.#last = { account, past };
    clearTimeout(this.#forget);
    this.#forget = setTimeout(() => (this.#last = undefined), FORGET_AFTER_MS);
    this.#forget.unref();
  }
}

/** The day's sums as they were known at `at`, counted in slices: sums of parts add up to the sum of the whole. */
async function sumsAsOf(today: Today, { at, timeZone, userIds, queueIds, rowsAtOnce }: { readonly at: Instant; readonly timeZone: string; readonly userIds: readonly UserId[]; readonly queueIds: readonly QueueId[]; readonly rowsAtOnce: number }): Promise<TodaySums> {
  const queues = new Map<QueueId, Tally>(queueIds.map((queueId) => [queueId, emptyTally()]));
  const agents = new Map<UserId, Tally>(userIds.map((userId) => [userId, emptyTally()]));
  const slices = Math.ceil(Math.max(today.segments.length, today.intervals.length) / rowsAtOnce);
  for (let slice = 0; slice < slices; slice++) {
    const part: Today = {
      ...today,
      segments: today.segments.slice(slice * rowsAtOnce, (slice + 1) * rowsAtOnce),
      intervals: today.intervals.slice(slice * rowsAtOnce, (slice + 1) * rowsAtOnce),
    };
    const figures = createTodayFigures({ timeZone, now: at, seed: todayAsOf(part, at) });
    for (const [queueId, sum] of queues) addTally(sum, figures.queue(queueId));
    for (const [userId, sum] of agents) addTally(sum, figures.agent(userId, at));
    await nextRound();
  }
  return { queue: (queueId) => queues.get(queueId) ?? emptyTally(), agent: (userId) => agents.get(userId) ?? emptyTally() };
}
