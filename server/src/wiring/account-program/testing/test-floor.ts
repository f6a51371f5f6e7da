import { formatId, type Facts, type IdKind } from '@centralita/kernel';
import type { ConfigurationChange, FloorAgent, FloorFlow, FloorQueue } from '../../../capabilities/accounts/index.ts';
import type { TelephonyFact } from '../../../telephony/port/index.ts';
import type { FloorEvent, FloorEventOf, FloorEventType } from '../events.ts';
import type { Input } from '../input.ts';
import { brokenInvariants } from '../invariants.ts';
import { createAccountProgram } from '../program.ts';
import type { World } from '../world.ts';
import { TestSwitch } from './test-switch.ts';

export const START = 1_800_000_000_000;

export const VENTAS: FloorQueue = {
  selection: 'longest-idle',
  requiredSkills: [],
  preferredSkills: [],
  relaxing: [],
  priority: 50,
  ageingPerMinute: 1,
  ringTimeoutMs: 20_000,
  maximumWaitMs: null,
  maximumSize: null,
  overflow: { kind: 'message', prompt: 'closing' },
  afterServiceLimitMs: 60_000,
  serviceLevelThresholdMs: 20_000,
  shortAbandonMs: 5_000,
  announceEveryMs: 45_000,
  music: 'cord',
  recorded: true,
  language: 'es',
};

export const AGENT: FloorAgent = { skills: [], queues: [{ queueId: 'que_ventas', priority: 1 }], extension: null, outgoingCalls: true, initialStatusId: 'sta_available' };

export const MENU: FloorFlow = {
  version: 1,
  language: 'es',
  start: 'answer',
  steps: {
    answer: { kind: 'answer', next: 'greeting' },
    greeting: { kind: 'play', items: [{ kind: 'prompt', name: 'greeting' }], next: 'menu' },
    menu: {
      kind: 'menu',
      items: [{ kind: 'prompt', name: 'main-menu' }],
      timeoutMs: 6_000,
      attempts: 2,
      options: { 1: { label: 'Ventas', next: 'ventas' }, 9: { label: 'Otra vez', next: 'greeting' } },
      wrongKey: [{ kind: 'prompt', name: 'wrong-key' }],
      otherwise: 'bye',
    },
    ventas: { kind: 'queue', queueId: 'que_ventas' },
    bye: { kind: 'hang-up' },
  },
};

const STRAIGHT: FloorFlow = { version: 1, language: 'es', start: 'answer', steps: { answer: { kind: 'answer', next: 'ventas' }, ventas: { kind: 'queue', queueId: 'que_ventas' } } };

/**
 * Ferretería Central in a test: the program on a world, a small switch, a clock that moves by hand. Every turn is checked
 * against the invariants; refusals are rolled back, as the floor does.
 */
export class TestFloor {
  readonly program = createAccountProgram();
  readonly world: World = this.program.createWorld('acc_ferreteria');
  readonly switch = new TestSwitch();
  readonly events: FloorEvent[] = [];
  readonly refusals: string[] = [];
  readonly timers = new Map<string, { readonly at: number; readonly input: Input }>();
  now = START;
  /** Off: facts wait until `deliver` or `deliverFrom`. */
  delivering = true;
  #drawn = 0;
  #seq = 0;

  constructor(queue: Partial<FloorQueue> = {}, flow: FloorFlow = STRAIGHT) {
    this.configure({ entity: 'status', id: 'sta_available', value: { takesQueueWork: true } });
    this.configure({ entity: 'status', id: 'sta_lunch', value: { takesQueueWork: false } });
    this.configure({ entity: 'queue', id: 'que_ventas', value: { ...VENTAS, ...queue } });
    this.configure({ entity: 'flow', id: 'flo_main', value: flow });
    this.configure({ entity: 'number', id: 'num_main', value: { number: '+5491140000000', flowId: 'flo_main', trunkId: null, public: true } });
  }

