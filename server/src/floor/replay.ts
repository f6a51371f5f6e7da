import { isDeepStrictEqual } from 'node:util';
import type { AccountId, Instant } from '@centralita/kernel';
import { factsOf } from './facts.ts';
import type { StoredTurn } from './journal-store.ts';
import type { AccountProgram, FloorWorld, TimerChange } from './program.ts';
import { fillWorldInSlices, type SnapshotContent } from './snapshot.ts';
import type { Timer } from './timers.ts';

/** One thing that a decision leaves behind; `outcome` when there is no decision to compare: it was refused, or threw. */
export type DecidedPart = 'events' | 'effects' | 'timers' | 'outcome';

/** Where the decisions of today part from those of the journal. Values are as journaled: references, never names or numbers. */
export interface ReplayDifference {
  readonly seq: number;
  readonly at: Instant;
  readonly input: unknown;
  /** Version of the deciders that wrote the turn, and of those that were asked now. */
  readonly writtenBy: number;
  readonly replayedBy: number;
  readonly part: DecidedPart;
  /** Which one of the part's list, from 0. */
  readonly index: number;
  /** Lengths of the two lists: `[journaled, replayed]`. */
  readonly counts: readonly [number, number];
  /** Undefined: there is none at this place. */
  readonly journaled: unknown;
  readonly replayed: unknown;
}

/**
 * An account's state of the past, on its own: no clock, no journal to write to, no effects. It starts empty or from a snapshot
 * and takes turns as the journal has them, either believing them (`restore`, as a restart does) or deciding them anew from the
 * same input, time and seed (`compare`).
 */
export class PastFloor<World extends FloorWorld, Input, Event extends { readonly type: string }> {
  readonly world: World;
  readonly #program: AccountProgram<World, Input, Event>;
  readonly #timers = new Map<string, Timer>();
  #seq: number;

  /** Before the first turn. */
  constructor(program: AccountProgram<World, Input, Event>, account: AccountId) {
    this.#program = program;
    this.world = program.createWorld(account);
    this.#seq = 0;
  }

  /** @param snapshot undefined: before the first turn. @throws when it has a table that this program does not know */
  static async from<World extends FloorWorld, Input, Event extends { readonly type: string }>(
    program: AccountProgram<World, Input, Event>,
    account: AccountId,
    snapshot: { readonly seq: number; readonly content: SnapshotContent } | undefined,
  ): Promise<PastFloor<World, Input, Event>> {
    const floor = new PastFloor(program, account);
    if (!snapshot) return floor;
    await fillWorldInSlices(floor.world, snapshot.content);
    for (const timer of snapshot.content.timers) floor.#timers.set(timer.id, timer);
    floor.#seq = snapshot.seq;
    return floor;
  }

  /** The last turn that is in the state. */
  get seq(): number {
    return this.#seq;
  }

  restore(turn: StoredTurn): void {
    this.#next(turn);
    this.#takePersonal(turn);
    for (const event of turn.events) this.#program.evolve(this.world, this.#program.upcast(event, turn.deciderVersion));
    this.#takeTimers(turn.timers);
  }

  /** @returns the first difference; the state is of no use after one */
  compare(turn: StoredTurn): ReplayDifference | undefined {
    this.#next(turn);
    this.#takePersonal(turn);
    const said = { seq: turn.seq, at: turn.at, input: turn.input, writtenBy: turn.deciderVersion, replayedBy: this.#program.version };
    const decided = this.#decide(turn);
    const events = turn.events.map((event) => this.#program.upcast(event, turn.deciderVersion));
    if (typeof decided === 'string') return { ...said, part: 'outcome', index: 0, counts: [1, 1], journaled: `decided: ${events.map(({ type }) => type).join(', ') || 'no events'}`, replayed: decided };
    const timers = this.#isFiring(turn) ? turn.timers.slice(1) : turn.timers;
    const lists = { events: [events, decided.events], effects: [turn.effects, decided.effects], timers: [timers, decided.timers] } as const;
    for (const [part, [journaled, replayed]] of Object.entries(lists)) {
      const index = firstDifference(journaled, replayed);
      if (index !== undefined) return { ...said, part: part as DecidedPart, index, counts: [journaled.length, replayed.length], journaled: journaled[index], replayed: asJournaled(replayed)[index] };
    }
    this.#takeTimers(turn.timers);
    return undefined;
  }

  #next({ seq }: StoredTurn): void {
    if (seq !== this.#seq + 1) throw new Error(`turn ${seq} does not follow turn ${this.#seq}`);
    this.#seq = seq;
  }

  #takePersonal({ personal }: StoredTurn): void {
    for (const [reference, value] of Object.entries(personal)) this.world.personal.put(reference, value);
  }

  #decide(turn: StoredTurn) {
    try {
      const outcome = this.#program.decide(this.world, turn.input as Input, factsOf(turn.at, turn.seed));
      return 'refusal' in outcome ? `refused: ${outcome.refusal}` : outcome;
    } catch (error) {
      return `thrown: ${error instanceof Error ? error.message : String(error)}`;
    }
  }

  /** A timer's turn is journaled with the end of that timer before anything that was decided. */
  #isFiring({ timers: [first], input }: StoredTurn): boolean {
    return first?.change === 'cancel' && this.#timers.has(first.id) && isDeepStrictEqual(asJournaled([this.#timers.get(first.id)!.input])[0], input);
  }

  #takeTimers(changes: readonly TimerChange[]): void {
    for (const change of changes) {
      if (change.change === 'set') this.#timers.set(change.id, { id: change.id, at: change.at, input: change.input });
      else this.#timers.delete(change.id);
    }
  }
}

/** What the journal gives back of what was written to it: without what JSON leaves out. */
const asJournaled = (list: readonly unknown[]): readonly unknown[] => JSON.parse(JSON.stringify(list)) as unknown[];

function firstDifference(journaled: readonly unknown[], replayed: readonly unknown[]): number | undefined {
  // The same text, nearly always: comparing deeply costs several times as much.
  if (journaled.length === replayed.length && JSON.stringify(journaled) === JSON.stringify(replayed)) return undefined;
  const again = asJournaled(replayed);
  for (let index = 0; index < Math.max(journaled.length, again.length); index++) if (!isDeepStrictEqual(asJournaled([journaled[index] ?? null]), [again[index] ?? null])) return index;
  return undefined;
}
