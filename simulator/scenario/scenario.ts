import { z } from 'zod';

/** How long something takes, in seconds. */
const spanSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('fixed'), seconds: z.number().min(0) }),
  z.strictObject({ kind: z.literal('uniform'), from: z.number().min(0), to: z.number().min(0) }),
  z.strictObject({ kind: z.literal('exponential'), mean: z.number().min(0) }),
  z.strictObject({ kind: z.literal('lognormal'), median: z.number().positive(), sigma: z.number().min(0).max(3) }),
]);
export type Span = z.infer<typeof spanSchema>;

const share = z.number().min(0).max(1);
const timeOfDay = z.string().regex(/^([01][0-9]|2[0-3]):[0-5][0-9]$/, 'a time of day from 00:00 to 23:59');
const timeZone = z.string().refine(isTimeZone, 'a time zone of the IANA list, as Europe/Madrid');
const date = z.string().refine(isDate, 'a date as 2026-03-29');

const queueSchema = z.strictObject({
  name: z.string().min(1).max(60),
  /** Of the callers who choose in the menu. */
  share: z.number().positive(),
  selection: z.enum(['most-qualified', 'least-qualified', 'longest-idle']).default('longest-idle'),
  /** Levels 1 to 5 by skill. */
  requiredSkills: z.record(z.string(), z.int().min(1).max(5)).default({}),
  preferredSkills: z.record(z.string(), z.int().min(1).max(5)).default({}),
  /** After so many seconds of waiting no skill is required any more. */
  relaxAfterSeconds: z.number().positive().nullable().default(null),
  priority: z.int().min(1).max(100).default(50),
  ageingPerMinute: z.number().min(0).max(100).default(0),
  serviceLevelSeconds: z.number().positive().default(20),
  ringSeconds: z.number().min(1).max(120).default(20),
  maximumWaitSeconds: z.number().positive().nullable().default(null),
  maximumSize: z.int().positive().nullable().default(null),
  overflowTo: z.string().nullable().default(null),
  afterServiceLimitSeconds: z.number().min(0).nullable().default(60),
  shortAbandonSeconds: z.number().min(0).default(5),
  announceEverySeconds: z.number().min(0).default(0),
  recorded: z.boolean().default(false),
});
export type QueueScenario = z.infer<typeof queueSchema>;

const arrivalsSchema = z.strictObject({
  /** Calls per hour over the day's 24 hours, in a day of average weight. */
  perHour: z.number().min(0).max(1_000_000),
  /** Relative weight of each half hour of the local day, from 00:00. */
  halfHours: z.array(z.number().min(0)).length(48),
  /** Relative weight of Monday to Sunday. */
  weekdays: z.array(z.number().min(0)).length(7),
});

const customersSchema = z.strictObject({
  patience: spanSchema.default({ kind: 'exponential', mean: 180 }),
  /** Hang up while the menu speaks. */
  leaveInMenu: share.default(0.02),
  /** Press a key that the menu does not have, first. */
  wrongKey: share.default(0.03),
  /** Call again after giving up in the queue. */
  redial: share.default(0.3),
  redialAfter: spanSchema.default({ kind: 'exponential', mean: 300 }),
  /** Hang up within 50 ms around the answer, before or after. */
  leaveAtAnswer: share.default(0),
  /** Their line goes dead in the middle of the talk, without a goodbye. */
  lostBye: share.default(0),
});

const agentsSchema = z.strictObject({
  shifts: z.array(z.strictObject({ from: timeOfDay, to: timeOfDay, share: z.number().positive() })).min(1, 'at least one shift'),
  /** Days of the week on which a shift is worked, Monday first. */
  weekdays: z.array(z.boolean()).length(7).default([true, true, true, true, true, true, true]),
  talk: spanSchema.default({ kind: 'lognormal', median: 180, sigma: 0.6 }),
  afterService: spanSchema.default({ kind: 'exponential', mean: 25 }),
  answer: spanSchema.default({ kind: 'uniform', from: 1, to: 5 }),
  forget: share.default(0.01),
  decline: share.default(0.002),
  hold: share.default(0.05),
  breakEvery: spanSchema.nullable().default({ kind: 'uniform', from: 4_800, to: 8_400 }),
  breakFor: spanSchema.default({ kind: 'uniform', from: 600, to: 1_200 }),
  /** Closed while at work, per agent and hour: offers and talks are lost with it. */
  laptopClosesPerHour: z.number().min(0).default(0.01),
  laptopClosedFor: spanSchema.default({ kind: 'uniform', from: 5, to: 600 }),
  /** A second phone that rings too. */
  secondDevice: share.default(0.1),
  /** Calls dialled per agent and hour. */
  dialsPerHour: z.number().min(0).default(0.1),
});

