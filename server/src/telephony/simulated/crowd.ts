import type { AccountId, BridgeId, DeviceId, LegCause, LegId, TrunkId } from '@centralita/kernel';
import type { Play } from '../port/index.ts';
import type { Scheduler, SimulatedEngine, World } from './engine.ts';

export interface CrowdHabits {
  /** Calls per minute, on average (Poisson). */
  readonly callsPerMinute: number;
  /** Keys of the menu and how often each is wanted. */
  readonly menuKeys: readonly { readonly key: string; readonly weight: number }[];
  /** Mean patience in the queue before hanging up (exponential). */
  readonly patienceMs: number;
  /** Median talk; lognormal with sigma 0.6, as call lengths are (Brown et al. 2005, "Statistical Analysis of a Telephone Call Center"). */
  readonly talkMs: number;
  /** How long an agent lets it ring: between these. */
  readonly answerMs: readonly [number, number];
  /** Share of offers that an agent does not notice. */
  readonly unnoticed: number;
}

export interface CrowdOptions {
  readonly engine: SimulatedEngine;
  readonly scheduler: Scheduler;
  /** In [0, 1); seeded in tests and in the simulator. */
  readonly chance: () => number;
  readonly account: AccountId;
  readonly trunkId: TrunkId;
  readonly number: string;
  readonly habits: CrowdHabits;
}

interface Customer {
  readonly legId: LegId;
  readonly key: string;
  pressed: boolean;
  impatience?: () => void;
}

/** Customers with patience and agents with habits, at the far ends of the simulated engine's legs. */
export class Crowd implements World {
  readonly #options: CrowdOptions;
  readonly #customers = new Map<LegId, Customer>();
  readonly #bridges = new Map<BridgeId, Set<LegId>>();
  readonly #bridgeOf = new Map<LegId, BridgeId>();
  #nextArrival: (() => void) | undefined;
  #calls = 0;

  constructor(options: CrowdOptions) {
    this.#options = options;
    options.engine.inhabit(this);
  }

  start(): void {
    this.#planArrival();
  }

  /** No new customers; those who are there finish. */
  stop(): void {
    this.#nextArrival?.();
    this.#nextArrival = undefined;
  }

  ringing(legId: LegId, _deviceId: DeviceId): void {
    const { engine, scheduler, habits, chance } = this.#options;
    if (chance() < habits.unnoticed) return;
    const [from, to] = habits.answerMs;
    scheduler.after(from + chance() * (to - from), () => engine.pickUp(legId));
  }

  dialled(legId: LegId): void {
    this.#options.engine.ring(legId);
    this.#options.scheduler.after(3_000, () => this.#options.engine.pickUp(legId));
  }

  /** A menu is a play that a digit ends; anything else a waiting customer hears makes them wait. */
  hears(legId: LegId, play: Play): void {
    const customer = this.#customers.get(legId);
    if (!customer) return;
    const { engine, scheduler, habits, chance } = this.#options;
    if (play.stopOnDigit && !customer.pressed) {
      customer.pressed = true;
      scheduler.after(1_500 + chance() * 2_500, () => engine.press(legId, customer.key));
      return;
    }
    if (!customer.pressed || customer.impatience) return;
    customer.impatience = scheduler.after(-Math.log(1 - chance()) * habits.patienceMs, () => engine.hangUp(legId));
  }

  answered(): void {}
  /** Nobody of this crowd reloads. */
  replaced(): void {}

  joined(legId: LegId, bridgeId: BridgeId): void {
    const bridge = this.#bridges.get(bridgeId) ?? new Set<LegId>();
    this.#bridges.set(bridgeId, bridge.add(legId));
    this.#bridgeOf.set(legId, bridgeId);
    if (bridge.size < 2) return;
    for (const one of bridge) this.#customers.get(one)?.impatience?.();
    const { engine, scheduler, chance } = this.#options;
    const whoEnds = [...bridge][chance() < 0.7 ? 0 : 1]!;
    scheduler.after(this.#talkMs(), () => engine.hangUp(whoEnds));
  }

  ended(legId: LegId, _cause: LegCause): void {
    this.#customers.get(legId)?.impatience?.();
    this.#customers.delete(legId);
    const bridgeId = this.#bridgeOf.get(legId);
    this.#bridgeOf.delete(legId);
    if (bridgeId === undefined) return;
    const bridge = this.#bridges.get(bridgeId);
    bridge?.delete(legId);
    if (bridge?.size === 0) this.#bridges.delete(bridgeId);
  }

  #planArrival(): void {
    const { habits, scheduler, chance } = this.#options;
    const gapMs = (-Math.log(1 - chance()) * 60_000) / habits.callsPerMinute;
    this.#nextArrival = scheduler.after(gapMs, () => {
      this.#arrive();
      this.#planArrival();
    });
  }

  /** Numbers from the range kept free for fiction, so that nobody's is shown. */
  #arrive(): void {
    const { engine, account, trunkId, number } = this.#options;
    this.#calls += 1;
    const caller = { number: `+34600000${String(this.#calls % 1000).padStart(3, '0')}` };
    const legId = engine.callIn({ account, trunkId, caller, dialled: number });
    this.#customers.set(legId, { legId, key: this.#wantedKey(), pressed: false });
  }

  #wantedKey(): string {
    const { menuKeys } = this.#options.habits;
    let rest = this.#options.chance() * menuKeys.reduce((sum, { weight }) => sum + weight, 0);
    for (const { key, weight } of menuKeys) {
      rest -= weight;
      if (rest < 0) return key;
    }
    return menuKeys[0]!.key;
  }

  #talkMs(): number {
    const { chance, habits } = this.#options;
    const normal = Math.sqrt(-2 * Math.log(1 - chance())) * Math.cos(2 * Math.PI * chance());
    return habits.talkMs * Math.exp(0.6 * normal);
  }
}
