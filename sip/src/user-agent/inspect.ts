import { readMinSe, readSessionExpires } from '../dialog/session-timer.ts';
import type { HeaderFields } from '../message/headers.ts';
import { bodyIsUsable } from '../message/sdp-part.ts';
import type { SipRequest } from '../message/sip-message.ts';
import { readUnsigned } from '../message/uri.ts';

export interface RequestRefusal {
  readonly status: number;
  readonly headers?: HeaderFields;
}

type Rule = (request: SipRequest, supported: readonly string[]) => RequestRefusal | undefined;

/** RFC 3261 8.2, in its order: method, loops, extensions, content. Each rule says why it refuses. */
const EVERY_REQUEST: readonly Rule[] = [
  // A To tag that leads to no dialog of ours: that call is over, or was never ours (12.2.2).
  (request) => (request.toTag !== '' && request.method !== 'REGISTER' && request.method !== 'OPTIONS' ? { status: 481 } : undefined),
  (request) => (NEEDS_DIALOG.has(request.method) ? { status: 481 } : undefined),
  (request, supported) => {
    const unknown = request.headers.list('Require').filter((tag) => !supported.includes(tag.toLowerCase()));
    return unknown.length > 0 ? { status: 420, headers: { Unsupported: unknown.join(', ') } } : undefined;
  },
  // We do not forward OPTIONS and REGISTER, so one that has no hop left has arrived (RFC 3261 11, 16.3; RFC 4475 3.3.12).
  (request) => (readUnsigned(request.headers.get('Max-Forwards') ?? '70') === 0 && request.method !== 'OPTIONS' && request.method !== 'REGISTER' ? { status: 483 } : undefined),
];

const NEEDS_DIALOG = new Set(['BYE', 'INFO', 'PRACK', 'UPDATE']);

const INVITES_TOO: readonly Rule[] = [
  (request) => (bodyIsUsable(request) ? undefined : { status: 415, headers: { Accept: 'application/sdp' } }),
  (request) => (request.headers.has('Content-Encoding') && !/^(identity)?$/i.test(request.headers.get('Content-Encoding') ?? '') ? { status: 415, headers: { 'Accept-Encoding': 'identity' } } : undefined),
  // Our answer is SDP and nothing else (RFC 4475 3.3.13).
  (request) => {
    const accepted = request.headers.list('Accept').map((one) => one.split(';', 1)[0]!.trim().toLowerCase());
    const fits = accepted.length === 0 || accepted.some((one) => one === 'application/sdp' || one === 'application/*' || one === '*/*');
    return fits ? undefined : { status: 406, headers: { Accept: 'application/sdp' } };
  },
];

export function refuseRequest(request: SipRequest, supported: readonly string[]): RequestRefusal | undefined {
  return first(EVERY_REQUEST, request, supported);
}

export function refuseInvite(request: SipRequest, supported: readonly string[], minSessionSeconds: number | undefined): RequestRefusal | undefined {
  const refusal = first(EVERY_REQUEST, request, supported) ?? first(INVITES_TOO, request, supported);
  if (refusal || minSessionSeconds === undefined) return refusal;
  const asked = readSessionExpires(request);
  const tooShort = asked && asked.seconds < minSessionSeconds && request.headers.lists('Supported', 'timer');
  return tooShort ? { status: 422, headers: { 'Min-SE': String(Math.max(minSessionSeconds, readMinSe(request) ?? 0)) } } : undefined;
}

function first(rules: readonly Rule[], request: SipRequest, supported: readonly string[]): RequestRefusal | undefined {
  for (const rule of rules) {
    const refusal = rule(request, supported);
    if (refusal) return refusal;
  }
  return undefined;
}

