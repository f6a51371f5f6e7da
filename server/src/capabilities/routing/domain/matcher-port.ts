import type { Instant, QueueId, Selection, UserId, WaitingId } from '@centralita/kernel';
import type { FloorQueue, SkillLevel } from '../../accounts/index.ts';

/** Goes before everybody in its queue (somebody whose agent was lost); `WaitingCustomer.priority` is otherwise 1 to 100. */
export const FRONT_PRIORITY = 1_000_000;

/** Whom an agent may serve. Queue priority 1 is served first. */
export interface AgentProfile {
  readonly skills: readonly SkillLevel[];
  readonly queues: readonly { readonly queueId: QueueId; readonly priority: number }[];
}

/** A customer as the matcher sees them: in the waiting list, not rung for anybody at this moment. */
export interface WaitingCustomer {
  readonly waitingId: WaitingId;
  readonly queueId: QueueId;
  readonly enqueuedAt: Instant;
  /** Base priority; ageing is added from `enqueuedAt` by the queue's `ageingPerMinute`. */
  readonly priority: number;
  readonly required: readonly SkillLevel[];
  readonly excluded: readonly UserId[];
}

/** Why this agent came first for this customer. */
export interface Rank {
  /** Sum of the agent's levels in the queue's required and preferred skills. */
  readonly skillLevel: number;
  readonly idleMs: number;
  /** The agent's own priority of the queue, 1 first. */
  readonly queuePriority: number;
}

export interface Explanation {
  readonly selection: Selection;
  readonly rank: Rank;
  /** How many agents of the queue were passed over, by reason (`not-free`, `missing-skills`, `excluded`, `ranked-lower`). */
  readonly passedOver: Readonly<Record<string, number>>;
  /** At most ten, best first. */
  readonly runnersUp: readonly (Rank & { readonly agentId: UserId })[];
}

/**
 * Who gets whom. Kept in step by the world's tables, also when a turn is taken back; never asked to decide about time itself.
 * Ties are broken by id, so that a replay decides the same.
 */
export interface Matcher {
  setAgent(agentId: UserId, profile: AgentProfile | null): void;
  setQueue(queueId: QueueId, settings: FloorQueue | null): void;
  /** May be offered queue work, free since then. Said again with another `since`, it moves. */
  agentFree(agentId: UserId, since: Instant): void;
  agentBusy(agentId: UserId): void;
  add(customer: WaitingCustomer): void;
  updateRequired(waitingId: WaitingId, required: readonly SkillLevel[]): void;
  remove(waitingId: WaitingId): void;
  /** The customer this free agent should take. */
  matchForAgent(agentId: UserId, now: Instant): WaitingId | undefined;
  /** The free agent this customer should get. */
  matchForCustomer(waitingId: WaitingId, now: Instant): UserId | undefined;
  /** Asked before the offer makes the agent busy and takes the customer off the list. */
  explain(waitingId: WaitingId, agentId: UserId, now: Instant): Explanation | undefined;
  /** 1 for the next in its queue; undefined when not on the list. */
  position(waitingId: WaitingId): number | undefined;
}
