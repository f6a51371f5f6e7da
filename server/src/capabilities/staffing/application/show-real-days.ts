import { setImmediate as nextRound } from 'node:timers/promises';
import type { RealDay, RealFigures, WhatIfDays } from '@centralita/contract';
import { DAY_MS, type Instant, MINUTE_MS, ok, type QueueId, refuse, type Result, SECOND_MS, type UserId } from '@centralita/kernel';
import type { SkillLevel } from '../../accounts/index.ts';
import { type ActivityInterval, addTally, averageSpeedOfAnswer, countInterval, countSegment, dayOf, emptyTally, intervalsOf, occupancy, offsetMs, type SegmentFacts, serviceLevel, type Tally, type Window } from '../../reports/index.ts';
import { abandonedShare, overflowedShare } from '../domain/shares.ts';
import type { Reader, StaffedQueue, StaffingDeps } from './ports.ts';

const HALF_HOUR_MS = 30 * MINUTE_MS;
const DAYS_SHOWN = 7;
/** About a millisecond of counting between two looks at what calls want. */
const ROWS_AT_ONCE = 2_000;
/** Fewer say little about how people talk, or how long they wait. */
const HABITS_FROM = { talks: 10, abandoned: 5 };

type Refused = { readonly code: 'not-found' | 'in-the-future' };

/** The last whole days of the account's calendar, with the calls of a queue. */
export async function listRealDays({ queueOf, arrivals, now }: StaffingDeps, reader: Reader, queueId: QueueId): Promise<Result<WhatIfDays, Refused>> {
  if (!(await queueOf(reader, queueId))) return refuse({ code: 'not-found' });
  const timeZone = await arrivals.timeZone(reader.account);
  const windows: Window[] = [];
  let { from } = dayOf(now(), timeZone);
  for (let i = 0; i < DAYS_SHOWN; i++) {
    const day = dayOf(from - 1, timeZone);
    windows.unshift(day);
    from = day.from;
  }
  const calls = await arrivals.count(reader.account, queueId, windows);
  return ok({ timeZone, days: windows.map((day, at) => ({ date: dateOf(day, timeZone), calls: calls[at]! })) });
}

/** One day of a queue, half hour by half hour, by the reports' own figures. An hour said twice is counted into the same half hours. */
export async function showRealDay({ queueOf, countSkilled, arrivals, now }: StaffingDeps, reader: Reader, queueId: QueueId, date: string): Promise<Result<RealDay, Refused>> {
  const queue = await queueOf(reader, queueId);
  if (!queue) return refuse({ code: 'not-found' });
  const { account } = reader;
  const timeZone = await arrivals.timeZone(account);
  const day = dayNamed(date, timeZone);
  if (!day) return refuse({ code: 'not-found' });
  if (day.to > now()) return refuse({ code: 'in-the-future' });
  const segments = await arrivals.segments(account, queueId, day);
  const served = new Set([...queue.members.map(({ userId }) => userId), ...segments.flatMap(({ agentId }) => agentId ?? [])]);
  const intervals = await arrivals.intervals(account, [...served], day);
  const { tallies, times } = await countDay(day, timeZone, segments, intervals);
  const sum = emptyTally();
  for (const tally of tallies) addTally(sum, tally);
  return ok({
    date,
    timeZone,
    halfHours: tallies.map((tally, place) => ({ ...figuresOf(tally), calls: tally.offered, agents: (tally.contactWorkMs + tally.idleMs) / (HALF_HOUR_MS * Math.max(1, times[place]!)) })),
    whole: { ...figuresOf(sum), calls: sum.offered },
    skill: await skillOf(queue, (userIds, required) => countSkilled(account, userIds, required)),
    habits: habitsOf(segments),
  });
}

