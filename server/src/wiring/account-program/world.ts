import type { AccountId, ConversationId, DeviceId, LegId, PlayId, QueueId, TrunkId, UserId, WaitingId } from '@centralita/kernel';
import type { FloorAgent, FloorDevice, FloorFlow, FloorNumber, FloorQueue, FloorStatus, FloorTrunk } from '../../capabilities/accounts/index.ts';
import type { AfterService, Agent, Device } from '../../capabilities/availability/index.ts';
import type { Call, Leg, Recording } from '../../capabilities/calls/index.ts';
import type { Conversation } from '../../capabilities/conversations/index.ts';
import type { FlowRun } from '../../capabilities/flows/index.ts';
import type { Matcher, Offer, QueuePace, Waiting } from '../../capabilities/routing/index.ts';
import type { FloorWorld } from '../../floor/program.ts';
import type { Table } from '../../floor/table.ts';

/** Live states by id. What has ended is not here: history is made of events. */
export interface LiveTables {
  readonly legs: Table<Leg>;
  readonly calls: Table<Call>;
  readonly recordings: Table<Recording>;
  readonly conversations: Table<Conversation>;
  readonly flowRuns: Table<FlowRun>;
  readonly waiting: Table<Waiting>;
  readonly offers: Table<Offer>;
  readonly agents: Table<Agent>;
  readonly afterServices: Table<AfterService>;
  readonly devices: Table<Device>;
  readonly trunkStates: Table<{ readonly up: boolean; readonly reason: string | null }>;
  readonly queuePaces: Table<QueuePace>;
}

/** Configuration as the floor last took it, by id. */
export interface ConfigurationTables {
  readonly statuses: Table<FloorStatus>;
  readonly agentSettings: Table<FloorAgent>;
  readonly queues: Table<FloorQueue>;
  readonly flows: Table<FloorFlow>;
  /** Today's version and the one before, by `flowId@version`: runs end in the version they began with. */
  readonly flowVersions: Table<FloorFlow>;
  readonly numbers: Table<FloorNumber>;
  readonly trunks: Table<FloorTrunk>;
  readonly deviceSettings: Table<FloorDevice>;
}

/** Rebuilt from the tables by watching them; never journaled. */
export interface WorldIndexes {
  readonly matcher: Matcher;
  /** Number ids by the dialled number, digits only. */
  readonly numbersByDigits: ReadonlyMap<string, ReadonlySet<string>>;
  readonly agentsByExtension: ReadonlyMap<string, UserId>;
  readonly devicesByAgent: ReadonlyMap<UserId, ReadonlySet<DeviceId>>;
  readonly legsByCall: ReadonlyMap<string, ReadonlySet<LegId>>;
  readonly afterServiceByAgent: ReadonlyMap<UserId, string>;
  readonly waitingByQueue: ReadonlyMap<QueueId, ReadonlySet<WaitingId>>;
  readonly waitingByConversation: ReadonlyMap<ConversationId, WaitingId>;
  /** Whose play it is: a flow run or a waiting customer. */
  readonly playOwners: ReadonlyMap<PlayId, { readonly kind: 'flow-run' | 'waiting'; readonly id: string }>;
  /** Signed in, with a device online and a status that takes queue work, by queue: the estimate's divisor. */
  readonly servingByQueue: ReadonlyMap<QueueId, number>;
  /** Trunk legs, in and out: the lines in use. */
  readonly linesByTrunk: ReadonlyMap<TrunkId | null, { readonly inbound: number; readonly outbound: number }>;
}

export interface World extends FloorWorld, LiveTables, ConfigurationTables {
  readonly account: AccountId;
  readonly personal: Table<string>;
  readonly indexes: WorldIndexes;
}
