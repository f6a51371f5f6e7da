import type { AccountId, Instant } from '@centralita/kernel';
import type { StoredSnapshot, StoredTurn } from '../floor/journal-store.ts';
import { decodeSnapshotAside, SNAPSHOT_SCHEMA_VERSION, type SnapshotContent } from '../floor/snapshot.ts';
import { turnOf, type TurnRow, TURNS_COLUMNS } from './journal.postgres.ts';
import type { Connection } from './pool.ts';

/** The first and the last turn that the journal has of an account. */
export interface JournalSpan {
  readonly firstSeq: number;
  readonly firstAt: Instant;
  readonly lastSeq: number;
  readonly lastAt: Instant;
}

/** A whole state: after the turn `seq`, and all of what that made. */
export interface PastState {
  readonly seq: number;
  readonly at: Instant;
  readonly content: SnapshotContent;
}

const TURNS_PER_READ = 500;

/**
 * Reads what an account's journal says of its past. Only reads.
 * @param connection of the role `floor`, or of the owner
 */
export class JournalPast {
  readonly #connection: Connection;
  readonly #turnsPerRead: number;

  /** @param turnsPerRead fewer where something else has to go on meanwhile: 100 turns are about 2 ms of work */
  constructor(connection: Connection, turnsPerRead = TURNS_PER_READ) {
    this.#connection = connection;
    this.#turnsPerRead = turnsPerRead;
  }

  /** Undefined when there is no turn (any more). */
  async spanOf(account: AccountId): Promise<JournalSpan | undefined> {
    const edge = async (order: 'asc' | 'desc') => {
      const { rows } = await this.#connection.query<{ seq: number; at: Date }>(`select seq, at from journal where account = $1 order by seq ${order} limit 1`, [account]);
      return rows[0];
    };
    const [first, last] = [await edge('asc'), await edge('desc')];
    return first && last && { firstSeq: first.seq, firstAt: first.at.getTime(), lastSeq: last.seq, lastAt: last.at.getTime() };
  }

  /**
   * The last turn decided at `at` or before; one less than the first turn when all are later. By halves over the primary key: turns
   * are numbered without gaps and in the order of their time, and the index by time is of the whole journal, not of an account.
   */
  async lastSeqAt(account: AccountId, at: Instant, { firstSeq, lastSeq }: JournalSpan): Promise<number> {
    let [before, after] = [firstSeq - 1, lastSeq + 1];
    while (after - before > 1) {
      const middle = (before + after) >> 1;
      const { rows } = await this.#connection.query<{ at: Date }>({ name: 'turn-time', text: 'select at from journal where account = $1 and seq = $2', values: [account, middle] });
      // Retention has taken it meanwhile: what is wanted is later.
      if (!rows[0] || rows[0].at.getTime() <= at) before = middle;
      else after = middle;
    }
    return before;
  }

  /** The newest state at `seq` or before that this program can read, with the personal values that are still kept. */
  async stateBefore(account: AccountId, seq: number): Promise<PastState | undefined> {
    const { rows } = await this.#connection.query<{ seq: number; taken_at: Date; state: Buffer }>(
      `select seq, taken_at, state from (
         select seq, taken_at, state, schema_version from snapshots where account = $1 and seq <= $2
         union all select seq, taken_at, state, schema_version from past_snapshots where account = $1 and seq <= $2
       ) states where schema_version = $3 order by seq desc limit 3`,
      [account, seq, SNAPSHOT_SCHEMA_VERSION],
    );
    for (const row of rows) {
      const content = await readable(row.state);
      if (content) return { seq: row.seq, at: row.taken_at.getTime(), content: await this.#withPersonal(account, content) };
    }
    return undefined;
  }

  /** The first moment from which the past can be made again: the journal's begin when it is whole, else the oldest state there is. */
  async firstMoment(account: AccountId, span: JournalSpan): Promise<Instant> {
    if (span.firstSeq === 1) return span.firstAt;
    const { rows } = await this.#connection.query<{ at: Date }>(
      `select min(taken_at) as at from (
         select taken_at, seq, schema_version from snapshots where account = $1
         union all select taken_at, seq, schema_version from past_snapshots where account = $1
       ) states where schema_version = $2 and seq >= $3 having min(taken_at) is not null`,
      [account, SNAPSHOT_SCHEMA_VERSION, span.firstSeq - 1],
    );
    return rows[0]?.at.getTime() ?? Number.MAX_SAFE_INTEGER;
  }

  /** Turns after `afterSeq` up to and with `upToSeq`, with the personal values first met in each. */
  async *turns(account: AccountId, afterSeq: number, upToSeq: number): AsyncGenerator<StoredTurn> {
    for (let last = afterSeq; last < upToSeq; ) {
      const { rows } = await this.#connection.query<TurnRow>({
        name: `past-turns-${this.#turnsPerRead}`,
        text: `select ${TURNS_COLUMNS} from journal j where j.account = $1 and j.seq > $2 and j.seq <= $3 order by j.seq limit ${this.#turnsPerRead}`,
        values: [account, last, upToSeq],
      });
      for (const row of rows) yield turnOf(account, row);
      if (rows.length === 0) return;
      last = rows.at(-1)!.seq;
    }
  }

  async #withPersonal(account: AccountId, content: SnapshotContent): Promise<SnapshotContent> {
    const rows = (content.tables['personal'] ?? []) as readonly (readonly [string, string])[];
    const wanted = rows.filter(([, value]) => value === '').map(([reference]) => reference);
    if (wanted.length === 0) return content;
    const { rows: found } = await this.#connection.query<{ ref: string; value: string }>('select ref, value from journal_personal where account = $1 and ref = any ($2::text[])', [account, wanted]);
    const values = new Map(found.map(({ ref, value }) => [ref, value]));
    return { ...content, tables: { ...content.tables, personal: rows.flatMap(([reference, value]) => (value === '' ? (values.has(reference) ? [[reference, values.get(reference)!] as const] : []) : [[reference, value] as const])) } };
  }
}

/** An unreadable one is passed over for an older one, as a restart does. */
async function readable(state: StoredSnapshot['state']): Promise<SnapshotContent | undefined> {
  try {
    return await decodeSnapshotAside(state);
  } catch {
    // Cut off or spoiled on the disk: `restore` raises the alarm, and here there is an older one.
    return undefined;
  }
}
