import { HALF_HOURS, type Problem, type QueueView, type RealDay, type RealFigures, WHAT_IF_LIMITS, type WhatIfAnswer, type WhatIfFigure, type WhatIfFigures, type WhatIfQuestion } from '@centralita/contract';

export type Draft = Omit<WhatIfQuestion, 'queueId'>;
export type FigureName = keyof Omit<WhatIfFigures, 'offered'>;
const FIGURES: readonly FigureName[] = ['serviceLevel', 'waitSeconds', 'abandoned', 'overflowed', 'occupancy'];
export const SHAPES = ['office', 'flat', 'evening'] as const;
export type Shape = (typeof SHAPES)[number];

const places = <One>(of: (place: number) => One): One[] => Array.from({ length: HALF_HOURS }, (_, place) => of(place));

/** Weights of half hours: an office's two peaks, the same from 9 to 18, and a shop that is called after work. */
const WEIGHTS: Readonly<Record<Shape, (place: number) => number>> = {
  office: (place) => (place < 16 || place > 39 ? 0 : peak(place, 21, 4, 10) + peak(place, 32, 5, 8) + 1),
  flat: (place) => (place >= 18 && place < 36 ? 1 : 0),
  evening: (place) => (place < 20 || place > 43 ? 0 : peak(place, 38, 4, 10) + 1),
};
const peak = (place: number, at: number, width: number, height: number): number => height * Math.exp(-(((place - at) / width) ** 2));

/** A day's calls in a shape, in whole calls that add up to the day's. */
export function madeUpCalls(shape: Shape, perDay: number): number[] {
  const weights = places(WEIGHTS[shape]);
  const all = weights.reduce((sum, one) => sum + one, 0);
  let given = 0;
  let due = 0;
  return weights.map((weight) => {
    due += (perDay * weight) / all;
    const calls = Math.round(due) - given;
    given += calls;
    return calls;
  });
}

const DEFAULTS = { talkSeconds: 180, talkVariation: 0.7, afterServiceSeconds: 30, patienceSeconds: 180 } as const;

type Target = Pick<QueueView, 'serviceLevelTarget' | 'serviceLevelThresholdMs'>;
const targetOf = ({ serviceLevelTarget, serviceLevelThresholdMs }: Target) => ({ share: Math.min(0.999, Math.max(0.01, serviceLevelTarget)), withinSeconds: Math.max(1, Math.round(serviceLevelThresholdMs / 1_000)) });
const between = (low: number, value: number, high: number): number => Math.min(high, Math.max(low, value));

/** A real day as a question: its calls, its agents and its people, each within what may be asked. */
export function draftOfDay({ halfHours, habits, skill }: RealDay, queue: Target): Draft {
  return {
    calls: halfHours.map(({ calls }) => Math.min(WHAT_IF_LIMITS.callsPerHalfHour, calls)),
    agents: halfHours.map(({ agents }) => Math.min(WHAT_IF_LIMITS.agents, Math.round(agents))),
    talkSeconds: between(1, Math.round(habits.talkSeconds ?? DEFAULTS.talkSeconds), 3_600),
    talkVariation: between(0, habits.talkVariation ?? DEFAULTS.talkVariation, 3),
    afterServiceSeconds: between(0, Math.round(habits.afterServiceSeconds ?? DEFAULTS.afterServiceSeconds), 1_800),
    patienceSeconds: between(5, Math.round(habits.patienceSeconds ?? DEFAULTS.patienceSeconds), 7_200),
    target: targetOf(queue),
    skill: skill && { agentsShare: between(0.01, skill.agentsShare, 1), othersAfterSeconds: skill.othersAfterSeconds === null ? null : between(1, Math.round(skill.othersAfterSeconds), 3_600) },
    secondQueue: null,
  };
}

/** Agents enough for the work of each half hour and one more, as anybody would begin. */
export function madeUpDraft(shape: Shape, perDay: number, queue: Target): Draft {
  const calls = madeUpCalls(shape, perDay);
  const handling = DEFAULTS.talkSeconds + DEFAULTS.afterServiceSeconds;
  return { calls, agents: calls.map((one) => (one === 0 ? 0 : Math.min(WHAT_IF_LIMITS.agents, 1 + Math.ceil((one * handling) / 1_800)))), ...DEFAULTS, target: targetOf(queue), skill: null, secondQueue: null };
}

/** Half hours that are shown: from the first to the last in which anything happens, an office's day at least. */
export function shownPlaces({ calls, agents }: Pick<Draft, 'calls' | 'agents'>): number[] {
  const busy = places((place) => place).filter((place) => calls[place]! > 0 || agents[place]! > 0);
  const [first, last] = [Math.min(18, ...busy), Math.max(33, ...busy)];
  return places((place) => place).slice(first, last + 1);
}

export const timeOf = (place: number): string => `${String(Math.floor(place / 2)).padStart(2, '0')}:${place % 2 === 0 ? '00' : '30'}`;

