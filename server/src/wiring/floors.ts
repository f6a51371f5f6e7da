import { type AccountId, type Clock, refuse, type Result } from '@centralita/kernel';
import { AccountFloor } from '../floor/account-floor.ts';
import type { CommitLine } from '../floor/commit-line.ts';
import type { JournalStore } from '../floor/journal-store.ts';
import type { AccountProgram, FloorRefusal, Turn } from '../floor/program.ts';
import type { Positions } from '../floor/snapshot.ts';
import type { FloorPort, PersonCommand } from '../http/floor-port.ts';
import type { OutboxRead } from '../storage/outbox.postgres.ts';
import type { SwitchSnapshot, TelephonyEvent, TelephonyPort } from '../telephony/port/index.ts';
import type { FloorEvent, Input, World } from './account-program/index.ts';
import { ConfigurationLine } from './configuration-line.ts';
import { type DrawId, type PositionedTelephonyInput, takeIn, takeInSnapshot } from './intake.ts';

export type FloorTurn = Turn<Input, FloorEvent>;
type CommitListener = Parameters<FloorPort['onCommitted']>[0];
type Floor = AccountFloor<World, Input, FloorEvent>;

export interface FloorsOptions {
  readonly program: AccountProgram<World, Input, FloorEvent>;
  readonly store: JournalStore;
  readonly commitLine: CommitLine;
  readonly clock: Clock;
  /** Drawn anew by default; seeded in the simulator. */
  readonly drawSeed?: () => string;
  readonly drawId?: DrawId;
  /** Who takes the leases; shown to whoever finds the lease taken. */
  readonly owner: string;
  readonly readOutbox: (account: AccountId, afterPosition: number) => Promise<OutboxRead>;
  readonly onTurn: (turn: FloorTurn) => void;
  readonly onAlarm: (name: string, detail: string, account: AccountId | undefined) => void;
}

/** The accounts whose floor this process holds. */
export class Floors implements FloorPort {
  readonly #options: FloorsOptions;
  readonly #floors = new Map<AccountId, Floor>();
  readonly #configuration: ConfigurationLine;
  readonly #listeners = new Set<CommitListener>();
  #closed = false;

