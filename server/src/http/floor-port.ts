import type { AccountId, AfterServiceId, CallId, DeviceId, OfferId, PersonalRef, QueueId, Result, StatusId, TrunkId, UserId } from '@centralita/kernel';
import type { FloorAgent, FloorQueue, FloorStatus, FloorTrunk } from '../capabilities/accounts/index.ts';
import type { AfterService, Agent } from '../capabilities/availability/index.ts';
import type { Call, Leg, Recording } from '../capabilities/calls/index.ts';
import type { Conversation } from '../capabilities/conversations/index.ts';
import type { Offer, Waiting } from '../capabilities/routing/index.ts';
import type { FloorEventSeen } from '../feed/topic.ts';
import type { FloorRefusal } from '../floor/program.ts';

/** What people ask of the floor. `agentId` is the person who acts; the route has checked who may. */
export type PersonCommand =
  /** The application has provisioned `deviceId` (its secret never passes here). Repeated for each tab. */
  | { readonly type: 'sign-in'; readonly agentId: UserId; readonly deviceId: DeviceId | null }
  /** `asked` is refused during a call; `session-ended` and `removed` are not. */
  | { readonly type: 'sign-out'; readonly agentId: UserId; readonly reason: 'asked' | 'session-ended' | 'removed' }
  /** One of several tabs or panels has gone for good: its device is removed, the person stays. */
  | { readonly type: 'remove-device'; readonly agentId: UserId; readonly deviceId: DeviceId }
  | { readonly type: 'choose-status'; readonly agentId: UserId; readonly statusId: StatusId }
  | { readonly type: 'return-from-not-answering'; readonly agentId: UserId }
  | { readonly type: 'decline-offer'; readonly agentId: UserId; readonly offerId: OfferId }
  | { readonly type: 'hold-call'; readonly agentId: UserId; readonly callId: CallId }
  | { readonly type: 'resume-call'; readonly agentId: UserId; readonly callId: CallId }
  | { readonly type: 'send-digits'; readonly agentId: UserId; readonly callId: CallId; readonly digits: PersonalRef }
  | { readonly type: 'hang-up'; readonly agentId: UserId; readonly callId: CallId }
  | { readonly type: 'pause-recording'; readonly agentId: UserId; readonly callId: CallId }
  | { readonly type: 'resume-recording'; readonly agentId: UserId; readonly callId: CallId }
  | { readonly type: 'finish-after-service'; readonly agentId: UserId; readonly afterServiceId: AfterServiceId };

export interface ReadonlyTable<Value> {
  readonly size: number;
  get(key: string): Value | undefined;
  keys(): IterableIterator<string>;
  values(): IterableIterator<Value>;
  entries(): IterableIterator<[string, Value]>;
}

/** The part of an account's live states that screens show. Read only: the floor is told through `submit`. */
export interface FloorView {
  readonly personal: ReadonlyTable<string>;
  readonly agents: ReadonlyTable<Agent>;
  readonly afterServices: ReadonlyTable<AfterService>;
  readonly calls: ReadonlyTable<Call>;
  readonly legs: ReadonlyTable<Leg>;
  readonly recordings: ReadonlyTable<Recording>;
  readonly conversations: ReadonlyTable<Conversation>;
  readonly waiting: ReadonlyTable<Waiting>;
  readonly offers: ReadonlyTable<Offer>;
  readonly statuses: ReadonlyTable<FloorStatus>;
  readonly agentSettings: ReadonlyTable<FloorAgent>;
  readonly queues: ReadonlyTable<FloorQueue>;
  readonly trunks: ReadonlyTable<FloorTrunk>;
  readonly trunkStates: ReadonlyTable<{ readonly up: boolean }>;
  readonly indexes: {
    readonly waitingByQueue: ReadonlyMap<QueueId, ReadonlySet<string>>;
    readonly linesByTrunk: ReadonlyMap<TrunkId | '', { readonly inbound: number; readonly outbound: number }>;
  };
}

/** The live decisions, as the edges reach them. */
export interface FloorPort {
  /**
   * @param personal values first met in this command, by the references it carries
   * @returns once durable
   */
  submit(account: AccountId, command: PersonCommand, personal?: Readonly<Record<string, string>>): Promise<Result<unknown, FloorRefusal>>;
  /** Undefined: this process does not hold that account's floor. */
  world(account: AccountId): FloorView | undefined;
  /** Resolves when the floor has taken every change of configuration that was committed before the call; if it cannot, a moment later anyway. */
  takeConfiguration(account: AccountId): Promise<void>;
  /**
   * Called after each committed turn, with its events. Left out, everything of the account is looked at again.
   * @returns how to stop
   */
  onCommitted(listener: (account: AccountId, events?: readonly FloorEventSeen[]) => void): () => void;
}
