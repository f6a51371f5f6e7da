import { ignoreFailure } from '@centralita/kernel';
import type { ConfigurationChange } from '@centralita/server/capabilities/accounts/index.ts';
import { CommitLine } from '@centralita/server/floor/commit-line.ts';
import { NO_SPOOL } from '@centralita/server/floor/testing/no-spool.ts';
import { PostgresJournal } from '@centralita/server/storage/journal.postgres.ts';
import type { Pool } from '@centralita/server/storage/pool.ts';
import { type Scheduler, SimulatedEngine } from '@centralita/server/telephony/simulated/engine.ts';
import { createAccountProgram } from '@centralita/server/wiring/account-program/index.ts';
import { Floors, type FloorTurn } from '@centralita/server/wiring/floors.ts';
import { SwitchLine } from '@centralita/server/wiring/switch-line.ts';

const NUMBER = '+5491140000000';
const TRUNK = 'trk_bench';
/** As the product's own line (`floor-process.ts`). */
const PACE_MS = 5;

export interface FloorOptions {
  readonly pool: Pool;
  readonly account: string;
  readonly agents: number;
  /** Customers who wait or ring at any time. */
  readonly customers: number;
  /** An agent was given a customer, and PostgreSQL has it. */
  readonly onAssigned: (offerId: string, tookMs: number) => void;
}

/**
 * The product's floor, journal and commit line between a simulated switch and customers who hang up as soon as an agent rings for
 * them, so that the agent is free for the next one: nothing is measured but assigning.
 */
export class AssigningFloor {
  readonly #options: FloorOptions;
  readonly #engine: SimulatedEngine;
  readonly #line: CommitLine;
  readonly #floors: Floors;
  readonly #cameAt = new Map<string, number>();
  #open = true;

  constructor(options: FloorOptions) {
    this.#options = options;
    const { pool, agents } = options;
    this.#engine = new SimulatedEngine(REAL_TIME, { kept: 1_000_000 });
    const store = new PostgresJournal(pool);
    this.#line = new CommitLine({ store, spool: NO_SPOOL, patienceMs: 60_000, paceMs: PACE_MS, onStorageAway: () => {}, onFenced: () => {} });
    const changes = configuration(agents);
    this.#floors = new Floors({
      program: createAccountProgram(),
      store,
      commitLine: this.#line,
      clock: { now: REAL_TIME.now },
      owner: 'bench',
      readOutbox: (_account, after) => Promise.resolve({ rows: changes.filter(({ position }) => position > after).map(({ position, entity, id, value }) => ({ position, entity, entityId: id, value })), more: false }) as never,
      onTurn: (turn) => this.#committed(turn),
      onAlarm: (name, detail) => console.error(`${name}: ${detail}`),
    });
  }

  async open(): Promise<void> {
    const { account, agents, customers } = this.#options;
    const floor = await this.#floors.open(account, { send: (id, command) => this.#engine.send(id, command, this.#floors.highestEpoch) });
    const line = new SwitchLine(this.#engine, 0, (of, event, committed) => this.#floors.takeEvent(of, event, committed));
    this.#engine.onEvent((event) => line.take(event));
    const snapshot = await this.#engine.snapshot();
    // Whatever a killed one had on the line is gone with it.
    await this.#floors.takeSnapshot(snapshot);
    line.skipTo(snapshot.seq);
    this.#floors.setConnected(true, [account]);
    floor.start();
    await Promise.all(Array.from({ length: agents }, (_, at) => this.#floors.submit(account, { type: 'sign-in', agentId: agentId(at), deviceId: null })));
    for (let at = 0; at < agents; at++) this.#engine.deviceOnline(account, deviceId(at));
    for (let at = 0; at < customers; at++) this.#call();
  }

  async close(): Promise<void> {
    this.#open = false;
    await this.#line.close();
    await this.#floors.close();
    await this.#engine.close();
  }

  #call(): void {
    const legId = this.#engine.callIn({ account: this.#options.account, trunkId: TRUNK, caller: { number: '+34600000000' }, dialled: NUMBER });
    this.#cameAt.set(legId, performance.now());
  }

  #committed(turn: FloorTurn): void {
    if (!this.#open) return;
    for (const event of turn.events) {
      if (event.type !== 'offer-made') continue;
      const call = this.#floors.world(this.#options.account)?.calls.get(event.callId);
      const legId = call?.state === 'open' ? call.customerLegId : undefined;
      if (legId === undefined) continue;
      this.#options.onAssigned(event.offerId, performance.now() - (this.#cameAt.get(legId) ?? Number.NaN));
      this.#cameAt.delete(legId);
      ignoreFailure('the next customer of a benchmark', () => {
        this.#engine.hangUp(legId);
        this.#call();
      });
    }
  }
}

const REAL_TIME: Scheduler = {
  now: () => Math.round(performance.timeOrigin + performance.now()),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

const agentId = (at: number): string => `usr_${String(at + 1).padStart(6, '0')}`;
const deviceId = (at: number): string => `dev_${String(at + 1).padStart(6, '0')}`;

/** One queue behind one number, and whoever serves it. */
function configuration(agents: number): readonly ConfigurationChange[] {
  const changes: ConfigurationChange[] = [];
  const add = (change: Omit<ConfigurationChange, 'position'>): void => void changes.push({ position: changes.length + 1, ...change } as ConfigurationChange);
  add({ entity: 'status', id: 'sta_available', value: { takesQueueWork: true } });
  add({
    entity: 'queue',
    id: 'que_bench',
    value: {
      selection: 'longest-idle',
      requiredSkills: [],
      preferredSkills: [],
      relaxing: [],
      priority: 50,
      ageingPerMinute: 0,
      ringTimeoutMs: 60_000,
      maximumWaitMs: null,
      maximumSize: null,
      overflow: { kind: 'message', prompt: 'closing' },
      afterServiceLimitMs: 0,
      serviceLevelThresholdMs: 20_000,
      shortAbandonMs: 0,
      announceEveryMs: 0,
      music: 'cord',
      recorded: false,
      language: 'es',
    },
  });
  add({ entity: 'flow', id: 'flo_bench', value: { version: 1, language: 'es', start: 'answer', steps: { answer: { kind: 'answer', next: 'queue' }, queue: { kind: 'queue', queueId: 'que_bench' } } } });
  add({ entity: 'trunk', id: TRUNK, value: { name: 'Bench', profile: { servers: ['sip:carrier.invalid:5060'], addressRanges: [], dialledFrom: 'request-uri', callerFrom: 'from', numberFormat: { kind: 'e164' }, channelLimit: 100_000, keepAliveSeconds: 30, outbound: false } } });
  add({ entity: 'number', id: 'num_bench', value: { number: NUMBER, flowId: 'flo_bench', trunkId: TRUNK, public: false } });
  for (let at = 0; at < agents; at++) {
    add({ entity: 'agent', id: agentId(at), value: { skills: [], queues: [{ queueId: 'que_bench', priority: 1 }], extension: null, outgoingCalls: false, initialStatusId: 'sta_available' } });
    add({ entity: 'device', id: deviceId(at), value: { userId: agentId(at), kind: 'phone' } });
  }
  return changes;
}
