import { MINUTE_MS, type QueueId } from '@centralita/kernel';

/** How long one customer of a queue has lately kept an agent: talk and after-service, each a moving average. */
export interface QueuePace {
  readonly queueId: QueueId;
  readonly talkMs: number;
  readonly afterServiceMs: number;
  readonly samples: number;
}

/** Until a queue has handled anybody: three minutes of talk, nothing after it. */
const FIRST_GUESS_MS = 3 * MINUTE_MS;
/** A new call weighs an eighth, so that the pace follows the last hour rather than the last call. */
const WEIGHT = 8;

export function paceAfterTalk(pace: QueuePace | undefined, queueId: QueueId, talkMs: number): QueuePace {
  if (!pace) return { queueId, talkMs, afterServiceMs: 0, samples: 1 };
  return { ...pace, talkMs: blend(pace.talkMs, talkMs, pace.samples), samples: pace.samples + 1 };
}

export function paceAfterService(pace: QueuePace | undefined, queueId: QueueId, afterServiceMs: number): QueuePace {
  if (!pace) return { queueId, talkMs: FIRST_GUESS_MS, afterServiceMs, samples: 1 };
  return { ...pace, afterServiceMs: blend(pace.afterServiceMs, afterServiceMs, pace.samples) };
}

const blend = (before: number, fresh: number, samples: number): number => Math.round(before + (fresh - before) / Math.min(samples + 1, WEIGHT));

/**
 * Estimated wait: everybody ahead, and the caller, each keep one of the serving agents for as long as customers lately did.
 * @param position 1 for the next one
 * @param serving agents of the queue who are signed in, reachable and in a status that takes queue work
 * @returns null when nobody serves the queue, since any number would be a lie
 */
export function estimateWaitMs(position: number, serving: number, pace: QueuePace | undefined): number | null {
  if (serving <= 0) return null;
  return Math.round((position * ((pace?.talkMs ?? FIRST_GUESS_MS) + (pace?.afterServiceMs ?? 0))) / serving);
}
