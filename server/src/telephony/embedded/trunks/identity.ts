import { escapeUser, parseUri, userOf, type IncomingInvite, type NameAddr } from '@centralita/sip';
import type { Party, TrunkProfile } from '../../port/index.ts';
import { fromTrunk, toTrunk } from './number-format.ts';

/** What a carrier's INVITE says about who calls whom, in the profile's terms. */
export function dialledOverTrunk(invite: IncomingInvite, profile: TrunkProfile): string {
  const user = {
    'request-uri': () => invite.requestUser,
    to: () => numberOf(invite.to),
    'p-called-party-id': () => (invite.calledPartyId === undefined ? invite.requestUser : numberOf(invite.calledPartyId)),
  }[profile.dialledFrom]();
  return fromTrunk(user, profile.numberFormat);
}

/** A withheld caller has an empty number and no name, even where the carrier tells us the number (RFC 3323, RFC 3325 section 7). */
export function callerOverTrunk(invite: IncomingInvite, profile: TrunkProfile): Party {
  const privacy = (invite.request.headers.get('Privacy') ?? '').toLowerCase().split(/[;,\s]+/);
  if (privacy.some((wish) => wish === 'id' || wish === 'user' || wish === 'full' || wish === 'header')) return { number: '' };
  const asserted = profile.callerFrom === 'p-asserted-identity' ? invite.assertedIdentity : undefined;
  const identity = asserted ?? invite.from;
  const user = numberOf(identity);
  if (user.toLowerCase() === 'anonymous' || identity.sip?.host === 'anonymous.invalid') return { number: '' };
  return party(fromTrunk(user, profile.numberFormat), identity.displayName);
}

export const callerOf = (from: NameAddr): Party => party(numberOf(from), from.displayName);

/** `tel:` URIs carry the number where SIP URIs carry the user (RFC 3966). */
export function numberOf(address: NameAddr): string {
  if (address.sip !== undefined) return userOf(address.sip).replace(/;.*$/, '');
  return address.uri.startsWith('tel:') ? address.uri.slice(4).replace(/;.*$/, '') : '';
}

export interface OutgoingIdentity {
  readonly from: { readonly uri: string; readonly displayName?: string };
  readonly headers: Readonly<Record<string, string>>;
}

/** How we name the caller to a carrier: From, and the same asserted where the network trusts us. */
export function identityToTrunk(caller: Party, profile: TrunkProfile, server: string): OutgoingIdentity {
  const host = parseUri(profile.registration?.registrar ?? server)?.host ?? 'anonymous.invalid';
  if (caller.number === '') return { from: { displayName: 'Anonymous', uri: 'sip:anonymous@anonymous.invalid' }, headers: { Privacy: 'id' } };
  const uri = `sip:${escapeUser(toTrunk(caller.number, profile.numberFormat))}@${host}`;
  return { from: { uri, displayName: caller.name }, headers: { 'P-Asserted-Identity': `<${uri}>` } };
}

export function identityToDevice(caller: Party, host: string): OutgoingIdentity {
  if (caller.number === '') return { from: { displayName: caller.name ?? 'Anonymous', uri: 'sip:anonymous@anonymous.invalid' }, headers: {} };
  return { from: { uri: `sip:${escapeUser(caller.number)}@${host}`, displayName: caller.name }, headers: {} };
}

const party = (number: string, displayName: string | undefined): Party => (displayName ? { number, name: displayName.slice(0, 128) } : { number });
