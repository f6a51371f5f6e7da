import type { ErrorCode, FeedTopic } from '@centralita/contract';
import type { AccountId, Role, UserId } from '@centralita/kernel';

/** Whoever opened a feed, as their session says. */
export interface FeedReader {
  readonly account: AccountId;
  readonly userId: UserId;
  readonly role: Role;
  readonly sessionId: string;
}

/** What one group of readers sees of a topic. Readers with equal `key` share one channel: computed once, encoded once. */
export interface FeedScope {
  readonly account: AccountId;
  readonly key: string;
  readonly refused?: undefined;
}
export interface RefusedScope {
  readonly refused: ErrorCode;
}

/** An event of a committed turn, as far as feeds look at it. */
export interface FloorEventSeen {
  readonly type: string;
  readonly agentId?: UserId | null;
  readonly otherAgentId?: UserId | null;
}

/** Where a topic's entities come from. Synchronous but for `scopeOf`: the world must not change while it is read. */
export interface TopicSource<Scope extends FeedScope = FeedScope> {
  readonly topic: FeedTopic;
  /** Nobody's work hangs on it: it is let go first when memory is short. */
  readonly isDashboard: boolean;
  /** Also asked again when configuration changed: reach may have grown or shrunk. */
  scopeOf(reader: FeedReader): Promise<Scope | RefusedScope>;
  /** Everything the scope sees now: entities by key, each as the JSON text that is sent. */
  entries(scope: Scope): ReadonlyMap<string, string>;
  /** Which channels an event may have changed, and whether they must not wait for the tick. */
  touchedBy(event: FloorEventSeen): { readonly keys: 'all' | readonly string[]; readonly atOnce: boolean } | undefined;
}
