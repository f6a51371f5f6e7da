import type { ConversationRow } from '@centralita/contract';

export const CALL_FILTERS = ['all', 'missed', 'incoming', 'outgoing'] as const;
export type CallFilter = (typeof CALL_FILTERS)[number];
export type CallKind = 'missed' | 'incoming' | 'outgoing' | 'internal';

/** A call that came in and was not answered by this person is missed, whoever took it later (S2.16). */
export function callKind(row: ConversationRow, userId: string): CallKind {
  if (row.direction === 'outbound') return 'outgoing';
  if (row.direction === 'internal') return 'internal';
  return row.ending !== null && (row.ending !== 'answered' || row.agentId !== userId) ? 'missed' : 'incoming';
}

export function filterCalls(rows: readonly ConversationRow[], filter: CallFilter, userId: string): readonly ConversationRow[] {
  return filter === 'all' ? rows : rows.filter((row) => callKind(row, userId) === filter);
}

/** A withheld number has nothing to call back to (S2.18), and a web visitor has none. */
export const canCallBack = (row: ConversationRow): boolean => row.customer.number !== '';
