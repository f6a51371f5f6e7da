import type { LegId } from '@centralita/kernel';
import type { SimulatedEngine } from '@centralita/server/telephony/simulated/engine.ts';
import type { Chance } from '../chance/chance.ts';
import type { VirtualTime } from '../clock/virtual-time.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { SimulatedAccount } from './account.ts';

/** A name that nobody resolves is given up after this long. */
export const RESOLVED_WITHIN_MS = 2_000;

export interface CarriersOptions {
  readonly habits: Scenario['carriers'];
  readonly account: SimulatedAccount;
  readonly engine: SimulatedEngine;
  readonly time: VirtualTime;
  readonly chance: Chance;
}

/** What happens to numbers that agents dial: busy, no answer, early media, slow answers, 503. */
export class Carriers {
  readonly #habits: Scenario['carriers'];
  readonly #account: SimulatedAccount;
  readonly #engine: SimulatedEngine;
  readonly #time: VirtualTime;
  readonly #chance: Chance;
  #up = true;
  #named = true;

  constructor({ habits, account, engine, time, chance }: CarriersOptions) {
    this.#habits = habits;
    this.#account = account;
    this.#engine = engine;
    this.#time = time;
    this.#chance = chance;
  }

  dialled(legId: LegId): void {
    const { busy, noAnswer, unavailable, earlyMedia, slowAnswer } = this.#habits;
    const chance = this.#chance;
    if (!this.#named) {
      this.#later(chance.between(0, RESOLVED_WITHIN_MS), () => this.#engine.fail(legId, 'network', 'unreachable'));
      return;
    }
    if (!this.#up || chance.happens(unavailable)) {
      this.#later(20, () => this.#engine.fail(legId, 'network', 'congestion', 503));
      return;
    }
    if (chance.happens(busy)) {
      this.#later(chance.between(500, 3_000), () => this.#engine.fail(legId, 'far-end', 'busy', 486));
      return;
    }
    const early = chance.happens(earlyMedia);
    this.#later(chance.between(200, 2_000), () => this.#engine.ring(legId, early));
    if (chance.happens(noAnswer)) return;
    this.#later(chance.happens(slowAnswer) ? chance.between(20_000, 70_000) : chance.between(2_500, 15_000), () => this.#engine.pickUp(legId));
  }

  /** A fault: the carrier takes nothing for a while. */
  goDown(forMs: number): void {
    if (!this.#up) return;
    this.#up = false;
    this.#tell(false);
    this.#later(forMs, () => {
      this.#up = true;
      if (this.#named) this.#tell(true);
    });
  }

  /** Whether the carriers' names can be resolved. */
  get named(): boolean {
    return this.#named;
  }

  /** A fault: no name is resolved for a while. Calls that come in, and phones that are registered, need none. */
  loseNames(forMs: number): void {
    if (!this.#named) return;
    this.#named = false;
    this.#tell(false);
    this.#later(forMs, () => {
      this.#named = true;
      if (this.#up) this.#tell(true);
    });
  }

  #tell(up: boolean): void {
    const { account, trunkId } = this.#account;
    if (trunkId !== null) this.#engine.trunk(account, trunkId, up);
  }

  #later(delayMs: number, run: () => void): void {
    this.#time.plan(delayMs, run);
  }
}
