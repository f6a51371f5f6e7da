import type { AccountId } from '@centralita/kernel';
import { FencedError, type JournalStore, type StoredSnapshot, type StoredTurn } from '../floor/journal-store.ts';
import { jsonArray } from './binary-arrays.ts';
import { jsonbText, plainText } from './journal-json.ts';
import { type Pool, sqlState } from './pool.ts';

/** Raised by the journal's fence (migration 0001). */
const FENCED = 'CT001';
const TURNS_PER_READ = 1_000;
/** An unreadable snapshot is skipped for an older one, so a few are kept. */
const SNAPSHOTS_KEPT = 4;

/**
 * One statement for a group of turns and their personal values, so that a crowd costs one round trip and one fsync. A turn
 * that is there already is left alone: a retry after an answer that never came.
 */
const APPEND = `
  with turns as (
    insert into journal (account, seq, epoch, at, decider_version, input, seed, events, effects, timers, closed_effects)
    select * from unnest($1::text[], $2::bigint[], $3::bigint[], $4::timestamptz[], $5::integer[], $6::json[], $7::text[], $8::json[], $9::json[], $10::json[], $11::json[])
    on conflict (account, seq) do nothing
    returning 1
  ), personal as (
    insert into journal_personal (account, ref, value, seq)
    select * from unnest($12::text[], $13::text[], $14::text[], $15::bigint[])
    on conflict (account, ref) do nothing
  )
  select count(*) as appended from turns`;

/** Rows that are there under the same number but were decided by somebody else. */
const STRANGERS = `
  select t.account, t.seq from unnest($1::text[], $2::bigint[], $3::bigint[], $4::text[]) as t (account, seq, epoch, seed)
  left join journal j on j.account = t.account and j.seq = t.seq
  where j.epoch is distinct from t.epoch or j.seed is distinct from t.seed
  limit 1`;

/** Of `journal j`, as `turnOf` reads them. */
export const TURNS_COLUMNS = `j.seq, j.epoch, j.at, j.decider_version, j.input, j.seed, j.events, j.effects, j.timers, j.closed_effects,
    (select jsonb_object_agg(p.ref, p.value) from journal_personal p where p.account = j.account and p.seq = j.seq) as personal`;

const FROM_JOURNAL = `from journal j where j.account = $1 and j.seq > $2 order by j.seq limit ${TURNS_PER_READ}`;
const READ = `select ${TURNS_COLUMNS} ${FROM_JOURNAL}`;
const READ_EVENTS = `select j.seq, j.at, j.decider_version, j.events ${FROM_JOURNAL}`;

export interface TurnRow {
  readonly seq: number;
  readonly epoch: number;
  readonly at: Date;
  readonly decider_version: number;
  readonly input: unknown;
  readonly seed: string;
  readonly events: StoredTurn['events'];
  readonly effects: StoredTurn['effects'];
  readonly timers: StoredTurn['timers'];
  readonly closed_effects: readonly string[];
  readonly personal: Readonly<Record<string, string>> | null;
}

/** What was decided in a turn, without what it was decided from and what followed. */
export type TurnEvents = Pick<StoredTurn, 'account' | 'seq' | 'at' | 'deciderVersion' | 'events'>;

interface SnapshotRow {
  readonly seq: number;
  readonly schema_version: number;
  readonly taken_at: Date;
  readonly state: Buffer;
}

