import { realDay, WHAT_IF_LIMITS, whatIfAnswer, whatIfDays, whatIfDaysQuery, whatIfProgress, type WhatIfQuestion, whatIfQuestion } from '@centralita/contract';
import { ok, refuse } from '@centralita/kernel';
import { z } from 'zod';
import { route, type Route } from '../../../http/route.ts';
import { askWhatIf } from '../application/ask-what-if.ts';
import type { StaffingDeps } from '../application/ports.ts';
import { listRealDays, showRealDay } from '../application/show-real-days.ts';

const params = z.object({ date: z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'a date as 2026-03-29') });
/** A person who tries one number after another; each run keeps a core busy for seconds. */
const QUESTIONS_PER_MINUTE = 30;

export function whatIfRoutes(deps: StaffingDeps): readonly Route[] {
  return [
    route({
      method: 'GET',
      url: '/api/what-if/days',
      summary: 'The last whole days of a queue, to begin from',
      permission: 'what-if:use',
      letGoWith: 'reports',
      schema: { query: whatIfDaysQuery, response: whatIfDays },
      handler: ({ who, query }) => listRealDays(deps, who, query.queueId),
      view: (days) => days,
    }),
    route({
      method: 'GET',
      url: '/api/what-if/days/:date',
      summary: 'What really happened in a queue on one day, by half hour',
      permission: 'what-if:use',
      letGoWith: 'reports',
      schema: { params, query: whatIfDaysQuery, response: realDay },
      handler: ({ who, params, query }) => showRealDay(deps, who, query.queueId, params.date),
      view: (day) => day,
    }),
    route({
      method: 'POST',
      url: '/api/what-if',
      summary: 'Simulate a day that might be; nothing real changes',
      permission: 'what-if:use',
      letGoWith: 'reports',
      schema: { body: whatIfQuestion, response: whatIfAnswer },
      perMinute: QUESTIONS_PER_MINUTE,
      handler: async ({ who, body, left }) => {
        const fault = faultOfCalls(body);
        return fault ? refuse({ code: 'invalid-input' as const, errors: [{ pointer: '/calls', ...fault }] }) : askWhatIf(deps, who, body, left);
      },
      view: (answer) => answer,
    }),
    route({
      method: 'GET',
      url: '/api/what-if/progress',
      summary: 'How far your own simulation is',
      permission: 'what-if:use',
      schema: { response: whatIfProgress },
      handler: ({ who }) => Promise.resolve(ok(deps.simulations.progressOf(who))),
      view: (days) => ({ days }),
    }),
  ];
}

/** What each half hour allows and all of them together do not. */
function faultOfCalls({ calls, secondQueue }: WhatIfQuestion): { readonly code: string; readonly detail: string } | undefined {
  const all = calls.reduce((sum, one) => sum + one, 0) * (1 + (secondQueue?.callsRatio ?? 0));
  if (all < 1) return { code: 'too_small', detail: 'at least one call in the day' };
  if (all > WHAT_IF_LIMITS.callsPerDay) return { code: 'too_big', detail: `at most ${WHAT_IF_LIMITS.callsPerDay} calls in the day, those of the other queue too` };
  return undefined;
}