  constructor(options: FloorsOptions) {
    this.#options = options;
    this.#configuration = new ConfigurationLine({
      read: options.readOutbox,
      take: async (account, change) => this.get(account)?.submit({ type: 'configuration', change }),
      onFailure: (account, error) => options.onAlarm('configuration-unread', String(error), account),
    });
  }

  /** Restores the account's floor and takes in what was configured since. Its timers wait for `start`. */
  async open(account: AccountId, telephony: Pick<TelephonyPort, 'send'>): Promise<Floor> {
    const { program, store, commitLine, clock, drawSeed, owner, onTurn, onAlarm } = this.#options;
    const floor: Floor = new AccountFloor({
      account,
      program,
      store,
      commitLine,
      telephony,
      clock,
      ...(drawSeed && { drawSeed }),
      positionsOf,
      refusedEffect: (effect, reason) => ({ type: 'effect-refused', effect, reason }),
      shown,
      onCommitted: (turn) => {
        onTurn(turn);
        for (const listener of this.#listeners) listener(account, turn.events);
      },
      onAlarm: (name, detail) => onAlarm(name, detail, account),
    });
    await floor.restore(owner);
    this.#floors.set(account, floor);
    await this.#configuration.open(account, floor.positions.outbox);
    return floor;
  }

  get(account: AccountId): Floor | undefined {
    return this.#floors.get(account);
  }

  all(): Iterable<Floor> {
    return this.#floors.values();
  }

  get accounts(): readonly AccountId[] {
    return [...this.#floors.keys()];
  }

  /** Higher than that of every process before: each start draws a new epoch for every account. */
  get highestEpoch(): number {
    let highest = 0;
    for (const { epoch } of this.#floors.values()) highest = Math.max(highest, epoch);
    return highest;
  }

  /** How far these accounts have come together in the events of their engine. */
  switchSeq(accounts: readonly AccountId[]): number {
    return Math.max(0, ...accounts.map((account) => this.#floors.get(account)?.positions.switchSeq ?? 0));
  }

  get overloaded(): boolean {
    return [...this.#floors.values()].some((floor) => floor.overloaded);
  }

  takeEvent(account: AccountId, event: TelephonyEvent, committedSeq: number): Promise<unknown> {
    // Not taken and never acknowledged: whoever decides next is told again.
    if (this.#closed) return Promise.reject(new Error('the floors are closed'));
    const floor = this.#floors.get(account);
    if (account === '') {
      // The switch as a whole: nobody's calls, everybody's machine.
      if (event.fact.type === 'alarm') this.#options.onAlarm(event.fact.name, event.fact.detail, undefined);
      return Promise.resolve();
    }
    if (!floor) {
      this.#options.onAlarm('event-of-nobody', `an event ${event.fact.type} of an account that is not held here`, account);
      return Promise.resolve();
    }
    if (event.seq <= floor.positions.ownSeq) return Promise.resolve();
    const { input, personal } = takeIn(event, committedSeq, this.#options.drawId);
    return floor.submit(input, personal);
  }

  /** The switch was restarted, or its buffer did not reach back: each account compares its legs with what there is. */
  async takeSnapshot(snapshot: SwitchSnapshot): Promise<void> {
    for (const [account, floor] of this.#floors) {
      const own = <Row extends { readonly account: AccountId }>(rows: readonly Row[]): Row[] => rows.filter((row) => row.account === account);
      const { legs, endedLegs, recordings, devices, trunks } = snapshot;
      const taken = takeInSnapshot({ ...snapshot, legs: own(legs), endedLegs: own(endedLegs), recordings: own(recordings), devices: own(devices), trunks: own(trunks) }, this.#options.drawId);
      await floor.submit({ type: 'switch-snapshot', snapshot: taken.snapshot }, taken.personal);
    }
  }

  submit(account: AccountId, command: PersonCommand, personal: Readonly<Record<string, string>> = {}): Promise<Result<unknown, FloorRefusal>> {
    const floor = this.#floors.get(account);
    return floor ? floor.submit(command, personal) : Promise.resolve(refuse({ code: 'not-found', detail: 'this account is not open' }));
  }

  world(account: AccountId): World | undefined {
    return this.#floors.get(account)?.world;
  }

  takeConfiguration(account: AccountId): Promise<void> {
    return this.#configuration.takeAll(account);
  }

  /** Position in the outbox of the last change of configuration that is in the account's journal. */
  configurationTaken(account: AccountId): number | undefined {
    return this.#configuration.takenUpTo(account);
  }

  onCommitted(listener: CommitListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  setConnected(connected: boolean, accounts: readonly AccountId[]): void {
    for (const account of accounts) this.#floors.get(account)?.setConnected(connected);
  }

  async takeSnapshots(): Promise<void> {
    for (const floor of this.#floors.values()) await floor.takeSnapshot();
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#configuration.close();
    for (const floor of this.#floors.values()) floor.stop();
  }
}

/** Whatever comes from outside has references by now (`intake.ts`); what was configured has numbers and extensions, and is in the outbox. */
function shown(input: Input): unknown {
  return input.type === 'configuration' ? { ...input, change: { ...input.change, value: '…' } } : input;
}

function positionsOf(input: Input): Partial<Positions> {
  if (input.type === 'telephony') return { switchSeq: (input as PositionedTelephonyInput).committedSeq, ownSeq: input.seq };
  if (input.type === 'switch-snapshot') return { switchSeq: input.snapshot.seq, ownSeq: input.snapshot.seq };
  if (input.type === 'configuration') return { outbox: input.change.position };
  return {};
}
