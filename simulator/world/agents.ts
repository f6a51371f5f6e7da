import type { DeviceId, Instant, LegId, UserId } from '@centralita/kernel';
import type { SimulatedEngine } from '@centralita/server/telephony/simulated/engine.ts';
import type { FloorEvent, PersonInput, World } from '@centralita/server/wiring/account-program/index.ts';
import type { Chance } from '../chance/chance.ts';
import { drawMs } from '../chance/span.ts';
import { type Day, timeOn } from '../clock/calendar.ts';
import type { VirtualTime } from '../clock/virtual-time.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { callerNumber, type SimulatedAccount, type SimulatedAgent } from './account.ts';

export interface AgentsOptions {
  readonly scenario: Scenario;
  readonly account: SimulatedAccount;
  readonly engine: SimulatedEngine;
  readonly time: VirtualTime;
  readonly chance: Chance;
  /** Tells control what a person asks; false when it is away, and the person tries again. */
  readonly ask: (command: PersonInput) => boolean;
  /** The live state that this person's screen shows; undefined while control is away. */
  readonly world: () => World | undefined;
  readonly aboutToAnswer: (legId: LegId, inMs: number) => void;
}

interface Person {
  readonly agent: SimulatedAgent;
  /** Until when today's shift lasts; null outside it. */
  until: Instant | null;
  laptopOpen: boolean;
  onBreak: boolean;
  /** When the phone that rings now will be picked up; another device of theirs rings with it. */
  answersAt: Instant | undefined;
  ringing: number;
}

const TRY_AGAIN_MS = 2_000;
/** A browser's connection counts as lost after this long (design 4). */
const UNREACHABLE_MS = 10_000;
const SILENT_MS = 3_000;
/** From the click until the page has asked for its call again: mostly before its silence is missed, sometimes after. */
const RELOAD_MS = [500, 8_000] as const;

/** People at work: shifts, breaks, phones that ring, talks, forms, and laptops that are closed in the middle of it all. */
export class Agents {
  readonly #options: AgentsOptions;
  readonly #people = new Map<UserId, Person>();
  readonly #byDevice = new Map<DeviceId, Person>();
  /** Agents' legs that were answered, by device. */
  readonly #answered = new Map<LegId, Person>();
  readonly #planned = new Set<string>();

  constructor(options: AgentsOptions) {
    this.#options = options;
    for (const agent of options.account.agents) {
      const person: Person = { agent, until: null, laptopOpen: true, onBreak: false, answersAt: undefined, ringing: 0 };
      this.#people.set(agent.agentId, person);
      for (const deviceId of agent.devices) this.#byDevice.set(deviceId, person);
    }
  }