const carriersSchema = z.strictObject({
  busy: share.default(0.08),
  noAnswer: share.default(0.2),
  unavailable: share.default(0.02),
  earlyMedia: share.default(0.2),
  slowAnswer: share.default(0.1),
  /** Of talks. */
  midCallDrop: share.default(0.002),
});

/** Faults, each so many times in an hour on average (Poisson). Left out: never. */
const perHour = z.number().min(0).max(100_000).default(0);
const faultsSchema = z.strictObject({
  /** Control is killed and another takes its place after `downFor`. */
  controlKilled: perHour,
  controlDownFor: spanSchema.default({ kind: 'uniform', from: 0.2, to: 3 }),
  /** Control stops for a while, another takes its place, and the first wakes up again. */
  controlFrozen: perHour,
  controlFrozenFor: spanSchema.default({ kind: 'uniform', from: 5, to: 120 }),
  /** The wall clock of the next control is off by two hours, one way or the other. */
  clockJumps: share.default(0),
  databaseAway: perHour,
  databaseAwayFor: spanSchema.default({ kind: 'uniform', from: 1, to: 600 }),
  /** Commits whose outcome nobody learns. */
  commitUnknown: perHour,
  commitUnknownFor: spanSchema.default({ kind: 'uniform', from: 0.5, to: 5 }),
  /** Of kills: the disk tears what was being written, or the newest snapshot cannot be read. */
  tornTail: share.default(0),
  spoiltSnapshot: share.default(0),
  /** Of facts of the switch: told twice. */
  duplicated: share.default(0),
  /** Delay of each fact and each command on the way, in milliseconds at most; order per direction is kept. */
  linkDelayMs: z.number().min(0).max(10_000).default(0),
  /** The link is cut and comes back. */
  linkCut: perHour,
  linkCutFor: spanSchema.default({ kind: 'uniform', from: 0.1, to: 4 }),
  /** A browser's connection comes and goes every 3 seconds for a while. */
  deviceFlaps: perHour,
  /** An agent reloads the browser in the middle of a talk. */
  reloads: perHour,
  /** A carrier takes no calls for a minute. */
  trunkDown: perHour,
  /** Of facts of a leg: told again up to 32 seconds later, as the network may. */
  lateFacts: share.default(0),
  /** Of ringing phones that are given up, or that another one was quicker than: picked up in that very moment all the same. */
  crossing: share.default(0),
  /** Names are not resolved for a while: carriers cannot be reached, and a call to one fails within two seconds. */
  namesDead: perHour,
  namesDeadFor: spanSchema.default({ kind: 'uniform', from: 60, to: 900 }),
  /** How often control writes a snapshot where it may be restarted. */
  snapshotEverySeconds: z.number().min(1).default(60),
  /** Of callers: one whose every fact makes the deciders throw. */
  poison: share.default(0),
});
export type FaultScenario = z.infer<typeof faultsSchema>;

export const ACCOUNTS = ['ferreteria-central', 'single-queue'] as const;

/** What a scenario file may hold; everything left out is the account's own. */
export const scenarioSchema = z.strictObject({
  account: z.enum(ACCOUNTS),
  seed: z.int().min(1).max(Number.MAX_SAFE_INTEGER),
  agents: z.int().min(1).max(50_000),
  start: date,
  days: z.int().min(1).max(366),
  timeZone,
  arrivals: arrivalsSchema,
  queues: z.array(queueSchema).min(1, 'at least one queue'),
  customers: customersSchema,
  agentHabits: agentsSchema,
  carriers: carriersSchema,
  faults: faultsSchema,
});
export type Scenario = z.infer<typeof scenarioSchema>;

/** A scenario file: any of its parts. */
export const scenarioFileSchema = scenarioSchema.partial().extend({
  arrivals: arrivalsSchema.partial().optional(),
  agentHabits: agentsSchema.partial().optional(),
});

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function isDate(text: string): boolean {
  const at = Date.parse(`${text}T00:00:00Z`);
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}
