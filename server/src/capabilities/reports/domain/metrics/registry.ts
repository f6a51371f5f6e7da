import type { Tally } from './tally.ts';

export type Unit = 'count' | 'ratio' | 'duration-ms';

/**
 * One figure: what it is called, in which version, how it follows from the sums, and the keys of the texts that the screen
 * shows beside the number. A change of meaning is a new version beside the old one, never an edit: printed reports name it.
 */
export interface Metric {
  readonly name: string;
  readonly version: number;
  readonly unit: Unit;
  readonly formula: string;
  readonly includes: readonly string[];
  readonly excludes: readonly string[];
  /** Null: nothing happened that the figure could be about. */
  of(tally: Tally): number | null;
}

const ratio = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);

const count = (name: string, of: (tally: Tally) => number, includes: readonly string[], excludes: readonly string[] = []): Metric => ({
  name,
  version: 1,
  unit: 'count',
  formula: `metrics.${name}.formula`,
  includes,
  excludes,
  of,
});

export const offered = count('offered', (tally) => tally.offered, ['metrics.includes.queue-entries', 'metrics.includes.still-waiting', 'metrics.includes.queue-was-full'], ['metrics.excludes.left-in-menu']);
export const answered = count('answered', (tally) => tally.answered, ['metrics.includes.agent-connected']);
export const abandoned = count('abandoned', (tally) => tally.abandoned, ['metrics.includes.left-before-answer'], ['metrics.excludes.short-abandons']);
export const shortAbandons = count('short-abandons', (tally) => tally.shortAbandons, ['metrics.includes.left-within-short-threshold']);
export const overflowed = count('overflowed', (tally) => tally.overflowed, ['metrics.includes.left-by-rule', 'metrics.includes.queue-was-full']);

/** Design 8: answered within T / offered. */
export const serviceLevel: Metric = {
  name: 'service-level',
  version: 1,
  unit: 'ratio',
  formula: 'metrics.service-level.formula',
  includes: ['metrics.includes.all-offered', 'metrics.includes.threshold-at-entry'],
  excludes: [],
  of: (tally) => ratio(tally.answeredWithin, tally.offered),
};

/** The variant that many contracts name: customers who left at once count on neither side. */
export const serviceLevelWithoutShortAbandons: Metric = {
  name: 'service-level-without-short-abandons',
  version: 1,
  unit: 'ratio',
  formula: 'metrics.service-level-without-short-abandons.formula',
  includes: ['metrics.includes.threshold-at-entry'],
  excludes: ['metrics.excludes.short-abandons'],
  of: (tally) => ratio(tally.answeredWithin, tally.offered - tally.shortAbandons),
};

/** Average speed of answer. */
export const averageSpeedOfAnswer: Metric = {
  name: 'average-speed-of-answer',
  version: 1,
  unit: 'duration-ms',
  formula: 'metrics.average-speed-of-answer.formula',
  includes: ['metrics.includes.answered-waits'],
  excludes: ['metrics.excludes.unanswered-waits', 'metrics.excludes.time-in-menu'],
  of: (tally) => ratio(tally.answeredWaitMs, tally.answered),
};

export const averageHandleTime: Metric = {
  name: 'average-handle-time',
  version: 1,
  unit: 'duration-ms',
  formula: 'metrics.average-handle-time.formula',
  includes: ['metrics.includes.talk', 'metrics.includes.hold', 'metrics.includes.after-service'],
  excludes: ['metrics.excludes.talk-in-progress', 'metrics.excludes.ringing'],
  of: (tally) => ratio(tally.talkMs + tally.holdMs + tally.afterServiceMs, tally.handled),
};

export const longestWait: Metric = {
  name: 'longest-wait',
  version: 1,
  unit: 'duration-ms',
  formula: 'metrics.longest-wait.formula',
  includes: ['metrics.includes.every-finished-wait'],
  excludes: ['metrics.excludes.still-waiting'],
  of: (tally) => (tally.offered === 0 ? null : tally.longestWaitMs),
};

export const occupancy: Metric = {
  name: 'occupancy',
  version: 1,
  unit: 'ratio',
  formula: 'metrics.occupancy.formula',
  includes: ['metrics.includes.talk', 'metrics.includes.hold', 'metrics.includes.after-service', 'metrics.includes.outgoing-calls'],
  excludes: ['metrics.excludes.ringing', 'metrics.excludes.not-taking-work', 'metrics.excludes.not-answering', 'metrics.excludes.signed-out'],
  of: (tally) => ratio(tally.contactWorkMs, tally.contactWorkMs + tally.idleMs),
};

export const METRICS: readonly Metric[] = [
  offered,
  answered,
  abandoned,
  shortAbandons,
  overflowed,
  serviceLevel,
  serviceLevelWithoutShortAbandons,
  averageSpeedOfAnswer,
  averageHandleTime,
  longestWait,
  occupancy,
];