export const replaced = (values: readonly number[], place: number, value: number): number[] => values.map((one, at) => (at === place ? value : one));
/** One more or one fewer wherever somebody is, or calls come. */
export const moreAgents = ({ calls, agents }: Draft, by: number): number[] => agents.map((one, place) => (one > 0 || (by > 0 && calls[place]! > 0) ? between(0, one + by, WHAT_IF_LIMITS.agents) : one));
export const moreCalls = ({ calls }: Draft, factor: number): number[] => calls.map((one) => Math.min(WHAT_IF_LIMITS.callsPerHalfHour, Math.round(one * factor * 10) / 10));
export const agentsNeeded = ({ theory }: WhatIfAnswer): number[] => theory.map((one) => Math.min(WHAT_IF_LIMITS.agents, one?.agentsNeeded ?? 0));
export const agentHours = ({ agents }: Pick<Draft, 'agents'>): number => agents.reduce((sum, one) => sum + one, 0) / 2;
export const sumOf = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0);

export interface Series {
  /** Of each shown half hour. */
  readonly simulated: readonly (WhatIfFigure | null)[];
  readonly real: readonly (number | null)[];
  readonly top: number;
}

/** Calls that were sent elsewhere are shown where there were any. */
export function figuresShown(answer: WhatIfAnswer['queue'] | null | undefined, day: RealDay | null): readonly FigureName[] {
  const overflowed = (answer?.whole.overflowed.value ?? 0) > 0 || (day?.whole.overflowed ?? 0) > 0;
  return FIGURES.filter((name) => name !== 'overflowed' || overflowed);
}

/** What one chart shows. Shares go up to 1; waits to a round number above the highest. */
export function seriesOf(name: FigureName, shown: readonly number[], answer: WhatIfAnswer['queue'] | null, day: RealDay | null): Series {
  const simulated = shown.map((place) => answer?.halfHours[place]?.[name] ?? null);
  const real = shown.map((place) => day?.halfHours[place]?.[name] ?? null);
  const highest = Math.max(0, ...simulated.flatMap((one) => [one?.value ?? 0, one?.high ?? 0]), ...real.map((one) => one ?? 0));
  return { simulated, real, top: name === 'waitSeconds' ? roundUp(Math.max(highest, 20)) : name === 'abandoned' || name === 'overflowed' ? roundShare(highest) : 1 };
}

const STEPS = [20, 30, 60, 120, 180, 300, 600, 900, 1_800, 3_600, 7_200];
const roundUp = (seconds: number): number => STEPS.find((step) => step >= seconds) ?? Math.ceil(seconds / 3_600) * 3_600;
const roundShare = (share: number): number => [0.1, 0.25, 0.5].find((step) => step >= share) ?? 1;

/** In a box of 0 to 100 by 0 to 100, top left first: each half hour is as wide as the next, and its value a level stroke. */
export function stepLine(values: readonly (number | null)[], top: number): string {
  const width = 100 / values.length;
  let pen = '';
  let drawing = false;
  for (const [at, value] of values.entries()) {
    if (value === null) {
      drawing = false;
      continue;
    }
    pen += `${drawing ? 'L' : 'M'}${point(at * width)} ${heightOf(value, top)}H${point((at + 1) * width)}`;
    drawing = true;
  }
  return pen;
}

export function band(values: readonly (WhatIfFigure | null)[], top: number): string {
  const width = 100 / values.length;
  return values
    .map((one, at) => (one === null || one.low === null || one.high === null ? '' : `M${point(at * width)} ${heightOf(one.low, top)}V${heightOf(one.high, top)}H${point((at + 1) * width)}V${heightOf(one.low, top)}Z`))
    .join('');
}

const point = (value: number): string => String(Math.round(value * 100) / 100);
const heightOf = (value: number, top: number): string => point(100 - (100 * between(0, value, top)) / top);

/** Whether the target is kept: most days, some days, or hardly one. Null where nothing was offered. */
export function verdict({ low, high }: WhatIfFigure, target: number): 'kept' | 'sometimes' | 'missed' | null {
  if (low === null || high === null) return null;
  if (low >= target) return 'kept';
  return high >= target ? 'sometimes' : 'missed';
}

export const realOf = (day: RealDay | null, at: number | null): RealFigures | null => (at === null ? (day?.whole ?? null) : (day?.halfHours[at] ?? null));
export const simulatedOf = (queue: WhatIfAnswer['queue'] | null, at: number | null): WhatIfFigures | null => (at === null ? (queue?.whole ?? null) : (queue?.halfHours[at] ?? null));

/** The fields that the server would not take: its part of the question, and which half hour. */
export function faultsOf(problem: Problem | null): readonly { readonly field: string; readonly place: number | null; readonly detail: string }[] {
  return (problem?.errors ?? []).map(({ pointer, detail }) => {
    const [, field = '', more] = pointer.split('/');
    const place = more !== undefined && /^\d+$/.test(more) ? Number(more) : null;
    return { field, place, detail };
  });
}

/** Names of a field as written in the question that the page has words for. */
export const FIELDS = ['calls', 'agents', 'talkSeconds', 'afterServiceSeconds', 'patienceSeconds', 'target', 'skill', 'secondQueue'] as const;
export const isField = (field: string): field is (typeof FIELDS)[number] => FIELDS.some((known) => known === field);
