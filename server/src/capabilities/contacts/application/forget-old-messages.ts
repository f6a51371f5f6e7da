import { type AccountId, DAY_MS, type Instant } from '@centralita/kernel';

/**
 * So long a repeat is known by its id. Later ones change nothing either, since something as late is known of their contact, as long
 * as that is.
 */
export const MESSAGES_KEPT_MS = 2 * DAY_MS;
/** So late may a message come that was sent before its contact was removed. */
export const TOMBSTONES_KEPT_MS = 30 * DAY_MS;

export interface OldContactMessages {
  /** Removes some ids of messages and some tombstones that were taken before, with an audit row. @returns how many; 0: there is none left */
  remove(account: AccountId, before: { readonly messages: Instant; readonly tombstones: Instant }): Promise<number>;
}

/** Stops between two pieces. */
export async function forgetOldMessages(table: OldContactMessages, account: AccountId, now: Instant, over: () => boolean): Promise<number> {
  let removed = 0;
  while (!over()) {
    const piece = await table.remove(account, { messages: now - MESSAGES_KEPT_MS, tombstones: now - TOMBSTONES_KEPT_MS });
    if (piece === 0) break;
    removed += piece;
  }
  return removed;
}
