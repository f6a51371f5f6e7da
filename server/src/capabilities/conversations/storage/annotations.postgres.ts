import type { ConversationId, UserId } from '@centralita/kernel';
import { inAccount, type Connection, type Pool } from '../../../storage/pool.ts';
import type { Annotations } from '../application/ports.ts';
import { noteOf, SELECT_NOTE, type NoteSqlRow } from './conversation-parts.ts';

export function annotationsIn(pool: Pool): Annotations {
  const noteAfter = async (connection: Connection, noteId: string) => noteOf((await connection.query<NoteSqlRow>(`${SELECT_NOTE} where n.note_id = $1`, [noteId])).rows[0]!);
  return {
    outcomeExists: (account, outcome) => inAccount(pool, account, async (connection) => (await connection.query('select from outcomes where name = $1', [outcome])).rowCount === 1),
    saveForm: (account, author, conversationId, noteId, form) =>
      inAccount(pool, account, async (connection) => {
        await saveNote(connection, author, conversationId, noteId, form.note);
        await saveTags(connection, author, conversationId, form.tags);
        await saveOutcome(connection, author, conversationId, form.outcome);
      }),
    setTags: (account, author, conversationId, tags) => inAccount(pool, account, (connection) => saveTags(connection, author, conversationId, tags)),
    setOutcome: (account, author, conversationId, outcome) => inAccount(pool, account, (connection) => saveOutcome(connection, author, conversationId, outcome)),
    addNote: (account, author, conversationId, noteId, text) =>
      inAccount(pool, account, async (connection) => {
        await connection.query(`insert into conversation_notes (note_id, account, conversation_id, author_id, text) values ($1, current_account(), $2, $3, $4)`, [noteId, conversationId, author, text]);
        return noteAfter(connection, noteId);
      }),
    findNote: (account, noteId) =>
      inAccount(pool, account, async (connection) => {
        const { rows } = await connection.query<{ author_id: UserId; conversation_id: ConversationId }>('select author_id, conversation_id from conversation_notes where note_id = $1', [noteId]);
        return rows[0] && { authorId: rows[0].author_id, conversationId: rows[0].conversation_id };
      }),
    editNote: (account, noteId, text) =>
      inAccount(pool, account, async (connection) => {
        await connection.query('update conversation_notes set text = $2, edited_at = now() where note_id = $1 and text <> $2', [noteId, text]);
        return noteAfter(connection, noteId);
      }),
  };
}

/** The form's note is written while it is typed: those savings are not edits, and an emptied field is no note. */
async function saveNote(connection: Connection, author: UserId, conversationId: ConversationId, noteId: string, note: string): Promise<void> {
  if (note.trim() === '') {
    await connection.query('delete from conversation_notes where conversation_id = $1 and author_id = $2 and after_service', [conversationId, author]);
    return;
  }
  await connection.query(
    `insert into conversation_notes (note_id, account, conversation_id, author_id, after_service, text) values ($1, current_account(), $2, $3, true, $4)
       on conflict (conversation_id, author_id) where after_service do update set text = excluded.text`,
    [noteId, conversationId, author, note],
  );
}

async function saveTags(connection: Connection, author: UserId, conversationId: ConversationId, tags: readonly string[]): Promise<void> {
  await connection.query('delete from conversation_tags where conversation_id = $1 and tag <> all ($2)', [conversationId, tags]);
  await connection.query(
    `insert into conversation_tags (account, conversation_id, tag, tagged_by) select distinct current_account(), $1, tag, $2 from unnest($3::text[]) tag on conflict do nothing`,
    [conversationId, author, tags],
  );
}

async function saveOutcome(connection: Connection, author: UserId, conversationId: ConversationId, outcome: string | null): Promise<void> {
  if (outcome === null) {
    await connection.query('delete from conversation_outcomes where conversation_id = $1', [conversationId]);
    return;
  }
  await connection.query(
    `insert into conversation_outcomes (conversation_id, account, outcome, decided_by) values ($1, current_account(), $2, $3)
       on conflict (conversation_id) do update set outcome = excluded.outcome, decided_by = excluded.decided_by, decided_at = now() where conversation_outcomes.outcome <> excluded.outcome`,
    [conversationId, outcome, author],
  );
}
