import type { Activity, Instant, UserId } from '@centralita/kernel';
import type { SegmentFacts } from '../segment.ts';

/** Half open: from ≤ t < to. */
export interface Window {
  readonly from: Instant;
  readonly to: Instant;
}

/** A stretch of one agent's time in one activity; `to` is null while it lasts. */
export interface ActivityInterval {
  readonly agentId: UserId;
  readonly activity: Activity;
  /** Whether the status chosen by the person took queue work meanwhile. */
  readonly takesQueueWork: boolean;
  readonly from: Instant;
  readonly to: Instant | null;
}

/**
 * Sums from which every figure follows. Two tallies add up to the tally of both, so intervals, queues and days are never
 * averaged: they are added, and the figure is taken from the sum.
 */
export interface Tally {
  offered: number;
  answered: number;
  answeredWithin: number;
  abandoned: number;
  shortAbandons: number;
  overflowed: number;
  failed: number;
  /** Of answered segments. */
  answeredWaitMs: number;
  longestWaitMs: number;
  /** Answered segments whose talk is over. */
  handled: number;
  talkMs: number;
  holdMs: number;
  afterServiceMs: number;
  /** Agents' time, clipped to the window. */
  contactWorkMs: number;
  idleMs: number;
  signedInMs: number;
}

export const emptyTally = (): Tally => ({
  offered: 0,
  answered: 0,
  answeredWithin: 0,
  abandoned: 0,
  shortAbandons: 0,
  overflowed: 0,
  failed: 0,
  answeredWaitMs: 0,
  longestWaitMs: 0,
  handled: 0,
  talkMs: 0,
  holdMs: 0,
  afterServiceMs: 0,
  contactWorkMs: 0,
  idleMs: 0,
  signedInMs: 0,
});

/**
 * Adds a segment, or takes it away (`times` −1) before its newer form is added. Whoever adds it decides on the window first:
 * a segment belongs to exactly one, that of `queuedAt`.
 */
export function countSegment(tally: Tally, segment: SegmentFacts, times: 1 | -1 = 1): void {
  tally.offered += times;
  const { ending, waitMs } = segment;
  // The maximum cannot be taken back; it need not be, since a wait is known once and never shrinks.
  if (waitMs !== null) tally.longestWaitMs = Math.max(tally.longestWaitMs, waitMs);
  if (ending === 'abandoned') tally.abandoned += times;
  else if (ending === 'short-abandon') tally.shortAbandons += times;
  else if (ending === 'overflowed') tally.overflowed += times;
  else if (ending === 'failed') tally.failed += times;
  if (segment.answeredAt === null || waitMs === null) return;
  tally.answered += times;
  tally.answeredWaitMs += times * waitMs;
  if (segment.thresholdMs !== null && waitMs <= segment.thresholdMs) tally.answeredWithin += times;
  if (segment.leftAt === null) return;
  tally.handled += times;
  tally.talkMs += times * (segment.connectedMs - segment.holdMs);
  tally.holdMs += times * segment.holdMs;
  tally.afterServiceMs += times * segment.afterServiceMs;
}

/** The part of an interval inside the window, in ms; `asOf` ends an interval that still lasts. */
export const clip = ({ from, to }: { readonly from: Instant; readonly to: Instant | null }, window: Window, asOf: Instant): number =>
  Math.max(0, Math.min(to ?? asOf, window.to) - Math.max(from, window.from));

/** Ringing is neither work nor idleness: it is on no side of occupancy. */
const CONTACT_WORK: ReadonlySet<Activity> = new Set<Activity>(['dialing', 'talking', 'holding', 'after-service']);

/** Adds the part of the interval that lies in the window. */
export function countInterval(tally: Tally, interval: ActivityInterval, window: Window, asOf: Instant): void {
  const ms = clip(interval, window, asOf);
  if (interval.activity === 'offline' || ms === 0) return;
  tally.signedInMs += ms;
  if (CONTACT_WORK.has(interval.activity)) tally.contactWorkMs += ms;
  else if (interval.activity === 'idle' && interval.takesQueueWork) tally.idleMs += ms;
}

/** Everything that belongs to the window: counts by the instant of entering the queue, agents' time by its part inside. */
export function tallyOf(window: Window, segments: Iterable<SegmentFacts>, intervals: Iterable<ActivityInterval>, asOf: Instant): Tally {
  const tally = emptyTally();
  for (const segment of segments) if (segment.queuedAt >= window.from && segment.queuedAt < window.to) countSegment(tally, segment);
  for (const interval of intervals) countInterval(tally, interval, window, asOf);
  return tally;
}

export function addTally(sum: Tally, other: Tally): void {
  for (const key of Object.keys(sum) as (keyof Tally)[]) {
    if (key === 'longestWaitMs') sum[key] = Math.max(sum[key], other[key]);
    else sum[key] += other[key];
  }
}
