import type { Activity, AfterServiceId, CallId, ConversationId, DeviceId, Instant, OfferId, QueueId, StatusId, UserId } from '@centralita/kernel';

/*
 *   (absent) ── agent-signed-in ──► signed-in ── agent-signed-out ──► signed-out
 *
 *   signed-in holds two small machines that do not wait for each other:
 *     contact:  free ─► offered ─► talking ◄─► holding ─► free        (one call at most: the capacity)
 *               free ─► dialing ─► talking …
 *     pause:    none ─► after-service ─► none        none ─► not-answering ─► none
 *
 * D6: two facts per agent. Status is chosen by the person. Activity is derived: the contact's, else the pause's, else idle.
 */

export type Contact =
  | { readonly kind: 'free' }
  | { readonly kind: 'offered'; readonly by: { readonly kind: 'queue'; readonly offerId: OfferId; readonly queueId: QueueId } | { readonly kind: 'colleague' }; readonly callId: CallId; readonly conversationId: ConversationId }
  | { readonly kind: 'dialing'; readonly callId: CallId; readonly conversationId: ConversationId }
  | { readonly kind: 'talking'; readonly callId: CallId; readonly conversationId: ConversationId; readonly queueId: QueueId | null }
  | { readonly kind: 'holding'; readonly callId: CallId; readonly conversationId: ConversationId; readonly queueId: QueueId | null };

export type Pause =
  | { readonly kind: 'none' }
  | { readonly kind: 'after-service'; readonly afterServiceId: AfterServiceId; readonly conversationId: ConversationId; readonly queueId: QueueId | null }
  | { readonly kind: 'not-answering'; readonly reason: 'expired' | 'declined'; readonly conversationId: ConversationId };

export interface SignedOutAgent {
  readonly state: 'signed-out';
  readonly agentId: UserId;
  readonly since: Instant;
}
export interface SignedInAgent {
  readonly state: 'signed-in';
  readonly agentId: UserId;
  readonly signedInAt: Instant;
  readonly statusId: StatusId;
  readonly statusSince: Instant;
  /** Devices of this person that the switch can reach now. */
  readonly devicesOnline: readonly DeviceId[];
  readonly contact: Contact;
  readonly pause: Pause;
  /** Since when the present activity lasts. */
  readonly activitySince: Instant;
  /** For longest idle: kept over offers that came to nothing. */
  readonly freeSince: Instant;
}
export type Agent = SignedOutAgent | SignedInAgent;

/** The activity that screens show and figures sum. */
export function activityOf(agent: Agent | undefined): Activity {
  if (agent?.state !== 'signed-in') return 'offline';
  if (agent.contact.kind !== 'free') return agent.contact.kind;
  if (agent.pause.kind !== 'none') return agent.pause.kind;
  return 'idle';
}

interface AgentEventFacts {
  readonly agentId: UserId;
  readonly at: Instant;
}
export type AgentEvent =
  | (AgentEventFacts & { readonly type: 'agent-signed-in'; readonly statusId: StatusId; readonly devicesOnline: readonly DeviceId[] })
  | (AgentEventFacts & { readonly type: 'agent-signed-out'; readonly reason: 'asked' | 'session-ended' | 'removed'; readonly activity: Activity; readonly activitySince: Instant; readonly statusId: StatusId; readonly statusSince: Instant })
  | (AgentEventFacts & { readonly type: 'status-chosen'; readonly statusId: StatusId; readonly before: StatusId; readonly beforeSince: Instant; readonly by: 'agent' | 'center' })
  | (AgentEventFacts & { readonly type: 'agent-device-came'; readonly deviceId: DeviceId })
  | (AgentEventFacts & { readonly type: 'agent-device-went'; readonly deviceId: DeviceId; readonly reason: 'unregistered' | 'expired' | 'connection-lost' | 'failing' | 'removed' })
  /** One activity ends and another begins; intervals are the gaps between these. */
  | (AgentEventFacts & {
      readonly type: 'activity-changed';
      readonly before: Activity;
      readonly beforeSince: Instant;
      readonly activity: Activity;
      readonly contact: Contact;
      readonly pause: Pause;
      readonly freeSince: Instant;
    });
