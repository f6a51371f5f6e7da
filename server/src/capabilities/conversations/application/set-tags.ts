import type { ConversationId, Result } from '@centralita/kernel';
import { ok, refuse } from '@centralita/kernel';
import type { Annotations, History, Viewer } from './ports.ts';

/** The tags a conversation has from now on; those left out are taken off (S2.27). */
export async function setTags(
  deps: { readonly history: History; readonly annotations: Annotations },
  viewer: Viewer,
  conversationId: ConversationId,
  tags: readonly string[],
): Promise<Result<undefined, { readonly code: 'not-found' }>> {
  if (!(await deps.history.reaches(viewer, conversationId))) return refuse({ code: 'not-found' });
  await deps.annotations.setTags(viewer.account, viewer.userId, conversationId, tags);
  return ok(undefined);
}
