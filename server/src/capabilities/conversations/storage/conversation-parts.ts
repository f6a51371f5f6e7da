import type { ConversationId, RecordingId, UserId } from '@centralita/kernel';
import type { Connection } from '../../../storage/pool.ts';
import type { Fact, HistoryDetail, Note, OfferWhy, Participant, RecordingEntry, TimelineKind } from '../application/ports.ts';

export async function readParticipants(connection: Connection, conversationId: ConversationId): Promise<Participant[]> {
  const { rows } = await connection.query<{ agent_id: UserId; name: string | null; extension: string | null; from_at: Date; to_at: Date | null; mos: number | null }>(
    `select p.agent_id, u.name, u.extension, p.from_at, p.to_at, p.mos from participations p left join users u on u.user_id = p.agent_id
       where p.conversation_id = $1 order by p.from_at, p.first_seq, p.participation_id`,
    [conversationId],
  );
  return rows.map((row) => ({ role: 'agent', userId: row.agent_id, name: row.name, number: row.extension, from: row.from_at.getTime(), to: row.to_at?.getTime() ?? null, mos: row.mos }));
}

/** Puts names beside ids (`agentId` gets an `agentName`) and values in the place of references (`digitRef` becomes `digit`). */
export async function readTimeline(connection: Connection, conversationId: ConversationId): Promise<HistoryDetail['timeline']> {
  const { rows } = await connection.query<{ at: Date; kind: TimelineKind; facts: Record<string, Fact> }>(
    `select at, kind, facts from timeline_entries where conversation_id = $1 order by first_seq, place`,
    [conversationId],
  );
  const ids = new Set<string>();
  const refs = new Set<string>();
  for (const { facts } of rows) {
    for (const [key, value] of Object.entries(facts)) {
      if (typeof value === 'string' && key.endsWith('Ref')) refs.add(value);
      else if (typeof value === 'string' && /(agent|queue|colleague)Id$/i.test(key)) ids.add(value);
    }
  }
  const names = await namesOf(connection, [...ids]);
  const values = await valuesOf(connection, [...refs]);
  return rows.map(({ at, kind, facts }) => {
    const told: Record<string, Fact> = {};
    for (const [key, value] of Object.entries(facts)) {
      if (key.endsWith('Ref')) told[key.slice(0, -3)] = typeof value === 'string' ? (values.get(value) ?? null) : null;
      else told[key] = value;
      const name = key.endsWith('Id') && typeof value === 'string' ? names.get(value) : undefined;
      if (name !== undefined) told[`${key.slice(0, -2)}Name`] = name;
    }
    return { at: at.getTime(), kind, facts: told };
  });
}

export async function readOffers(connection: Connection, conversationId: ConversationId): Promise<OfferWhy[]> {
  interface Row {
    readonly offer_id: string;
    readonly offered_at: Date;
    readonly agent_id: UserId;
    readonly selection: string;
    readonly skill_level: number;
    readonly idle_ms: number;
    readonly queue_priority: number;
    readonly passed_over: Record<string, number>;
    readonly runners_up: readonly { readonly agentId: UserId; readonly skillLevel: number; readonly idleMs: number }[];
  }
  const { rows } = await connection.query<Row>(
    `select offer_id, offered_at, agent_id, selection, skill_level, idle_ms, queue_priority, passed_over, runners_up from offers where conversation_id = $1 order by first_seq, offer_id`,
    [conversationId],
  );
  const names = await namesOf(connection, [...new Set(rows.flatMap((row) => [row.agent_id, ...row.runners_up.map(({ agentId }) => agentId)]))]);
  // Somebody whose row is gone is shown by id rather than not at all.
  const nameOf = (id: string): string => names.get(id) ?? id;
  return rows.map((row) => ({
    offerId: row.offer_id,
    at: row.offered_at.getTime(),
    agentId: row.agent_id,
    agentName: nameOf(row.agent_id),
    selection: row.selection,
    rank: { skillLevel: row.skill_level, idleMs: row.idle_ms, queuePriority: row.queue_priority },
    passedOver: row.passed_over,
    runnersUp: row.runners_up.map(({ agentId, skillLevel, idleMs }) => ({ agentId, agentName: nameOf(agentId), skillLevel, idleMs })),
  }));
}

export async function readNotes(connection: Connection, conversationId: ConversationId): Promise<Note[]> {
  const { rows } = await connection.query<NoteSqlRow>(`${SELECT_NOTE} where n.conversation_id = $1 order by n.written_at, n.note_id`, [conversationId]);
  return rows.map(noteOf);
}

export interface NoteSqlRow {
  readonly note_id: string;
  readonly author_id: UserId;
  readonly author_name: string;
  readonly written_at: Date;
  readonly edited_at: Date | null;
  readonly text: string;
}
export const SELECT_NOTE = `select n.note_id, n.author_id, u.name as author_name, n.written_at, n.edited_at, n.text from conversation_notes n join users u on u.user_id = n.author_id`;
export const noteOf = (row: NoteSqlRow): Note => ({
  noteId: row.note_id,
  authorId: row.author_id,
  authorName: row.author_name,
  at: row.written_at.getTime(),
  editedAt: row.edited_at?.getTime() ?? null,
  text: row.text,
});

/** When a recording ran is the floor's to say; whether its sound is there, the file's row. */
export async function readRecordings(connection: Connection, conversationId: ConversationId): Promise<RecordingEntry[]> {
  interface Row {
    readonly recording_id: RecordingId;
    readonly state: string;
    readonly file_state: string | null;
    readonly started_at: Date;
    readonly duration_ms: number | null;
    readonly failure: string | null;
  }
  const { rows } = await connection.query<Row>(
    `select r.recording_id, r.state, f.state as file_state, r.started_at, coalesce(f.duration_ms, r.duration_ms) as duration_ms, coalesce(f.failure, r.failure) as failure
       from recordings r left join recording_files f using (recording_id) where r.conversation_id = $1 order by r.started_at, r.recording_id`,
    [conversationId],
  );
  return rows.map((row) => ({ recordingId: row.recording_id, state: stateOf(row.state, row.file_state), startedAt: row.started_at.getTime(), durationMs: row.duration_ms, failure: row.failure }));
}

function stateOf(ran: string, file: string | null): RecordingEntry['state'] {
  if (file === 'ready' || file === 'deleted' || file === 'failed') return file;
  // Completed and not claimed yet: it is about to be ready, and cannot be played before.
  return ran === 'lost' ? 'failed' : 'running';
}

async function namesOf(connection: Connection, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map();
  const { rows } = await connection.query<{ id: string; name: string }>(
    `select user_id as id, name from users where user_id = any ($1) union all select queue_id, name from queues where queue_id = any ($1)`,
    [ids],
  );
  return new Map(rows.map(({ id, name }) => [id, name]));
}

async function valuesOf(connection: Connection, refs: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (refs.length === 0) return new Map();
  const { rows } = await connection.query<{ ref: string; value: string }>(`select ref, value from journal_personal where account = current_account() and ref = any ($1)`, [refs]);
  return new Map(rows.map(({ ref, value }) => [ref, value]));
}
