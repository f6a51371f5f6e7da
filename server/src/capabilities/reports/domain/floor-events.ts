import type { AccountId, Instant } from '@centralita/kernel';
import type { ConfigurationChange } from '../../accounts/index.ts';
import type { AfterServiceEvent, AgentEvent } from '../../availability/index.ts';
import type { CallEvent, LegEvent, RecordingEvent } from '../../calls/index.ts';
import type { ConversationEvent } from '../../conversations/index.ts';
import type { FlowEvent } from '../../flows/index.ts';
import type { OfferEvent, WaitingEvent } from '../../routing/index.ts';

/** The floor's events that history and figures are made of; a turn may carry others, which are passed over. */
export type ReportedEvent =
  | AfterServiceEvent
  | AgentEvent
  | CallEvent
  | ConversationEvent
  | FlowEvent
  | LegEvent
  | OfferEvent
  | RecordingEvent
  | WaitingEvent
  | { readonly type: 'configuration-taken'; readonly change: ConfigurationChange };
export type ReportedEventType = ReportedEvent['type'];
export type ReportedEventOf<Type extends ReportedEventType> = Extract<ReportedEvent, { readonly type: Type }>;

/** What is read of a committed turn; `Turn` of the floor fits. Events are in today's shape (upcast when read). */
export interface ReportedTurn {
  readonly account: AccountId;
  readonly seq: number;
  readonly at: Instant;
  readonly events: readonly { readonly type: string }[];
}
