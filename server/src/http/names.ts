import type { AccountId, Language, QueueId, StatusId, UserId } from '@centralita/kernel';

/** What live screens call things; the floor itself knows ids only. */
export interface AccountNames {
  readonly language: Language;
  readonly simulated: boolean;
  readonly users: ReadonlyMap<UserId, { readonly name: string; readonly extension: string | null }>;
  readonly queues: ReadonlyMap<QueueId, { readonly name: string; readonly serviceLevelTarget: number }>;
  readonly statuses: ReadonlyMap<StatusId, { readonly name: string; readonly names: Readonly<Record<Language, string>>; readonly icon: string; readonly takesQueueWork: boolean }>;
}

/** Who calls: known at once, or a moment later (`CallerLookup`). */
export interface LiveNames {
  /** As last read; everything empty before the first reading. */
  of(account: AccountId): AccountNames;
  caller(account: AccountId, number: string): { readonly known: { readonly contactId: string; readonly name: string } | null; readonly earlierCalls: number };
}
