import { type AccountId, type Clock, type DeviceId, ignoreFailure, type TrunkId, type UserId } from '@centralita/kernel';
import { Crowd, type CrowdHabits } from '../telephony/simulated/crowd.ts';
import { type Scheduler, SimulatedEngine } from '../telephony/simulated/engine.ts';
import type { FloorEvent } from './account-program/index.ts';
import type { Floors, FloorTurn } from './floors.ts';

/** Busy enough to look at: twelve agents, about nine of them at work at any moment. */
const HABITS: CrowdHabits = {
  callsPerMinute: 7,
  menuKeys: [
    { key: '1', weight: 3 },
    { key: '2', weight: 2 },
  ],
  patienceMs: 75_000,
  talkMs: 65_000,
  answerMs: [1_500, 6_000],
  unnoticed: 0.03,
};
const BREAK_EVERY_MS = 90_000;
const SPREAD_MS = 4_000;

/** Real time for the simulated world; everything it has planned is forgotten together. */
class RealTime implements Scheduler {
  readonly #clock: Clock;
  readonly #planned = new Set<NodeJS.Timeout>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  now(): number {
    return this.#clock.now();
  }

  after(delayMs: number, run: () => void): () => void {
    const timer = setTimeout(() => {
      this.#planned.delete(timer);
      run();
    }, delayMs);
    this.#planned.add(timer);
    return () => {
      this.#planned.delete(timer);
      clearTimeout(timer);
    };
  }

  forgetAll(): void {
    for (const timer of this.#planned) clearTimeout(timer);
    this.#planned.clear();
  }
}

/**
 * The account that lives by itself: simulated customers and agents at the far ends of a simulated engine. Its figures come from
 * the same machines and projections as everybody's.
 */
export class LiveDemo {
  readonly account: AccountId;
  readonly #floors: Floors;
  readonly #time: RealTime;
  readonly #engine: SimulatedEngine;
  #crowd: Crowd | undefined;

  constructor(account: AccountId, floors: Floors, clock: Clock) {
    this.account = account;
    this.#floors = floors;
    this.#time = new RealTime(clock);
    this.#engine = new SimulatedEngine(this.#time);
    this.#engine.onEvent((event) => ignoreFailure('an event of the live demo', floors.takeEvent(account, event, 0)));
  }

  get running(): boolean {
    return this.#crowd !== undefined;
  }

  /** Restores the account; calls of an earlier process ended with it. */
  async open(): Promise<void> {
    const floor = await this.#floors.open(this.account, this.#engine);
    await floor.submit({ type: 'switch-snapshot', snapshot: await this.#engine.snapshot() });
    floor.setConnected(true);
    floor.start();
    await this.#signEverybodyOut();
  }

  /** Agents come in over a few seconds, then customers call. */
  start(): void {
    const world = this.#floors.world(this.account);
    const number = [...(world?.numbers.values() ?? [])][0];
    if (this.#crowd || !world || !number?.trunkId) return;
    this.#crowd = new Crowd({ engine: this.#engine, scheduler: this.#time, chance: Math.random, account: this.account, trunkId: number.trunkId as TrunkId, number: number.number, habits: HABITS });
    for (const [deviceId, device] of world.deviceSettings.entries()) {
      if (device.userId) this.#signIn(device.userId, deviceId);
    }
    this.#time.after(SPREAD_MS, () => this.#crowd?.start());
    this.#planBreak();
  }

  /** Everybody goes home at once: calls end, agents sign out, and nothing is planned any more. */
  async stop(): Promise<void> {
    const world = this.#floors.world(this.account);
    if (!this.#crowd || !world) return;
    this.#crowd.stop();
    this.#crowd = undefined;
    this.#time.forgetAll();
    for (const leg of (await this.#engine.snapshot()).legs) this.#engine.hangUp(leg.legId);
    await this.#signEverybodyOut();
    for (const deviceId of [...world.deviceSettings.keys()]) this.#engine.deviceOffline(deviceId);
  }

  async close(): Promise<void> {
    this.#time.forgetAll();
    await this.#engine.close();
  }

  /** What agents do by themselves after the floor has told them something. */
  took(turn: FloorTurn): void {
    if (!this.#crowd || turn.account !== this.account) return;
    for (const event of turn.events) this.#react(event);
  }

  #react(event: FloorEvent): void {
    if (event.type === 'after-service-started') {
      const { agentId, afterServiceId } = event;
      this.#later(3_000, 14_000, () => this.#floors.submit(this.account, { type: 'finish-after-service', agentId, afterServiceId }));
    }
    if (event.type === 'activity-changed' && event.activity === 'not-answering') {
      const { agentId } = event;
      this.#later(15_000, 40_000, () => this.#floors.submit(this.account, { type: 'return-from-not-answering', agentId }));
    }
  }

  async #signEverybodyOut(): Promise<void> {
    for (const [agentId, agent] of [...(this.#floors.world(this.account)?.agents.entries() ?? [])]) {
      if (agent.state === 'signed-in') await this.#floors.submit(this.account, { type: 'sign-out', agentId, reason: 'session-ended' });
    }
  }

  #signIn(agentId: UserId, deviceId: DeviceId): void {
    this.#later(0, SPREAD_MS, async () => {
      this.#engine.deviceOnline(this.account, deviceId);
      await this.#floors.submit(this.account, { type: 'sign-in', agentId, deviceId });
      await this.#choose(agentId, true);
    });
  }

  #planBreak(): void {
    this.#time.after(BREAK_EVERY_MS * (0.5 + Math.random()), () => {
      if (!this.#crowd) return;
      const signedIn = [...(this.#floors.world(this.account)?.agents.entries() ?? [])].filter(([, agent]) => agent.state === 'signed-in');
      const agentId = signedIn[Math.floor(Math.random() * signedIn.length)]?.[0];
      if (agentId !== undefined) {
        ignoreFailure('a break in the live demo', this.#choose(agentId, false));
        this.#later(60_000, 150_000, () => this.#choose(agentId, true));
      }
      this.#planBreak();
    });
  }

  async #choose(agentId: UserId, working: boolean): Promise<void> {
    const statuses = [...(this.#floors.world(this.account)?.statuses.entries() ?? [])].filter(([, status]) => status.takesQueueWork === working);
    const statusId = statuses[Math.floor(Math.random() * statuses.length)]?.[0];
    if (statusId !== undefined) await this.#floors.submit(this.account, { type: 'choose-status', agentId, statusId });
  }

  #later(fromMs: number, toMs: number, work: () => Promise<unknown>): void {
    this.#time.after(fromMs + Math.random() * (toMs - fromMs), () => ignoreFailure('a step of the live demo', work()));
  }
}
