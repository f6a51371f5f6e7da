import { boardAgent, boardQueue, boardStatus, boardTotals, meAfterService, meAgent, meCall, meOffer, type FeedTopic } from '@centralita/contract';
import { ignoreFailure } from '@centralita/kernel';

const schemas = { agent: meAgent, offer: meOffer, call: meCall, 'after-service': meAfterService } as const;
const boardSchemas = { totals: boardTotals, queue: boardQueue, agent: boardAgent, status: boardStatus } as const;

/** The feed's boundary: an entity in the shape of the contract, or undefined (counted, not shown). */
export function parseEntity(topic: FeedTopic, key: string, value: unknown): unknown {
  const kind = key.split(':', 1)[0]!;
  const table: Record<string, { safeParse(value: unknown): { success: boolean; data?: unknown; error?: unknown } }> = topic === 'me' ? schemas : boardSchemas;
  const schema = Object.hasOwn(table, kind) ? table[kind] : undefined;
  if (!schema) return undefined;
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  ignoreFailure(`feed entity ${topic}/${kind}`, Promise.reject(parsed.error as Error));
  return undefined;
}
