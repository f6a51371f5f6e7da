import { type AccountId, type Clock, formatId, type IdKind, type Instant, mulberry32, type UserId } from '@centralita/kernel';
import type { ConfigurationChange } from '../../capabilities/accounts/index.ts';
import { CommitLine } from '../../floor/commit-line.ts';
import type { JournalStore, StoredSnapshot, StoredTurn } from '../../floor/journal-store.ts';
import { NO_SPOOL } from '../../floor/testing/no-spool.ts';
import { Crowd } from '../../telephony/simulated/crowd.ts';
import { type Scheduler, SimulatedEngine } from '../../telephony/simulated/engine.ts';
import type { PersonCommand } from '../../http/floor-port.ts';
import { AGENT, MENU, START, VENTAS } from '../account-program/testing/test-floor.ts';
import { createAccountProgram } from '../account-program/index.ts';
import { Floors, type FloorTurn } from '../floors.ts';

export interface DayOptions {
  readonly account?: AccountId;
  readonly seed: number;
  readonly minutes: number;
  /** How many, or who. */
  readonly agents?: number | readonly UserId[];
  readonly callsPerMinute?: number;
  /** Control is killed and started again this often: what it knows comes from snapshot and journal. */
  readonly restartEveryMinutes?: number;
  /** Where the journal goes instead of the one in memory that is answered. */
  readonly store?: JournalStore;
  readonly start?: Instant;
}

const NUMBER = '+5491140000000';
const TRUNK = 'trk_carrier';
const MINUTE_MS = 60_000;

/** A journal whose rows went through JSON, as PostgreSQL's do. */
export class RecordedJournal implements JournalStore {
  readonly turns: StoredTurn[] = [];
  readonly snapshots: StoredSnapshot[] = [];
  #epoch = 0;

  takeLease(): Promise<number> {
    return Promise.resolve(++this.#epoch);
  }

  appendTurns(turns: readonly StoredTurn[]): Promise<void> {
    for (const turn of turns) if (turn.seq === this.turns.length + 1) this.turns.push(JSON.parse(JSON.stringify(turn)) as StoredTurn);
    return Promise.resolve();
  }

  async *readTurns(_account: AccountId, afterSeq: number): AsyncIterable<StoredTurn> {
    await Promise.resolve();
    yield* this.turns.slice(afterSeq);
  }

  saveSnapshot(snapshot: StoredSnapshot): Promise<void> {
    this.snapshots.unshift(snapshot);
    return Promise.resolve();
  }

  async *loadSnapshots(): AsyncIterable<StoredSnapshot> {
    await Promise.resolve();
    yield* this.snapshots;
  }
}

/** Time that jumps to the next thing planned. */
class DayTime implements Clock, Scheduler {
  #now: Instant;
  #planned: { readonly at: Instant; readonly run: () => void }[] = [];

  constructor(start: Instant) {
    this.#now = start;
  }

  readonly now = (): Instant => this.#now;

  readonly plan = (delayMs: number, run: () => void): (() => void) => {
    const entry = { at: this.#now + Math.max(0, Math.round(delayMs)), run };
    let [low, high] = [0, this.#planned.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#planned[middle]!.at <= entry.at) low = middle + 1;
      else high = middle;
    }
    this.#planned.splice(low, 0, entry);
    return () => {
      const at = this.#planned.indexOf(entry);
      if (at >= 0) this.#planned.splice(at, 1);
    };
  };

  readonly after = this.plan;

  step(until: Instant): boolean {
    const next = this.#planned[0];
    if (!next || next.at > until) {
      this.#now = until;
      return false;
    }
    this.#planned.shift();
    this.#now = next.at;
    next.run();
    return true;
  }
}

/** What is drawn in a day, so that the same seed makes the same journal, byte for byte. */
class Draws {
  readonly chance: () => number;

  constructor(seed: number) {
    this.chance = mulberry32(seed);
  }

  readonly below = (count: number): number => Math.floor(this.chance() * count);
  readonly bytes = (count: number): Uint8Array => Uint8Array.from({ length: count }, () => this.below(256));
  readonly turnSeed = (): string => Buffer.from(this.bytes(16)).toString('base64url');
  readonly id = (of: IdKind, at: Instant): string => formatId(of, at, this.bytes(10));
}

/**
 * A day of Ferretería Central with everything real but the telephones and the database: customers with patience, a menu, two
 * queues, agents who answer, hold, decline, dial, rest, and lose their connection; a change of configuration now and then, and
 * control killed in between. The same options give the same journal.
 */
export async function recordDay(options: DayOptions): Promise<{ readonly account: AccountId; readonly journal: RecordedJournal }> {
  const day = new Day(options);
  await day.live();
  return { account: day.account, journal: day.journal };
}

class Day {
  readonly account: AccountId;
  readonly journal = new RecordedJournal();
  readonly #options: DayOptions;
  readonly #time: DayTime;
  readonly #draws: Draws;
  readonly #engine: SimulatedEngine;
  readonly #changes: ConfigurationChange[] = [];
  readonly #people: readonly UserId[];
  #floors: Floors | undefined;
  #commitLine: CommitLine | undefined;

