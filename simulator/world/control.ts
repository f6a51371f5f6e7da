import { type AccountId, type Clock, type Instant, ignoreFailure } from '@centralita/kernel';
import type { AccountFloor } from '@centralita/server/floor/account-floor.ts';
import { CommitLine } from '@centralita/server/floor/commit-line.ts';
import type { AccountProgram } from '@centralita/server/floor/program.ts';
import { Spool } from '@centralita/server/floor/spool.ts';
import type { SimulatedEngine } from '@centralita/server/telephony/simulated/engine.ts';
import type { FloorEvent, Input, World } from '@centralita/server/wiring/account-program/index.ts';
import { Floors, type FloorTurn } from '@centralita/server/wiring/floors.ts';
import { SwitchLine } from '@centralita/server/wiring/switch-line.ts';
import type { ConfigurationChange } from '@centralita/server/capabilities/accounts/index.ts';
import type { Chance } from '../chance/chance.ts';
import type { Rounds } from '../clock/rounds.ts';
import type { VirtualTime } from '../clock/virtual-time.ts';
import type { Disk } from './disk.ts';
import type { Journal, JournalConnection } from './journal.ts';
import { Link, type LinkOptions } from './link.ts';

export interface ControlOptions {
  readonly account: AccountId;
  readonly program: AccountProgram<World, Input, FloorEvent>;
  readonly time: VirtualTime;
  readonly rounds: Rounds;
  /** Its wall clock against the switch's. */
  readonly clockOffMs: number;
  readonly journal: Journal;
  readonly disk: Disk;
  readonly engine: SimulatedEngine;
  readonly chance: Chance;
  readonly link: Omit<LinkOptions, 'time'>;
  readonly changes: readonly ConfigurationChange[];
  readonly onTurn: (turn: FloorTurn) => void;
  readonly onAlarm: (name: string, detail: string) => void;
}

const SPOOL_LIMIT_BYTES = 256 * 1_048_576;

/**
 * One control process: the real floors, commit line, spool and switch line, on virtual time. It can be killed between any two
 * steps and frozen; journal, disk and switch outlive it.
 */
export class Control {
  readonly floors: Floors;
  readonly link: Link;
  readonly #options: ControlOptions;
  readonly #connection: JournalConnection;
  readonly #commitLine: CommitLine;
  readonly #spool: Spool;
  /** What its start found at the end of the spool and could not read. */
  droppedBytes = 0;
  /** Turns of the spool that the journal refused. */
  refusedTurns = 0;
  #line: SwitchLine | undefined;
  #state: 'alive' | 'frozen' | 'dead' = 'alive';
  #waiting: (() => void)[] = [];

  constructor(options: ControlOptions) {
    this.#options = options;
    const { time, rounds, clockOffMs, journal, disk, program, chance, changes, link } = options;
    const clock: Clock = { now: (): Instant => time.now() + clockOffMs, plan: (delayMs, run) => time.plan(delayMs, () => this.#run(run)) };
    this.link = new Link({ ...link, time });
    this.#connection = journal.connect();
    this.#spool = new Spool('turns.spool', SPOOL_LIMIT_BYTES, disk);
    this.#commitLine = new CommitLine({ store: this.#connection, spool: this.#spool, clock, soon: rounds.soon, onStorageAway: () => {}, onFenced: () => this.kill() });
    this.floors = new Floors({
      program,
      store: this.#connection,
      commitLine: this.#commitLine,
      clock,
      drawSeed: chance.turnSeed,
      drawId: chance.id,
      owner: 'simulator',
      readOutbox: (_account, after) => Promise.resolve({ rows: changes.filter(({ position }) => position > after).map(({ position, entity, id, value }) => ({ position, entity, entityId: id, value })), more: false }) as never,
      onTurn: options.onTurn,
      onAlarm: (name, detail) => options.onAlarm(name, detail),
    });
  }

  get alive(): boolean {
    return this.#state === 'alive';
  }

  get frozen(): boolean {
    return this.#state === 'frozen';
  }

  get floor(): AccountFloor<World, Input, FloorEvent> | undefined {
    return this.floors.get(this.#options.account);
  }

  get storageAway(): boolean {
    return this.#commitLine.storageAway;
  }

  get uncommitted(): number {
    return this.#commitLine.uncommitted;
  }

  /** What a start does, in its order: the spool, the lease and the journal, the switch's events since, and only then timers. */
  async start(): Promise<void> {
    const { account, engine, rounds } = this.#options;
    this.droppedBytes = (await this.#spool.open()).droppedBytes;
    this.refusedTurns = (await this.#commitLine.recover()).refused.length;
    const floor = await this.floors.open(account, { send: (id, command) => this.link.toSwitch(() => engine.send(id, command, this.floors.highestEpoch)) });
    const { committedSeq } = { committedSeq: this.floors.switchSeq([account]) };
    const line = new SwitchLine({ acknowledge: (seq) => (this.#state === 'dead' ? undefined : engine.acknowledge(seq)) }, committedSeq, (of, event, committed) => this.floors.takeEvent(of, event, committed), rounds.soon);
    this.#line = line;
    await this.connect(committedSeq);
    // Behind every event that the switch repeats: a barrier.
    this.link.back(() => floor.start());
  }

  /** The switch tells what was not committed yet, or, when it has forgotten that, everything that is there. */
  async connect(committedSeq: number = this.#line?.committedSeq ?? 0): Promise<void> {
    const { engine, account } = this.#options;
    const line = this.#line;
    if (!line) return;
    this.link.connect();
    this.floors.setConnected(true, [account]);
    if (engine.reconnect(committedSeq, (event) => this.link.toControl(event, (one) => line.take(one)))) return;
    const snapshot = await engine.snapshot();
    this.link.back(() => ignoreFailure('taking a snapshot of the switch', this.floors.takeSnapshot(snapshot).then(() => line.skipTo(snapshot.seq))));
  }

  /** The socket to the switch breaks. */
  cutLink(): void {
    this.link.cut();
    this.floors.setConnected(false, [this.#options.account]);
  }

  kill(): void {
    if (this.#state === 'dead') return;
    this.#state = 'dead';
    this.#connection.cut();
    this.link.cut();
    ignoreFailure('the end of a killed control', this.floors.close());
  }

  freeze(): void {
    if (this.#state !== 'alive') return;
    this.#state = 'frozen';
    this.link.freeze();
    this.#connection.freeze();
  }

  thaw(): void {
    if (this.#state !== 'frozen') return;
    this.#state = 'alive';
    this.#connection.thaw();
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const run of waiting) run();
    this.link.thaw();
  }

  #run(run: () => void): void {
    if (this.#state === 'alive') run();
    else if (this.#state === 'frozen') this.#waiting.push(run);
  }
}
