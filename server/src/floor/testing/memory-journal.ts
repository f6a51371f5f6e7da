import type { AccountId } from '@centralita/kernel';
import { FencedError, type JournalStore, type StoredSnapshot, type StoredTurn } from '../journal-store.ts';

/** The journal in memory, for the simulator and the tests, with the ways in which PostgreSQL can be away. */
export class MemoryJournal implements JournalStore {
  readonly turns = new Map<AccountId, StoredTurn[]>();
  readonly groups: number[] = [];
  readonly #leases = new Map<AccountId, number>();
  readonly #snapshots = new Map<AccountId, StoredSnapshot[]>();
  /** `away`: every append fails; `silent`: it never answers (the commit's outcome is unknown). */
  mode: 'up' | 'away' | 'silent' = 'up';

  takeLease(account: AccountId): Promise<number> {
    const epoch = (this.#leases.get(account) ?? 0) + 1;
    this.#leases.set(account, epoch);
    return Promise.resolve(epoch);
  }

  async appendTurns(turns: readonly StoredTurn[]): Promise<void> {
    await Promise.resolve();
    if (this.mode === 'away') throw new Error('connection refused');
    if (this.mode === 'silent') return new Promise(() => {});
    for (const turn of turns) {
      if (turn.epoch !== this.#leases.get(turn.account)) throw new FencedError(`epoch ${turn.epoch}`);
      const rows = this.turns.get(turn.account) ?? [];
      if (!rows.some((row) => row.seq === turn.seq)) rows.push(JSON.parse(JSON.stringify(turn)) as StoredTurn);
      this.turns.set(turn.account, rows);
    }
    this.groups.push(turns.length);
  }

  async *readTurns(account: AccountId, afterSeq: number): AsyncIterable<StoredTurn> {
    await Promise.resolve();
    for (const turn of this.turns.get(account) ?? []) if (turn.seq > afterSeq) yield turn;
  }

  saveSnapshot(snapshot: StoredSnapshot): Promise<void> {
    this.#snapshots.set(snapshot.account, [snapshot, ...(this.#snapshots.get(snapshot.account) ?? [])]);
    return Promise.resolve();
  }

  async *loadSnapshots(account: AccountId): AsyncIterable<StoredSnapshot> {
    await Promise.resolve();
    yield* this.#snapshots.get(account) ?? [];
  }
}
