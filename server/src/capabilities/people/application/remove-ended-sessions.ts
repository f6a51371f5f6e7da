import type { AccountId, Instant } from '@centralita/kernel';

export interface EndedSessions {
  /** Removes some of those that ended before, with an audit row. @returns how many; 0: there is none left */
  remove(account: AccountId, before: Instant): Promise<number>;
}

/** Who signed in and out, from where, is in the audit: the rows are of no more use. Stops between two pieces. */
export async function removeEndedSessions(sessions: EndedSessions, account: AccountId, before: Instant, over: () => boolean): Promise<number> {
  let removed = 0;
  while (!over()) {
    const piece = await sessions.remove(account, before);
    if (piece === 0) break;
    removed += piece;
  }
  return removed;
}
