import type { WhatIfAnswer, WhatIfFigure, WhatIfFigures, WhatIfQuestion, WhatIfTheory } from '@centralita/contract';
import { MINUTE_MS, SECOND_MS } from '@centralita/kernel';
import { addTally, averageSpeedOfAnswer, emptyTally, occupancy, serviceLevel, type Tally } from '@centralita/server/capabilities/reports/index.ts';
import { abandonedShare, agentsNeeded, erlangA, erlangC, overflowedShare } from '@centralita/server/capabilities/staffing/index.ts';
import type { SimulatedDay } from './run-day.ts';

/** Eight days of ten lie between. */
const LOW = 0.1;
const HIGH = 0.9;
const HALF_HOUR_SECONDS = (30 * MINUTE_MS) / SECOND_MS;

/** Figures of many simulated days: from the sum of them all, with the band in which single days lay. */
export function answerOf(question: WhatIfQuestion, days: readonly SimulatedDay[]): WhatIfAnswer {
  const [first, second] = [0, 1].map((queue) => days.flatMap(({ queues }) => queues[queue] ?? []));
  return {
    simulatedDays: days.length,
    simulatedCalls: days.reduce((sum, { calls }) => sum + calls, 0),
    queue: queueFigures(first!, question.calls.length),
    secondQueue: question.secondQueue === null ? null : queueFigures(second!, question.calls.length),
    theory: question.calls.map((calls, place) => theoryOf(question, calls, question.agents[place]!)),
  };
}

/** @param tallies day after day, half hour after half hour */
function queueFigures(tallies: readonly Tally[], perDay: number) {
  const days = Array.from({ length: tallies.length / perDay }, (_, day) => tallies.slice(day * perDay, (day + 1) * perDay));
  return {
    whole: figuresOf(days.map(sumOf)),
    halfHours: Array.from({ length: perDay }, (_, place) => figuresOf(days.map((day) => day[place]!))),
  };
}

function sumOf(tallies: readonly Tally[]): Tally {
  const sum = emptyTally();
  for (const tally of tallies) addTally(sum, tally);
  return sum;
}

function figuresOf(days: readonly Tally[]): WhatIfFigures {
  const whole = sumOf(days);
  const figure = (of: (tally: Tally) => number | null, scale = 1): WhatIfFigure => {
    const values = days.flatMap((day) => of(day) ?? []).map((value) => value * scale).sort((a, b) => a - b);
    const value = of(whole);
    return { value: value === null ? null : value * scale, low: quantile(values, LOW), high: quantile(values, HIGH) };
  };
  return {
    offered: whole.offered / Math.max(1, days.length),
    waitSeconds: figure(averageSpeedOfAnswer.of, 1 / SECOND_MS),
    serviceLevel: figure(serviceLevel.of),
    abandoned: figure(abandonedShare),
    overflowed: figure(overflowedShare),
    occupancy: figure(occupancy.of),
  };
}

/** Between the two nearest of the sorted values. */
function quantile(sorted: readonly number[], share: number): number | null {
  if (sorted.length === 0) return null;
  const at = share * (sorted.length - 1);
  const below = sorted[Math.floor(at)]!;
  return below + (at - Math.floor(at)) * (sorted[Math.ceil(at)]! - below);
}

function theoryOf({ talkSeconds, afterServiceSeconds, patienceSeconds, target }: WhatIfQuestion, calls: number, agents: number): WhatIfTheory | null {
  if (calls === 0) return null;
  const load = { callsPerSecond: calls / HALF_HOUR_SECONDS, handlingSeconds: talkSeconds + afterServiceSeconds };
  const c = agents === 0 ? undefined : erlangC(agents, load);
  const a = agents === 0 || patienceSeconds === null ? undefined : erlangA(agents, load, patienceSeconds);
  return {
    load: load.callsPerSecond * load.handlingSeconds,
    erlangC: c && Number.isFinite(c.waitSeconds) ? { waitSeconds: c.waitSeconds, serviceLevel: Math.max(0, c.answeredWithin(target.withinSeconds)) } : null,
    erlangA: a ? { waitSeconds: a.waitSeconds, abandoned: Math.min(1, a.abandons) } : null,
    agentsNeeded: agentsNeeded({ ...load, target: { serviceLevel: { share: target.share, withinSeconds: target.withinSeconds } } }).agents,
  };
}
