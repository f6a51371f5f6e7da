import type { DeviceId, LegCause, LegId } from '@centralita/kernel';
import type { Trunk } from '../port/index.ts';
import { SimulatedEngine, type World } from '../simulated/engine.ts';
import { ControlSeat } from './control-seat.ts';
import type { FarDevice, FarEnd } from './far-end.ts';
import type { PortHarness } from './port-harness.ts';

/** How a far end hears of the end of a call that was never answered. */
const STATUS: Partial<Record<LegCause, number>> = { busy: 486, declined: 603, 'not-found': 404, congestion: 503 };
const CANCELLED = 487;

/** The simulated engine on real time. Its people have no ears, and it has one control at a time. */
export class SimulatedHarness implements PortHarness, World {
  readonly account = 'acc_ferreteria';
  readonly number = '+34910000001';
  readonly musicHertz = 0;
  readonly sound = false;
  readonly #engine = new SimulatedEngine({ now: Date.now, after: (delayMs, run) => cancelling(setTimeout(run, delayMs)) });
  readonly #calls = new Map<LegId, SimulatedCall>();
  readonly #devices = new Map<DeviceId, SimulatedDevice>();

  constructor() {
    this.#engine.inhabit(this);
  }

  connect({ epoch }: { readonly epoch: number }): Promise<ControlSeat> {
    return Promise.resolve(new ControlSeat(this.#engine, epoch));
  }

  cut(): void {
    throw new Error('there is no wire');
  }

  customer(): Promise<FarEnd> {
    const legId = this.#engine.callIn({ account: this.account, trunkId: null, caller: { number: '+34600000001' }, dialled: this.number });
    return Promise.resolve(this.#at(legId));
  }

  device(): Promise<FarDevice> {
    const device = new SimulatedDevice(`dev_${this.#devices.size + 1}`);
    this.#devices.set(device.deviceId, device);
    this.#engine.deviceOnline(this.account, device.deviceId);
    return Promise.resolve(device);
  }

  offlineDevice(): Promise<string> {
    return Promise.resolve('dev_away');
  }

  carrier(): Promise<{ readonly trunk: Trunk; nextCall(): Promise<FarEnd> }> {
    return Promise.reject(new Error('who is dialled is told to the world, whatever the trunk'));
  }

  recording(): Promise<readonly Int16Array[]> {
    return Promise.reject(new Error('nothing is recorded'));
  }

  close(): Promise<void> {
    return this.#engine.close();
  }

  ringing(legId: LegId, deviceId: DeviceId): void {
    this.#devices.get(deviceId)?.rings(this.#at(legId));
  }

  answered(legId: LegId): void {
    this.#at(legId).wasAnswered();
  }

  ended(legId: LegId, cause: LegCause): void {
    this.#at(legId).hasEnded(cause);
    this.#calls.delete(legId);
  }

  dialled(): void {}
  hears(): void {}
  joined(): void {}
  replaced(): void {}

  #at(legId: LegId): SimulatedCall {
    const known = this.#calls.get(legId);
    if (known !== undefined) return known;
    const call = new SimulatedCall(this.#engine, legId);
    this.#calls.set(legId, call);
    return call;
  }
}

class SimulatedDevice implements FarDevice {
  readonly deviceId: DeviceId;
  readonly #calls: FarEnd[] = [];
  readonly #waiting: ((call: FarEnd) => void)[] = [];

  constructor(deviceId: DeviceId) {
    this.deviceId = deviceId;
  }

  rings(call: FarEnd): void {
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#calls.push(call);
    else waiting(call);
  }

  nextCall(): Promise<FarEnd> {
    const call = this.#calls.shift();
    return call === undefined ? new Promise((resolve) => this.#waiting.push(resolve)) : Promise.resolve(call);
  }
}

class SimulatedCall implements FarEnd {
  readonly digits: readonly string[] = [];
  readonly #engine: SimulatedEngine;
  readonly #legId: LegId;
  readonly #answered = Promise.withResolvers<void>();
  readonly #ended = Promise.withResolvers<number>();
  #up = false;

  constructor(engine: SimulatedEngine, legId: LegId) {
    this.#engine = engine;
    this.#legId = legId;
  }

  get answered(): Promise<void> {
    return this.#answered.promise;
  }

  get ended(): Promise<number> {
    return this.#ended.promise;
  }

  get early(): Promise<void> {
    return silent();
  }

  wasAnswered(): void {
    this.#up = true;
    this.#answered.resolve();
  }

  hasEnded(cause: LegCause): void {
    this.#ended.resolve(this.#up ? 0 : (STATUS[cause] ?? CANCELLED));
  }

  /** The engine rings a device by itself. */
  ring(): void {}

  answer(): void {
    this.#engine.pickUp(this.#legId);
  }

  decline(status: number): void {
    const cause = (Object.keys(STATUS) as LegCause[]).find((one) => STATUS[one] === status) ?? 'declined';
    this.#engine.fail(this.#legId, 'far-end', cause, status);
  }

  hangUp(): void {
    this.#engine.hangUp(this.#legId, this.#up ? 'hung-up' : 'cancelled');
  }

  press(digits: string): void {
    for (const digit of digits) this.#engine.press(this.#legId, digit);
  }

  say(): void {}
  hears = silent;
  loudest = silent;
  hold = silent;
  resume = silent;
}

const silent = (): Promise<never> => Promise.reject(new Error('simulated people say nothing'));

const cancelling = (timer: NodeJS.Timeout) => (): void => clearTimeout(timer);
