import { type AccountId, type Clock, ignoreFailure, type Instant, ok, refuse, type Result } from '@centralita/kernel';
import type { TelephonyPort } from '../telephony/port/index.ts';
import type { CommitLine } from './commit-line.ts';
import { EffectLine } from './effects.ts';
import { factsOf, freshSeed } from './facts.ts';
import type { JournalStore, StoredTurn } from './journal-store.ts';
import { fillPersonal } from './personal.ts';
import type { AccountProgram, Effect, FloorRefusal, FloorWorld, TimerChange, Turn } from './program.ts';
import { captureSnapshot, decodeSnapshot, encodeSnapshot, fillWorld, type Positions, SNAPSHOT_SCHEMA_VERSION, withoutPersonal } from './snapshot.ts';
import type { Table } from './table.ts';
import { Timers } from './timers.ts';

export interface AccountFloorOptions<World extends FloorWorld, Input, Event extends { readonly type: string }> {
  readonly account: AccountId;
  readonly program: AccountProgram<World, Input, Event>;
  readonly store: JournalStore;
  readonly commitLine: CommitLine;
  readonly telephony: Pick<TelephonyPort, 'send'>;
  readonly clock: Clock;
  /** Where each turn's seed comes from; the simulator's are seeded themselves. */
  readonly drawSeed?: () => string;
  /** What an input says of how far the account has come; kept in snapshots and given back by `restore`. */
  readonly positionsOf?: (input: Input) => Partial<Positions>;
  /** An engine's refusal, as an input: whoever waits for that command must hear of it. */
  readonly refusedEffect: (effect: Effect, reason: string) => Input;
  /** An input as an alarm may show it: a log holds no numbers and no names. Left out: as it is. */
  readonly shown?: (input: Input) => unknown;
  readonly onCommitted: (turn: Turn<Input, Event>) => void;
  readonly onAlarm: (name: string, detail: string) => void;
}

/** More turns than this without a commit, or a commit that is this late, and new calls are refused (design 2). */
const UNCOMMITTED_LIMIT = 10_000;
const COMMIT_LAG_LIMIT_MS = 1_000;

/**
 * How many turns lie between two states kept for the past: about a second of reading, and a hundredth of the journal's own size. Told
 * by the number alone, so that a restart need not remember when the last one was.
 */
const PAST_SNAPSHOT_EVERY_TURNS = 5_000;

/**
 * One account's mailbox. A turn is decided at once, on the state that all earlier turns left, and its place in the journal is
 * taken in the same breath; its answer, effects and listeners wait for the commit. So state may run ahead of the journal by
 * the turns in flight, but nothing that a person or a phone can see does.
 */
export class AccountFloor<World extends FloorWorld, Input, Event extends { readonly type: string }> {
  readonly world: World;
  readonly #options: AccountFloorOptions<World, Input, Event>;
  /** Those of the world, which are always the same. */
  readonly #tables: readonly Table<unknown>[];
  /** Tables that were written since the last turn began; before the first one: all. */
  readonly #written: Table<unknown>[];
  readonly #timers: Timers;
  readonly #effects: EffectLine;
  #epoch = 0;
  #seq = 0;
  #positions: Positions = { switchSeq: 0, outbox: 0, ownSeq: 0 };
  #snapshotSeq = 0;
  #recoveredFrom = 0;
  #lastCommit: Promise<unknown> = Promise.resolve();
  /** Effects of turns that are decided and not committed yet: a snapshot of those turns has them as open. */
  readonly #uncommitted = new Set<readonly Effect[]>();
  #stopped = false;

