import type { AccountId, Facts, Instant } from '@centralita/kernel';
import type { Command } from '../telephony/port/index.ts';
import type { Table } from './table.ts';

/**
 * What the floor runs for one account, and knows nothing else about: `wiring` composes it from the capabilities' machines
 * and the ordered list of their reactions. Everything here is synchronous and pure but for the world's tables.
 */
export interface AccountProgram<World extends FloorWorld, Input, Event extends { readonly type: string }> {
  /** Grows when the same input would lead to other events; written to each journal row. */
  readonly version: number;
  createWorld(account: AccountId): World;
  /**
   * One turn: runs the input's machine and then, event by event in a fixed order, the reactions, `evolve`-ing the world as it
   * goes. The floor rolls the tables back when it answers a refusal or throws.
   */
  decide(world: World, input: Input, facts: Facts): TurnOutcome<Event>;
  /** Applies one event to the tables. The only writer; used by `decide`, by restart and by replay alike. */
  evolve(world: World, event: Event): void;
  /** Brings a row written by an older `version` to today's shape; rows are never rewritten. */
  upcast(event: unknown, writtenBy: number): Event;
}

export type TurnOutcome<Event> =
  | { readonly events: readonly Event[]; readonly effects: readonly Effect[]; readonly timers: readonly TimerChange[]; readonly answer?: unknown }
  | { readonly refusal: string; readonly detail?: string };

/** What whoever asked is told of a turn's refusal: a machine's word for it, and never personal data. */
export interface FloorRefusal {
  readonly code: string;
  readonly detail?: string;
}

/** Performed after the commit, and again with the same id after a restart until the switch has accepted it. */
export interface Effect {
  readonly id: string;
  readonly command: Command;
}

/** Timers are data: setting one with an id that exists moves it. Firing submits `input`; a late or repeated firing must be harmless. */
export type TimerChange =
  | { readonly change: 'set'; readonly id: string; readonly at: Instant; readonly input: unknown }
  | { readonly change: 'cancel'; readonly id: string };

/** The account's live state: named tables of immutable values. Indexes are rebuilt from the tables, through `Table.watch`. */
export interface FloorWorld {
  readonly account: AccountId;
  /**
   * Numbers, names and digits by reference (`per_…`). Inputs, events, effects and timers carry only the reference, so that
   * erasing a person does not rewrite the journal; machines look a value up here, and the floor fills the values into an
   * effect when it performs it.
   */
  readonly personal: Table<string>;
  readonly tables: Readonly<Record<string, Table<unknown>>>;
}

/** One committed turn, as the journal keeps it. */
export interface Turn<Input, Event> {
  readonly account: AccountId;
  readonly seq: number;
  readonly epoch: number;
  readonly at: Instant;
  readonly deciderVersion: number;
  readonly input: Input;
  /** Seed of the turn's ids and chances. */
  readonly seed: string;
  readonly events: readonly Event[];
  readonly effects: readonly Effect[];
  readonly timers: readonly TimerChange[];
  /** Effects accepted since the turn before; a restart sends the rest again. */
  readonly closedEffects: readonly string[];
  /** Personal values first met in this turn, by reference; kept in a table of their own. */
  readonly personal: Readonly<Record<string, string>>;
}
