import type { Instant, QueueId, UserId } from '@centralita/kernel';
import { AgentTimes, beginSegment, countInterval, countSegment, emptyTally, evolveSegment, type ReportedEvent, type SegmentFacts, segmentOf, type Tally, type Window } from '@centralita/server/capabilities/reports/index.ts';

interface OpenSegment {
  facts: SegmentFacts;
  readonly conversationId: string;
}

/** Waits and tallies of one queue. */
export interface QueueFigures {
  readonly tally: Tally;
  /** Of the answered, in ms, in the order of their answers. */
  readonly waits: number[];
}

/**
 * The reports' own figures over the whole run, by their own functions: `evolveSegment` and `countSegment` for customers,
 * `countInterval` for agents' time. Fed with committed turns, like the projections.
 */
export class Figures {
  readonly queues = new Map<QueueId, QueueFigures>();
  readonly agents = new Map<UserId, Tally>();
  readonly #segments = new Map<string, OpenSegment>();
  readonly #latestOf = new Map<string, string>();
  readonly #times = new AgentTimes((interval) => countInterval(this.#tallyOf(interval.agentId), interval, this.#window, interval.to));
  readonly #thresholds = new Map<string, number>();
  /** What is counted: customers who entered within it, agents' time clipped to it. */
  readonly #window: Window;
  /** Told of each segment when nothing will change it any more. */
  onSegment: (segment: SegmentFacts) => void = () => {};

  constructor(window: Window) {
    this.#window = window;
  }

  take(events: readonly { readonly type: string }[]): void {
    for (const known of events) {
      const event = known as ReportedEvent;
      this.#followConfiguration(event);
      this.#followCustomer(event);
      this.#times.take(event);
    }
  }

  queue(id: QueueId): QueueFigures {
    let figures = this.queues.get(id);
    if (!figures) this.queues.set(id, (figures = { tally: emptyTally(), waits: [] }));
    return figures;
  }

  /** An agent's tally with the activity that still lasts. */
  agent(id: UserId, now: Instant): Tally {
    const tally = { ...(this.agents.get(id) ?? emptyTally()) };
    const open = this.#times.open(id);
    if (open) countInterval(tally, open, this.#window, now);
    return tally;
  }

  #followConfiguration(event: ReportedEvent): void {
    if (event.type !== 'configuration-taken') return;
    const { entity, id, value } = event.change;
    if (entity === 'queue' && value) this.#thresholds.set(id, value.serviceLevelThresholdMs);
  }

  #followCustomer(event: ReportedEvent): void {
    if (event.type === 'queued') {
      this.#segments.set(event.segmentId, { facts: beginSegment(event, this.#thresholds.get(event.queueId) ?? null), conversationId: event.conversationId });
      this.#latestOf.set(event.conversationId, event.segmentId);
    }
    const which = segmentOf(event);
    if (which === undefined) return;
    const segmentId = 'segmentId' in which ? which.segmentId : this.#latestOf.get(which.latestOf);
    const segment = segmentId ? this.#segments.get(segmentId) : undefined;
    if (!segment) return;
    segment.facts = evolveSegment(segment.facts, event);
    if (event.type === 'after-service-ended' || (event.type === 'waiting-ended' && event.ending !== 'answered')) this.#finish(segmentId!, segment);
  }

  #finish(segmentId: string, { facts, conversationId }: OpenSegment): void {
    this.#segments.delete(segmentId);
    if (this.#latestOf.get(conversationId) === segmentId) this.#latestOf.delete(conversationId);
    this.#count(facts);
    this.onSegment(facts);
  }

  #count(facts: SegmentFacts): void {
    if (facts.queuedAt < this.#window.from || facts.queuedAt >= this.#window.to) return;
    const { tally, waits } = this.queue(facts.queueId);
    countSegment(tally, facts);
    if (facts.answeredAt !== null && facts.waitMs !== null) waits.push(facts.waitMs);
  }

  /** Those who have not come to their end are offered, or answered, all the same. */
  closeOpen(): void {
    for (const [segmentId, segment] of [...this.#segments]) this.#finish(segmentId, segment);
  }

  #tallyOf(agentId: UserId): Tally {
    let tally = this.agents.get(agentId);
    if (!tally) this.agents.set(agentId, (tally = emptyTally()));
    return tally;
  }
}
