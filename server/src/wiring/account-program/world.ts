import type { AccountId, DeviceId, LegId, PlayId, QueueId, TrunkId, UserId, WaitingId } from '@centralita/kernel';
import type { FloorAgent, FloorDevice, FloorFlow, FloorNumber, FloorQueue, FloorStatus, FloorTrunk } from '../../capabilities/accounts/index.ts';
import type { AfterService, Agent, Device } from '../../capabilities/availability/index.ts';
import type { Call, Leg, Recording } from '../../capabilities/calls/index.ts';
import type { Conversation } from '../../capabilities/conversations/index.ts';
import type { FlowRun } from '../../capabilities/flows/index.ts';
import type { Matcher, Offer, QueuePace, Waiting } from '../../capabilities/routing/index.ts';
import type { FloorWorld } from '../../floor/program.ts';
import { Table } from '../../floor/table.ts';
import { watchTables } from './indexes.ts';

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
  readonly trunkStates: Table<TrunkState>;
  readonly queuePaces: Table<QueuePace>;
}

export interface TrunkState {
  readonly up: boolean;
  readonly reason: string | null;
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
  /** Number ids by the number's digits. */
  readonly numbersByDigits: ReadonlyMap<string, ReadonlySet<string>>;
  readonly agentsByExtension: ReadonlyMap<string, ReadonlySet<UserId>>;
  readonly devicesByAgent: ReadonlyMap<UserId, ReadonlySet<DeviceId>>;
  readonly legsByCall: ReadonlyMap<string, ReadonlySet<LegId>>;
  readonly afterServicesByConversation: ReadonlyMap<string, ReadonlySet<string>>;
  readonly waitingByQueue: ReadonlyMap<QueueId, ReadonlySet<WaitingId>>;
  /** Whose play it is: a flow run or a waiting customer. */
  readonly playOwners: ReadonlyMap<PlayId, { readonly kind: 'flow-run' | 'waiting'; readonly id: string }>;
  /** Agents who are signed in, reachable and in a status that takes queue work, by queue: the estimate's divisor. */
  readonly servingByQueue: ReadonlyMap<QueueId, number>;
  /** Trunk legs, in and out: the lines in use (S4.12). The key '' is for legs whose trunk the switch has yet to choose. */
  readonly linesByTrunk: ReadonlyMap<TrunkId | '', { readonly inbound: number; readonly outbound: number }>;
}

export interface World extends FloorWorld, LiveTables, ConfigurationTables {
  readonly account: AccountId;
  readonly personal: Table<string>;
  readonly indexes: WorldIndexes;
}

export function createWorld(account: AccountId): World {
  const tables = {
    personal: new Table<string>(),
    statuses: new Table<FloorStatus>(),
    agentSettings: new Table<FloorAgent>(),
    queues: new Table<FloorQueue>(),
    flows: new Table<FloorFlow>(),
    flowVersions: new Table<FloorFlow>(),
    numbers: new Table<FloorNumber>(),
    trunks: new Table<FloorTrunk>(),
    deviceSettings: new Table<FloorDevice>(),
    legs: new Table<Leg>(),
    calls: new Table<Call>(),
    recordings: new Table<Recording>(),
    conversations: new Table<Conversation>(),
    flowRuns: new Table<FlowRun>(),
    waiting: new Table<Waiting>(),
    offers: new Table<Offer>(),
    agents: new Table<Agent>(),
    afterServices: new Table<AfterService>(),
    devices: new Table<Device>(),
    trunkStates: new Table<TrunkState>(),
    queuePaces: new Table<QueuePace>(),
  };
  // A table's watchers tie it to its row type; the floor only marks, keeps and copies rows, whatever they are.
  return { account, ...tables, tables: tables as unknown as FloorWorld['tables'], indexes: watchTables(tables) };
}

/** The value behind a reference; the empty text when it is withheld or erased. */
export const personalValue = (world: World, reference: string | null): string => (reference === null ? '' : (world.personal.get(reference) ?? (reference.startsWith('per_') ? '' : reference)));
