import type { BridgeId, Instant, LegId } from '@centralita/kernel';
import type { Play } from '@centralita/server/telephony/port/index.ts';
import type { SimulatedEngine } from '@centralita/server/telephony/simulated/engine.ts';
import type { Chance } from '../chance/chance.ts';
import { drawMs } from '../chance/span.ts';
import { halfHoursOf, type Day } from '../clock/calendar.ts';
import type { VirtualTime } from '../clock/virtual-time.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { callerNumber, type SimulatedAccount } from './account.ts';

interface Customer {
  readonly legId: LegId;
  readonly number: number;
  readonly key: string;
  wrongFirst: boolean;
  pressed: boolean;
  /** What is left to say; drawn when somebody answers. */
  talkMs: number | undefined;
  talkingSince: Instant | undefined;
  next: (() => void) | undefined;
  gaveUp: boolean;
}

export interface CustomersOptions {
  readonly scenario: Scenario;
  readonly account: SimulatedAccount;
  readonly engine: SimulatedEngine;
  readonly time: VirtualTime;
  readonly chance: Chance;
}

/** The network gives a silent leg up after this long (a session timer, RFC 4028, or no RTP). */
const SILENT_UNTIL_MS = 15_000;

/** People who call: when, what they press, how long they wait, what they say, and whether they call again. */
export class Customers {
  /** Calls that reached the switch. */
  calls = 0;
  redials = 0;
  readonly #options: CustomersOptions;
  readonly #customers = new Map<LegId, Customer>();
  readonly #byShare: readonly { readonly share: number; readonly key: string }[];
  #numbers = 0;
  #open = true;

  constructor(options: CustomersOptions) {
    this.#options = options;
    this.#byShare = options.account.queues.map(({ key, scenario: { share } }) => ({ key, share }));
  }

  get present(): number {
    return this.#customers.size;
  }

  is(legId: LegId): boolean {
    return this.#customers.has(legId);
  }

