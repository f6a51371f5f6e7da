import type { Instant, QueueId, UserId } from '@centralita/kernel';
import type { ReportedEvent, ReportedTurn } from './floor-events.ts';
import { dayOf } from './metrics/day.ts';
import { abandoned, answered, averageHandleTime, occupancy, offered, serviceLevel } from './metrics/registry.ts';
import { addTally, countInterval, countSegment, emptyTally, type ActivityInterval, type Tally, type Window } from './metrics/tally.ts';
import { beginSegment, evolveSegment, segmentOf, type SegmentFacts } from './segment.ts';
import type { Today } from './today.ts';

export interface TodayFigures {
  /** A committed turn, in order. Turns up to the seed's are passed over. */
  take(turn: ReportedTurn): void;
  /** Zeros for a queue nobody called today. Read-only, and changed in place by the next turn. */
  queue(id: QueueId): Readonly<Tally>;
  /** What this agent answered and handled today, with their time as of `now`. */
  agent(id: UserId, now: Instant): Readonly<Tally>;
  totals(now: Instant): Readonly<Tally>;
  /** The day being counted, as of the last turn. */
  day(): Window;
  /** Another day has begun since the last turn: the counters start anew. Called by whoever has a clock. */
  turnDay(now: Instant): void;
}

export interface TodayOptions {
  readonly timeZone: string;
  /** Minutes after local midnight at which the account's day starts. */
  readonly dayStart?: number;
  readonly now: Instant;
  /** Today so far, as the projections have it: `readToday`. */
  readonly seed?: Today;
}

/** A customer of a queue whose segment may still change: kept until the after-service is over. */
interface OpenSegment {
  readonly facts: SegmentFacts;
  readonly conversationId: string;
}

interface AgentTime {
  readonly open: ActivityInterval | undefined;
  readonly statusId: string;
}

/**
 * Today's counters from the floor's events as they happen. A segment is counted under the day it entered the queue, and each
 * change of it is its old form taken away and its new form added, through the same functions as the reports: the board and
 * tomorrow's report of today agree.
 */
