import { ignoreFailure, type Instant } from '@centralita/kernel';
import type { AccountProgram } from '@centralita/server/floor/program.ts';
import { SimulatedEngine } from '@centralita/server/telephony/simulated/engine.ts';
import { brokenInvariants, createAccountProgram, type FloorEvent, type Input, type PersonInput, type World } from '@centralita/server/wiring/account-program/index.ts';
import { Chance } from '../chance/chance.ts';
import { Ledger } from '../checkers/ledger.ts';
import { LiveInvariants } from '../checkers/live-invariants.ts';
import { type Day, daysFrom } from '../clock/calendar.ts';
import { Rounds } from '../clock/rounds.ts';
import { VirtualTime } from '../clock/virtual-time.ts';
import { Figures } from '../report/figures.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { accountOf, drawHires, type SimulatedAccount } from './account.ts';
import { Agents } from './agents.ts';
import { Carriers } from './carriers.ts';
import { Control } from './control.ts';
import { Customers } from './customers.ts';
import { Disk } from './disk.ts';
import { Journal } from './journal.ts';
import { NO_DELAY } from './link.ts';
import { FaultyNetwork } from './network.ts';
import { Population } from './population.ts';

export interface CenterOptions {
  readonly scenario: Scenario;
  /** Off: how fast it would be without. */
  readonly checked?: boolean;
  /** Left out: one made from the scenario. */
  readonly account?: SimulatedAccount;
  /** Everybody works around the clock: the plain models of theory. */
  readonly alwaysOpen?: boolean;
  /** The program with a fault in it: a mutation, or one that throws. */
  readonly program?: AccountProgram<World, Input, FloorEvent>;
}

/** A rule that did not hold. */
export class BrokenRule extends Error {
  override name = 'BrokenRule';
}

const FULL_SCAN_EVERY = 1_000;
const EVENTS_KEPT = 100_000;
const CHECK_COMMITTED_EVERY = 5_000;

/** A whole contact center in one process on virtual time: the real floor between a simulated journal, switch and population. */
export class Center {
  readonly scenario: Scenario;
  readonly time: VirtualTime;
  readonly rounds = new Rounds();
  readonly chance: Chance;
  readonly days: readonly Day[];
  readonly account: SimulatedAccount;
  readonly journal: Journal;
  readonly disk = new Disk();
  readonly network: FaultyNetwork;
  readonly engine: SimulatedEngine;
  readonly customers: Customers;
  readonly agents: Agents;
  readonly carriers: Carriers;
  readonly population: Population;
  readonly ledger = new Ledger();
  readonly figures: Figures;
  readonly alarms = new Map<string, number>();
  steps = 0;
  /** Customers waiting, times milliseconds: the L of Little's law, measured from outside. */
  waitingArea = 0;
  clockOffMs = 0;
  /** Restarts after which the whole state was compared with the one before. */
  restoredAlike = 0;
  control: Control | undefined;
  readonly #options: CenterOptions;
  readonly #program: AccountProgram<World, Input, FloorEvent>;
  #live: LiveInvariants | undefined;
  #controls = 0;
  /** The one there is, and those that are frozen and replaced. */
  #running: readonly Control[] = [];
  #left: string | undefined;
  #lastAt: Instant;

