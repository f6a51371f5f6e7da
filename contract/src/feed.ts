import { z } from 'zod';

/**
 * The live feed (design 5). A browser asks POST /api/feed/tickets for a one-use ticket, opens `/api/feed?ticket=…`, subscribes to
 * topics, and gets per topic a snapshot with a position and then numbered changes. A topic's state is a flat map from key to
 * entity, so that applying a change is: delete `removed`, then set `changed`. A position that is not the last plus one is a gap:
 * subscribe again. Every entity of a topic has a schema in `live.ts`.
 */
/** `demo-board` is the board of the account that lives by itself, with the same entities as `board`. */
export const FEED_TOPICS = ['me', 'board', 'demo-board'] as const;
export type FeedTopic = (typeof FEED_TOPICS)[number];

export const feedRequest = z.discriminatedUnion('type', [
  z.object({ type: z.literal('subscribe'), topic: z.enum(FEED_TOPICS) }),
  z.object({ type: z.literal('unsubscribe'), topic: z.enum(FEED_TOPICS) }),
]);
export type FeedRequest = z.infer<typeof feedRequest>;

export interface FeedSnapshot {
  readonly type: 'snapshot';
  readonly topic: FeedTopic;
  readonly position: number;
  /** The server's clock when this was sent, in ms; countdowns are drawn from it. */
  readonly now: number;
  readonly state: Readonly<Record<string, unknown>>;
}
export interface FeedChange {
  readonly type: 'change';
  readonly topic: FeedTopic;
  readonly position: number;
  readonly now: number;
  readonly changed: Readonly<Record<string, unknown>>;
  readonly removed: readonly string[];
}
export interface FeedRefusal {
  readonly type: 'refused';
  readonly topic: FeedTopic;
  readonly code: string;
}
/** Control or the switch is degraded: shown as a banner until its `banner` comes with `active: false`. */
export interface FeedBanner {
  readonly type: 'banner';
  readonly banner: 'storage-away' | 'switch-away' | 'recording-disk-full' | 'memory-short' | 'overloaded';
  readonly active: boolean;
}
export type FeedMessage = FeedSnapshot | FeedChange | FeedRefusal | FeedBanner;

/** Applies a change to a topic's state. Both sides use this one function. */
export function applyFeedChange(state: Readonly<Record<string, unknown>>, change: Pick<FeedChange, 'changed' | 'removed'>): Record<string, unknown> {
  const next: Record<string, unknown> = { ...state };
  for (const key of change.removed) delete next[key];
  return Object.assign(next, change.changed);
}