export function createTodayFigures({ timeZone, dayStart = 0, now, seed }: TodayOptions): TodayFigures {
  let day = dayOf(now, timeZone, dayStart);
  let queues = new Map<QueueId, Tally>();
  let agents = new Map<UserId, Tally>();
  let total = emptyTally();
  const segments = new Map<string, OpenSegment>();
  const latestOf = new Map<string, string>();
  const times = new Map<UserId, AgentTime>();
  const thresholds = new Map(seed?.thresholds);
  const takingWork = new Set(seed?.statusesTakingWork);
  const seededUpTo = seed?.seq ?? 0;

  const tallyIn = (of: Map<string, Tally>, id: string): Tally => {
    let tally = of.get(id);
    if (tally === undefined) of.set(id, (tally = emptyTally()));
    return tally;
  };

  const count = (facts: SegmentFacts, way: 1 | -1): void => {
    countSegment(tallyIn(queues, facts.queueId), facts, way);
    countSegment(total, facts, way);
    if (facts.agentId !== null) countSegment(tallyIn(agents, facts.agentId), facts, way);
  };

  const begin = (segmentId: string, conversationId: string, facts: SegmentFacts): void => {
    latestOf.set(conversationId, segmentId);
    segments.set(segmentId, { facts, conversationId });
    if (isToday(facts.queuedAt)) count(facts, 1);
  };

  /** Nothing changes it any more. */
  const forget = (segmentId: string): void => {
    const conversationId = segments.get(segmentId)?.conversationId;
    if (conversationId !== undefined && latestOf.get(conversationId) === segmentId) latestOf.delete(conversationId);
    segments.delete(segmentId);
  };

  const isToday = (at: Instant): boolean => at >= day.from && at < day.to;

  const change = (event: ReportedEvent): void => {
    const which = segmentOf(event);
    if (which === undefined) return;
    const segmentId = 'segmentId' in which ? which.segmentId : latestOf.get(which.latestOf);
    const segment = segmentId ? segments.get(segmentId) : undefined;
    if (segment === undefined) return;
    const facts = evolveSegment(segment.facts, event);
    if (facts === segment.facts) return;
    segments.set(segmentId!, { ...segment, facts });
    if (!isToday(facts.queuedAt)) return;
    count(segment.facts, -1);
    count(facts, 1);
  };

  const countTime = (interval: ActivityInterval, asOf: Instant): void => {
    countInterval(tallyIn(agents, interval.agentId), interval, day, asOf);
    countInterval(total, interval, day, asOf);
  };

  const spend = (agentId: UserId, at: Instant, next: Pick<ActivityInterval, 'activity' | 'takesQueueWork'> | undefined, statusId: string): void => {
    const open = times.get(agentId)?.open;
    if (open !== undefined) countTime({ ...open, to: Math.max(open.from, at) }, at);
    times.set(agentId, { open: next && { agentId, ...next, from: at, to: null }, statusId });
  };

  const followAgent = (event: ReportedEvent): void => {
    if (event.type === 'agent-signed-in') {
      spend(event.agentId, event.at, { activity: 'idle', takesQueueWork: takingWork.has(event.statusId) }, event.statusId);
    } else if (event.type === 'agent-signed-out') {
      spend(event.agentId, event.at, undefined, event.statusId);
    } else if (event.type === 'status-chosen' || event.type === 'activity-changed') {
      const { open, statusId: before } = times.get(event.agentId) ?? { open: undefined, statusId: '' };
      const statusId = event.type === 'status-chosen' ? event.statusId : before;
      const activity = event.type === 'activity-changed' ? event.activity : open?.activity;
      const present = activity === undefined || activity === 'offline' ? undefined : { activity, takesQueueWork: takingWork.has(statusId) };
      spend(event.agentId, event.at, present, statusId);
    }
  };

  const takeEvent = (event: ReportedEvent): void => {
    if (event.type === 'configuration-taken') {
      const { entity, id, value } = event.change;
      if (entity === 'queue' && value !== null) thresholds.set(id, value.serviceLevelThresholdMs);
      if (entity === 'status' && value?.takesQueueWork === true) takingWork.add(id);
      else if (entity === 'status') takingWork.delete(id);
      return;
    }
    if (event.type === 'queued') begin(event.segmentId, event.conversationId, beginSegment(event, thresholds.get(event.queueId) ?? null));
    change(event);
    followAgent(event);
    if (event.type === 'after-service-ended' || (event.type === 'waiting-ended' && event.ending !== 'answered')) forget(event.segmentId);
  };

  /** Customers who entered before midnight are counted in the day before: here they only live on until they end. */
  const turnDay = (at: Instant): void => {
    if (at < day.to) return;
    day = dayOf(at, timeZone, dayStart);
    queues = new Map();
    agents = new Map();
    total = emptyTally();
    for (const [segmentId, { facts }] of segments) if (facts.leftAt !== null) forget(segmentId);
  };

  const withOpenTime = (tally: Tally, of: Iterable<AgentTime | undefined>, at: Instant): Tally => {
    const sum = { ...tally };
    for (const time of of) if (time?.open !== undefined) countInterval(sum, time.open, day, at);
    return sum;
  };

  for (const { segmentId, conversationId, ...facts } of seed?.segments ?? []) begin(segmentId, conversationId, facts);
  for (const { statusId, ...interval } of seed?.intervals ?? []) {
    if (interval.to === null) times.set(interval.agentId, { open: interval, statusId });
    else countTime(interval, interval.to);
  }
  return {
    take(turn) {
      if (turn.seq <= seededUpTo) return;
      turnDay(turn.at);
      for (const event of turn.events as readonly ReportedEvent[]) takeEvent(event);
    },
    queue: (id) => queues.get(id) ?? emptyTally(),
    agent: (id, at) => withOpenTime(agents.get(id) ?? emptyTally(), [times.get(id)], at),
    totals: (at) => withOpenTime(total, times.values(), at),
    day: () => day,
    turnDay,
  };
}

/** The board's questions, answered from today's sums with the reports' own metrics. Before the day has been read, every sum is empty. */
export function boardFiguresOf(today: TodayFigures | undefined, now: () => Instant) {
  const countOf = ({ of }: { of(tally: Tally): number | null }) => (tally: Tally): number => of(tally) ?? 0;
  return {
    queue: (id: QueueId): Tally => today?.queue(id) ?? emptyTally(),
    agent: (id: UserId): Tally => today?.agent(id, now()) ?? emptyTally(),
    sum(parts: readonly Tally[]): Tally {
      const sum = emptyTally();
      for (const part of parts) addTally(sum, part);
      return sum;
    },
    offered: countOf(offered),
    answered: countOf(answered),
    abandoned: countOf(abandoned),
    serviceLevel: (tally: Tally) => serviceLevel.of(tally),
    averageHandleMs: (tally: Tally) => averageHandleTime.of(tally),
    occupancy: (tally: Tally) => occupancy.of(tally),
  };
}
