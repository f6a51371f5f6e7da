import type { Result } from '@centralita/kernel';
import { ok, refuse } from '@centralita/kernel';
import type { Annotations, History, Note, Viewer } from './ports.ts';

/** Only its author edits a note; it shows that it was edited. */
export async function editNote(
  deps: { readonly history: History; readonly annotations: Annotations },
  viewer: Viewer,
  noteId: string,
  text: string,
): Promise<Result<Note, { readonly code: 'not-found' | 'not-yours' }>> {
  const note = await deps.annotations.findNote(viewer.account, noteId);
  if (note === undefined || !(await deps.history.reaches(viewer, note.conversationId))) return refuse({ code: 'not-found' });
  if (note.authorId !== viewer.userId) return refuse({ code: 'not-yours' });
  return ok(await deps.annotations.editNote(viewer.account, noteId, text));
}