  configure(change: Omit<Extract<ConfigurationChange, { entity: 'queue' }>, 'position'> | Omit<ConfigurationChange, 'position'>): void {
    this.submit({ type: 'configuration', change: { position: ++this.#seq, ...change } as ConfigurationChange });
  }

  /** Hires, signs in and connects an agent with these devices. */
  hire(agentId: string, settings: Partial<FloorAgent> = {}, devices: readonly string[] = [`dev_${agentId}`]): void {
    this.configure({ entity: 'agent', id: agentId, value: { ...AGENT, ...settings } });
    for (const deviceId of devices) this.submit({ type: 'sign-in', agentId, deviceId });
    for (const deviceId of devices) this.online(deviceId);
  }

  /** @returns the refusal, if any */
  submit(input: Input): string | undefined {
    const tables = Object.values(this.world.tables);
    for (const table of tables) table.mark();
    let outcome;
    try {
      outcome = this.program.decide(this.world, input, this.#facts());
    } catch (error) {
      for (const table of tables) table.takeBack();
      throw error;
    }
    if ('refusal' in outcome) {
      for (const table of tables) table.takeBack();
      this.refusals.push(outcome.refusal);
      return outcome.refusal;
    }
    for (const table of tables) table.keep();
    this.events.push(...outcome.events);
    for (const timer of outcome.timers) {
      if (timer.change === 'set') this.timers.set(timer.id, { at: timer.at, input: timer.input as Input });
      else this.timers.delete(timer.id);
    }
    const broken = brokenInvariants(this.world);
    if (broken.length > 0) throw new Error(`after ${JSON.stringify(input)}:\n${broken.join('\n')}\n${this.events.slice(-20).map((event) => JSON.stringify(event)).join('\n')}`);
    for (const { command } of outcome.effects) this.switch.perform(command);
    if (this.delivering) this.deliver();
    return undefined;
  }

  /** Everything the switch has seen, in the order of its lines, until nothing more comes of it. */
  deliver(): void {
    let left = 5_000;
    for (let [line] = this.switch.lines.keys(); line !== undefined; [line] = this.switch.lines.keys()) {
      if (left-- === 0) throw new Error(`floor and switch answer each other without end: ${this.events.slice(-12).map((event) => event.type).join(', ')}`);
      this.deliverFrom(line);
    }
  }

  deliverFrom(line: string): void {
    const facts = this.switch.lines.get(line);
    const fact = facts?.shift();
    if (facts?.length === 0) this.switch.lines.delete(line);
    if (fact) this.submit({ type: 'telephony', seq: ++this.#seq, at: this.now, fact });
  }

  fact(fact: TelephonyFact): string | undefined {
    return this.submit({ type: 'telephony', seq: ++this.#seq, at: this.now, fact });
  }

  /** Moves the clock, firing what falls due on the way. */
  advance(ms: number): void {
    const until = this.now + ms;
    for (;;) {
      const [next] = [...this.timers].filter(([, { at }]) => at <= until).sort(([a, x], [b, y]) => x.at - y.at || (a < b ? -1 : 1));
      if (!next) break;
      const [id, { at, input }] = next;
      this.timers.delete(id);
      this.now = Math.max(this.now, at);
      this.submit(input);
    }
    this.now = until;
  }

  online(deviceId: string): void {
    this.fact({ type: 'device-online', deviceId });
  }

  /** A customer calls the main number. @returns the leg's id */
  arrives(name: string, dialled = '5491140000000'): string {
    const legId = `leg_${name}`;
    this.act(() => this.switch.offer(legId, { kind: 'loopback' }, `per_${name}`, dialled));
    return legId;
  }

  /** Something people or phones do at the switch, and what comes of it. */
  act(doing: () => void): void {
    doing();
    if (this.delivering) this.deliver();
  }

  answers(deviceId: string): void {
    this.act(() => this.switch.pickUp(this.ringing(deviceId)));
  }

  hangsUp(legId: string): void {
    this.act(() => this.switch.end(legId, 'far-end', 'hung-up'));
  }

  ringing(deviceId: string): string {
    return [...this.switch.legs.values()].find((leg) => leg.deviceId === deviceId && leg.state === 'ringing')?.legId ?? 'nothing-rings';
  }

  legOf(deviceId: string): string {
    return [...this.switch.legs.values()].find((leg) => leg.deviceId === deviceId)?.legId ?? 'no-leg';
  }

  all<Type extends FloorEventType>(type: Type): FloorEventOf<Type>[] {
    return this.events.filter((event): event is FloorEventOf<Type> => event.type === type);
  }

  last<Type extends FloorEventType>(type: Type): FloorEventOf<Type> {
    const found = this.all(type).at(-1);
    if (!found) throw new Error(`no ${type} yet; the last ones: ${this.events.slice(-12).map((event) => event.type).join(', ')}`);
    return found;
  }

  /** What the leg is played now: `prompt:greeting music:cord`. */
  playing(legId: string): string {
    const items = this.switch.legs.get(legId)?.play?.command.items ?? [];
    return items.map((item) => ('name' in item ? `${item.kind}:${item.name}` : item.kind === 'number' ? `number:${item.value}` : item.kind)).join(' ');
  }

  /** The live tables' rows, and what a world has that was made of the events alone. */
  rows(world: World = this.world): Record<string, Record<string, unknown>> {
    return Object.fromEntries(Object.entries(world.tables).map(([name, table]) => [name, Object.fromEntries([...table.entries()].sort(([a], [b]) => (a < b ? -1 : 1)))]));
  }

  replayed(): World {
    const world = this.program.createWorld(this.world.account);
    for (const event of JSON.parse(JSON.stringify(this.events)) as FloorEvent[]) this.program.evolve(world, this.program.upcast(event, this.program.version));
    return world;
  }

  #facts(): Facts {
    const now = this.now;
    return {
      now,
      draw: (kind: IdKind) => {
        const entropy = new Uint8Array(10);
        new DataView(entropy.buffer).setUint32(6, ++this.#drawn);
        return formatId(kind, now, entropy);
      },
      chance: () => 0.5,
    };
  }
}
