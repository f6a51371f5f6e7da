import { type BridgeId, type DeviceId, type LegCause, type LegId } from '@centralita/kernel';
import type { Play } from '@centralita/server/telephony/port/index.ts';
import type { SimulatedEngine, World } from '@centralita/server/telephony/simulated/engine.ts';
import type { Chance } from '../chance/chance.ts';
import { drawMs } from '../chance/span.ts';
import type { VirtualTime } from '../clock/virtual-time.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Agents } from './agents.ts';
import type { Carriers } from './carriers.ts';
import { Bridges, type Customers } from './customers.ts';

export interface PopulationOptions {
  readonly scenario: Scenario;
  readonly engine: SimulatedEngine;
  readonly time: VirtualTime;
  readonly chance: Chance;
  readonly customers: Customers;
  readonly agents: Agents;
  readonly carriers: Carriers;
}

/** Everybody at the far ends of the simulated engine's legs. */
export class Population implements World {
  /** The most who ever heard one another: two, while there are no conferences. */
  mostTogether = 0;
  /** Phones that were told that another one had answered. */
  toldTaken = 0;
  /** Legs whose place a fresh one of the same device has taken. */
  replacedLegs = 0;
  readonly #options: PopulationOptions;
  readonly #bridges = new Bridges();
  readonly #devices = new Map<LegId, DeviceId>();
  /** Outside numbers that agents reached, and when they have said what they had to. */
  readonly #reached = new Map<LegId, (() => void) | undefined>();

  constructor(options: PopulationOptions) {
    this.#options = options;
    options.engine.inhabit(this);
  }

  ringing(legId: LegId, deviceId: DeviceId): void {
    this.#devices.set(legId, deviceId);
    this.#options.agents.ringing(legId, deviceId);
  }

  dialled(legId: LegId): void {
    this.#reached.set(legId, undefined);
    this.#options.carriers.dialled(legId);
  }

  hears(legId: LegId, play: Play): void {
    this.#options.customers.hears(legId, play);
  }

  answered(legId: LegId): void {
    this.#options.customers.answered(legId);
    this.#options.agents.answered(legId, this.#devices.get(legId));
  }

  joined(legId: LegId, bridgeId: BridgeId): void {
    const members = this.#bridges.join(legId, bridgeId);
    this.mostTogether = Math.max(this.mostTogether, members.size);
    if (members.size < 2) return;
    for (const one of members) {
      this.#options.customers.meetsAgent(one);
      if (this.#reached.has(one) && this.#reached.get(one) === undefined) this.#talkOutside(one);
    }
  }

  /** The customer hears the same voice as before. */
  replaced(oldLegId: LegId, newLegId: LegId): void {
    this.replacedLegs += 1;
    this.#bridges.replace(oldLegId, newLegId);
  }

  ended(legId: LegId, cause: LegCause): void {
    if (cause === 'answered-elsewhere') this.toldTaken += 1;
    const { customers, agents } = this.#options;
    const left = this.#bridges.leave(legId);
    this.#reached.get(legId)?.();
    this.#reached.delete(legId);
    customers.ended(legId);
    agents.ended(legId, this.#devices.get(legId));
    this.#devices.delete(legId);
    if (left.size === 1) for (const one of left) customers.losesAgent(one);
  }

  #talkOutside(legId: LegId): void {
    const { time, chance, scenario, engine } = this.#options;
    this.#reached.set(legId, time.plan(drawMs(chance, scenario.agentHabits.talk), () => engine.hangUp(legId)));
  }
}