async function countDay(day: Window, timeZone: string, segments: readonly SegmentFacts[], intervals: readonly ActivityInterval[]): Promise<{ readonly tallies: Tally[]; readonly times: number[] }> {
  const windows = [...intervalsOf(day, HALF_HOUR_MS)].map((window) => ({ window, place: placeOf(window.from, timeZone) }));
  const tallies = Array.from({ length: DAY_MS / HALF_HOUR_MS }, emptyTally);
  const times = tallies.map((_, place) => windows.filter((one) => one.place === place).length);
  const indexOf = (at: Instant): number => Math.max(0, Math.min(windows.length - 1, Math.floor((at - day.from) / HALF_HOUR_MS)));
  for (const [row, segment] of segments.entries()) {
    countSegment(tallies[windows[indexOf(segment.queuedAt)]!.place]!, segment);
    if (row % ROWS_AT_ONCE === ROWS_AT_ONCE - 1) await nextRound();
  }
  for (const [row, interval] of intervals.entries()) {
    const last = indexOf(interval.to ?? day.to);
    for (let index = indexOf(interval.from); index <= last; index++) countInterval(tallies[windows[index]!.place]!, interval, windows[index]!.window, day.to);
    if (row % ROWS_AT_ONCE === ROWS_AT_ONCE - 1) await nextRound();
  }
  return { tallies, times };
}

function figuresOf(tally: Tally): RealFigures {
  const waitMs = averageSpeedOfAnswer.of(tally);
  return {
    waitSeconds: waitMs === null ? null : waitMs / SECOND_MS,
    serviceLevel: serviceLevel.of(tally),
    abandoned: abandonedShare(tally),
    overflowed: overflowedShare(tally),
    occupancy: occupancy.of(tally),
  };
}

/** Steps that still require something leave the others out, as the skill does. */
async function skillOf({ settings: { requiredSkills, relaxing }, members }: StaffedQueue, countSkilled: (userIds: readonly UserId[], required: readonly SkillLevel[]) => Promise<number>): Promise<RealDay['skill']> {
  if (requiredSkills.length === 0) return null;
  const skilled = await countSkilled(members.map(({ userId }) => userId), requiredSkills);
  if (skilled === members.length) return null;
  const others = relaxing.find(({ required }) => required.length === 0);
  return { agentsShare: skilled / members.length, othersAfterSeconds: others === undefined ? null : others.afterMs / SECOND_MS };
}

/** Means of that day; patience is all waiting / those who gave up, the estimate for exponential patience cut short by answers. */
function habitsOf(segments: readonly SegmentFacts[]): RealDay['habits'] {
  const talks = segments.filter(({ answeredAt, leftAt }) => answeredAt !== null && leftAt !== null);
  const mean = (of: (segment: SegmentFacts) => number): number => talks.reduce((sum, segment) => sum + of(segment), 0) / talks.length;
  const talkMs = mean(({ connectedMs }) => connectedMs);
  const varianceMs2 = mean(({ connectedMs }) => (connectedMs - talkMs) ** 2);
  const gaveUp = segments.filter(({ ending }) => ending === 'abandoned' || ending === 'short-abandon').length;
  const waitedMs = segments.reduce((sum, { waitMs }) => sum + (waitMs ?? 0), 0);
  const enough = talks.length >= HABITS_FROM.talks;
  return {
    talkSeconds: enough ? talkMs / SECOND_MS : null,
    talkVariation: enough && talkMs > 0 ? Math.sqrt(varianceMs2) / talkMs : null,
    afterServiceSeconds: enough ? mean(({ afterServiceMs }) => afterServiceMs) / SECOND_MS : null,
    patienceSeconds: gaveUp >= HABITS_FROM.abandoned ? waitedMs / gaveUp / SECOND_MS : null,
  };
}

const localOf = (at: Instant, timeZone: string): number => at + offsetMs(at, timeZone);
const placeOf = (at: Instant, timeZone: string): number => Math.floor((localOf(at, timeZone) % DAY_MS) / HALF_HOUR_MS);
const dateOf = ({ from, to }: Window, timeZone: string): string => new Date(localOf((from + to) / 2, timeZone)).toISOString().slice(0, 10);

/** Undefined for a date that no calendar has. */
function dayNamed(date: string, timeZone: string): Window | undefined {
  const noon = Date.parse(`${date}T12:00:00Z`);
  if (Number.isNaN(noon)) return undefined;
  const day = dayOf(noon - offsetMs(noon, timeZone), timeZone);
  return dateOf(day, timeZone) === date ? day : undefined;
}