  constructor(options: AccountFloorOptions<World, Input, Event>) {
    this.#options = options;
    this.world = options.program.createWorld(options.account);
    this.#tables = Object.values(this.world.tables);
    this.#written = [...this.#tables];
    this.#timers = new Timers(options.clock, (timer) => {
      ignoreFailure('a turn of a timer', this.#turn(timer.input as Input, {}, [{ change: 'cancel', id: timer.id }]));
    });
    this.#effects = new EffectLine({
      send: (effect) => options.telephony.send(effect.id, fillPersonal(effect.command, this.world.personal), this.#epoch),
      onRefused: (effect, reason) => {
        options.onAlarm('effect-refused', `${effect.command.type}: ${reason}`);
        ignoreFailure('a turn of a refused effect', this.submit(options.refusedEffect(effect, reason)));
      },
    });
  }

  get seq(): number {
    return this.#seq;
  }

  get epoch(): number {
    return this.#epoch;
  }

  get positions(): Positions {
    return this.#positions;
  }

  get timerCount(): number {
    return this.#timers.size;
  }

  /** Whether something is planned under this name. */
  hasTimer(id: string): boolean {
    return this.#timers.has(id);
  }

  get openEffects(): number {
    return this.#effects.open.size;
  }

  /** New calls are refused while the journal is behind; live ones are never touched. */
  get overloaded(): boolean {
    const line = this.#options.commitLine;
    return line.uncommitted > UNCOMMITTED_LIMIT || line.lagMs > COMMIT_LAG_LIMIT_MS || line.full;
  }

  /** Last snapshot that can be read, plus the rest of the journal. Timers and effects wait for `start`. */
  async restore(owner: string): Promise<{ readonly turnsReplayed: number; readonly snapshotsSkipped: number }> {
    const { store, account } = this.#options;
    this.#epoch = await store.takeLease(account, owner);
    let snapshotsSkipped = 0;
    let unreadableUpTo = 0;
    for await (const snapshot of store.loadSnapshots(account)) {
      if (this.#load(snapshot.schemaVersion, snapshot.state)) {
        this.#seq = snapshot.seq;
        this.#snapshotSeq = snapshot.seq;
        this.#recoveredFrom = snapshot.seq;
        break;
      }
      snapshotsSkipped += 1;
      unreadableUpTo = Math.max(unreadableUpTo, snapshot.seq);
    }
    let turnsReplayed = 0;
    for await (const turn of store.readTurns(account, this.#seq)) {
      // Retention removes what a snapshot covers; without one that can be read, the rest would make a state that never was.
      if (turn.seq !== this.#seq + 1) throw new Error(`the journal of ${account} goes on at turn ${turn.seq}, and no readable snapshot reaches further than ${this.#seq}`);
      this.#replay(turn);
      turnsReplayed += 1;
    }
    if (this.#seq < unreadableUpTo) throw new Error(`the journal of ${account} ends at turn ${this.#seq}, before the snapshot of turn ${unreadableUpTo}, which cannot be read`);
    return { turnsReplayed, snapshotsSkipped };
  }

  /** From here on timers fire. Called once the switch's facts have been taken in, so that a call answered meanwhile is not timed out. */
  start(): void {
    this.#timers.start();
  }

  setConnected(connected: boolean): void {
    this.#effects.setConnected(connected);
  }

  /**
   * Takes an input with everything it will use.
   * @param personal values first met in this input, by the references it carries
   * @returns once durable: the machines' answer, or their refusal
   */
  submit(input: Input, personal: Readonly<Record<string, string>> = {}): Promise<Result<unknown, FloorRefusal>> {
    return this.#turn(input, personal, []);
  }

  /** The turn of the snapshot that this floor began with. What later ones brought about outside may have been cut short by the end of the process. */
  get recoveredFrom(): number {
    return this.#recoveredFrom;
  }

  /** Takes a snapshot of everything committed so far; nothing happens when no turn has come since the last one. */
  async takeSnapshot(): Promise<boolean> {
    const { store, account, clock } = this.#options;
    const seq = this.#seq;
    if (seq === this.#snapshotSeq) return false;
    const takenAt = clock.now();
    const content = captureSnapshot(this.world, this.#timers.all(), [...this.#effects.open.values(), ...[...this.#uncommitted].flat()], this.#positions);
    // The state may hold turns that are still on their way to the journal: it must not be saved before they are.
    await this.#lastCommit;
    const state = await encodeSnapshot(content);
    const head = { account, seq, schemaVersion: SNAPSHOT_SCHEMA_VERSION, takenAt };
    await store.saveSnapshot({ ...head, state });
    const before = this.#snapshotSeq;
    this.#snapshotSeq = seq;
    if (store.savePastSnapshot && Math.floor(seq / PAST_SNAPSHOT_EVERY_TURNS) > Math.floor(before / PAST_SNAPSHOT_EVERY_TURNS)) {
      await store.savePastSnapshot({ ...head, state: await encodeSnapshot(withoutPersonal(content)) });
    }
    return true;
  }

  stop(): void {
    this.#stopped = true;
    this.#timers.stop();
    this.#effects.setConnected(false);
  }

  async #turn(input: Input, personal: Readonly<Record<string, string>>, fired: readonly TimerChange[]): Promise<Result<unknown, FloorRefusal>> {
    if (this.#stopped) return refuse({ code: 'internal', detail: 'the floor has stopped' });
    const now = this.#options.clock.now();
    const seed = (this.#options.drawSeed ?? freshSeed)();
    const outcome = this.#decide(input, personal, now, seed);
    if ('refusal' in outcome) return refuse(outcome);
    const nothingHappened = outcome.events.length === 0 && outcome.effects.length === 0 && outcome.timers.length === 0 && fired.length === 0;
    this.#positions = { ...this.#positions, ...this.#options.positionsOf?.(input) };
    if (nothingHappened) return ok(outcome.answer);
    const turn: Turn<Input, Event> = {
      account: this.#options.account,
      seq: ++this.#seq,
      epoch: this.#epoch,
      at: now,
      deciderVersion: this.#options.program.version,
      input,
      seed,
      events: outcome.events,
      effects: outcome.effects,
      timers: [...fired, ...outcome.timers],
      closedEffects: this.#effects.takeClosed(),
      personal,
    };
    this.#applyTimers(outcome.timers);
    this.#lastCommit = this.#options.commitLine.append(turn as StoredTurn);
    this.#uncommitted.add(turn.effects);
    await this.#lastCommit;
    this.#uncommitted.delete(turn.effects);
    this.#effects.perform(turn.effects);
    this.#options.onCommitted(turn);
    return ok(outcome.answer);
  }

  /** Decides on the live tables and takes everything back when it is refused or throws: a turn that throws commits nothing. */
  #decide(input: Input, personal: Readonly<Record<string, string>>, now: Instant, seed: string) {
    this.#mark();
    try {
      for (const reference in personal) this.world.personal.put(reference, personal[reference]);
      const outcome = this.#options.program.decide(this.world, input, factsOf(now, seed));
      if ('refusal' in outcome) {
        for (const table of this.#written) table.takeBack();
        return { refusal: outcome.refusal, code: outcome.refusal, ...(outcome.detail === undefined ? {} : { detail: outcome.detail }) };
      }
      return outcome;
    } catch (error) {
      const thrown = this.#written.flatMap((table) => table.takeBack());
      if (thrown.length > 0) this.#options.onAlarm('index-threw', String(thrown[0]));
      this.#options.onAlarm('turn-threw', `${error instanceof Error ? error.stack : String(error)}\ninput: ${JSON.stringify(this.#options.shown?.(input) ?? input)}`);
      return { refusal: 'internal', code: 'internal' };
    }
  }

  /** A turn writes three tables of twenty: those tell of it, and no other is asked. */
  #mark(): void {
    if (this.#written.length > 0) for (const table of this.#written.splice(0)) table.mark(this.#written);
  }

  #load(schemaVersion: number, state: Uint8Array): boolean {
    if (schemaVersion !== SNAPSHOT_SCHEMA_VERSION) return false;
    try {
      const content = decodeSnapshot(state);
      fillWorld(this.world, content);
      for (const timer of content.timers) this.#timers.set(timer);
      for (const effect of content.openEffects) this.#effects.restore(effect);
      this.#positions = content.positions;
      return true;
    } catch (error) {
      this.#options.onAlarm('snapshot-unreadable', String(error));
      for (const table of this.#tables) for (const key of [...table.keys()]) table.put(key, undefined);
      return false;
    }
  }

  #replay(turn: StoredTurn): void {
    const { program, positionsOf } = this.#options;
    for (const [reference, value] of Object.entries(turn.personal)) this.world.personal.put(reference, value);
    for (const event of turn.events) program.evolve(this.world, program.upcast(event, turn.deciderVersion));
    for (const id of turn.closedEffects) this.#effects.forget(id);
    for (const effect of turn.effects) this.#effects.restore(effect);
    this.#applyTimers(turn.timers);
    this.#positions = { ...this.#positions, ...positionsOf?.(turn.input as Input) };
    this.#seq = turn.seq;
  }

  #applyTimers(changes: readonly TimerChange[]): void {
    for (const change of changes) {
      if (change.change === 'set') this.#timers.set({ id: change.id, at: change.at, input: change.input });
      else this.#timers.cancel(change.id);
    }
  }
}
