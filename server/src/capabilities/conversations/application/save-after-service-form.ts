import type { ConversationId, Result } from '@centralita/kernel';
import { ok, randomId, refuse } from '@centralita/kernel';
import type { AfterServiceForm, Annotations, History, Viewer } from './ports.ts';

export type FormRefusal =
  | { readonly code: 'not-found' }
  | { readonly code: 'invalid-input'; readonly errors: readonly { readonly pointer: string; readonly code: string; readonly detail: string }[] };

export const UNKNOWN_OUTCOME: FormRefusal = { code: 'invalid-input', errors: [{ pointer: '/outcome', code: 'unknown-outcome', detail: 'not an outcome of this account' }] };

/**
 * Saved as it is typed, so repeating is harmless and the last one wins; also after the after-service is over, since a form cut
 * off by the limit is finished a moment later (S2.27, S2.28).
 */
export async function saveAfterServiceForm(
  deps: { readonly history: History; readonly annotations: Annotations },
  viewer: Viewer,
  conversationId: ConversationId,
  form: AfterServiceForm,
): Promise<Result<undefined, FormRefusal>> {
  if (!(await deps.history.reaches(viewer, conversationId))) return refuse({ code: 'not-found' });
  if (form.outcome !== null && !(await deps.annotations.outcomeExists(viewer.account, form.outcome))) {
    return refuse(UNKNOWN_OUTCOME);
  }
  await deps.annotations.saveForm(viewer.account, viewer.userId, conversationId, randomId('note'), form);
  return ok(undefined);
}
