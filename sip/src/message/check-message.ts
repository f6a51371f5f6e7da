import { parseNameAddr } from './name-addr.ts';
import type { SipRequest, SipResponse } from './sip-message.ts';
import { parseUri, readUnsigned } from './uri.ts';

/** A request that the standard says to refuse, and how. `null` status: not even an answer can be built, so it is dropped. */
export interface Refusal {
  readonly status: number | null;
  readonly reason: string;
}

/** Fields of which there is exactly one, with one value (RFC 4475 3.3.9). */
const SINGLE = ['From', 'To', 'Call-ID', 'CSeq', 'Max-Forwards', 'Content-Type', 'Expires'];

const bad = (reason: string): Refusal => ({ status: 400, reason });

/**
 * Judges a parsed request before anything is done with it: strict where RFC 3261 and RFC 4475 say refuse. Lenient: a missing
 * Max-Forwards (RFC 2543 peers), a missing From tag, a strange Date, unknown header fields.
 */
export function checkRequest(request: SipRequest): Refusal | undefined {
  if (!request.via) return { status: null, reason: 'Via' };
  if (request.defect === 'version') return { status: 505, reason: 'Version Not Supported' };
  if (request.defect) return bad(DEFECTS[request.defect]);
  const { headers } = request;
  for (const name of SINGLE) if (headers.all(name).length > 1) return bad(`Repeated ${name}`);
  if (!headers.has('Call-ID') || request.callId === '') return bad('Missing Call-ID');
  if (!headers.has('CSeq')) return bad('Missing CSeq');
  if (!request.cseq) return bad('Invalid CSeq');
  if (request.cseq.method !== request.method) return bad('CSeq Method Mismatch');
  if (!request.from) return bad(headers.has('From') ? 'Invalid From' : 'Missing From');
  if (!request.to) return bad(headers.has('To') ? 'Invalid To' : 'Missing To');
  const forwards = headers.get('Max-Forwards');
  if (forwards !== undefined && !((readUnsigned(forwards) ?? 256) <= 255)) return bad('Invalid Max-Forwards');
  return checkUri(request.uri) ?? checkAddresses(request);
}

const DEFECTS = {
  'start-line': 'Malformed Request Line',
  'header-line': 'Malformed Header Field',
  framing: 'Invalid Content-Length',
  'short-body': 'Body Shorter Than Content-Length',
} as const;

function checkUri(uri: string): Refusal | undefined {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(uri)?.[1]?.toLowerCase();
  if (scheme === undefined) return bad('Malformed Request-URI');
  if (scheme !== 'sip' && scheme !== 'sips') return { status: 416, reason: 'Unsupported URI Scheme' };
  const parsed = parseUri(uri);
  // Header fields have no place in a Request-URI (RFC 3261 19.1.1, table 1; RFC 4475 3.1.2.11).
  return parsed && parsed.headers === undefined ? undefined : bad('Malformed Request-URI');
}

const ADDRESS_LISTS = ['Contact', 'Route', 'Record-Route'];

function checkAddresses(request: SipRequest): Refusal | undefined {
  for (const name of ADDRESS_LISTS) {
    for (const element of request.headers.list(name)) {
      if (element === '*' && name === 'Contact' && request.method === 'REGISTER') continue;
      if (!parseNameAddr(element)) return bad(`Invalid ${name}`);
    }
  }
  return undefined;
}

/** @returns why a response must be dropped (RFC 3261 8.1.3.3): nobody can be told. */
export function checkResponse(response: SipResponse): string | undefined {
  if (response.defect) return response.defect;
  const vias = response.headers.list('Via');
  if (vias.length !== 1 || !response.via) return 'via';
  if (!response.cseq || response.callId === '' || !response.from || !response.to) return 'header';
  return undefined;
}
