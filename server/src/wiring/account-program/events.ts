import type { TrunkId } from '@centralita/kernel';
import type { ConfigurationChange } from '../../capabilities/accounts/index.ts';
import type { AfterServiceEvent, AgentEvent, DeviceEvent } from '../../capabilities/availability/index.ts';
import type { CallEvent, LegEvent, RecordingEvent, TurnedAwayEvent } from '../../capabilities/calls/index.ts';
import type { ConversationEvent } from '../../capabilities/conversations/index.ts';
import type { FlowEvent } from '../../capabilities/flows/index.ts';
import type { OfferEvent, WaitingEvent } from '../../capabilities/routing/index.ts';

export type AccountEvent = { readonly type: 'configuration-taken'; readonly change: ConfigurationChange } | { readonly type: 'trunk-state-seen'; readonly trunkId: TrunkId; readonly up: boolean; readonly reason: string | null };

/** Everything that can happen on an account's floor; `type` is unique in it. */
export type FloorEvent = AccountEvent | AfterServiceEvent | AgentEvent | CallEvent | ConversationEvent | DeviceEvent | FlowEvent | LegEvent | OfferEvent | RecordingEvent | TurnedAwayEvent | WaitingEvent;
export type FloorEventType = FloorEvent['type'];
export type FloorEventOf<Type extends FloorEventType> = Extract<FloorEvent, { readonly type: Type }>;
