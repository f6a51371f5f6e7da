import type { AccountId, Clock, Instant, LegCause, LegId, TrunkId } from '@centralita/kernel';
import type { TelephonyFact } from '../../port/index.ts';
import { REMEMBER_MS } from '../link/command-ledger.ts';
import { advance, type LegEnding, type LegStep } from './leg-state.ts';
import type { Leg } from './leg.ts';

/** Ended legs that control has not acknowledged; beyond this the oldest are dropped (admission stops long before). */
const MAX_UNACKNOWLEDGED = 100_000;

export interface EndedLeg {
  readonly legId: LegId;
  readonly account: AccountId;
  readonly at: Instant;
  readonly by: LegEnding['by'];
  readonly cause: LegCause;
}

export type Emit = (account: AccountId, fact: TelephonyFact) => { readonly seq: number };

/** The table of legs: the only place where a leg's state changes, and where its facts come from. */
export class Legs {
  readonly #live = new Map<LegId, Leg>();
  /** Ids of the last ten minutes' ended legs, oldest first: a late command hears `leg-ended`, not `unknown-leg`. */
  readonly #ended = new Map<LegId, { readonly account: AccountId; readonly at: number; readonly ending: LegEnding }>();
  readonly #unacknowledged = new Map<number, EndedLeg>();
  readonly #emit: Emit;
  readonly #clock: Clock;
  readonly #answered: ((leg: Leg) => void)[] = [];
  readonly #ringing: ((leg: Leg, earlyMedia: boolean) => void)[] = [];
  readonly #farHold: ((leg: Leg, held: boolean) => void)[] = [];
  readonly #ending: ((leg: Leg, ending: LegEnding) => void)[] = [];

  constructor(emit: Emit, clock: Clock) {
    this.#emit = emit;
    this.#clock = clock;
  }

  add(leg: Leg): void {
    this.#live.set(leg.id, leg);
  }

  get(id: LegId): Leg | undefined {
    return this.#live.get(id);
  }

  /** The account of a leg that ended within ten minutes. */
  endedAccount(id: LegId): AccountId | undefined {
    return this.#ended.get(id)?.account;
  }

  /** How a leg ended, within ten minutes of it. */
  endingOf(id: LegId): LegEnding | undefined {
    return this.#ended.get(id)?.ending;
  }

  live(): IterableIterator<Leg> {
    return this.#live.values();
  }

  get count(): number {
    return this.#live.size;
  }

  onTrunk(trunkId: TrunkId): number {
    let count = 0;
    for (const leg of this.#live.values()) if (leg.trunkId === trunkId) count++;
    return count;
  }

  onAnswered(listener: (leg: Leg) => void): void {
    this.#answered.push(listener);
  }

  onRinging(listener: (leg: Leg, earlyMedia: boolean) => void): void {
    this.#ringing.push(listener);
  }

  onFarHold(listener: (leg: Leg, held: boolean) => void): void {
    this.#farHold.push(listener);
  }

  /** Called before the `leg-ended` fact, so that what hung on the leg (plays, its place in a bridge) ends first. */
  onEnding(listener: (leg: Leg, ending: LegEnding) => void): void {
    this.#ending.push(listener);
  }

  /** @returns false when the step came too late and changed nothing */
  step(leg: Leg, step: LegStep): boolean {
    const next = advance(leg.state, step);
    if (next === undefined) return false;
    leg.state = next;
    leg.since = this.#clock.now();
    switch (step.type) {
      case 'far-ringing':
        this.#emit(leg.account, { type: 'leg-ringing', legId: leg.id, earlyMedia: step.earlyMedia });
        for (const listener of this.#ringing) listener(leg, step.earlyMedia);
        break;
      case 'answered':
        this.#emit(leg.account, { type: 'leg-answered', legId: leg.id });
        for (const listener of this.#answered) listener(leg);
        break;
      case 'far-held':
      case 'far-resumed':
        this.#emit(leg.account, { type: step.type === 'far-held' ? 'leg-held' : 'leg-resumed', legId: leg.id });
        for (const listener of this.#farHold) listener(leg, step.type === 'far-held');
        break;
      case 'ended':
        if (next.name === 'ended') this.#end(leg, next);
    }
    return true;
  }

  /** Ends a leg by our own will. The SIP side last: a phone that asked for a transfer hears of its success before the BYE. */
  end(leg: Leg, cause: LegCause, by: LegEnding['by'] = 'center'): void {
    if (this.step(leg, { type: 'ended', by, cause })) leg.call.end(cause);
  }

  acknowledged(seq: number): void {
    for (const at of this.#unacknowledged.keys()) {
      if (at > seq) return;
      this.#unacknowledged.delete(at);
    }
  }

  unacknowledgedEndings(): readonly EndedLeg[] {
    return [...this.#unacknowledged.values()];
  }

  #end(leg: Leg, ending: LegEnding): void {
    this.#live.delete(leg.id);
    const at = this.#clock.now();
    this.#ended.set(leg.id, { account: leg.account, at, ending });
    for (const [id, ended] of this.#ended) {
      if (ended.at > at - REMEMBER_MS) break;
      this.#ended.delete(id);
    }
    for (const listener of this.#ending) listener(leg, ending);
    const { seq } = this.#emit(leg.account, { type: 'leg-ended', legId: leg.id, by: ending.by, cause: ending.cause, sipStatus: ending.sipStatus });
    this.#unacknowledged.set(seq, { legId: leg.id, account: leg.account, at, by: ending.by, cause: ending.cause });
    if (this.#unacknowledged.size > MAX_UNACKNOWLEDGED) for (const oldest of this.#unacknowledged.keys()) { this.#unacknowledged.delete(oldest); break; }
  }
}
