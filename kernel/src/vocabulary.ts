/** Closed vocabularies: each is a list first (schemas, translations and tests walk it) and a type second. */

export const ROLES = ['agent', 'supervisor', 'manager', 'administrator', 'owner'] as const;
export type Role = (typeof ROLES)[number];

/** What the system derives about an agent (D6). Status, chosen by the person, is another fact. */
export const ACTIVITIES = ['offline', 'idle', 'offered', 'dialing', 'talking', 'holding', 'after-service', 'not-answering'] as const;
export type Activity = (typeof ACTIVITIES)[number];

export const LANGUAGES = ['es', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];

export const SELECTIONS = ['most-qualified', 'least-qualified', 'longest-idle'] as const;
export type Selection = (typeof SELECTIONS)[number];

/** Whose doing an ending was. `network` is a carrier or transport failure, `center` a rule or a fault of ours. */
export const ENDED_BY = ['customer', 'agent', 'center', 'network'] as const;
export type EndedBy = (typeof ENDED_BY)[number];

/** Why a leg ended, in the contact center's words. The SIP code and Q.850 value stay in the trace. */
export const LEG_CAUSES = [
  'hung-up',
  'cancelled',
  'busy',
  'no-answer',
  'declined',
  'answered-elsewhere',
  'unreachable',
  'not-found',
  'forbidden',
  'no-common-codec',
  'congestion',
  'media-lost',
  'switch-lost',
  'replaced',
  'failed',
] as const;
export type LegCause = (typeof LEG_CAUSES)[number];

/** How a conversation ended, for history and figures. */
export const CONVERSATION_ENDINGS = ['answered', 'abandoned', 'short-abandon', 'overflowed', 'closed', 'no-answer', 'busy', 'failed', 'left-in-menu'] as const;
export type ConversationEnding = (typeof CONVERSATION_ENDINGS)[number];

/** How somebody outside reaches the center: by telephone, or from the public call page, where nobody has a number. */
export const PARTY_KINDS = ['phone', 'web'] as const;
export type PartyKind = (typeof PARTY_KINDS)[number];

export const DIRECTIONS = ['inbound', 'outbound', 'internal'] as const;
export type Direction = (typeof DIRECTIONS)[number];

/** What other systems may be told of. */
export const WEBHOOK_EVENTS = ['conversation.started', 'conversation.queued', 'conversation.answered', 'conversation.ended'] as const;
export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number];

export const WEBHOOK_DELIVERY_STATES = ['waiting', 'delivered', 'dead'] as const;
export type WebhookDeliveryState = (typeof WEBHOOK_DELIVERY_STATES)[number];

/** Why a receiver did not take a message: what it answered, or what kept us from hearing an answer. */
export const WEBHOOK_FAILURES = ['status', 'time-out', 'refused', 'unresolved', 'address-not-allowed', 'tls', 'broken'] as const;
export type WebhookFailure = (typeof WEBHOOK_FAILURES)[number];

/** Why nothing is sent any more, when nobody chose so: the receiver answered 410, or nothing came through for days. */
export const WEBHOOK_STOPS = ['gone', 'failing'] as const;
export type WebhookStop = (typeof WEBHOOK_STOPS)[number];
