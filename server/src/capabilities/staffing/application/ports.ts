import type { SimulationOrder, WhatIfAnswer, WhatIfProgress } from '@centralita/contract';
import type { AccountId, Instant, QueueId, Result, UserId } from '@centralita/kernel';
import type { SkillLevel } from '../../accounts/index.ts';
import type { ActivityInterval, SegmentFacts, Window } from '../../reports/index.ts';

export interface Reader {
  readonly account: AccountId;
  readonly userId: UserId;
  readonly scope: 'own' | 'group' | 'queue' | 'account';
}

/** What of a queue's settings a simulation follows, and who serves it. */
export interface StaffedQueue {
  readonly settings: {
    readonly selection: SimulationOrder['rules']['selection'];
    readonly ageingPerMinute: number;
    readonly ringTimeoutMs: number;
    readonly maximumWaitMs: number | null;
    readonly maximumSize: number | null;
    readonly afterServiceLimitMs: number | null;
    readonly requiredSkills: readonly SkillLevel[];
    readonly relaxing: readonly { readonly afterMs: number; readonly required: readonly SkillLevel[] }[];
  };
  readonly members: readonly { readonly userId: UserId }[];
}

/** The account's past, as the projections have it. */
export interface ArrivalsTable {
  timeZone(account: AccountId): Promise<string>;
  /** Customers who entered the queue within each window. */
  count(account: AccountId, queueId: QueueId, windows: readonly Window[]): Promise<number[]>;
  segments(account: AccountId, queueId: QueueId, window: Window): Promise<SegmentFacts[]>;
  /** Of these agents, what touches the window. */
  intervals(account: AccountId, agentIds: readonly UserId[], window: Window): Promise<ActivityInterval[]>;
}

export type Asker = Pick<Reader, 'account' | 'userId'>;

/** Days simulated beside the program, not in it. */
export interface Simulations {
  /** `left`: nobody waits for the answer any more. */
  simulate(asker: Asker, order: SimulationOrder, left: AbortSignal): Promise<Result<WhatIfAnswer, SimulationRefusal>>;
  /** Of the question that this very person has running. */
  progressOf(asker: Asker): WhatIfProgress['days'];
}

export interface SimulationRefusal {
  readonly code: 'rate-limited' | 'overloaded' | 'too-much-work' | 'not-allowed-now';
  readonly detail?: string;
  readonly retryAfterSeconds?: number;
}

export interface StaffingDeps {
  /** Undefined when it does not exist, or beyond the reader's reach. */
  readonly queueOf: (reader: Reader, queueId: QueueId) => Promise<StaffedQueue | undefined>;
  /** How many of these people have all of these skills. */
  readonly countSkilled: (account: AccountId, userIds: readonly UserId[], required: readonly SkillLevel[]) => Promise<number>;
  readonly arrivals: ArrivalsTable;
  readonly simulations: Simulations;
  readonly now: () => Instant;
}
