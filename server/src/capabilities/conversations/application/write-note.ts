import type { ConversationId, Result } from '@centralita/kernel';
import { ok, randomId, refuse } from '@centralita/kernel';
import type { Annotations, History, Note, Viewer } from './ports.ts';

/** A further note on a conversation in the viewer's scope (S0.8). */
export async function writeNote(
  deps: { readonly history: History; readonly annotations: Annotations },
  viewer: Viewer,
  conversationId: ConversationId,
  text: string,
): Promise<Result<Note, { readonly code: 'not-found' }>> {
  if (!(await deps.history.reaches(viewer, conversationId))) return refuse({ code: 'not-found' });
  return ok(await deps.annotations.addNote(viewer.account, viewer.userId, conversationId, randomId('note'), text));
}
