import { type Result, refuse, ok } from '@centralita/kernel';
import type { G711 } from '../g711.ts';
import { type Direction, type SdpRefusal, isHeld, theirDirection } from './audio-session.ts';
import { attributeOf, encodingsOf, parseSdp } from './description.ts';

/** What a browser's description says, as far as the center cares: the transport is libdatachannel's. */
export interface BrowserAudio {
  readonly mid: string;
  /** Both laws in the browser's order of preference; at least one. */
  readonly laws: readonly G711[];
  readonly payloads: Readonly<Partial<Record<G711, number>>>;
  readonly eventPayload?: number;
  readonly iceUfrag: string;
  /** Ours: the browser's turned round. */
  readonly direction: Direction;
  readonly held: boolean;
}

export function readBrowserSdp(text: string): Result<BrowserAudio, SdpRefusal> {
  const parsed = parseSdp(text);
  if (!parsed.ok) return parsed;
  const media = parsed.value.media.find(({ kind, port }) => kind === 'audio' && port !== 0);
  if (!media) return refuse('no-common-codec');
  const encodings = encodingsOf(media).filter(({ rate }) => rate === 8_000);
  const laws = encodings.flatMap(({ name }) => (name === 'PCMU' || name === 'PCMA' ? [name as G711] : []));
  if (laws.length === 0) return refuse('no-common-codec');
  const iceUfrag = attributeOf(media, 'ice-ufrag') ?? attributeOf(parsed.value, 'ice-ufrag');
  const hasFingerprint = (attributeOf(media, 'fingerprint') ?? attributeOf(parsed.value, 'fingerprint')) !== undefined;
  if (!iceUfrag || !hasFingerprint) return refuse('malformed-sdp');
  const theirs = theirDirection(parsed.value, media);
  return ok({
    mid: attributeOf(media, 'mid') ?? '0',
    laws,
    payloads: Object.fromEntries(encodings.filter(({ name }) => name === 'PCMU' || name === 'PCMA').map(({ name, number }) => [name, number])),
    eventPayload: encodings.find(({ name }) => name === 'TELEPHONE-EVENT')?.number,
    iceUfrag,
    direction: theirs === 'sendonly' ? 'recvonly' : theirs === 'recvonly' ? 'sendonly' : theirs,
    held: isHeld(parsed.value, media),
  });
}

/**
 * Makes libdatachannel's text one that browsers take. It puts telephone events into `a=rtpmap` but not on the m= line, and
 * adds `a=group:LS`: Chromium refuses both ("Failed to parse SessionDescription"). Its codec order is by number, not ours.
 *
 * @param formats payload numbers for the m= line, in order of preference
 * @param advertisedAddress replaces the address of host candidates (1:1 NAT): libdatachannel has no setting for it
 */
export function patchBrowserSdp(text: string, formats: readonly number[], advertisedAddress?: string): string {
  const lines = text.split(/\r?\n/).flatMap((line) => {
    if (line.startsWith('a=group:LS')) return [];
    if (line.startsWith('m=audio ')) return [`${line.split(' ').slice(0, 3).join(' ')} ${formats.join(' ')}`];
    if (advertisedAddress && line.startsWith('a=candidate:') && / typ host\b/.test(line)) return [withAddress(line, advertisedAddress)];
    if (advertisedAddress && line.startsWith('c=IN ')) return [`c=IN ${advertisedAddress.includes(':') ? 'IP6' : 'IP4'} ${advertisedAddress}`];
    return [line];
  });
  // Several local interfaces become the same advertised candidate.
  return lines.filter((line, i) => !line.startsWith('a=candidate:') || lines.findIndex((other) => sameCandidate(line, other)) === i).join('\r\n');
}

/** `candidate:foundation component transport priority ADDRESS port typ …` (RFC 8839 section 5.1). */
function withAddress(line: string, address: string): string {
  const parts = line.split(' ');
  parts[4] = address;
  return parts.join(' ');
}

function sameCandidate(line: string, other: string): boolean {
  const [, , transport, , address, port] = line.split(' ');
  const [, , otherTransport, , otherAddress, otherPort] = other.split(' ');
  return other.startsWith('a=candidate:') && transport === otherTransport && address === otherAddress && port === otherPort;
}

/**
 * The same description again for a later exchange in the call: only version and direction change. libdatachannel does not
 * renegotiate; a hold or a session refresh is answered with what holds already.
 */
export function reviseBrowserSdp(text: string, version: number, direction: Direction, setup: 'actpass' | 'active' | 'passive'): string {
  return text
    .replace(/^(o=\S+ \S+) \S+/m, `$1 ${version}`)
    .replace(/^a=(sendrecv|sendonly|recvonly|inactive)(\r?)$/m, `a=${direction}$2`)
    .replace(/^a=setup:\S+?(\r?)$/m, `a=setup:${setup}$1`);
}

