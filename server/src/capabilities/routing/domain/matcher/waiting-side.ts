import { MINUTE_MS } from '@centralita/kernel';
import type { SkillLevel } from '../../../accounts/index.ts';
import type { Bucket } from './agent-side.ts';
import type { QueueIndex } from './queue-index.ts';
import type { SortedList } from './sorted-list.ts';

export interface IndexedWaiting {
  readonly id: string;
  readonly queue: QueueIndex;
  readonly enqueuedAt: number;
  readonly priority: number;
  readonly excluded: ReadonlySet<string>;
  required: readonly SkillLevel[];
  requirement: Requirement;
}

/** The customers of one queue who ask for the same skills. An agent who may serve one of them may serve them all. */
export interface Requirement {
  readonly required: readonly SkillLevel[];
  readonly waiting: SortedList<IndexedWaiting>;
  /** The buckets whose agents meet it, in the queue's order; made anew when the queue's buckets changed. */
  eligible: { readonly version: number; readonly ordered: readonly Bucket[]; readonly all: ReadonlySet<Bucket> };
}

/** Points of priority are counted in thousandths, so that everything below is whole numbers and ties are exact. */
const POINT = 1_000;

export const ageingPerMinuteInThousandths = (ageingPerMinute: number): number => Math.round(ageingPerMinute * POINT);

/**
 * Who of two customers of one queue goes first. Both age with the same slope, so the order never changes while they wait: it
 * is the order of `enqueuedAt − priority / slope`, here multiplied out (exact, and right for a slope of 0 too). Nothing has
 * to be re-keyed as time passes.
 */
export function compareInQueue(a: IndexedWaiting, b: IndexedWaiting, ageing: number): number {
  return (
    ageing * (a.enqueuedAt - b.enqueuedAt) - (a.priority - b.priority) * POINT * MINUTE_MS ||
    a.enqueuedAt - b.enqueuedAt ||
    (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
  );
}

/** Customers of different queues age with different slopes: only their priority at this instant tells who goes first. */
export function compareAcrossQueues(a: IndexedWaiting, b: IndexedWaiting, now: number): number {
  return (
    priorityAt(b, now) - priorityAt(a, now) ||
    a.enqueuedAt - b.enqueuedAt ||
    (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
  );
}

const priorityAt = (waiting: IndexedWaiting, now: number): number =>
  waiting.priority * POINT * MINUTE_MS + waiting.queue.ageing * (now - waiting.enqueuedAt);

/** One spelling for one set of skills: sorted, and of a skill named twice the higher level. */
export function canonical(required: readonly SkillLevel[]): readonly SkillLevel[] {
  if (required.length < 2) return required;
  const levels = new Map<string, number>();
  for (const { skillId, level } of required) levels.set(skillId, Math.max(level, levels.get(skillId) ?? 0));
  return [...levels].sort(([a], [b]) => (a < b ? -1 : 1)).map(([skillId, level]) => ({ skillId, level }));
}