/** The journal in PostgreSQL. `pool` is the role `floor`'s. */
export class PostgresJournal implements JournalStore {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async takeLease(account: AccountId, owner: string): Promise<number> {
    const { rows } = await this.#pool.query<{ epoch: number }>(
      `insert into floor_leases (account, epoch, owner) values ($1, 1, $2)
       on conflict (account) do update set epoch = floor_leases.epoch + 1, owner = excluded.owner, taken_at = now()
       returning epoch`,
      [account, owner],
    );
    return rows[0]!.epoch;
  }

  async appendTurns(turns: readonly StoredTurn[]): Promise<void> {
    if (turns.length === 0) return;
    try {
      const { rows } = await this.#pool.query<{ appended: number }>({ name: 'append-turns', text: APPEND, values: appendValues(turns) });
      if (rows[0]!.appended < turns.length) await this.#refuseStrangers(turns);
    } catch (error) {
      if (sqlState(error) === FENCED) throw new FencedError((error as Error).message, { cause: error });
      throw error;
    }
  }

  async *readTurns(account: AccountId, afterSeq: number): AsyncGenerator<StoredTurn> {
    for await (const rows of this.#pages<TurnRow>('read-turns', READ, account, afterSeq)) for (const row of rows) yield turnOf(account, row);
  }

  /** For projections: whole turns took four times as long to read (15.8 s against 3.5 s for 509,000), mostly for their personal values. */
  async *readEvents(account: AccountId, afterSeq: number): AsyncGenerator<TurnEvents> {
    for await (const rows of this.#pages<Pick<TurnRow, 'seq' | 'at' | 'decider_version' | 'events'>>('read-events', READ_EVENTS, account, afterSeq)) {
      for (const { seq, at, decider_version, events } of rows) yield { account, seq, at: at.getTime(), deciderVersion: decider_version, events };
    }
  }

  /** While one page is worked on, PostgreSQL reads the next; if that fails, it is told when its turn comes. */
  async *#pages<Row extends { readonly seq: number }>(name: string, text: string, account: AccountId, afterSeq: number): AsyncGenerator<Row[]> {
    const read = (after: number) => Promise.allSettled([this.#pool.query<Row>({ name, text, values: [account, after] })]);
    for (let reading = read(afterSeq); ; ) {
      const [page] = await reading;
      if (page.status === 'rejected') throw page.reason;
      const { rows } = page.value;
      const last = rows.length < TURNS_PER_READ ? undefined : rows.at(-1)!.seq;
      if (last !== undefined) reading = read(last);
      yield rows;
      if (last === undefined) return;
    }
  }

  async saveSnapshot(snapshot: StoredSnapshot): Promise<void> {
    await this.#pool.query(
      `with saved as (
         insert into snapshots (account, seq, schema_version, taken_at, state) values ($1, $2, $3, $4, $5)
         on conflict (account, seq) do update set schema_version = excluded.schema_version, taken_at = excluded.taken_at, state = excluded.state
       )
       delete from snapshots where account = $1 and seq <
         (select min(kept.seq) from (select seq from snapshots where account = $1 and seq <> $2 order by seq desc limit ${SNAPSHOTS_KEPT - 1}) kept)`,
      [snapshot.account, snapshot.seq, snapshot.schemaVersion, new Date(snapshot.takenAt), Buffer.from(snapshot.state)],
    );
  }

  async savePastSnapshot(snapshot: StoredSnapshot): Promise<void> {
    await this.#pool.query('insert into past_snapshots (account, seq, schema_version, taken_at, state) values ($1, $2, $3, $4, $5) on conflict do nothing', [
      snapshot.account,
      snapshot.seq,
      snapshot.schemaVersion,
      new Date(snapshot.takenAt),
      Buffer.from(snapshot.state),
    ]);
  }

  async *loadSnapshots(account: AccountId): AsyncGenerator<StoredSnapshot> {
    for (let before = Number.MAX_SAFE_INTEGER; ; ) {
      const { rows } = await this.#pool.query<SnapshotRow>(
        'select seq, schema_version, taken_at, state from snapshots where account = $1 and seq < $2 order by seq desc limit 1',
        [account, before],
      );
      const row = rows[0];
      if (!row) return;
      yield { account, seq: row.seq, schemaVersion: row.schema_version, takenAt: row.taken_at.getTime(), state: row.state };
      before = row.seq;
    }
  }

  async #refuseStrangers(turns: readonly StoredTurn[]): Promise<void> {
    const { rows } = await this.#pool.query<{ account: string; seq: number }>(STRANGERS, [
      turns.map((turn) => turn.account),
      turns.map((turn) => turn.seq),
      turns.map((turn) => turn.epoch),
      turns.map((turn) => turn.seed),
    ]);
    const stranger = rows[0];
    if (stranger) throw new FencedError(`turn ${stranger.seq} of ${stranger.account} is in the journal already, decided by another process`);
  }
}

function appendValues(turns: readonly StoredTurn[]): unknown[] {
  const personal = turns.flatMap((turn) => Object.entries(turn.personal).map(([ref, value]) => ({ account: turn.account, ref, value, seq: turn.seq })));
  return [
    turns.map((turn) => turn.account),
    turns.map((turn) => turn.seq),
    turns.map((turn) => turn.epoch),
    turns.map((turn) => new Date(turn.at).toISOString()),
    turns.map((turn) => turn.deciderVersion),
    jsonArray(turns.map((turn) => jsonbText(turn.input))),
    turns.map((turn) => turn.seed),
    jsonArray(turns.map((turn) => jsonbText(turn.events))),
    jsonArray(turns.map((turn) => jsonbText(turn.effects))),
    jsonArray(turns.map((turn) => jsonbText(turn.timers))),
    jsonArray(turns.map((turn) => jsonbText(turn.closedEffects))),
    personal.map((row) => row.account),
    personal.map((row) => row.ref),
    personal.map((row) => plainText(row.value)),
    personal.map((row) => row.seq),
  ];
}

export const turnOf = (account: AccountId, row: TurnRow): StoredTurn => ({
  account,
  seq: row.seq,
  epoch: row.epoch,
  at: row.at.getTime(),
  deciderVersion: row.decider_version,
  input: row.input,
  seed: row.seed,
  events: row.events,
  effects: row.effects,
  timers: row.timers,
  closedEffects: row.closed_effects,
  personal: row.personal ?? {},
});
