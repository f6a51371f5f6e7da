import type { FloorQueue, SkillLevel } from '../../../accounts/index.ts';
import type { QueueIndex } from './queue-index.ts';
import { SortedList } from './sorted-list.ts';

/** An agent as the index holds them: one object, shared by the buckets of all their queues. */
export interface IndexedAgent {
  readonly id: string;
  skills: ReadonlyMap<string, number>;
  /** In the order in which the agent serves queues: priority 1 first, then by queue id. */
  memberships: readonly Membership[];
  idle: boolean;
  idleSince: number;
}

export interface Membership {
  readonly queue: QueueIndex;
  readonly agent: IndexedAgent;
  readonly priority: number;
  bucket: Bucket;
}

/**
 * The agents of one queue who are alike for it: same priority in it, same levels in the skills it names. Whoever of them has
 * been idle longest is the best of them under every selection, so a decision looks at the head of each bucket only.
 */
export interface Bucket {
  readonly priority: number;
  readonly levels: ReadonlyMap<string, number>;
  /** The agents' levels in the queue's required and preferred skills, added up. */
  readonly score: number;
  readonly idle: SortedList<IndexedAgent>;
  members: number;
}

const byIdleTime = (a: IndexedAgent, b: IndexedAgent): number => a.idleSince - b.idleSince || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

export const createBucket = (priority: number, levels: ReadonlyMap<string, number>, score: number): Bucket => ({
  priority,
  levels,
  score,
  idle: new SortedList(byIdleTime),
  members: 0,
});

export function satisfies(levels: ReadonlyMap<string, number>, required: readonly SkillLevel[]): boolean {
  for (const { skillId, level } of required) if ((levels.get(skillId) ?? 0) < level) return false;
  return true;
}

/** Order of two buckets by all that their members share; 0 when only idle time and id tell their members apart. */
export function compareBuckets(a: Bucket, b: Bucket, selection: FloorQueue['selection']): number {
  if (a.priority !== b.priority) return a.priority - b.priority;
  if (selection === 'most-qualified') return b.score - a.score;
  if (selection === 'least-qualified') return a.score - b.score;
  return 0;
}

export const betterAgent = (a: IndexedAgent, b: IndexedAgent): IndexedAgent => (byIdleTime(a, b) <= 0 ? a : b);
