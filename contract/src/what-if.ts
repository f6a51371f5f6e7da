import { z } from 'zod';

/** Half hours of a day's local clock, from 00:00. */
export const HALF_HOURS = 48;
/** What one question may ask for: a day of this size takes the simulator some twenty seconds. */
export const WHAT_IF_LIMITS = { agents: 500, callsPerHalfHour: 1_000, callsPerDay: 8_000 } as const;

const perHalfHour = <One extends z.ZodType>(one: One) => z.array(one).min(HALF_HOURS).max(HALF_HOURS);
const share = z.number().min(0).max(1);
const date = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'a date as 2026-03-29');

export const whatIfTarget = z.object({ share: z.number().min(0.01).max(0.999), withinSeconds: z.number().int().min(1).max(3_600) });

/** A queue beside it: some of the agents serve it too. */
export const whatIfSecondQueue = z.object({
  /** Its calls, for each call of the first. */
  callsRatio: z.number().min(0.01).max(3),
  /** Whoever serves both takes its calls before the first queue's. */
  goesFirst: z.boolean(),
  /** Of the agents: who has what it takes to serve it. */
  agentsShare: z.number().min(0.01).max(1),
});

/** Only some of the agents have what the queue's customers need. */
export const whatIfSkill = z.object({
  agentsShare: z.number().min(0.01).max(1),
  /** Whoever has waited this long is answered by the others too; null: by nobody else ever. */
  othersAfterSeconds: z.number().int().min(1).max(3_600).nullable(),
});

/** A day that might be. The queue's other rules (ring time, maximum wait and size, ageing) are as they are. */
export const whatIfQuestion = z.object({
  queueId: z.string().min(1).max(40),
  calls: perHalfHour(z.number().min(0).max(WHAT_IF_LIMITS.callsPerHalfHour)),
  /** At their desks and taking calls. */
  agents: perHalfHour(z.number().int().min(0).max(WHAT_IF_LIMITS.agents)),
  talkSeconds: z.number().min(1).max(3_600),
  /** Standard deviation of talk time / its mean. */
  talkVariation: z.number().min(0).max(3).default(0.7),
  afterServiceSeconds: z.number().min(0).max(1_800),
  /** Mean; null: nobody gives up. */
  patienceSeconds: z.number().min(5).max(7_200).nullable(),
  target: whatIfTarget,
  /** Null: all of the agents have it. */
  skill: whatIfSkill.nullable().default(null),
  secondQueue: whatIfSecondQueue.nullable().default(null),
});
export type WhatIfQuestion = z.infer<typeof whatIfQuestion>;

/** Over all simulated days, and between what it lay in eight days of ten. Null: nothing happened that it could be about. */
export const whatIfFigure = z.object({ value: z.number().nullable(), low: z.number().nullable(), high: z.number().nullable() });
export type WhatIfFigure = z.infer<typeof whatIfFigure>;

export const whatIfFigures = z.object({
  /** Calls a day, on average. */
  offered: z.number(),
  /** Mean wait of the answered. */
  waitSeconds: whatIfFigure,
  serviceLevel: whatIfFigure,
  /** Share of the offered who gave up, short abandons too. */
  abandoned: whatIfFigure,
  /** Share of the offered whom the queue's maximum wait or size sent elsewhere. */
  overflowed: whatIfFigure,
  occupancy: whatIfFigure,
});
export type WhatIfFigures = z.infer<typeof whatIfFigures>;

/** The textbook for a half hour that went on for ever. Null: without calls or agents, or a load that is never worked off. */
export const whatIfTheory = z.object({
  /** In erlangs. */
  load: z.number(),
  erlangC: z.object({ waitSeconds: z.number(), serviceLevel: share }).nullable(),
  erlangA: z.object({ waitSeconds: z.number(), abandoned: share }).nullable(),
  /** Fewest agents that keep the service level, by Erlang C. */
  agentsNeeded: z.number().int(),
});
export type WhatIfTheory = z.infer<typeof whatIfTheory>;

const simulatedQueue = z.object({ whole: whatIfFigures, halfHours: perHalfHour(whatIfFigures) });

export const whatIfAnswer = z.object({
  simulatedDays: z.number().int(),
  simulatedCalls: z.number().int(),
  queue: simulatedQueue,
  secondQueue: simulatedQueue.nullable(),
  theory: perHalfHour(whatIfTheory.nullable()),
});
export type WhatIfAnswer = z.infer<typeof whatIfAnswer>;

const daysDone = { done: z.number().int().min(0), of: z.number().int().min(1) };

/** How far the asker's own question is, in simulated days. Null: none of theirs runs, or it has not begun its first day. */
export const whatIfProgress = z.object({ days: z.object(daysDone).nullable() });
export type WhatIfProgress = z.infer<typeof whatIfProgress>;

export const whatIfDaysQuery = z.object({ queueId: z.string().min(1).max(40) });

/** The last seven whole days, in the account's time zone, oldest first. */
export const whatIfDays = z.object({ timeZone: z.string(), days: z.array(z.object({ date, calls: z.number().int() })) });
export type WhatIfDays = z.infer<typeof whatIfDays>;

export const realFigures = z.object({ waitSeconds: z.number().nullable(), serviceLevel: share.nullable(), abandoned: share.nullable(), overflowed: share.nullable(), occupancy: share.nullable() });
export type RealFigures = z.infer<typeof realFigures>;

/** What really happened in a queue on one day. Habits are null when too few calls say anything about them. */
export const realDay = z.object({
  date,
  timeZone: z.string(),
  halfHours: perHalfHour(realFigures.extend({ calls: z.number().int(), agents: z.number() })),
  whole: realFigures.extend({ calls: z.number().int() }),
  /** The queue's skill as it is today: who of its agents has it, and when the others may help. Null: all of them have what it requires. */
  skill: z.object({ agentsShare: share, othersAfterSeconds: z.number().nullable() }).nullable(),
  habits: z.object({ talkSeconds: z.number().nullable(), talkVariation: z.number().nullable(), afterServiceSeconds: z.number().nullable(), patienceSeconds: z.number().nullable() }),
});
export type RealDay = z.infer<typeof realDay>;

/** What the simulating process is asked: the question, and the queue's own rules. */
export const simulationOrder = z.object({
  question: whatIfQuestion,
  rules: z.object({
    selection: z.enum(['most-qualified', 'least-qualified', 'longest-idle']),
    ageingPerMinute: z.number(),
    ringSeconds: z.number(),
    maximumWaitSeconds: z.number().nullable(),
    maximumSize: z.number().int().nullable(),
    afterServiceLimitSeconds: z.number().nullable(),
  }),
});
export type SimulationOrder = z.infer<typeof simulationOrder>;

/** What the simulating process tells: how far it is, and at last its answer. */
export const simulationReport = z.discriminatedUnion('type', [z.object({ type: z.literal('progress'), ...daysDone }), z.object({ type: z.literal('answer'), answer: whatIfAnswer })]);
export type SimulationReport = z.infer<typeof simulationReport>;