  /** Plans a day's calls, half hour by half hour (Poisson within each). */
  planDay(day: Day): void {
    const { scenario, time, chance } = this.#options;
    const { perHour, halfHours, weekdays } = scenario.arrivals;
    const meanOf = (weights: readonly number[]): number => weights.reduce((sum, weight) => sum + weight, 0) / weights.length;
    const dayWeight = weekdays[day.weekday]! / meanOf(weekdays);
    for (const { from, to, place } of halfHoursOf(day, scenario.timeZone)) {
      const perMs = (perHour * dayWeight * (halfHours[place]! / meanOf(halfHours))) / 3_600_000;
      if (perMs > 0) time.plan(from - time.now(), () => this.#planNext(to, perMs, chance));
    }
  }

  /** Nobody calls any more; those who are there go on. */
  close(): void {
    this.#open = false;
  }

  hears(legId: LegId, play: Play): void {
    const customer = this.#customers.get(legId);
    if (!customer || !play.stopOnDigit || customer.pressed) return;
    const { chance, engine, time, scenario } = this.#options;
    customer.next?.();
    if (chance.happens(scenario.customers.leaveInMenu)) {
      customer.next = time.plan(chance.between(500, 4_000), () => engine.hangUp(legId));
      return;
    }
    customer.next = time.plan(chance.between(1_000, 4_000), () => {
      if (customer.wrongFirst) {
        customer.wrongFirst = false;
        engine.press(legId, '0');
        return;
      }
      customer.pressed = true;
      this.#wait(customer);
      engine.press(legId, customer.key);
    });
  }

  answered(legId: LegId): void {
    const customer = this.#customers.get(legId);
    if (customer && this.#byShare.length === 1) this.#wait(customer);
  }

  /** Says what they called for; interrupted, what is left of it. */
  meetsAgent(legId: LegId): void {
    const customer = this.#customers.get(legId);
    if (!customer || customer.talkingSince !== undefined) return;
    const { chance, scenario, time, engine } = this.#options;
    customer.next?.();
    customer.talkMs ??= drawMs(chance, scenario.agentHabits.talk);
    customer.talkingSince = time.now();
    if (chance.happens(scenario.customers.leaveAtAnswer)) {
      customer.next = time.plan(chance.whole(50), () => engine.hangUp(legId));
      return;
    }
    const dropped = chance.happens(scenario.carriers.midCallDrop);
    const silent = chance.happens(scenario.customers.lostBye);
    customer.next = time.plan(dropped ? chance.draw() * customer.talkMs : customer.talkMs, () => {
      if (dropped) engine.fail(legId, 'network', 'failed', 408);
      else if (silent) this.#fallSilent(legId);
      else engine.hangUp(legId);
    });
  }

  losesAgent(legId: LegId): void {
    const customer = this.#customers.get(legId);
    if (!customer || customer.talkingSince === undefined) return;
    customer.talkMs = Math.max(1_000, (customer.talkMs ?? 0) - (this.#options.time.now() - customer.talkingSince));
    customer.talkingSince = undefined;
    this.#wait(customer);
  }

  /** Somebody is about to answer: a few leave in that very moment. */
  leavesAround(legId: LegId, answerInMs: number): void {
    const { chance, scenario, time, engine } = this.#options;
    if (!this.#customers.has(legId) || !chance.happens(scenario.customers.leaveAtAnswer)) return;
    time.plan(answerInMs + chance.between(-25, 25), () => engine.hangUp(legId));
  }

  ended(legId: LegId): void {
    const customer = this.#customers.get(legId);
    if (!customer) return;
    customer.next?.();
    this.#customers.delete(legId);
    const { chance, scenario, time } = this.#options;
    if (!customer.gaveUp || !this.#open || !chance.happens(scenario.customers.redial)) return;
    time.plan(drawMs(chance, scenario.customers.redialAfter), () => {
      if (!this.#open) return;
      this.redials += 1;
      this.#call(customer.number, customer.key);
    });
  }

  #planNext(until: Instant, perMs: number, chance: Chance): void {
    const { time } = this.#options;
    const gapMs = chance.exponential(1 / perMs);
    if (time.now() + gapMs >= until) return;
    time.plan(gapMs, () => {
      if (!this.#open) return;
      this.#call(this.#numbers++, chance.weighted(this.#byShare).key);
      this.#planNext(until, perMs, chance);
    });
  }

  #call(number: number, key: string): void {
    const { engine, chance, scenario } = this.#options;
    const { account, trunkId, number: dialled } = this.#options.account;
    this.calls += 1;
    const wrongFirst = chance.happens(scenario.customers.wrongKey);
    // The center's first word comes after its commit, never within this call.
    const legId = engine.callIn({ account, trunkId, caller: { number: callerNumber(number) }, dialled });
    this.#customers.set(legId, { legId, number, key, wrongFirst, pressed: false, talkMs: undefined, talkingSince: undefined, next: undefined, gaveUp: false });
  }

  #wait(customer: Customer): void {
    const { chance, scenario, time, engine } = this.#options;
    customer.next?.();
    customer.next = time.plan(drawMs(chance, scenario.customers.patience), () => {
      customer.gaveUp = true;
      engine.hangUp(customer.legId);
    });
  }

  #fallSilent(legId: LegId): void {
    const { engine, time } = this.#options;
    engine.stall(legId, true);
    time.plan(SILENT_UNTIL_MS, () => engine.fail(legId, 'network', 'media-lost'));
  }
}

/** Who is in which bridge, as the far ends see it. */
export class Bridges {
  readonly #members = new Map<BridgeId, Set<LegId>>();
  readonly #of = new Map<LegId, BridgeId>();

  /** @returns everybody in it now */
  join(legId: LegId, bridgeId: BridgeId): ReadonlySet<LegId> {
    this.leave(legId);
    let members = this.#members.get(bridgeId);
    if (!members) this.#members.set(bridgeId, (members = new Set()));
    this.#of.set(legId, bridgeId);
    return members.add(legId);
  }

  replace(oldLegId: LegId, newLegId: LegId): void {
    const bridgeId = this.#of.get(oldLegId);
    if (bridgeId === undefined) return;
    this.join(newLegId, bridgeId);
    this.leave(oldLegId);
  }

  /** @returns those who are left */
  leave(legId: LegId): ReadonlySet<LegId> {
    const bridgeId = this.#of.get(legId);
    const members = bridgeId === undefined ? undefined : this.#members.get(bridgeId);
    this.#of.delete(legId);
    members?.delete(legId);
    if (members?.size === 0) this.#members.delete(bridgeId!);
    return members ?? NOBODY;
  }
}

const NOBODY: ReadonlySet<LegId> = new Set();
