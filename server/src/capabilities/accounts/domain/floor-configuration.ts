import type { DeviceId, FlowId, Language, NumberId, QueueId, Selection, SkillId, StatusId, TrunkId, UserId } from '@centralita/kernel';
import type { TrunkProfile } from '../../../telephony/port/index.ts';

/**
 * What the floor knows of an account's configuration. A change in the tables and one numbered outbox row, holding the whole
 * new value of the entity (or null when it is gone), commit together; the floor takes the rows in order.
 */
export type ConfigurationChange = { readonly position: number } & (
  | { readonly entity: 'status'; readonly id: StatusId; readonly value: FloorStatus | null }
  | { readonly entity: 'agent'; readonly id: UserId; readonly value: FloorAgent | null }
  | { readonly entity: 'queue'; readonly id: QueueId; readonly value: FloorQueue | null }
  | { readonly entity: 'flow'; readonly id: FlowId; readonly value: FloorFlow | null }
  | { readonly entity: 'number'; readonly id: NumberId; readonly value: FloorNumber | null }
  | { readonly entity: 'trunk'; readonly id: TrunkId; readonly value: FloorTrunk | null }
  | { readonly entity: 'device'; readonly id: DeviceId; readonly value: FloorDevice | null }
);

export interface FloorStatus {
  readonly takesQueueWork: boolean;
}

export interface SkillLevel {
  readonly skillId: SkillId;
  readonly level: number;
}

export interface FloorAgent {
  readonly skills: readonly SkillLevel[];
  /** Priority 1 serves that queue first. */
  readonly queues: readonly { readonly queueId: QueueId; readonly priority: number }[];
  readonly extension: string | null;
  readonly outgoingCalls: boolean;
  /** The status of a person who has not chosen one since signing in. */
  readonly initialStatusId: StatusId;
}

export interface FloorQueue {
  readonly selection: Selection;
  readonly requiredSkills: readonly SkillLevel[];
  readonly preferredSkills: readonly SkillLevel[];
  readonly relaxing: readonly { readonly afterMs: number; readonly required: readonly SkillLevel[] }[];
  readonly priority: number;
  readonly ageingPerMinute: number;
  readonly ringTimeoutMs: number;
  readonly maximumWaitMs: number | null;
  readonly maximumSize: number | null;
  readonly overflow: { readonly kind: 'queue'; readonly queueId: QueueId } | { readonly kind: 'message'; readonly prompt: string };
  readonly afterServiceLimitMs: number | null;
  readonly serviceLevelThresholdMs: number;
  readonly shortAbandonMs: number;
  readonly announceEveryMs: number;
  readonly music: string;
  readonly recorded: boolean;
  readonly language: Language;
}

export type FloorPromptItem =
  | { readonly kind: 'prompt'; readonly name: string }
  | { readonly kind: 'silence'; readonly durationMs: number }
  | { readonly kind: 'tone'; readonly name: 'ringback' | 'busy' | 'congestion' | 'beep' };

export type FloorFlowStep =
  | { readonly kind: 'answer'; readonly next: string }
  | { readonly kind: 'play'; readonly items: readonly FloorPromptItem[]; readonly next: string }
  | {
      readonly kind: 'menu';
      readonly items: readonly FloorPromptItem[];
      readonly timeoutMs: number;
      readonly attempts: number;
      readonly options: Readonly<Record<string, { readonly label: string; readonly next: string }>>;
      readonly wrongKey: readonly FloorPromptItem[];
      readonly otherwise: string;
    }
  | { readonly kind: 'queue'; readonly queueId: QueueId }
  | { readonly kind: 'hang-up' };

export interface FloorFlow {
  readonly version: number;
  readonly language: Language;
  readonly start: string;
  readonly steps: Readonly<Record<string, FloorFlowStep>>;
}

export interface FloorNumber {
  readonly number: string;
  readonly flowId: FlowId;
  readonly trunkId: TrunkId | null;
  /** Takes unauthenticated calls from loopback and guests' calls from the call page. */
  readonly public: boolean;
}

export interface FloorTrunk {
  readonly name: string;
  readonly profile: TrunkProfile;
}

/** A phone or browser of a person, or a guest's one-call credential. Secrets go to the switch by another way, never through the journal. */
export interface FloorDevice {
  readonly userId: UserId | null;
  readonly kind: 'browser' | 'phone' | 'guest';
}
