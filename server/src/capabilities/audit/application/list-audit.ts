import { type AccountId, type Instant, ok, refuse, type Result } from '@centralita/kernel';

export interface AuditFilter {
  readonly limit: number;
  readonly from?: Instant | undefined;
  /** Exclusive. */
  readonly to?: Instant | undefined;
  readonly actor?: string | undefined;
  readonly action?: string | undefined;
  readonly entity?: string | undefined;
  readonly entityId?: string | undefined;
}

export interface AuditEntry {
  readonly id: number;
  readonly at: Instant;
  readonly actor: { readonly id: string; readonly name: string | null };
  readonly action: string;
  readonly entity: string | null;
  readonly entityId: string | null;
  /** As it was written: JSON. */
  readonly before: unknown;
  readonly after: unknown;
  readonly requestId: string | null;
  readonly address: string | null;
}

export interface AuditTrail {
  /** At most `filter.limit` + 1, newest first. @param beforeId exclusive */
  list(account: AccountId, filter: AuditFilter, beforeId: number | undefined): Promise<AuditEntry[]>;
}

export interface AuditPage {
  readonly items: readonly AuditEntry[];
  readonly nextCursor: string | null;
}
export interface UnreadableCursor {
  readonly code: 'invalid-input';
  readonly errors: readonly { readonly pointer: string; readonly code: string; readonly detail: string }[];
}

/** The cursor is the last row's number, so rows that come meanwhile shift nothing. */
export async function listAudit(deps: { readonly audit: AuditTrail }, account: AccountId, filter: AuditFilter & { readonly cursor?: string | undefined }): Promise<Result<AuditPage, UnreadableCursor>> {
  if (filter.cursor !== undefined && !/^[1-9]\d{0,14}$/.test(filter.cursor)) {
    return refuse({ code: 'invalid-input', errors: [{ pointer: '/cursor', code: 'unreadable', detail: 'not a cursor of this list' }] });
  }
  const rows = await deps.audit.list(account, filter, filter.cursor === undefined ? undefined : Number(filter.cursor));
  const items = rows.slice(0, filter.limit);
  return ok({ items, nextCursor: rows.length > items.length ? String(items.at(-1)!.id) : null });
}