  constructor(options: DayOptions) {
    this.#options = options;
    this.account = options.account ?? 'acc_ferreteria';
    this.#time = new DayTime(options.start ?? START);
    this.#draws = new Draws(options.seed);
    this.#engine = new SimulatedEngine(this.#time, { draw: this.#draws.id });
    this.#engine.onEvent((event) => void this.#floors?.takeEvent(this.account, event, event.seq));
    const { agents = 4 } = options;
    this.#people = typeof agents === 'number' ? Array.from({ length: agents }, (_, at) => `usr_${at + 1}`) : agents;
  }

  async live(): Promise<void> {
    const { minutes, restartEveryMinutes } = this.#options;
    this.#configure();
    await this.#start();
    const crowd = new Crowd({
      engine: this.#engine,
      scheduler: this.#time,
      chance: this.#draws.chance,
      account: this.account,
      trunkId: TRUNK,
      number: NUMBER,
      habits: { callsPerMinute: this.#options.callsPerMinute ?? 3, menuKeys: [{ key: '1', weight: 3 }, { key: '2', weight: 2 }, { key: '7', weight: 1 }], patienceMs: 60_000, talkMs: 50_000, answerMs: [1_500, 6_000], unnoticed: 0.1 },
    });
    for (const agentId of this.#people) await this.#comes(agentId);
    crowd.start();
    this.#bustle();
    const end = this.#time.now() + minutes * MINUTE_MS;
    for (let minute = 1, at = this.#time.now() + MINUTE_MS; at <= end; minute++, at += MINUTE_MS) {
      while (this.#time.step(at)) await this.#settled();
      await this.#floors!.takeSnapshots();
      if (restartEveryMinutes && minute % restartEveryMinutes === 0) await this.#start();
    }
    crowd.stop();
    await this.#floors!.close();
    await this.#engine.close();
  }

  #configure(): void {
    const add = (change: Omit<ConfigurationChange, 'position'>) => void this.#changes.push({ position: this.#changes.length + 1, ...change } as ConfigurationChange);
    const menu = MENU.steps['menu'];
    const flow = { ...MENU, steps: { ...MENU.steps, menu: { ...menu, options: { 1: { label: 'Ventas', next: 'ventas' }, 2: { label: 'Posventa', next: 'posventa' } } }, posventa: { kind: 'queue', queueId: 'que_posventa' } } };
    add({ entity: 'status', id: 'sta_available', value: { takesQueueWork: true } });
    add({ entity: 'status', id: 'sta_lunch', value: { takesQueueWork: false } });
    add({ entity: 'queue', id: 'que_ventas', value: { ...VENTAS, maximumWaitMs: 45_000, overflow: { kind: 'queue', queueId: 'que_posventa' }, relaxing: [{ afterMs: 20_000, required: [] }], requiredSkills: [{ skillId: 'skl_ventas', level: 2 }] } });
    add({ entity: 'queue', id: 'que_posventa', value: { ...VENTAS, selection: 'most-qualified', priority: 60, preferredSkills: [{ skillId: 'skl_ventas', level: 1 }], afterServiceLimitMs: 20_000 } });
    add({ entity: 'flow', id: 'flo_main', value: flow } as never);
    add({ entity: 'trunk', id: TRUNK, value: { name: 'Carrier', profile: { servers: ['sip:carrier.invalid:5060'], addressRanges: [], dialledFrom: 'request-uri', callerFrom: 'from', numberFormat: { kind: 'e164' }, channelLimit: 1_000, keepAliveSeconds: 30, outbound: true } } });
    add({ entity: 'number', id: 'num_main', value: { number: NUMBER, flowId: 'flo_main', trunkId: TRUNK, public: false } });
    for (const [at, agentId] of this.#people.entries()) {
      add({ entity: 'agent', id: agentId, value: { ...AGENT, extension: String(101 + at), skills: [{ skillId: 'skl_ventas', level: 1 + (at % 5) }], queues: at % 3 === 0 ? [{ queueId: 'que_ventas', priority: 1 }] : [{ queueId: 'que_ventas', priority: 2 }, { queueId: 'que_posventa', priority: 1 }] } });
      add({ entity: 'device', id: deviceOf(agentId), value: { userId: agentId, kind: 'phone' } });
    }
  }

  /** The first start, or one after a kill: the floor of before is gone, and the engine is not. */
  async #start(): Promise<void> {
    const killed = this.#floors;
    this.#floors = undefined;
    await killed?.close();
    const store = this.#options.store ?? this.journal;
    const commitLine = new CommitLine({ store, spool: NO_SPOOL, clock: this.#time, onStorageAway: () => {}, onFenced: () => {} });
    this.#commitLine = commitLine;
    const floors = new Floors({
      program: createAccountProgram(),
      store,
      commitLine,
      clock: this.#time,
      drawSeed: this.#draws.turnSeed,
      drawId: this.#draws.id,
      owner: 'recorded day',
      readOutbox: (_account, after) => Promise.resolve({ rows: this.#changes.filter(({ position }) => position > after).map(({ position, entity, id, value }) => ({ position, entity, entityId: id, value })), more: false }),
      onTurn: (turn) => this.#saw(turn),
      onAlarm: (name, detail) => {
        throw new Error(`${name}: ${detail}`);
      },
    });
    const floor = await floors.open(this.account, this.#engine);
    this.#floors = floors;
    await floor.submit({ type: 'switch-snapshot', snapshot: await this.#engine.snapshot() });
    floor.setConnected(true);
    floor.start();
    await this.#settled();
  }

  /** Whatever has been set going by the last step is done. In memory that takes microtasks; PostgreSQL says when. */
  async #settled(): Promise<void> {
    await new Promise((done) => setImmediate(done));
    while (this.#commitLine!.uncommitted > 0) await new Promise((done) => setImmediate(done));
  }

  #ask(command: PersonCommand): Promise<unknown> {
    return this.#floors?.submit(this.account, command) ?? Promise.resolve();
  }

  async #comes(agentId: UserId): Promise<void> {
    this.#engine.deviceOnline(this.account, deviceOf(agentId));
    await this.#ask({ type: 'sign-in', agentId, deviceId: null });
    await this.#ask({ type: 'choose-status', agentId, statusId: 'sta_available' });
  }

  #saw({ events }: FloorTurn): void {
    for (const event of events) {
      if (event.type === 'after-service-started') this.#time.plan(3_000 + this.#draws.below(30_000), () => void this.#ask({ type: 'finish-after-service', agentId: event.agentId, afterServiceId: event.afterServiceId }));
      if (event.type === 'activity-changed' && event.activity === 'not-answering') this.#time.plan(10_000, () => void this.#ask({ type: 'return-from-not-answering', agentId: event.agentId }));
    }
  }

  /** Every few seconds somebody does something that was not planned. */
  #bustle(): void {
    this.#time.plan(1_000 + this.#draws.below(8_000), () => {
      this.#somethingHappens(this.#people[this.#draws.below(this.#people.length)]!);
      this.#bustle();
    });
  }

  #somethingHappens(agentId: UserId): void {
    const agent = this.#floors?.world(this.account)?.agents.get(agentId);
    const contact = agent?.state === 'signed-in' ? agent.contact : undefined;
    const doings: (() => unknown)[] = [
      () => contact?.kind === 'talking' && this.#ask({ type: 'hold-call', agentId, callId: contact.callId }),
      () => contact?.kind === 'holding' && this.#ask({ type: 'resume-call', agentId, callId: contact.callId }),
      () => contact?.kind === 'holding' && this.#ask({ type: 'resume-call', agentId, callId: contact.callId }),
      () => contact?.kind === 'talking' && this.#ask({ type: 'pause-recording', agentId, callId: contact.callId }),
      () => contact?.kind === 'offered' && contact.by.kind === 'queue' && this.#ask({ type: 'decline-offer', agentId, offerId: contact.by.offerId }),
      () => this.#rests(agentId),
      () => this.#engine.dialOut({ account: this.account, deviceId: deviceOf(agentId), caller: { number: '' }, dialled: this.#draws.below(2) === 0 ? '+34600000999' : '102' }),
      () => this.#losesConnection(agentId),
      () => this.#draws.below(3) === 0 && this.#changesQueue(),
      () => this.#draws.below(3) === 0 && this.#ask({ type: 'sign-out', agentId, reason: 'asked' }),
      () => this.#comes(agentId),
    ];
    void doings[this.#draws.below(doings.length)]!();
  }

  #rests(agentId: UserId): void {
    void this.#ask({ type: 'choose-status', agentId, statusId: 'sta_lunch' });
    this.#time.plan(30_000, () => void this.#ask({ type: 'choose-status', agentId, statusId: 'sta_available' }));
  }

  #losesConnection(agentId: UserId): void {
    if (this.#draws.below(3) > 0) return;
    this.#engine.deviceOffline(deviceOf(agentId));
    this.#time.plan(8_000, () => this.#engine.deviceOnline(this.account, deviceOf(agentId)));
  }

  #changesQueue(): void {
    const queue = this.#floors?.world(this.account)?.queues.get('que_ventas');
    if (!queue) return;
    this.#changes.push({ position: this.#changes.length + 1, entity: 'queue', id: 'que_ventas', value: { ...queue, ringTimeoutMs: 8_000 + 2_000 * this.#draws.below(6) } });
    void this.#floors?.takeConfiguration(this.account);
  }
}

const deviceOf = (agentId: UserId): string => `dev_${agentId}`;


/** Into one store, and into a record beside it. */
export function recordedBeside(store: JournalStore, record: RecordedJournal): JournalStore {
  return {
    takeLease: (account, owner) => store.takeLease(account, owner),
    appendTurns: async (turns) => {
      await store.appendTurns(turns);
      await record.appendTurns(turns);
    },
    readTurns: (account, after) => store.readTurns(account, after),
    saveSnapshot: (snapshot) => store.saveSnapshot(snapshot),
    ...(store.savePastSnapshot && { savePastSnapshot: (snapshot: StoredSnapshot) => store.savePastSnapshot!(snapshot) }),
    loadSnapshots: (account) => store.loadSnapshots(account),
  };
}
