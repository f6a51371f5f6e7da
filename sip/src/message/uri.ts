import { readParams, type Params, writeParams } from './params.ts';

/** A parsed `sip:` or `sips:` URI (RFC 3261 19.1). `user` and `password` stay percent-encoded as received. */
export interface SipUri {
  readonly scheme: 'sip' | 'sips';
  readonly user?: string;
  readonly password?: string;
  /** Lower case; an IPv6 address keeps its brackets. */
  readonly host: string;
  readonly port?: number;
  readonly params: Params;
  /** What follows `?`, raw. Never honoured in a Request-URI (RFC 3261 19.1.5). */
  readonly headers?: string;
}

/** @returns undefined for another scheme or anything that is not a SIP URI; never throws. */
export function parseUri(text: string): SipUri | undefined {
  const colon = text.indexOf(':');
  if (colon < 0) return undefined;
  const scheme = text.slice(0, colon).toLowerCase();
  if (scheme !== 'sip' && scheme !== 'sips') return undefined;
  if (hasForbidden(text)) return undefined;
  // The user part may contain ';', '?' and '/' (RFC 3261 19.1.1), so it is cut off first.
  const at = text.indexOf('@', colon + 1);
  let user: string | undefined;
  let password: string | undefined;
  if (at >= 0) {
    const info = text.slice(colon + 1, at);
    const split = info.indexOf(':');
    user = split < 0 ? info : info.slice(0, split);
    if (split >= 0) password = info.slice(split + 1);
    if (user === '' || text.indexOf('@', at + 1) >= 0 || !validEscapes(info)) return undefined;
  }
  let rest = text.slice((at < 0 ? colon : at) + 1);
  let headers: string | undefined;
  const question = rest.indexOf('?');
  if (question >= 0) {
    headers = rest.slice(question + 1);
    rest = rest.slice(0, question);
  }
  const semicolon = rest.indexOf(';');
  const place = readHostPort(semicolon < 0 ? rest : rest.slice(0, semicolon));
  if (!place) return undefined;
  const params = semicolon < 0 ? NO_PARAMS : readParams(rest, semicolon);
  if (!params) return undefined;
  return { scheme, user, password, host: place.host, port: place.port, params, headers };
}

const NO_PARAMS: Params = new Map();

/** `host`, `host:port`, `[v6]`, `[v6]:port`. */
export function readHostPort(text: string): { readonly host: string; readonly port?: number } | undefined {
  let end: number;
  if (text.startsWith('[')) {
    end = text.indexOf(']') + 1;
    if (end < 3 || !/^\[[0-9a-f:.]+\]$/i.test(text.slice(0, end))) return undefined;
  } else {
    end = text.indexOf(':');
    if (end < 0) end = text.length;
    if (!validHost(text, end)) return undefined;
  }
  const host = text.slice(0, end).toLowerCase();
  if (end === text.length) return { host };
  if (text[end] !== ':') return undefined;
  const digits = text.slice(end + 1);
  const port = readUnsigned(digits);
  return port === undefined || port > 65_535 ? undefined : { host, port };
}

/** Digits only, at most ten of them: anything longer is out of every range SIP knows. */
export function readUnsigned(text: string): number | undefined {
  if (text.length === 0 || text.length > 10) return undefined;
  let value = 0;
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
  }
  return value;
}

function validHost(text: string, end: number): boolean {
  if (end === 0) return false;
  for (let i = 0; i < end; i++) {
    const c = text.charCodeAt(i);
    const letter = (c >= 97 && c <= 122) || (c >= 65 && c <= 90) || (c >= 48 && c <= 57);
    // '_' is not allowed by the grammar, but host names of real networks have it.
    if (!letter && c !== 45 && c !== 46 && c !== 95) return false;
  }
  return true;
}

/** Spaces, quotes, angle brackets and control characters are nowhere in a SIP URI (RFC 4475 3.1.2.3, 3.1.2.7). */
function hasForbidden(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c <= 32 || c === 34 || c === 60 || c === 62 || c === 127) return true;
  }
  return false;
}

function validEscapes(text: string): boolean {
  let at = text.indexOf('%');
  while (at >= 0) {
    if (!isHex(text.charCodeAt(at + 1)) || !isHex(text.charCodeAt(at + 2))) return false;
    at = text.indexOf('%', at + 3);
  }
  return true;
}

const isHex = (c: number): boolean => (c >= 48 && c <= 57) || (c >= 65 && c <= 70) || (c >= 97 && c <= 102);

export function writeUri(uri: SipUri): string {
  let text = `${uri.scheme}:`;
  if (uri.user !== undefined) text += uri.password === undefined ? `${uri.user}@` : `${uri.user}:${uri.password}@`;
  text += uri.host;
  if (uri.port !== undefined) text += `:${uri.port}`;
  text += writeParams(uri.params);
  return uri.headers === undefined ? text : `${text}?${uri.headers}`;
}

/** The user part with its escapes resolved: what a person dialled. Broken escapes are left as they are. */
export function userOf(uri: SipUri | undefined): string {
  if (uri?.user === undefined) return '';
  if (!uri.user.includes('%')) return uri.user;
  try {
    return decodeURIComponent(uri.user);
  } catch {
    return uri.user; // %ff and the like are legal escapes but no UTF-8; the raw text still names the user.
  }
}

/** For building URIs from what people typed: everything outside `user`'s unreserved set is escaped (RFC 3261 25.1). */
export const escapeUser = (text: string): string => encodeURIComponent(text).replace(/%(2B|26|3D|24|2C|3B|3F|2F)/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
