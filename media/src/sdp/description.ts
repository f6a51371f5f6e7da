import { type Result, ok, refuse } from '@centralita/kernel';

/** As much of a session description (RFC 8866) as audio calls need. Other lines are kept out. */
export interface SessionDescription {
  readonly origin: { readonly username: string; readonly sessionId: string; readonly version: string; readonly address: string };
  /** Session-level address, used by media that name none. */
  readonly address?: string;
  readonly attributes: readonly Attribute[];
  readonly media: readonly MediaDescription[];
}

export interface MediaDescription {
  readonly kind: string;
  readonly port: number;
  readonly protocol: string;
  readonly formats: readonly string[];
  readonly address?: string;
  readonly attributes: readonly Attribute[];
}

export interface Attribute {
  readonly name: string;
  readonly value?: string;
}

/** Far beyond any honest description: a hostile one is refused unread. */
const MAX_BYTES = 65_536;
const MAX_MEDIA = 32;

interface OpenMedia {
  kind: string;
  port: number;
  protocol: string;
  formats: string[];
  address?: string;
  attributes: Attribute[];
}

/** Takes CRLF and bare LF alike. Refuses what has no version, no origin, or a media line that is none. */
export function parseSdp(text: string): Result<SessionDescription, 'malformed-sdp'> {
  if (text.length > MAX_BYTES || !/^v=0\r?\n/.test(text)) return refuse('malformed-sdp');
  let origin: SessionDescription['origin'] | undefined;
  let address: string | undefined;
  const attributes: Attribute[] = [];
  const media: OpenMedia[] = [];
  for (const line of text.split(/\r?\n/)) {
    if (line === '') continue;
    if (line[1] !== '=') return refuse('malformed-sdp');
    const value = line.slice(2);
    const current = media.at(-1);
    if (line[0] === 'o') {
      const parts = value.trim().split(/\s+/);
      if (parts.length < 6) return refuse('malformed-sdp');
      origin = { username: parts[0]!, sessionId: parts[1]!, version: parts[2]!, address: parts[5]! };
    } else if (line[0] === 'c') {
      const named = addressIn(value);
      if (named === undefined) return refuse('malformed-sdp');
      if (current) current.address = named;
      else address = named;
    } else if (line[0] === 'm') {
      const opened = parseMediaLine(value);
      if (!opened || media.length >= MAX_MEDIA) return refuse('malformed-sdp');
      media.push(opened);
    } else if (line[0] === 'a') (current?.attributes ?? attributes).push(parseAttribute(value));
  }
  return origin ? ok({ origin, address, attributes, media }) : refuse('malformed-sdp');
}

/** `IN IP4 192.0.2.1`, with an optional `/ttl`. */
function addressIn(value: string): string | undefined {
  const match = /^IN\s+IP[46]\s+([^\s/]+)/i.exec(value.trim());
  return match?.[1];
}

function parseMediaLine(value: string): OpenMedia | undefined {
  const parts = value.trim().split(/\s+/);
  const port = Number(parts[1]?.split('/')[0]);
  if (parts.length < 4 || !Number.isInteger(port) || port < 0 || port > 65_535) return undefined;
  return { kind: parts[0]!.toLowerCase(), port, protocol: parts[2]!.toUpperCase(), formats: parts.slice(3), attributes: [] };
}

function parseAttribute(value: string): Attribute {
  const colon = value.indexOf(':');
  return colon < 0 ? { name: value.trim() } : { name: value.slice(0, colon), value: value.slice(colon + 1).trim() };
}

/** The first attribute of this name. @returns '' for one without a value */
export function attributeOf(from: { readonly attributes: readonly Attribute[] }, name: string): string | undefined {
  const found = from.attributes.find((attribute) => attribute.name === name);
  return found ? (found.value ?? '') : undefined;
}

/** Payload number, encoding name in capitals and clock rate of every format: `a=rtpmap` first, else RFC 3551's static numbers. */
export function encodingsOf(media: MediaDescription): readonly { readonly number: number; readonly name: string; readonly rate: number }[] {
  const STATIC: Readonly<Record<string, string>> = { '0': 'PCMU', '8': 'PCMA', '13': 'CN' };
  const mapped = new Map<string, { readonly name: string; readonly rate: number }>();
  for (const { name, value } of media.attributes) {
    const match = name === 'rtpmap' ? /^(\d+)\s+([^/\s]+)\/(\d+)/.exec(value ?? '') : null;
    if (match) mapped.set(match[1]!, { name: match[2]!.toUpperCase(), rate: Number(match[3]) });
  }
  return media.formats.flatMap((format) => {
    const number = Number(format);
    if (!Number.isInteger(number) || number < 0 || number > 127) return [];
    const known = mapped.get(format) ?? (STATIC[format] ? { name: STATIC[format], rate: 8_000 } : undefined);
    return known ? [{ number, ...known }] : [];
  });
}
