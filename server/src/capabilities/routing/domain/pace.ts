import type { QueueId } from '@centralita/kernel';

/** How long one customer of a queue has lately kept an agent: talk and after-service, each a moving average. */
export interface QueuePace {
  readonly queueId: QueueId;
  readonly talkMs: number;
  readonly afterServiceMs: number;
  readonly samples: number;
}
