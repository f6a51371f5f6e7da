import type { IdKind } from './ids.ts';
import type { Instant } from './time.ts';

/** What a decision may rely on besides state and command. Everything in it is journaled or follows from what is. */
export interface Facts {
  readonly now: Instant;
  /** The next id of the turn: drawn from the turn's journaled seed, so a replay draws the same ones. */
  draw(kind: IdKind): string;
  /** A number in [0, 1) from the same seed. */
  chance(): number;
}

/** What a machine answers to a command: events (possibly none), or a refusal with a reason. Late and crossing commands are refusals. */
export type Decision<Event, Refusal extends string> =
  | { readonly events: readonly Event[]; readonly refusal?: undefined }
  | { readonly events?: undefined; readonly refusal: Refusal; readonly detail?: string };

/** One small machine. `decide` reads only its arguments; `evolve` is the only way to change state; undefined means "not there". */
export interface Decider<State, Command, Event, Refusal extends string> {
  decide(state: State | undefined, command: Command, facts: Facts): Decision<Event, Refusal>;
  evolve(state: State | undefined, event: Event): State | undefined;
}

export const decided = <Event>(...events: Event[]): { readonly events: readonly Event[] } => ({ events });
export const refused = <Refusal extends string>(refusal: Refusal, detail?: string): { readonly refusal: Refusal; readonly detail?: string } =>
  detail === undefined ? { refusal } : { refusal, detail };
