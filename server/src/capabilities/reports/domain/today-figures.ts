import type { Instant, QueueId, UserId } from '@centralita/kernel';
import { AgentTimes } from './agent-times.ts';
import type { ReportedEvent, ReportedTurn } from './floor-events.ts';
import { dayOf } from './metrics/day.ts';
import { countInterval, countSegment, emptyTally, type ActivityInterval, type Tally, type Window } from './metrics/tally.ts';
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

/**
 * Today's counters from the floor's events as they happen. A segment is counted under the day it entered the queue, and each
 * change of it is its old form taken away and its new form added, through the same functions as the reports: the board and
 * tomorrow's report of today agree.
 */
export const createTodayFigures = (options: TodayOptions): TodayFigures => new Counting(options);

class Counting implements TodayFigures {
  readonly #dayOf: (at: Instant) => Window;
  readonly #seededUpTo: number;
  readonly #segments = new Map<string, OpenSegment>();
  readonly #latestOf = new Map<string, string>();
  readonly #times: AgentTimes;
  readonly #thresholds: Map<QueueId, number>;
  #day: Window;
  #queues = new Map<QueueId, Tally>();
  #agents = new Map<UserId, Tally>();
  #total = emptyTally();

  constructor({ timeZone, dayStart = 0, now, seed }: TodayOptions) {
    this.#dayOf = (at) => dayOf(at, timeZone, dayStart);
    this.#day = this.#dayOf(now);
    this.#seededUpTo = seed?.seq ?? 0;
    this.#thresholds = new Map(seed?.thresholds);
    this.#times = new AgentTimes((interval) => this.#countTime(interval, interval.to), seed?.statusesTakingWork);
    for (const { segmentId, conversationId, ...facts } of seed?.segments ?? []) this.#begin(segmentId, conversationId, facts);
    for (const { statusId, ...interval } of seed?.intervals ?? []) {
      if (interval.to === null) this.#times.begin(interval, statusId);
      else this.#countTime(interval, interval.to);
    }
  }

  take(turn: ReportedTurn): void {
    if (turn.seq <= this.#seededUpTo) return;
    this.turnDay(turn.at);
    for (const event of turn.events as readonly ReportedEvent[]) {
      this.#takeConfiguration(event);
      this.#followCustomer(event);
      this.#times.take(event);
    }
  }

  queue(id: QueueId): Readonly<Tally> {
    return this.#queues.get(id) ?? emptyTally();
  }

  agent(id: UserId, now: Instant): Readonly<Tally> {
    return this.#withOpenTime(this.#agents.get(id) ?? emptyTally(), [this.#times.open(id)], now);
  }

  totals(now: Instant): Readonly<Tally> {
    return this.#withOpenTime(this.#total, this.#times.allOpen(), now);
  }

  day(): Window {
    return this.#day;
  }

  /** Customers who entered before midnight are counted in the day before: here they only live on until they end. */
  turnDay(now: Instant): void {
    if (now < this.#day.to) return;
    this.#day = this.#dayOf(now);
    this.#queues = new Map();
    this.#agents = new Map();
    this.#total = emptyTally();
    for (const [segmentId, { facts }] of this.#segments) if (facts.leftAt !== null) this.#forget(segmentId);
  }

  #takeConfiguration(event: ReportedEvent): void {
    if (event.type !== 'configuration-taken') return;
    const { entity, id, value } = event.change;
    if (entity === 'queue' && value !== null) this.#thresholds.set(id, value.serviceLevelThresholdMs);
  }

  // Customers

  #followCustomer(event: ReportedEvent): void {
    if (event.type === 'queued') this.#begin(event.segmentId, event.conversationId, beginSegment(event, this.#thresholds.get(event.queueId) ?? null));
    this.#change(event);
    if (event.type === 'after-service-ended' || (event.type === 'waiting-ended' && event.ending !== 'answered')) this.#forget(event.segmentId);
  }

  #begin(segmentId: string, conversationId: string, facts: SegmentFacts): void {
    this.#latestOf.set(conversationId, segmentId);
    this.#segments.set(segmentId, { facts, conversationId });
    if (this.#isToday(facts)) this.#count(facts, 1);
  }

  #change(event: ReportedEvent): void {
    const which = segmentOf(event);
    if (which === undefined) return;
    const segmentId = 'segmentId' in which ? which.segmentId : this.#latestOf.get(which.latestOf);
    const segment = segmentId ? this.#segments.get(segmentId) : undefined;
    if (segment === undefined) return;
    const facts = evolveSegment(segment.facts, event);
    if (facts === segment.facts) return;
    this.#segments.set(segmentId!, { ...segment, facts });
    if (!this.#isToday(facts)) return;
    this.#count(segment.facts, -1);
    this.#count(facts, 1);
  }

  #isToday({ queuedAt }: SegmentFacts): boolean {
    return queuedAt >= this.#day.from && queuedAt < this.#day.to;
  }

  #count(facts: SegmentFacts, way: 1 | -1): void {
    countSegment(tallyIn(this.#queues, facts.queueId), facts, way);
    countSegment(this.#total, facts, way);
    if (facts.agentId !== null) countSegment(tallyIn(this.#agents, facts.agentId), facts, way);
  }

  /** Nothing changes it any more. */
  #forget(segmentId: string): void {
    const conversationId = this.#segments.get(segmentId)?.conversationId;
    if (conversationId !== undefined && this.#latestOf.get(conversationId) === segmentId) this.#latestOf.delete(conversationId);
    this.#segments.delete(segmentId);
  }

  // Agents

  #countTime(interval: ActivityInterval, asOf: Instant): void {
    countInterval(tallyIn(this.#agents, interval.agentId), interval, this.#day, asOf);
    countInterval(this.#total, interval, this.#day, asOf);
  }

  #withOpenTime(tally: Tally, open: Iterable<ActivityInterval | undefined>, at: Instant): Tally {
    const sum = { ...tally };
    for (const interval of open) if (interval !== undefined) countInterval(sum, interval, this.#day, at);
    return sum;
  }
}

function tallyIn(tallies: Map<string, Tally>, id: string): Tally {
  let tally = tallies.get(id);
  if (tally === undefined) tallies.set(id, (tally = emptyTally()));
  return tally;
}