  constructor(options: CenterOptions) {
    const { scenario } = options;
    this.#options = options;
    this.scenario = scenario;
    this.chance = new Chance(scenario.seed);
    this.days = daysFrom(scenario.start, scenario.days, scenario.timeZone);
    this.time = new VirtualTime(this.days[0]!.from);
    this.#lastAt = this.time.now();
    const { time, chance } = this;
    this.account = options.account ?? accountOf(scenario, drawHires(scenario, chance.fork('account')));
    this.journal = new Journal(time, canRestart(scenario));
    this.journal.written = () => chance.happens(0.5);
    this.journal.onWritten = ({ events }) => {
      if (options.checked !== false) this.ledger.take(events);
      this.figures.take(events);
    };
    this.figures = new Figures({ from: this.days[0]!.from, to: this.days.at(-1)!.to });
    const ids = chance.fork('ids');
    this.network = new FaultyNetwork(scenario.faults, chance.fork('network'));
    this.engine = new SimulatedEngine({ now: time.now, after: time.after }, { draw: ids.id, kept: canRestart(scenario) ? EVENTS_KEPT : 0, network: this.network });
    this.customers = new Customers({ scenario, account: this.account, engine: this.engine, time, chance: chance.fork('customers') });
    this.carriers = new Carriers({ habits: scenario.carriers, account: this.account, engine: this.engine, time, chance: chance.fork('carriers') });
    this.agents = new Agents({ scenario, account: this.account, engine: this.engine, time, chance: chance.fork('agents'), ask: (command) => this.ask(command), world: () => this.world, aboutToAnswer: (legId, inMs) => this.#aboutToAnswer(legId, inMs) });
    this.population = new Population({ scenario, engine: this.engine, time, chance: chance.fork('population'), customers: this.customers, agents: this.agents, carriers: this.carriers });
    this.#program = options.program ?? createAccountProgram();
  }

  /** Control starts, and the days are planned. */
  async open(): Promise<void> {
    await this.startControl();
    await this.rounds.settled();
    for (const day of this.days) {
      this.customers.planDay(day);
      if (!this.#options.alwaysOpen) this.agents.planDay(day);
    }
    if (this.#options.alwaysOpen) this.agents.comeForGood();
  }

  get world(): World | undefined {
    return this.control?.alive ? this.control.floor?.world : undefined;
  }

  get until(): Instant {
    return this.days.at(-1)!.to;
  }

  /** Another control takes over what journal, disk and switch have. */
  async startControl(): Promise<Control> {
    const { time, engine, journal, disk, scenario } = this;
    const { linkDelayMs, duplicated } = scenario.faults;
    const chance = this.chance.fork(`control ${this.#controls++}`);
    const control = new Control({
      account: this.account.account,
      program: this.#program,
      time,
      rounds: this.rounds,
      clockOffMs: this.clockOffMs,
      journal,
      disk,
      engine,
      chance,
      changes: this.account.changes,
      link: { delayMs: linkDelayMs > 0 ? () => chance.between(0, linkDelayMs) : canRestart(scenario) ? IN_LINE : NO_DELAY, duplicated: () => chance.happens(duplicated) },
      onTurn: (turn) => control.alive && this.agents.saw(turn.events),
      onAlarm: (name, detail) => this.#alarm(name, detail),
    });
    this.control = control;
    this.#running = [...this.#running.filter(isRunning), control];
    await control.start();
    if (this.control !== control || !control.alive) return control;
    this.#compareWithLeft(control);
    this.#live = control.floor && this.#options.checked !== false ? new LiveInvariants(control.floor.world) : undefined;
    if (control.floor && this.#controls > 1) this.agents.resync(control.floor.world);
    return control;
  }

  /** Control dies; where everything was committed, the next one must begin with the very same state. */
  killControl(): void {
    const { control, journal } = this;
    const floor = control?.alive ? control.floor : undefined;
    this.#left = floor && floor.seq === journal.lastSeq && control?.uncommitted === 0 ? rowsOf(floor.world) : undefined;
    control?.kill();
  }

  /** @returns false when there is no control to hear it */
  ask(command: PersonInput): boolean {
    if (!this.world || !this.control) return false;
    ignoreFailure('what a simulated person asked', this.control.floors.submit(this.account.account, command));
    return true;
  }

  /** One thing happens, with everything that comes of it in that instant. @returns false when nothing is left until then */
  async step(until: Instant): Promise<boolean> {
    const waiting = this.world?.waiting.size ?? this.ledger.waiting;
    if (!this.time.step(until)) return false;
    this.waitingArea += waiting * (this.time.now() - this.#lastAt);
    this.#lastAt = this.time.now();
    await this.rounds.settled();
    this.steps += 1;
    if (this.#options.checked !== false) this.#check();
    return true;
  }

  async run(until: Instant = this.until): Promise<void> {
    while (await this.step(until)) {
      // Everything is in the condition.
    }
  }

  /** Nobody new calls; everybody who is there comes to an end. */
  async finish(withinMs = 6 * 3_600_000): Promise<void> {
    this.customers.close();
    const until = this.time.now() + withinMs;
    while ((this.world === undefined || this.ledger.open > 0 || this.customers.present > 0 || this.world.conversations.size > 0) && (await this.step(until))) {
      // Until all is quiet.
    }
  }

  /** Everything at once, by the rules that walk the whole world. */
  scan(): string[] {
    const { control } = this;
    const floor = control?.alive ? control.floor : undefined;
    return [...(floor ? brokenInvariants(floor.world, (id) => floor.hasTimer(id)) : []), ...this.ledger.broken, ...this.journal.broken];
  }

  async snapshot(): Promise<void> {
    const { control } = this;
    if (!control?.alive || control.storageAway || control.uncommitted > 0 || this.journal.mode !== 'up') return;
    await control.floors.takeSnapshots();
  }

  /** Also of those that were frozen and replaced: whoever is left reads its configuration for ever, in real time. */
  close(): void {
    for (const control of this.#running) control.kill();
  }

  /** Controls that still do something. */
  get running(): number {
    return this.#running.filter(isRunning).length;
  }

  #compareWithLeft({ floor }: Control): void {
    const left = this.#left;
    this.#left = undefined;
    if (left === undefined || !floor || floor.seq !== this.journal.lastSeq) return;
    this.restoredAlike += 1;
    const now = rowsOf(floor.world);
    if (now === left) return;
    const at = [...now].findIndex((character, place) => character !== left[place]);
    this.journal.broken.push(`the restored state is another one: ${now.slice(Math.max(0, at - 120), at + 80)} instead of ${left.slice(Math.max(0, at - 20), at + 80)}`);
  }

  #check(): void {
    const { control } = this;
    const floor = control?.alive ? control.floor : undefined;
    const broken = floor && this.#live ? this.#live.broken((id) => floor.hasTimer(id)) : [];
    if (this.steps % FULL_SCAN_EVERY === 0) broken.push(...this.scan());
    if (this.steps % CHECK_COMMITTED_EVERY === 0 && floor && floor.seq === this.journal.lastSeq) broken.push(...this.ledger.compare(floor.world));
    if (this.ledger.broken.length > 0) broken.push(...this.ledger.broken);
    if (broken.length > 0) throw new BrokenRule(`at ${new Date(this.time.now()).toISOString()}, step ${this.steps}:\n${[...new Set(broken)].slice(0, 10).join('\n')}`);
  }

  #aboutToAnswer(legId: string, inMs: number): void {
    const callId = this.world?.legs.get(legId)?.callId;
    const call = callId === undefined ? undefined : this.world?.calls.get(callId);
    if (call?.state === 'open') this.customers.leavesAround(call.customerLegId, inMs);
  }

  #alarm(name: string, detail: string): void {
    this.alarms.set(name, (this.alarms.get(name) ?? 0) + 1);
    // A turn that throws is a bug, unless it was put there.
    if (name === 'turn-threw' && !detail.includes(POISON)) throw new BrokenRule(`a turn threw: ${detail}`);
  }
}

/** What the deciders throw on a record that was made to harm. */
export const POISON = 'a poisoned record';

/** The live tables as text. Personal values that a replay lets go later than a turn did are left out. */
function rowsOf(world: World): string {
  return JSON.stringify(Object.entries(world.tables).flatMap(([name, table]) => (name === 'personal' ? [] : [[name, [...table.entries()].sort(([a], [b]) => (a < b ? -1 : 1))]])));
}

/** Without delay, and still behind what is on its way: what the switch repeats to a control that came back is older than its answers. */
const IN_LINE = (): number => 0;

const isRunning = ({ alive, frozen }: Control): boolean => alive || frozen;

const canRestart = ({ faults }: Scenario): boolean => faults.controlKilled + faults.controlFrozen + faults.linkCut > 0;
