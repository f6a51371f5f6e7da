import type { Instant, LegCause, LegId, PersonalRef, UserId } from '@centralita/kernel';

/** Why a caller from outside was not let in. */
export type EntryRefusal = 'number-unknown' | 'number-not-public' | 'flow-missing';

export const DIAL_REFUSALS = ['not-signed-in', 'in-a-call', 'outgoing-calls-off', 'destination-not-allowed', 'no-outbound-trunk', 'colleague-unreachable', 'colleague-busy', 'own-extension'] as const;
/** Why an agent's dialling led nowhere. */
export type DialRefusal = (typeof DIAL_REFUSALS)[number];

/** Legs that never became part of a call. */
export type TurnedAwayEvent =
  | { readonly type: 'call-refused'; readonly legId: LegId; readonly reason: EntryRefusal; readonly cause: LegCause; readonly at: Instant }
  | { readonly type: 'dial-refused'; readonly legId: LegId; readonly agentId: UserId | null; readonly dialled: PersonalRef | null; readonly reason: DialRefusal; readonly cause: LegCause; readonly at: Instant };

/** What the telephone hears of it. */
export const CAUSE_OF: Readonly<Record<EntryRefusal | DialRefusal, LegCause>> = {
  'number-unknown': 'not-found',
  'number-not-public': 'forbidden',
  'flow-missing': 'congestion',
  'not-signed-in': 'forbidden',
  'in-a-call': 'busy',
  'outgoing-calls-off': 'forbidden',
  'destination-not-allowed': 'not-found',
  'no-outbound-trunk': 'congestion',
  'colleague-unreachable': 'unreachable',
  'colleague-busy': 'busy',
  'own-extension': 'busy',
};
