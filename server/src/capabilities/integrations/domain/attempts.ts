import { DAY_MS, HOUR_MS, type Instant, MINUTE_MS, type WebhookFailure, type WebhookStop } from '@centralita/kernel';

/*
 * What comes of an attempt to tell somebody else's system, for the message and for its line:
 *
 *   message:  waiting ── 2xx ──► delivered
 *                │  ▲
 *                │  └─ anything else: tried again, later each time
 *                └─ the last attempt failed ──► dead ── sent again by a person ──► waiting
 *
 *   line:     in several rounds nothing came through: it rests, longer each time, then tries one message. One success opens it again;
 *             after days without one, or at 410, it stops until a person makes it active again.
 */

/** How long after each failed attempt the next one comes: about a day in all. */
const RETRY_AFTER_MS = [5_000, 30_000, 2 * MINUTE_MS, 10 * MINUTE_MS, 30 * MINUTE_MS, HOUR_MS, 2 * HOUR_MS, 4 * HOUR_MS, 6 * HOUR_MS, 8 * HOUR_MS] as const;
/** Attempts on one message: the first and its repeats. */
export const ATTEMPTS_LIMIT = RETRY_AFTER_MS.length + 1;
/** A receiver may ask for more patience (Retry-After), up to this. */
const ASKED_LIMIT_MS = HOUR_MS;

/** Rounds in a row in which nothing came through, from which the whole line rests: a moment's trouble is no outage. */
const REST_FROM = 3;
const FIRST_REST_MS = 5_000;
const LONGEST_REST_MS = 5 * MINUTE_MS;
/** Without one success: what it misses is more than anybody would want to hear at once. */
const STOPS_AFTER_MS = 3 * DAY_MS;
/** Messages on their way to one receiver at the same time. */
const AT_ONCE = 16;
/** RFC 9110 15.5.11: wanted no more. */
const GONE = 410;

/** What a receiver answered, or why nothing was heard from it. */
export type Reply = { readonly status: number; readonly retryAfterMs?: number } | { readonly failure: Exclude<WebhookFailure, 'status'> };

export type Next = { readonly state: 'delivered' | 'dead'; readonly attempts: number } | { readonly state: 'waiting'; readonly attempts: number; readonly dueAt: Instant };

export interface Line {
  /** Rounds of messages, sent at the same time, of which not one has come through since the last that did. */
  readonly failures: number;
  readonly failingSince: Instant | null;
  readonly backoffUntil: Instant | null;
}

export const FRESH_LINE: Line = { failures: 0, failingSince: null, backoffUntil: null };

export const isTaken = (reply: Reply): boolean => 'status' in reply && reply.status >= 200 && reply.status < 300;

/**
 * @param attempts made before this one
 * @param draw in [0, 1): attempts of many messages spread by a fifth to either side
 */
export function afterAttempt(attempts: number, reply: Reply, now: Instant, draw: () => number): Next {
  const made = attempts + 1;
  if (isTaken(reply)) return { state: 'delivered', attempts: made };
  const wait = RETRY_AFTER_MS[attempts];
  if (wait === undefined) return { state: 'dead', attempts: made };
  return { state: 'waiting', attempts: made, dueAt: now + Math.max(spread(wait, draw), askedMs(reply)) };
}

const askedMs = (reply: Reply): number => ('status' in reply ? Math.min(reply.retryAfterMs ?? 0, ASKED_LIMIT_MS) : 0);

/** @param replies to what was sent at the same time */
export function lineAfter(line: Line, replies: readonly Reply[], now: Instant, draw: () => number): Line {
  if (replies.length === 0) return line;
  if (replies.some(isTaken)) return FRESH_LINE;
  const failures = line.failures + 1;
  const rest = failures < REST_FROM ? 0 : spread(Math.min(FIRST_REST_MS * 2 ** Math.min(failures - REST_FROM, 20), LONGEST_REST_MS), draw);
  const restMs = Math.max(rest, ...replies.map(askedMs));
  return { failures, failingSince: line.failingSince ?? now, backoffUntil: restMs === 0 ? null : now + restMs };
}

/** Why nothing more is sent; null: it is. */
export function stopOf({ failingSince }: Line, replies: readonly Reply[], now: Instant): WebhookStop | null {
  if (replies.some((reply) => 'status' in reply && reply.status === GONE)) return 'gone';
  return failingSince !== null && now - failingSince >= STOPS_AFTER_MS ? 'failing' : null;
}

/** A line that has failed is asked with one message. */
export const atOnce = ({ failures }: Line): number => (failures >= REST_FROM ? 1 : AT_ONCE);

const spread = (ms: number, draw: () => number): number => Math.round(ms * (0.8 + 0.4 * draw()));
