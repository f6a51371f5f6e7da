import { readParams, writeParams, type Params } from './params.ts';
import { readHostPort } from './uri.ts';

/** One Via element (RFC 3261 20.42), with `received` and `rport` among its parameters (RFC 3581). */
export interface Via {
  /** Upper case: UDP, TCP, TLS, WS, WSS or what else came. */
  readonly transport: string;
  readonly host: string;
  readonly port?: number;
  readonly params: Params;
  readonly branch: string;
}

export function parseVia(text: string): Via | undefined {
  // "SIP / 2.0 / UDP  host : port ;params": white space may stand around every separator (RFC 4475 3.1.1.1).
  const firstSlash = text.indexOf('/');
  const secondSlash = text.indexOf('/', firstSlash + 1);
  if (firstSlash < 0 || secondSlash < 0) return undefined;
  // Another version is let through, so that its sender can be told 505 (RFC 4475 3.1.2.16).
  if (text.slice(0, firstSlash).trim().toUpperCase() !== 'SIP' || !/^\d\.\d$/.test(text.slice(firstSlash + 1, secondSlash).trim())) return undefined;
  let at = secondSlash + 1;
  while (isSpace(text.charCodeAt(at))) at++;
  const transportStart = at;
  while (at < text.length && !isSpace(text.charCodeAt(at))) at++;
  const transport = text.slice(transportStart, at).toUpperCase();
  while (isSpace(text.charCodeAt(at))) at++;
  const semicolon = text.indexOf(';', at);
  let sentBy = text.slice(at, semicolon < 0 ? text.length : semicolon).trim();
  if (sentBy.includes(' ') || sentBy.includes('\t')) sentBy = sentBy.replace(/[ \t]*:[ \t]*/, ':');
  const place = readHostPort(sentBy);
  if (transport === '' || !place) return undefined;
  const params = semicolon < 0 ? new Map<string, string>() : readParams(text, semicolon);
  return params && { transport, host: place.host, port: place.port, params, branch: params.get('branch') ?? '' };
}

const isSpace = (c: number): boolean => c === 32 || c === 9;

export const writeVia = (via: Omit<Via, 'branch'>): string => `SIP/2.0/${via.transport} ${via.host}${via.port === undefined ? '' : `:${via.port}`}${writeParams(via.params)}`;
