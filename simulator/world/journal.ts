import type { AccountId } from '@centralita/kernel';
import type { VirtualTime } from '../clock/virtual-time.ts';
import { FencedError, type JournalStore, type StoredSnapshot, type StoredTurn } from '@centralita/server/floor/journal-store.ts';

/** `away`: refused at once; `silent`: written or not, no answer comes (the outcome of the commit is unknown). */
export type JournalMode = 'up' | 'away' | 'silent';

/**
 * PostgreSQL as the floor knows it, in memory: one row per turn, leases with an epoch, snapshots, and the ways in which it can
 * be away. It outlives control; each control has a connection of its own, which dies with it. A turn is kept as it is (its
 * values never change) and read back through JSON, as a real one would be. Turns that two snapshots cover are let go.
 */
export class Journal {
  mode: JournalMode = 'up';
  /** How long a commit takes, in virtual milliseconds; 0: the same instant. */
  commitMs: () => number = () => 0;
  /** Of an unanswered commit: whether it was written. */
  written: () => boolean = () => true;
  readonly #time: VirtualTime;
  readonly #keeps: boolean;
  #turns: StoredTurn[] = [];
  #snapshots: StoredSnapshot[] = [];
  /** The newest snapshot cannot be read. */
  #spoilt = false;
  #epoch = 0;
  #lastSeq = 0;
  /** Rules of the journal itself that were broken: a gap, or two different turns in one place. */
  readonly broken: string[] = [];
  /** Told of each turn once, in order, when it is there for good. */
  onWritten: (turn: StoredTurn) => void = () => {};

  constructor(time: VirtualTime, keeps: boolean) {
    this.#time = time;
    this.#keeps = keeps;
  }

  get lastSeq(): number {
    return this.#lastSeq;
  }

  connect(): JournalConnection {
    return new JournalConnection(this, this.#time);
  }

  takeLease(): number {
    this.#epoch += 1;
    return this.#epoch;
  }

  write(turns: readonly StoredTurn[]): void {
    // All of them or none, as one statement.
    const late = turns.find(({ seq, epoch }) => seq > this.#lastSeq && epoch !== this.#epoch);
    if (late) throw new FencedError(`epoch ${late.epoch}, the lease is of ${this.#epoch}`);
    for (const turn of turns) {
      if (turn.seq <= this.#lastSeq) {
        const there = this.#turns.find((one) => one.seq === turn.seq);
        if (there && there.epoch !== turn.epoch) throw new FencedError(`turn ${turn.seq} was decided by another process`);
        if (there && there.seed !== turn.seed) this.broken.push(`turn ${turn.seq} was written twice, differently`);
        continue;
      }
      if (turn.seq !== this.#lastSeq + 1) this.broken.push(`turn ${turn.seq} follows ${this.#lastSeq}`);
      this.#lastSeq = turn.seq;
      if (this.#keeps) this.#turns.push(turn);
      this.onWritten(turn);
    }
  }

  *turnsAfter(seq: number): Iterable<StoredTurn> {
    for (const turn of this.#turns) if (turn.seq > seq) yield JSON.parse(JSON.stringify(turn)) as StoredTurn;
  }

  keepSnapshot(snapshot: StoredSnapshot): void {
    const readable = this.#spoilt ? this.#snapshots[1] : this.#snapshots[0];
    this.#spoilt = false;
    this.#snapshots = readable ? [snapshot, readable] : [snapshot];
    if (readable) this.#turns = this.#turns.filter(({ seq }) => seq > readable.seq);
  }

  /** Bits of the newest snapshot turn over on the disk: a restart has to take the one before. */
  spoilSnapshot(): void {
    const [newest, before] = this.#snapshots;
    if (!newest || !before || this.#spoilt) return;
    this.#spoilt = true;
    this.#snapshots = [{ ...newest, state: newest.state.map((byte, at) => (at === 20 ? byte ^ 0xff : byte)) }, before];
  }

  get snapshots(): readonly StoredSnapshot[] {
    return this.#snapshots;
  }
}

export class JournalConnection implements JournalStore {
  readonly #journal: Journal;
  readonly #time: VirtualTime;
  #cut = false;
  #gate: Promise<void> | undefined;
  #open = (): void => {};

  constructor(journal: Journal, time: VirtualTime) {
    this.#journal = journal;
    this.#time = time;
  }

  /** The process at this end is dead: nothing more comes, and what was on its way may or may not arrive. */
  cut(): void {
    this.#cut = true;
  }

  /** The process at this end is stopped: answers come in when it runs again. */
  freeze(): void {
    this.#gate = new Promise((open) => (this.#open = open));
  }

  thaw(): void {
    this.#gate = undefined;
    this.#open();
  }

  takeLease(): Promise<number> {
    return Promise.resolve(this.#journal.takeLease());
  }

  async appendTurns(turns: readonly StoredTurn[]): Promise<void> {
    if (this.#cut) return new Promise(() => {});
    const { mode } = this.#journal;
    if (mode === 'away') throw new Error('connection refused');
    if (mode === 'silent') {
      if (this.#journal.written()) this.#journal.write(turns);
      return new Promise(() => {});
    }
    const ms = this.#journal.commitMs();
    if (ms > 0) await new Promise<void>((due) => void this.#time.plan(ms, due));
    if (this.#cut && !this.#journal.written()) return new Promise(() => {});
    const fenced = this.#tryToWrite(turns);
    if (this.#gate) await this.#gate;
    if (this.#cut) return new Promise(() => {});
    if (fenced) throw fenced;
  }

  #tryToWrite(turns: readonly StoredTurn[]): FencedError | undefined {
    try {
      this.#journal.write(turns);
    } catch (error) {
      if (error instanceof FencedError) return error;
      throw error;
    }
  }

  async *readTurns(_account: AccountId, afterSeq: number): AsyncIterable<StoredTurn> {
    await Promise.resolve();
    yield* this.#journal.turnsAfter(afterSeq);
  }

  saveSnapshot(snapshot: StoredSnapshot): Promise<void> {
    if (!this.#cut) this.#journal.keepSnapshot(snapshot);
    return Promise.resolve();
  }

  async *loadSnapshots(): AsyncIterable<StoredSnapshot> {
    await Promise.resolve();
    yield* this.#journal.snapshots;
  }
}
