import { assertNever, decided, type Decider, type Decision, refused } from '@centralita/kernel';
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

/** `asked` by the person, who must have ended their call; the others happen whatever they do. */
export type SignOutReason = 'asked' | 'session-ended' | 'removed';

interface AgentEventFacts {
  readonly agentId: UserId;
  readonly at: Instant;
}
export type AgentEvent =
  | (AgentEventFacts & { readonly type: 'agent-signed-in'; readonly statusId: StatusId; readonly devicesOnline: readonly DeviceId[] })
  | (AgentEventFacts & { readonly type: 'agent-signed-out'; readonly reason: SignOutReason; readonly activity: Activity; readonly activitySince: Instant; readonly statusId: StatusId; readonly statusSince: Instant; readonly contact: Contact; readonly pause: Pause })
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

export type AgentCommand =
  | { readonly type: 'sign-in'; readonly agentId: UserId; readonly statusId: StatusId; readonly devicesOnline: readonly DeviceId[] }
  | { readonly type: 'sign-out'; readonly reason: SignOutReason }
  | { readonly type: 'choose-status'; readonly statusId: StatusId; readonly by: 'agent' | 'center' }
  | { readonly type: 'device-came'; readonly deviceId: DeviceId }
  | { readonly type: 'device-went'; readonly deviceId: DeviceId; readonly reason: Extract<AgentEvent, { type: 'agent-device-went' }>['reason'] }
  /** The slot for a call is taken, or changes. Only a free one can be offered something or dial. */
  | { readonly type: 'engage'; readonly contact: Exclude<Contact, { kind: 'free' }> }
  /** The call or offer is over. `freeSince` of an offer that came to nothing stays; `pause` is what follows. */
  | { readonly type: 'disengage'; readonly callId: CallId; readonly pause: Pause }
  | { readonly type: 'end-after-service'; readonly afterServiceId: AfterServiceId }
  | { readonly type: 'return' };

export type AgentRefusal = 'not-signed-in' | 'already-signed-in' | 'not-allowed-now' | 'already-so';

type Answer = Decision<AgentEvent, AgentRefusal>;

export const availability: Decider<Agent, AgentCommand, AgentEvent, AgentRefusal> = {
  decide(state, command, { now }) {
    if (state?.state !== 'signed-in') {
      if (command.type !== 'sign-in') return refused('not-signed-in');
      const { agentId, statusId, devicesOnline } = command;
      return decided({ type: 'agent-signed-in', agentId, at: Math.max(now, state?.since ?? 0), statusId, devicesOnline });
    }
    const seen = { agentId: state.agentId, at: notBefore(state, now) };
    switch (command.type) {
      case 'sign-in':
        return refused('already-signed-in');
      case 'sign-out':
        return signOut(state, command.reason, now);
      case 'choose-status':
        if (command.statusId === state.statusId) return refused('already-so');
        return decided({ ...seen, type: 'status-chosen', statusId: command.statusId, before: state.statusId, beforeSince: state.statusSince, by: command.by });
      case 'device-came':
        return state.devicesOnline.includes(command.deviceId) ? refused('already-so') : decided({ ...seen, type: 'agent-device-came', deviceId: command.deviceId });
      case 'device-went':
        return state.devicesOnline.includes(command.deviceId) ? decided({ ...seen, type: 'agent-device-went', deviceId: command.deviceId, reason: command.reason }) : refused('already-so');
      case 'engage':
        return engage(state, command.contact, now);
      case 'disengage':
        return disengage(state, command.callId, command.pause, now);
      case 'end-after-service':
        if (state.pause.kind !== 'after-service' || state.pause.afterServiceId !== command.afterServiceId) return refused('not-allowed-now');
        return decided(changed(state, { pause: NO_PAUSE, freeSince: now }, now));
      case 'return':
        return state.pause.kind === 'not-answering' ? decided(changed(state, { pause: NO_PAUSE, freeSince: now }, now)) : refused('not-allowed-now');
      default:
        return assertNever(command);
    }
  },
  evolve(state, event) {
    switch (event.type) {
      case 'agent-signed-in': {
        const { agentId, at, statusId, devicesOnline } = event;
        return { state: 'signed-in', agentId, signedInAt: at, statusId, statusSince: at, devicesOnline, contact: FREE, pause: NO_PAUSE, activitySince: at, freeSince: at };
      }
      case 'agent-signed-out':
        return { state: 'signed-out', agentId: event.agentId, since: event.at };
      case 'status-chosen':
        return state?.state === 'signed-in' ? { ...state, statusId: event.statusId, statusSince: event.at } : state;
      case 'agent-device-came':
        return state?.state === 'signed-in' ? { ...state, devicesOnline: [...state.devicesOnline, event.deviceId] } : state;
      case 'agent-device-went':
        return state?.state === 'signed-in' ? { ...state, devicesOnline: state.devicesOnline.filter((deviceId) => deviceId !== event.deviceId) } : state;
      case 'activity-changed': {
        if (state?.state !== 'signed-in') return state;
        const { contact, pause, freeSince } = event;
        return { ...state, contact, pause, freeSince, activitySince: event.activity === event.before ? state.activitySince : event.at };
      }
      default:
        return assertNever(event);
    }
  },
};

const FREE: Contact = { kind: 'free' };
export const NO_PAUSE: Pause = { kind: 'none' };

function signOut(state: SignedInAgent, reason: SignOutReason, now: Instant): Answer {
  if (reason === 'asked' && state.contact.kind !== 'free' && state.contact.kind !== 'offered') return refused('not-allowed-now');
  const { agentId, activitySince, statusId, statusSince, contact, pause } = state;
  return decided({ type: 'agent-signed-out', agentId, at: notBefore(state, now), reason, activity: activityOf(state), activitySince, statusId, statusSince, contact, pause });
}

/** One call per agent: a second one never gets past here. */
function engage(state: SignedInAgent, contact: Exclude<Contact, { kind: 'free' }>, now: Instant): Answer {
  if (state.contact.kind === 'free') {
    if (contact.kind === 'offered' && contact.by.kind === 'queue' && state.pause.kind !== 'none') return refused('not-allowed-now');
    return decided(changed(state, { contact }, now));
  }
  return state.contact.callId === contact.callId ? decided(changed(state, { contact }, now)) : refused('not-allowed-now');
}

function disengage(state: SignedInAgent, callId: CallId, pause: Pause, now: Instant): Answer {
  if (state.contact.kind === 'free' || state.contact.callId !== callId) return refused('already-so');
  const rested = state.contact.kind === 'offered';
  // A call dialled during after-service gives the agent back to it.
  return decided(changed(state, { contact: FREE, pause: pause.kind === 'none' ? state.pause : pause, freeSince: rested ? state.freeSince : now }, now));
}

function changed(state: SignedInAgent, change: { readonly contact?: Contact; readonly pause?: Pause; readonly freeSince?: Instant }, now: Instant): AgentEvent {
  const next: SignedInAgent = { ...state, ...change };
  const { contact, pause, freeSince } = next;
  return { type: 'activity-changed', agentId: state.agentId, at: notBefore(state, now), before: activityOf(state), beforeSince: state.activitySince, activity: activityOf(next), contact, pause, freeSince };
}

/** The switch's clock may be a breath behind ours: intervals never run backwards, so that they add up to the time signed in. */
const notBefore = (state: SignedInAgent, now: Instant): Instant => Math.max(now, state.activitySince, state.statusSince);
