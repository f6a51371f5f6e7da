import type { Result } from '@centralita/kernel';
import { ok, refuse } from '@centralita/kernel';
import type { History, HistoryFilter, HistoryRow, Mark, Viewer } from './ports.ts';

export interface HistoryPage {
  readonly items: HistoryRow[];
  readonly nextCursor: string | null;
}
export interface UnreadableCursor {
  readonly code: 'invalid-input';
  readonly errors: readonly { readonly pointer: string; readonly code: string; readonly detail: string }[];
}

/** Newest first, in the viewer's scope. The cursor is a place in time, so rows that come meanwhile shift nothing. */
export async function listConversations(deps: { readonly history: History }, viewer: Viewer, filter: HistoryFilter & { readonly cursor?: string | undefined }): Promise<Result<HistoryPage, UnreadableCursor>> {
  const after = filter.cursor === undefined ? undefined : readCursor(filter.cursor);
  if (after === null) return refuse({ code: 'invalid-input', errors: [{ pointer: '/cursor', code: 'unreadable', detail: 'not a cursor of this list' }] });
  const rows = await deps.history.list(viewer, filter, after);
  const items = rows.slice(0, filter.limit);
  const last = items.at(-1);
  return ok({ items, nextCursor: rows.length > items.length && last ? writeCursor(last) : null });
}

const writeCursor = ({ startedAt, conversationId }: Mark): string => Buffer.from(`${startedAt} ${conversationId}`).toString('base64url');

function readCursor(cursor: string): Mark | null {
  const match = /^(\d{1,15}) (\w{1,40})$/.exec(Buffer.from(cursor, 'base64url').toString('latin1'));
  return match ? { startedAt: Number(match[1]), conversationId: match[2]! } : null;
}
