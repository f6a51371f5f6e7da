import type { AccountId, QueueId } from '@centralita/kernel';
import type { ConfigurationDeps, Queue, Reach } from './ports.ts';

/** Undefined also when it exists beyond the reader's reach: to them it does not. */
export async function showQueue(deps: Pick<ConfigurationDeps, 'read' | 'queues'>, account: AccountId, reach: Reach, queueId: QueueId): Promise<Queue | undefined> {
  const queues = await deps.read(account, (sql) => deps.queues.list(sql, reach));
  return queues.find((queue) => queue.queueId === queueId);
}
