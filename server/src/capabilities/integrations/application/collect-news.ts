import type { AccountId, WebhookId } from '@centralita/kernel';
import { type Happened, happenedIn } from '../domain/webhook-events.ts';
import type { DeliveryTable } from './ports.ts';

export interface CollectDeps {
  readonly deliveries: Pick<DeliveryTable, 'readers' | 'add'>;
  /** Committed turns after `afterSeq`, in order, events in today's shape. */
  readonly readTurns: (account: AccountId, afterSeq: number) => AsyncIterable<{ readonly seq: number; readonly events: readonly { readonly type: string }[] }>;
  /** The turn up to which history, which messages tell from, is written. */
  readonly historyReaches: (account: AccountId) => Promise<number>;
}

export interface Collected {
  /** Every webhook that is told. */
  readonly readers: readonly WebhookId[];
  /** Those for which there is something new. */
  readonly news: ReadonlySet<WebhookId>;
  /** Of some the journal keeps the rest, since too many messages wait already. */
  readonly full: boolean;
}

const HAPPENED_AT_ONCE = 500;

/**
 * Reads on in the journal for each webhook from where it was. Killed anywhere it goes on there the next time: nothing is left out,
 * nothing becomes two messages, and no decision ever waits for it.
 */
export async function collectNews(deps: CollectDeps, account: AccountId, stopping?: AbortSignal): Promise<Collected> {
  const news = new Set<WebhookId>();
  for (;;) {
    const readers = await deps.deliveries.readers(account);
    const upTo = readers.length === 0 ? 0 : await deps.historyReaches(account);
    const behind = readers.filter(({ full, readUpTo }) => !full && readUpTo < upTo);
    if (behind.length === 0 || stopping?.aborted) return { readers: readers.map(({ webhookId }) => webhookId), news, full: readers.some(({ full }) => full) };
    for (const [readUpTo, together] of Map.groupBy(behind, (reader) => reader.readUpTo)) {
      const { happened, seq } = await readOn(deps, account, readUpTo, upTo);
      for (const { webhookId } of together) if ((await deps.deliveries.add(account, webhookId, happened, readUpTo, seq)) > 0) news.add(webhookId);
    }
  }
}

async function readOn({ readTurns }: CollectDeps, account: AccountId, readUpTo: number, upTo: number): Promise<{ readonly happened: readonly Happened[]; readonly seq: number }> {
  const happened: Happened[] = [];
  for await (const turn of readTurns(account, readUpTo)) {
    if (turn.seq > upTo) break;
    happened.push(...happenedIn(turn));
    if (happened.length >= HAPPENED_AT_ONCE) return { happened, seq: turn.seq };
  }
  return { happened, seq: upTo };
}
