import type { ConversationId, Result } from '@centralita/kernel';
import { ok, refuse } from '@centralita/kernel';
import type { Annotations, History, Viewer } from './ports.ts';
import { UNKNOWN_OUTCOME, type FormRefusal } from './save-after-service-form.ts';

/** What the conversation came to, from the account's list; null takes it back. */
export async function setOutcome(
  deps: { readonly history: History; readonly annotations: Annotations },
  viewer: Viewer,
  conversationId: ConversationId,
  outcome: string | null,
): Promise<Result<undefined, FormRefusal>> {
  if (!(await deps.history.reaches(viewer, conversationId))) return refuse({ code: 'not-found' });
  if (outcome !== null && !(await deps.annotations.outcomeExists(viewer.account, outcome))) return refuse(UNKNOWN_OUTCOME);
  await deps.annotations.setOutcome(viewer.account, viewer.userId, conversationId, outcome);
  return ok(undefined);
}
