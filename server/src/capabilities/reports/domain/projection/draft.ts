import type { IntervalRecord, ParticipationRecord, ProjectedTables, TableName } from './rows.ts';

/** Ended conversations kept in hand for what comes late: after-service, the recording's end. */
const ENDED_KEPT = 2_000;

/** Rows of one table that are in hand, and which of them were written since they were last taken. */
export class DraftRows<Row> {
  readonly #rows = new Map<string, Row>();
  readonly #written = new Set<string>();

  get(key: string): Row | undefined {
    return this.#rows.get(key);
  }

  put(key: string, row: Row): void {
    this.#rows.set(key, row);
    this.#written.add(key);
  }

  /** A row as the database has it. */
  know(key: string, row: Row): void {
    if (!this.#rows.has(key)) this.#rows.set(key, row);
  }

  forget(key: string): void {
    this.#rows.delete(key);
  }

  written(): Row[] {
    return Array.from(this.#written, (key) => this.#rows.get(key)!);
  }

  takeWritten(): Row[] {
    const rows = this.written();
    this.#written.clear();
    return rows;
  }
}

/** Rows that are added once, never changed and never read again. */
export class AddedRows<Row> {
  #rows: Row[] = [];

  add(row: Row): void {
    this.#rows.push(row);
  }

  takeWritten(): Row[] {
    const rows = this.#rows;
    this.#rows = [];
    return rows;
  }
}

export const TABLE_NAMES = ['conversations', 'segments', 'participations', 'offers', 'recordings', 'intervals', 'timeline', 'rules'] as const satisfies readonly TableName[];

/** Rows to be written, as they were when they were taken. */
export type WrittenRows = { readonly [Name in TableName]: readonly ProjectedTables[Name][] };

export const intervalKey = ({ agentId, fromAt }: Pick<IntervalRecord, 'agentId' | 'fromAt'>): string => `${agentId} ${fromAt}`;

/** One account's rows being written. What it does not hold, the caller has looked up and `know`s before a turn is projected. */
export class Draft {
  readonly conversations = new DraftRows<ProjectedTables['conversations']>();
  readonly segments = new DraftRows<ProjectedTables['segments']>();
  readonly participations = new DraftRows<ProjectedTables['participations']>();
  readonly offers = new DraftRows<ProjectedTables['offers']>();
  readonly recordings = new DraftRows<ProjectedTables['recordings']>();
  readonly intervals = new DraftRows<ProjectedTables['intervals']>();
  readonly timeline = new AddedRows<ProjectedTables['timeline']>();
  readonly rules = new DraftRows<ProjectedTables['rules']>();
  /** The interval of each agent that still lasts. */
  readonly openIntervals = new Map<string, string>();
  /** Keys of a conversation's rows in the other tables, so that they are forgotten together. */
  readonly ofConversation = new Map<string, { readonly table: 'segments' | 'participations' | 'offers' | 'recordings'; readonly key: string }[]>();

  /** In the order of their ends. */
  readonly #ended = new Set<string>();

  putIn<Name extends 'segments' | 'participations' | 'offers' | 'recordings'>(table: Name, key: string, row: ProjectedTables[Name] & { readonly conversationId: string }): void {
    const rows = this[table] as DraftRows<ProjectedTables[Name]>;
    if (rows.get(key) === undefined) this.#link(table, key, row.conversationId);
    rows.put(key, row);
  }

  knowIn<Name extends 'segments' | 'participations' | 'offers' | 'recordings'>(table: Name, key: string, row: ProjectedTables[Name] & { readonly conversationId: string }): void {
    const rows = this[table] as DraftRows<ProjectedTables[Name]>;
    if (rows.get(key) === undefined) this.#link(table, key, row.conversationId);
    rows.know(key, row);
  }

  /** An interval that lasts as far as the database knows; the draft may have ended it since. */
  knowOpenInterval(row: IntervalRecord): void {
    const key = intervalKey(row);
    if (this.intervals.get(key) !== undefined) return;
    this.intervals.know(key, row);
    this.openIntervals.set(row.agentId, key);
  }

  openParticipation(conversationId: string, agentId: string): ParticipationRecord | undefined {
    return this.#participations(conversationId).find((row) => row.agentId === agentId && row.toAt === null);
  }

  openParticipations(conversationId: string): ParticipationRecord[] {
    return this.#participations(conversationId).filter((row) => row.toAt === null);
  }

  /** The latest part of this agent, over or not. */
  lastParticipation(conversationId: string, agentId: string): ParticipationRecord | undefined {
    return this.#participations(conversationId).findLast((row) => row.agentId === agentId);
  }

  openInterval(agentId: string): IntervalRecord | undefined {
    const id = this.openIntervals.get(agentId);
    return id === undefined ? undefined : this.intervals.get(id);
  }

  forgetConversation(conversationId: string): void {
    for (const { table, key } of this.ofConversation.get(conversationId) ?? []) this[table].forget(key);
    this.ofConversation.delete(conversationId);
    this.conversations.forget(conversationId);
  }

  /** What was written since the last time. What is hardly read again is let go: closed intervals, conversations that ended long ago. */
  takeWritten(): WrittenRows {
    const rows: WrittenRows = {
      conversations: this.conversations.takeWritten(),
      segments: this.segments.takeWritten(),
      participations: this.participations.takeWritten(),
      offers: this.offers.takeWritten(),
      recordings: this.recordings.takeWritten(),
      intervals: this.intervals.takeWritten(),
      timeline: this.timeline.takeWritten(),
      rules: this.rules.takeWritten(),
    };
    for (const interval of rows.intervals) if (interval.toAt !== null) this.intervals.forget(intervalKey(interval));
    for (const { conversationId, endedAt } of rows.conversations) if (endedAt !== null) this.#ended.add(conversationId);
    for (const conversationId of this.#ended) {
      if (this.#ended.size <= ENDED_KEPT) break;
      this.#ended.delete(conversationId);
      this.forgetConversation(conversationId);
    }
    return rows;
  }

  #participations(conversationId: string): ParticipationRecord[] {
    const links = this.ofConversation.get(conversationId) ?? [];
    return links.filter(({ table }) => table === 'participations').map(({ key }) => this.participations.get(key)!);
  }

  #link(table: 'segments' | 'participations' | 'offers' | 'recordings', key: string, conversationId: string): void {
    const links = this.ofConversation.get(conversationId);
    if (links === undefined) this.ofConversation.set(conversationId, [{ table, key }]);
    else links.push({ table, key });
  }
}
