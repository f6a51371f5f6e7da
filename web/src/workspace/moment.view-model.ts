import type { MeAfterService, MeCall, MeOffer, PartyView, StatusView } from '@centralita/contract';
import type { Me } from '../live/me.view-model.ts';
import type { PhoneState } from '../softphone/phone.ts';

/** What the agent's screen is about at this moment: one thing at a time (look.md: nothing else competes). */
export type Moment =
  | { readonly kind: 'ringing'; readonly offer: MeOffer; readonly phone: 'here' | 'answering' | 'elsewhere' }
  /** A colleague rings this phone: no queue, no offer, no clock. */
  | { readonly kind: 'direct'; readonly caller: PartyView; readonly answering: boolean }
  | { readonly kind: 'call'; readonly call: MeCall; readonly here: boolean }
  | { readonly kind: 'connecting'; readonly number: string | null }
  | { readonly kind: 'after-service'; readonly afterService: MeAfterService }
  | { readonly kind: 'not-answering'; readonly since: number }
  | { readonly kind: 'idle'; readonly takesWork: boolean }
  | { readonly kind: 'offline' };

export function momentOf(me: Me, phone: PhoneState, statuses: readonly StatusView[]): Moment {
  if (me.offer) return { kind: 'ringing', offer: me.offer, phone: ringingWhere(me.offer, phone) };
  const call = me.calls[0];
  if (phone.call?.direction === 'incoming' && phone.call.state !== 'live' && !autoAnswered(call)) return { kind: 'direct', caller: callerOf(phone.call, call), answering: phone.call.state === 'answering' };
  if (call) return { kind: 'call', call, here: phone.call !== null && phone.call.state !== 'ringing' };
  // The phone knows of a call before the feed tells: it has just been dialled or answered.
  if (phone.call) return { kind: 'connecting', number: phone.call.dialled };
  if (me.afterService) return { kind: 'after-service', afterService: me.afterService };
  if (!me.agent) return { kind: 'offline' };
  if (me.agent.activity === 'not-answering') return { kind: 'not-answering', since: me.agent.activitySince };
  return { kind: 'idle', takesWork: statuses.find((status) => status.statusId === me.agent?.statusId)?.takesQueueWork ?? false };
}

/** A leg that comes back to a live call rings without asking anybody. */
const autoAnswered = (call: MeCall | undefined): boolean => call !== undefined && call.state !== 'ringing' && call.state !== 'dialing';

function callerOf(ringing: NonNullable<PhoneState['call']>, call: MeCall | undefined): PartyView {
  return call?.other ?? { kind: 'phone', number: ringing.caller?.number ?? '', name: ringing.caller?.name ?? null, contactId: null };
}

function ringingWhere(offer: MeOffer, phone: PhoneState): 'here' | 'answering' | 'elsewhere' {
  if (phone.call?.state === 'answering' || phone.call?.state === 'live') return 'answering';
  if (phone.call && (phone.call.offerId === null || phone.call.offerId === offer.offerId)) return 'here';
  // A connected phone that does not ring yet will in a moment; one that is away will not.
  return phone.transport === 'registered' ? 'here' : 'elsewhere';
}

export type CallAction = MeCall['allowedActions'][number];
export type Unavailable = 'holding' | 'notYet' | 'reconnecting' | 'never';

/** Null when it may be done; else why not (a disabled button says why, design 6). */
export function whyNot(call: MeCall, action: CallAction): Unavailable | null {
  if (call.allowedActions.includes(action)) return null;
  if (call.state === 'reconnecting') return 'reconnecting';
  if (call.state === 'dialing' || call.state === 'ringing') return 'notYet';
  if (call.state === 'holding') return 'holding';
  return 'never';
}

/** 0 to 1 of the ring time that is gone. */
export function ringProgress(offer: Pick<MeOffer, 'offeredAt' | 'expiresAt'>, now: number): number {
  const whole = offer.expiresAt - offer.offeredAt;
  return whole <= 0 ? 1 : Math.min(1, Math.max(0, (now - offer.offeredAt) / whole));
}

/** After-service warns in its last fifth, at least its last ten seconds. */
export function endsSoon(startedAt: number, endsAt: number, now: number): boolean {
  return endsAt - now <= Math.max(10_000, (endsAt - startedAt) / 5);
}

/** The conversation that the middle and the right panel speak of. */
export function conversationOf(moment: Moment): string | null {
  switch (moment.kind) {
    case 'ringing':
      return moment.offer.conversationId;
    case 'call':
      return moment.call.conversationId;
    case 'after-service':
      return moment.afterService.conversationId;
    default:
      return null;
  }
}
