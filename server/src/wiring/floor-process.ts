import path from 'node:path';
import { type AccountId, type Clock, ignoreFailure } from '@centralita/kernel';
import type { Logger } from 'pino';
import type { ReportedTurn } from '../capabilities/reports/index.ts';
import { CommitLine } from '../floor/commit-line.ts';
import { Spool } from '../floor/spool.ts';
import { PostgresJournal } from '../storage/journal.postgres.ts';
import { readOutbox } from '../storage/outbox.postgres.ts';
import type { Pool } from '../storage/pool.ts';
import { connectToSwitch, type SwitchClient } from '../telephony/embedded/switch-client.ts';
import { createAccountProgram, type FloorEvent, type Input, type World } from './account-program/index.ts';
import type { AccountProgram } from '../floor/program.ts';
import { Floors, type FloorTurn } from './floors.ts';
import { Provisioning, type ProvisioningSources } from './provisioning.ts';
import { SwitchLine } from './switch-line.ts';
import { Watchdog } from './watchdog.ts';

const SPOOL_LIMIT_BYTES = 256 * 1_048_576;
/** At 100 calls/s it saves a fifth of a call's processor time and costs 1 to 2 ms of ring time (docs/reference/benchmarks.md). */
const COMMIT_PACE_MS = 5;
const SNAPSHOT_EVERY_MS = 60_000;

export interface FloorProcessOptions {
  readonly floorPool: Pool;
  readonly spoolDir: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly owner: string;
  readonly onTurn: (turn: FloorTurn) => void;
  readonly onStorageAway: (away: boolean) => void;
  readonly onSwitchAway: (away: boolean) => void;
  readonly onAlarm: (name: string, detail: string, account: AccountId | undefined) => void;
  /** Another process decides for an account now: this one must end. */
  readonly onFenced: () => void;
}

/** Everything that decides: the accounts' floors, their way into the journal, and the switch that they tell what to do. */
export class FloorProcess {
  readonly floors: Floors;
  readonly journal: PostgresJournal;
  readonly #options: FloorProcessOptions;
  readonly #program: AccountProgram<World, Input, FloorEvent> = createAccountProgram();
  readonly #spool: Spool;
  readonly #commitLine: CommitLine;
  /** Accounts whose telephony is the switch; the others have an engine of their own. */
  readonly #onSwitch: AccountId[] = [];
  #switch: SwitchClient | undefined;
  #provisioning: Provisioning | undefined;
  #snapshots: NodeJS.Timeout | undefined;
  readonly #watchdog: Watchdog;
  #started = false;

