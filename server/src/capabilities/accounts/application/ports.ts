import type { FlowId, Instant, Language, QueueId, Role, SkillId, UserId } from '@centralita/kernel';
import type { FloorAgent, FloorFlow, FloorQueue, SkillLevel } from '../domain/floor-configuration.ts';
import type { ChangeConfiguration, ReadConfiguration, Sql } from './change-configuration.ts';

export type { ConfigurationRefusal } from './change-configuration.ts';

/** Whom a reader reaches, from the permission table. Applied in SQL. */
export interface Reach {
  readonly viewer: UserId;
  readonly scope: 'own' | 'group' | 'queue' | 'account';
}

export interface QueueSettings extends FloorQueue {
  readonly name: string;
  readonly serviceLevelTarget: number;
}
export interface QueueMember {
  readonly userId: UserId;
  readonly priority: number;
}
export interface Queue {
  readonly queueId: QueueId;
  readonly settings: QueueSettings;
  readonly members: readonly QueueMember[];
  readonly version: number;
}
export interface QueueTable {
  list(sql: Sql, reach: Reach): Promise<Queue[]>;
  find(sql: Sql, queueId: QueueId): Promise<Queue | undefined>;
  /** Locks the row for the transaction. */
  findToChange(sql: Sql, queueId: QueueId): Promise<Queue | undefined>;
  nameTaken(sql: Sql, name: string, except: QueueId): Promise<boolean>;
  insert(sql: Sql, queueId: QueueId, settings: QueueSettings): Promise<void>;
  update(sql: Sql, queueId: QueueId, settings: QueueSettings): Promise<void>;
  /** @returns everybody who came or went, or whose priority changed */
  replaceMembers(sql: Sql, queueId: QueueId, members: readonly QueueMember[]): Promise<UserId[]>;
  markDeleted(sql: Sql, queueId: QueueId): Promise<void>;
  /** Names of flows and queues that lead to this one. */
  usedBy(sql: Sql, queueId: QueueId): Promise<string[]>;
}

export interface Skill {
  readonly skillId: SkillId;
  readonly name: string;
  readonly version: number;
}
export interface SkillTable {
  list(sql: Sql): Promise<Skill[]>;
  findToChange(sql: Sql, skillId: SkillId): Promise<Skill | undefined>;
  nameTaken(sql: Sql, name: string, except: SkillId): Promise<boolean>;
  insert(sql: Sql, skillId: SkillId, name: string): Promise<void>;
  rename(sql: Sql, skillId: SkillId, name: string): Promise<void>;
  remove(sql: Sql, skillId: SkillId): Promise<void>;
  usedBy(sql: Sql, skillId: SkillId): Promise<string[]>;
  /** Those of `skillIds` that the account does not have. */
  missing(sql: Sql, skillIds: readonly SkillId[]): Promise<SkillId[]>;
}

export interface AgentRow {
  readonly userId: UserId;
  readonly name: string;
  readonly role: Role;
  readonly extension: string | null;
  readonly skills: readonly SkillLevel[];
  readonly queues: readonly { readonly queueId: QueueId; readonly priority: number }[];
  readonly version: number;
}
export interface AgentTable {
  list(sql: Sql, reach: Reach): Promise<AgentRow[]>;
  findToChange(sql: Sql, reach: Reach, userId: UserId): Promise<AgentRow | undefined>;
  replaceSkills(sql: Sql, userId: UserId, skills: readonly SkillLevel[]): Promise<void>;
  /** Those of `userIds` that the account does not have, or has blocked. */
  missing(sql: Sql, userIds: readonly UserId[]): Promise<UserId[]>;
  /** How many of `userIds` have all of these skills, at these levels or above. */
  countSkilled(sql: Sql, userIds: readonly UserId[], required: readonly SkillLevel[]): Promise<number>;
  /** The agent as the floor knows it; null when blocked or gone. */
  floorAgent(sql: Sql, userId: UserId): Promise<FloorAgent | null>;
}

export interface FlowDefinition extends Omit<FloorFlow, 'version'> {
  readonly name: string;
}
export interface Flow {
  readonly flowId: FlowId;
  readonly version: number;
  readonly definition: FlowDefinition;
}
export interface FlowTable {
  /** Published versions that are the newest of their flow. */
  list(sql: Sql): Promise<Flow[]>;
  find(sql: Sql, flowId: FlowId): Promise<Flow | undefined>;
  /** Two people saving at once get one version each, or a conflict. */
  findToChange(sql: Sql, flowId: FlowId): Promise<Flow | undefined>;
  insertVersion(sql: Sql, flow: Flow, createdBy: string): Promise<void>;
  retire(sql: Sql, flowId: FlowId): Promise<void>;
  /** Numbers that lead into it. */
  usedBy(sql: Sql, flowId: FlowId): Promise<string[]>;
}

/** Says what is wrong with a flow: empty when nothing is. `known` are the queues it may send to. */
export type ValidateFlow = (flow: FlowDefinition, known: { readonly queueIds: ReadonlySet<QueueId> }) => readonly { readonly pointer: string; readonly code: string; readonly detail: string }[];

export interface ConfigurationDeps {
  readonly change: ChangeConfiguration;
  readonly read: ReadConfiguration;
  readonly queues: QueueTable;
  readonly skills: SkillTable;
  readonly agents: AgentTable;
  readonly flows: FlowTable;
  readonly validateFlow: ValidateFlow;
  readonly drawId: (kind: 'queue' | 'skill' | 'flow') => string;
}

/** An account as its people see it. */
export interface AccountCard {
  readonly accountId: string;
  readonly slug: string;
  readonly name: string;
  readonly timeZone: string;
  readonly language: Language;
  readonly simulated: boolean;
  readonly createdAt?: Instant;
}
