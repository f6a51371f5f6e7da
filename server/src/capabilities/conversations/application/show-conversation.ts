import type { ConversationId, Result } from '@centralita/kernel';
import { ok, refuse } from '@centralita/kernel';
import type { History, HistoryDetail, Scope, Viewer } from './ports.ts';

export type ConversationAction = 'write-note' | 'set-tags' | 'set-outcome' | 'play-recording' | 'download-trace';

/** The viewer's other permissions, as far as each reaches; undefined: not held. */
export interface OtherScopes {
  readonly writeNotes: Scope | undefined;
  readonly playRecordings: Scope | undefined;
  readonly downloadTraces: Scope | undefined;
}

export interface ShownConversation extends HistoryDetail {
  readonly allowedActions: ConversationAction[];
}

/** One conversation with its people, timeline, offers, notes and recordings. Out of scope is as if it were not there. */
export async function showConversation(
  deps: { readonly history: History },
  viewer: Viewer,
  scopes: OtherScopes,
  conversationId: ConversationId,
): Promise<Result<ShownConversation, { readonly code: 'not-found' }>> {
  const detail = await deps.history.find(viewer, conversationId);
  if (detail === undefined) return refuse({ code: 'not-found' });
  // What is shown is in the reading scope; only a permission of another reach has to be asked about.
  const reaches = async (scope: Scope | undefined): Promise<boolean> =>
    scope !== undefined && (scope === viewer.scope || (await deps.history.reaches({ ...viewer, scope }, conversationId)));
  const allowedActions: ConversationAction[] = [];
  if (await reaches(scopes.writeNotes)) allowedActions.push('write-note', 'set-tags', 'set-outcome');
  if (detail.recordings.some(({ state }) => state === 'ready') && (await reaches(scopes.playRecordings))) allowedActions.push('play-recording');
  if (await reaches(scopes.downloadTraces)) allowedActions.push('download-trace');
  return ok({ ...detail, allowedActions });
}
