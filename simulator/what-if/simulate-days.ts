import type { SimulationOrder, WhatIfAnswer } from '@centralita/contract';
import { answerOf } from './answer-of.ts';
import { runDay, type SimulatedDay } from './run-day.ts';
import type { Habits } from './scenario-of.ts';

/** Bands are steady from some twenty days; a busy center has fewer, and its days differ less from one another. */
const DAYS = { fewest: 4, most: 20 };
const CALLS_IN_ALL = 20_000;

export function daysFor(calls: number): number {
  return Math.max(DAYS.fewest, Math.min(DAYS.most, Math.floor(CALLS_IN_ALL / Math.max(1, calls))));
}

/**
 * The same days for the same question: the seeds are the first numbers, so that two questions differ by what was asked alone.
 * @param options.onDay told when it begins, with none done, and after each day
 */
export async function simulateDays(order: SimulationOrder, options: { readonly days?: number; readonly habits?: Habits; readonly onDay?: (done: number, of: number) => void } = {}): Promise<WhatIfAnswer> {
  const { calls, secondQueue } = order.question;
  const of = options.days ?? daysFor(calls.reduce((sum, one) => sum + one, 0) * (1 + (secondQueue?.callsRatio ?? 0)));
  const days: SimulatedDay[] = [];
  options.onDay?.(0, of);
  for (let seed = 1; seed <= of; seed++) {
    days.push(await runDay(order, seed, options.habits));
    options.onDay?.(seed, of);
  }
  return answerOf(order.question, days);
}