  planDay(day: Day): void {
    const { scenario, time } = this.#options;
    if (!scenario.agentHabits.weekdays[day.weekday]) return;
    for (const person of this.#people.values()) {
      const { from, to } = person.agent.shift;
      const begins = timeOn(day, from, scenario.timeZone);
      // A shift that ends "before" it begins ends on the next day.
      const ends = timeOn(to > from ? day : { ...day, from: day.to }, to, scenario.timeZone);
      time.plan(begins - time.now() + this.#options.chance.whole(60_000), () => this.#come(person, ends));
    }
  }

  /** Everybody is here from now on, whatever their shift: for the plain models of theory. */
  comeForGood(): void {
    for (const person of this.#people.values()) this.#come(person, Number.MAX_SAFE_INTEGER);
  }

  ringing(legId: LegId, deviceId: DeviceId): void {
    const person = this.#byDevice.get(deviceId);
    if (!person?.laptopOpen) return;
    const { chance, scenario, time, engine, aboutToAnswer } = this.#options;
    person.ringing += 1;
    if (person.ringing === 1) person.answersAt = chance.happens(scenario.agentHabits.forget) ? undefined : time.now() + drawMs(chance, scenario.agentHabits.answer);
    if (person.answersAt === undefined) return;
    const inMs = Math.max(0, person.answersAt - time.now()) + (person.ringing > 1 ? chance.whole(2) : 0);
    if (chance.happens(scenario.agentHabits.decline)) {
      time.plan(inMs, () => engine.fail(legId, 'far-end', 'declined', 603));
      return;
    }
    aboutToAnswer(legId, inMs);
    time.plan(inMs, () => engine.pickUp(legId));
  }

  /** Whoever is at the other end is not this one's own leg: a talk between two people of the center ends by one of them. */
  answered(legId: LegId, deviceId: DeviceId | undefined): void {
    const person = deviceId === undefined ? undefined : this.#byDevice.get(deviceId);
    if (person) this.#answered.set(legId, person);
  }

  isAgentsLeg(legId: LegId): boolean {
    return this.#answered.has(legId);
  }

  ended(legId: LegId, deviceId: DeviceId | undefined): void {
    this.#answered.delete(legId);
    const person = deviceId === undefined ? undefined : this.#byDevice.get(deviceId);
    if (person && person.ringing > 0) person.ringing -= 1;
  }

  /** What a screen shows after a committed turn, and what people do about it. */
  saw(events: readonly FloorEvent[]): void {
    for (const event of events) {
      if (event.type === 'after-service-started') this.#fillForm(event.agentId, event.afterServiceId);
      else if (event.type === 'activity-changed' && event.activity === 'not-answering') this.#comeBack(event.agentId);
      else if (event.type === 'activity-changed' && event.activity === 'talking' && event.before !== 'talking') this.#perhapsHold(event.agentId);
    }
  }

  /** Control has come back: screens are drawn anew, and people see what they were in the middle of. */
  resync(world: World): void {
    for (const { afterServiceId, agentId } of world.afterServices.values()) this.#fillForm(agentId, afterServiceId);
    for (const agent of world.agents.values()) if (agent.state === 'signed-in' && agent.pause.kind === 'not-answering') this.#comeBack(agent.agentId);
  }

  /** A fault from outside: this browser's connection comes and goes. */
  flap(times: number, everyMs: number): void {
    const { chance, time, engine } = this.#options;
    const working = [...this.#people.values()].filter(({ until, laptopOpen }) => until !== null && laptopOpen);
    if (working.length === 0) return;
    const person = chance.pick(working);
    const deviceId = person.agent.devices[0]!;
    for (let i = 0; i < times; i++) {
      time.plan(i * everyMs, () => engine.deviceOffline(deviceId));
      time.plan(i * everyMs + everyMs / 2, () => person.laptopOpen && person.until !== null && engine.deviceOnline(this.#options.account.account, deviceId));
    }
  }

  /** A fault from outside: somebody reloads the page in the middle of a call. A fresh leg then asks for the old one's place. @param back there was still a place to take */
  reload(chance: Chance, back: () => void): void {
    const { time, engine } = this.#options;
    const talking = [...this.#answered].filter(([, { laptopOpen }]) => laptopOpen);
    if (talking.length === 0) return;
    const [oldLegId, person] = chance.pick(talking);
    const reloadsForMs = chance.between(...RELOAD_MS);
    if (reloadsForMs > SILENT_MS) time.plan(SILENT_MS, () => engine.stall(oldLegId, true));
    time.plan(reloadsForMs, () => {
      const freshLegId = person.laptopOpen ? engine.comeBack(oldLegId) : undefined;
      if (freshLegId === undefined) return;
      this.#answered.set(freshLegId, person);
      back();
    });
  }

  #come(person: Person, until: Instant): void {
    const { engine, time, chance, scenario } = this.#options;
    const { agentId, devices } = person.agent;
    person.until = until;
    person.laptopOpen = true;
    for (const deviceId of devices) engine.deviceOnline(this.#options.account.account, deviceId);
    this.#insist({ type: 'sign-in', agentId, deviceId: null }, () => person.until !== null);
    this.#insist({ type: 'choose-status', agentId, statusId: this.#options.account.availableId }, () => person.until !== null);
    if (until < Number.MAX_SAFE_INTEGER) time.plan(until - time.now(), () => this.#leave(person));
    const { breakEvery, laptopClosesPerHour, dialsPerHour } = scenario.agentHabits;
    if (breakEvery) time.plan(drawMs(chance, breakEvery), () => this.#rest(person));
    this.#everySoOften(person, laptopClosesPerHour, () => this.#closeLaptop(person));
    this.#everySoOften(person, dialsPerHour, () => this.#dial(person));
  }

  /** Nobody signs out in the middle of a call: they try again until it is over. */
  #leave(person: Person): void {
    const { time, world, engine } = this.#options;
    const agent = world()?.agents.get(person.agent.agentId);
    if (agent?.state === 'signed-out') {
      person.until = null;
      for (const deviceId of person.agent.devices) engine.deviceOffline(deviceId);
      return;
    }
    this.#options.ask({ type: 'sign-out', agentId: person.agent.agentId, reason: 'asked' });
    time.plan(agent?.state === 'signed-in' && agent.contact.kind !== 'free' ? 30_000 : TRY_AGAIN_MS, () => this.#leave(person));
  }

  #rest(person: Person): void {
    const { time, chance, scenario } = this.#options;
    if (!this.#atWork(person)) return;
    const { agentId } = person.agent;
    person.onBreak = true;
    this.#insist({ type: 'choose-status', agentId, statusId: this.#options.account.breakId }, () => person.onBreak && person.until !== null);
    time.plan(drawMs(chance, scenario.agentHabits.breakFor), () => {
      person.onBreak = false;
      this.#insist({ type: 'choose-status', agentId, statusId: this.#options.account.availableId }, () => !person.onBreak && person.until !== null);
      const { breakEvery } = scenario.agentHabits;
      if (breakEvery && this.#atWork(person)) time.plan(drawMs(chance, breakEvery), () => this.#rest(person));
    });
  }

  #closeLaptop(person: Person): void {
    const { time, chance, scenario, engine } = this.#options;
    if (!person.laptopOpen) return;
    person.laptopOpen = false;
    const legs = [...this.#answered].flatMap(([legId, whose]) => (whose === person ? [legId] : []));
    const closedForMs = drawMs(chance, scenario.agentHabits.laptopClosedFor);
    time.plan(SILENT_MS, () => person.laptopOpen || legs.forEach((legId) => engine.stall(legId, true)));
    time.plan(UNREACHABLE_MS, () => person.laptopOpen || person.agent.devices.forEach((deviceId) => engine.deviceOffline(deviceId)));
    time.plan(closedForMs, () => {
      person.laptopOpen = true;
      for (const legId of legs) engine.stall(legId, false);
      if (person.until !== null) for (const deviceId of person.agent.devices) engine.deviceOnline(this.#options.account.account, deviceId);
    });
  }

  #dial(person: Person): void {
    const { engine, world, chance } = this.#options;
    const agent = world()?.agents.get(person.agent.agentId);
    if (!person.laptopOpen || agent?.state !== 'signed-in' || agent.contact.kind !== 'free') return;
    const deviceId = person.agent.devices[0]!;
    const legId = engine.dialOut({ account: this.#options.account.account, deviceId, caller: { number: '' }, dialled: callerNumber(chance.whole(1_000_000)) });
    this.#answered.set(legId, person);
  }

  #fillForm(agentId: UserId, afterServiceId: string): void {
    const { chance, scenario } = this.#options;
    this.#once(afterServiceId, drawMs(chance, scenario.agentHabits.afterService), () =>
      this.#insist({ type: 'finish-after-service', agentId, afterServiceId }, () => this.#options.world()?.afterServices.has(afterServiceId) ?? true),
    );
  }

  #comeBack(agentId: UserId): void {
    const { chance, world } = this.#options;
    const stillAway = (): boolean => {
      const agent = world()?.agents.get(agentId);
      return agent === undefined || (agent.state === 'signed-in' && agent.pause.kind === 'not-answering');
    };
    this.#once(`return ${agentId}`, chance.between(15_000, 40_000), () => this.#insist({ type: 'return-from-not-answering', agentId }, stillAway));
  }

  #perhapsHold(agentId: UserId): void {
    const { chance, scenario, time, world, ask } = this.#options;
    if (!chance.happens(scenario.agentHabits.hold)) return;
    const callOf = (): string | undefined => {
      const agent = world()?.agents.get(agentId);
      return agent?.state === 'signed-in' && agent.contact.kind !== 'free' ? agent.contact.callId : undefined;
    };
    time.plan(chance.between(5_000, 30_000), () => {
      const callId = callOf();
      if (callId === undefined) return;
      ask({ type: 'hold-call', agentId, callId });
      time.plan(chance.between(5_000, 60_000), () => callOf() === callId && ask({ type: 'resume-call', agentId, callId }));
    });
  }

  /** Asks until control has heard it. What became of it shows on the screen. */
  #insist(command: PersonInput, still: () => boolean): void {
    if (!still() || this.#options.ask(command)) return;
    this.#options.time.plan(TRY_AGAIN_MS, () => this.#insist(command, still));
  }

  #once(what: string, delayMs: number, run: () => void): void {
    if (this.#planned.has(what)) return;
    this.#planned.add(what);
    this.#options.time.plan(delayMs, () => {
      this.#planned.delete(what);
      run();
    });
  }

  #everySoOften(person: Person, perHour: number, run: () => void): void {
    if (perHour <= 0) return;
    const { time, chance } = this.#options;
    time.plan(chance.exponential(3_600_000 / perHour), () => {
      if (!this.#atWork(person)) return;
      run();
      this.#everySoOften(person, perHour, run);
    });
  }

  #atWork(person: Person): boolean {
    return person.until !== null && this.#options.time.now() < person.until;
  }
}
