import { realDay, whatIfAnswer, whatIfDays, whatIfDaysQuery, whatIfQuestion } from '@centralita/contract';
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
      schema: { query: whatIfDaysQuery, response: whatIfDays },
      handler: ({ who, query }) => listRealDays(deps, who, query.queueId),
      view: (days) => days,
    }),
    route({
      method: 'GET',
      url: '/api/what-if/days/:date',
      summary: 'What really happened in a queue on one day, by half hour',
      permission: 'what-if:use',
      schema: { params, query: whatIfDaysQuery, response: realDay },
      handler: ({ who, params, query }) => showRealDay(deps, who, query.queueId, params.date),
      view: (day) => day,
    }),
    route({
      method: 'POST',
      url: '/api/what-if',
      summary: 'Simulate a day that might be; nothing real changes',
      permission: 'what-if:use',
      schema: { body: whatIfQuestion, response: whatIfAnswer },
      perMinute: QUESTIONS_PER_MINUTE,
      handler: ({ who, body, left }) => askWhatIf(deps, who, body, left),
      view: (answer) => answer,
    }),
  ];
}
