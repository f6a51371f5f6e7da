import type { WaitingId } from '@centralita/kernel';
import { estimateWaitMs } from '../../../capabilities/routing/index.ts';
import type { Told, Turn } from '../turn.ts';

/** Says place and estimated wait; refused for somebody who is being offered, since an agent may answer into it. */
export function announce(turn: Turn, waitingId: WaitingId): Told {
  const { world } = turn;
  const one = world.waiting.get(waitingId);
  if (!one) return 'not-waiting';
  const position = world.indexes.matcher.position(waitingId);
  if (one.state !== 'in-line' || position === undefined) return 'not-allowed-now';
  const estimatedWaitMs = estimateWaitMs(position, world.indexes.servingByQueue.get(one.queueId) ?? 0, world.queuePaces.get(one.queueId));
  return turn.waiting(waitingId, { type: 'announce', position, estimatedWaitMs });
}