  constructor(options: FloorProcessOptions) {
    this.#options = options;
    this.journal = new PostgresJournal(options.floorPool);
    this.#spool = new Spool(path.join(options.spoolDir, 'turns.spool'), SPOOL_LIMIT_BYTES);
    this.#commitLine = new CommitLine({ store: this.journal, spool: this.#spool, paceMs: COMMIT_PACE_MS, onStorageAway: options.onStorageAway, onFenced: options.onFenced });
    this.floors = new Floors({
      program: this.#program,
      store: this.journal,
      commitLine: this.#commitLine,
      clock: options.clock,
      owner: options.owner,
      readOutbox: (account, after) => readOutbox(options.floorPool, account, after),
      onTurn: (turn) => this.#committed(turn),
      onAlarm: options.onAlarm,
    });
    this.#watchdog = new Watchdog(
      () => this.floors.all(),
      (what, account) => options.onAlarm('invariant-broken', what, account),
    );
  }

  /** How far turns are on their way to the journal. */
  get commitState(): { readonly storageAway: boolean; readonly uncommittedTurns: number; readonly lagMs: number; readonly spooledTurns: number } {
    const { storageAway, uncommitted, lagMs } = this.#commitLine;
    return { storageAway, uncommittedTurns: uncommitted, lagMs, spooledTurns: this.#spool.size };
  }

  /** Brings what an earlier process left in the spool into the journal. Comes before everything else. */
  async recover(): Promise<void> {
    const { droppedBytes } = await this.#spool.open();
    if (droppedBytes > 0) this.#options.onAlarm('spool-torn', `${droppedBytes} bytes of a torn tail were dropped`, undefined);
    const { turns, refused, aside } = await this.#commitLine.recover();
    if (turns > 0) this.#options.logger.info({ turns }, 'turns of the spool are in the journal');
    for (const [account, kept] of Map.groupBy(refused, (turn) => turn.account))
      this.#options.onAlarm('spool-refused', `another process has decided since, or the database was put back: up to ${kept.length} turns of the spool are not in the journal; they are kept in ${aside}`, account);
  }

  async openAccount(account: AccountId): Promise<void> {
    const floor = await this.floors.open(account, { send: (id, command) => this.#switch?.send(id, command, this.floors.highestEpoch) ?? Promise.resolve({ accepted: false, reason: 'disconnected' }) });
    this.#options.logger.info({ account, turns: floor.seq - floor.recoveredFrom }, 'turns replayed');
    this.#onSwitch.push(account);
  }

  /** Committed turns in today's shape, for projections. */
  async *readTurns(account: AccountId, afterSeq: number): AsyncIterable<ReportedTurn> {
    for await (const turn of this.journal.readEvents(account, afterSeq)) {
      yield { ...turn, events: turn.events.map((event) => this.#program.upcast(event, turn.deciderVersion)) };
    }
  }

  /** What was replayed at this start: whoever followed those turns may have been killed before they were done. */
  async *replayedTurns(account: AccountId): AsyncIterable<Pick<FloorTurn, 'account' | 'at' | 'events'>> {
    for await (const { at, events, deciderVersion } of this.journal.readTurns(account, this.floors.get(account)?.recoveredFrom ?? 0)) {
      yield { account, at, events: events.map((event) => this.#program.upcast(event, deciderVersion)) };
    }
  }

  /** Overdue timers fire only after what the switch saw meanwhile has been taken in. */
  connect(socketPath: string, sources: ProvisioningSources): { readonly client: SwitchClient; readonly provisioning: Provisioning } {
    const { floors } = this;
    const epoch = floors.highestEpoch;
    const committedSeq = floors.switchSeq(this.#onSwitch);
    const client = connectToSwitch({ socketPath, epoch, committedSeq, logger: this.#options.logger });
    this.#switch = client;
    const provisioning = new Provisioning(client, epoch, sources);
    this.#provisioning = provisioning;
    const line = new SwitchLine(client, committedSeq, (account, event, committed) => floors.takeEvent(account, event, committed));
    client.onSnapshot((snapshot) => ignoreFailure('taking a snapshot of the switch', floors.takeSnapshot(snapshot).then(() => line.skipTo(snapshot.seq))));
    client.onEvent((event) => line.take(event));
    client.onConnection((connected) => {
      this.#options.logger.info({ connected, switchId: client.switchId }, 'connection to the switch');
      this.#options.onSwitchAway(!connected);
      if (connected) ignoreFailure('bringing the switch up to date', this.#connected(client, provisioning));
      else floors.setConnected(false, this.#onSwitch);
    });
    this.#watchdog.start();
    this.#snapshots = setInterval(() => ignoreFailure('snapshots of the floors', floors.takeSnapshots()), SNAPSHOT_EVERY_MS);
    return { client, provisioning };
  }

  async close(): Promise<void> {
    clearInterval(this.#snapshots);
    this.#watchdog.stop();
    await this.floors.close();
    await this.#switch?.close();
    if (!this.#commitLine.storageAway) await this.floors.takeSnapshots();
    await this.#commitLine.close();
  }

  async #connected(client: SwitchClient, provisioning: Provisioning): Promise<void> {
    for (const account of this.#onSwitch) await provisioning.everything(account);
    this.floors.setConnected(true, this.#onSwitch);
    if (this.#started) return;
    this.#started = true;
    // Answered after the events that the switch repeats: a barrier.
    await client.snapshot();
    for (const account of this.#onSwitch) this.floors.get(account)?.start();
  }

  #committed(turn: FloorTurn): void {
    this.#options.onTurn(turn);
    for (const event of turn.events) {
      if (event.type !== 'configuration-taken') continue;
      const { entity } = event.change;
      if ((entity === 'trunk' || entity === 'number') && this.#onSwitch.includes(turn.account) && this.#switch?.connected) {
        ignoreFailure('telling the switch of trunks and numbers', this.#provisioning?.lines(turn.account) ?? Promise.resolve());
      }
    }
  }
}
