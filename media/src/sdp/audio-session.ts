import { isIPv6 } from 'node:net';
import { type Result, ok, refuse } from '@centralita/kernel';
import { type G711, PAYLOAD_NUMBER } from '../g711.ts';
import { type SrtpKey, newSrtpKey } from '../srtp/key.ts';
import { type CryptoAttribute, cryptoOf, printCrypto } from './crypto-attribute.ts';
import { type MediaDescription, type SessionDescription, attributeOf, encodingsOf, parseSdp } from './description.ts';

export type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';
/** How the sound is protected on its way: not at all, or by SRTP with keys in the descriptions, which then must travel over TLS (RFC 4568). */
export type MediaProtection = 'none' | 'sdes';
/** `protection-mismatch`: one side wants SRTP and the other has none, or no keys that we can use. */
export type SdpRefusal = 'malformed-sdp' | 'no-common-codec' | 'protection-mismatch';

/** What both sides agreed on for one audio stream. Directions are ours. */
export interface AgreedAudio {
  readonly codec: G711;
  /** The number they declared for it: what we send with. */
  readonly sendPayload: number;
  /** Numbers we take in, by what they carry. */
  readonly receivePayloads: Readonly<Partial<Record<number, 'PCMU' | 'PCMA' | 'telephone-event' | 'CN'>>>;
  /** Their number for telephone events; undefined when they take none. */
  readonly sendEventPayload?: number;
  readonly direction: Direction;
  readonly held: boolean;
  /** How much sound they want per packet: 10 to 60 ms. */
  readonly packetMs: number;
  readonly address: string;
  readonly port: number;
  readonly rtcpAddress: string;
  readonly rtcpPort: number;
  /** With what each side encrypts; left out, the stream is plain. */
  readonly srtp?: { readonly ours: SrtpKey; readonly theirs: SrtpKey };
}

/** What our side puts into its descriptions. `address` may be another than the bound one (public address). */
export interface LocalEndpoint {
  readonly sessionId: string;
  readonly address: string;
  readonly port: number;
}

/** The numbers we declare in offers. An answer mirrors the offerer's, as RFC 3264 section 6.1 asks. */
const OUR_EVENT_PAYLOAD = 101;
const COMFORT_NOISE = 13;

interface Declared {
  readonly codecs: readonly { readonly law: G711; readonly number: number }[];
  readonly event?: number;
  readonly comfortNoise: boolean;
}

const EVERYTHING: Declared = {
  codecs: [
    { law: 'PCMA', number: PAYLOAD_NUMBER.PCMA },
    { law: 'PCMU', number: PAYLOAD_NUMBER.PCMU },
  ],
  event: OUR_EVENT_PAYLOAD,
  comfortNoise: false,
};
/** Every implementation has this one (RFC 4568 section 6.2.1). */
const OFFERED_SUITE = 'AES_CM_128_HMAC_SHA1_80';
const OFFERED_TAG = 1;

/**
 * Offer and answer (RFC 3264) for one audio stream of RTP or SRTP. Keeps what was declared last, so that a later offer of
 * either side keeps its numbers, and raises the version of `o=` with every text that differs from the one before.
 */
export class AudioSession {
  private readonly local: LocalEndpoint;
  private version = 0;
  private lastBody = '';
  private declared: Declared = EVERYTHING;
  private protection: MediaProtection;
  /** Ours, for as long as both sides keep to one suite: a later offer that named another would make their receiver start anew. */
  private key: SrtpKey | undefined;

  constructor(local: LocalEndpoint, protection: MediaProtection = 'none') {
    this.local = local;
    this.protection = protection;
  }

  /** Another far side is asked instead of the one before: it is told no key that somebody else knows. */
  beginAnew(protection: MediaProtection): void {
    this.protection = protection;
    this.key = undefined;
    this.declared = EVERYTHING;
  }

  /** Our offer: what we declared before, or both laws and telephone events. */
  makeOffer(direction: Direction): string {
    if (this.protection === 'none') return this.print([this.audioSection(this.declared, direction, 'RTP/AVP')]);
    this.key ??= newSrtpKey(OFFERED_SUITE);
    return this.print([this.audioSection(this.declared, direction, 'RTP/SAVP', { tag: OFFERED_TAG, key: this.key })]);
  }

  /** What may come in before their answer does (early media). */
  get offeredPayloads(): AgreedAudio['receivePayloads'] {
    const payloads: Partial<Record<number, 'PCMU' | 'PCMA' | 'telephone-event' | 'CN'>> = { [COMFORT_NOISE]: 'CN' };
    for (const { law, number } of this.declared.codecs) payloads[number] = law;
    if (this.declared.event !== undefined) payloads[this.declared.event] = 'telephone-event';
    return payloads;
  }

  /** Their answer to our last offer. */
  takeAnswer(text: string): Result<AgreedAudio, SdpRefusal> {
    const parsed = parseSdp(text);
    if (!parsed.ok) return parsed;
    const media = parsed.value.media[0];
    if (!media) return refuse('malformed-sdp');
    if (media.kind !== 'audio' || media.port === 0) return refuse('no-common-codec');
    const theirs = declaredIn(media);
    const chosen = theirs.codecs.find(({ law }) => this.declared.codecs.some((ours) => ours.law === law));
    if (!chosen) return refuse('no-common-codec');
    const crypto = this.key && cryptoOf(media).find(({ tag, key }) => tag === OFFERED_TAG && key.suite === this.key!.suite);
    if (!this.isProtectedRight(media) || (this.protection === 'sdes' && !crypto)) return refuse('protection-mismatch');
    return ok(this.agree(parsed.value, media, theirs, chosen, directionFor(parsed.value, media), crypto));
  }

  /**
   * Their offer. @param wanted the most we want of the stream (`sendrecv` unless we hold)
   * @returns our answer with the same number of media lines, all but the audio refused by port 0
   */
  takeOffer(text: string, wanted: Direction): Result<{ readonly sdp: string; readonly agreed: AgreedAudio }, SdpRefusal> {
    const parsed = parseSdp(text);
    if (!parsed.ok) return parsed;
    const isAudio = (media: MediaDescription) => media.kind === 'audio' && media.port !== 0 && /^RTP\/S?AVPF?$/.test(media.protocol) && declaredIn(media).codecs.length > 0;
    const isTaken = (media: MediaDescription) => isAudio(media) && this.isProtectedRight(media) && (this.protection === 'none' || cryptoOf(media).length > 0);
    const at = parsed.value.media.findIndex(isTaken);
    const media = parsed.value.media[at];
    if (!media) return refuse(parsed.value.media.some(isAudio) ? 'protection-mismatch' : 'no-common-codec');
    const theirs = declaredIn(media);
    const chosen = theirs.codecs[0]!;
    const direction = intersect(directionFor(parsed.value, media), wanted);
    // One codec in the answer: nobody then changes law in mid-call without an offer.
    this.declared = { codecs: [chosen], event: theirs.event, comfortNoise: theirs.comfortNoise };
    const crypto = this.protection === 'sdes' ? this.chooseCrypto(cryptoOf(media)) : undefined;
    const own = crypto && { tag: crypto.tag, key: this.key! };
    const sections = parsed.value.media.map((each, i) => (i === at ? this.audioSection(this.declared, direction, media.protocol, own) : refusedSection(each)));
    return ok({ sdp: this.print(sections), agreed: this.agree(parsed.value, media, theirs, chosen, direction, crypto) });
  }

  private isProtectedRight({ protocol }: MediaDescription): boolean {
    return protocol.startsWith('RTP/SAVP') === (this.protection === 'sdes');
  }

  /** The suite of before where they still offer it, and with it our key; else their first. */
  private chooseCrypto(offered: readonly CryptoAttribute[]): CryptoAttribute {
    const kept = this.key && offered.find(({ key }) => key.suite === this.key!.suite);
    const chosen = kept ?? offered[0]!;
    if (!kept) this.key = newSrtpKey(chosen.key.suite);
    return chosen;
  }

  private agree(
    theirSession: SessionDescription,
    media: MediaDescription,
    theirs: Declared,
    chosen: { readonly law: G711; readonly number: number },
    direction: Direction,
    crypto: CryptoAttribute | undefined,
  ): AgreedAudio {
    const address = media.address ?? theirSession.address ?? theirSession.origin.address;
    const receivePayloads = { ...this.offeredPayloads };
    // Some phones send with their own number instead of ours: taken too, where it means nothing else.
    if (theirs.event !== undefined && receivePayloads[theirs.event] === undefined) receivePayloads[theirs.event] = 'telephone-event';
    const rtcp = /^(\d+)(?:\s+IN\s+IP[46]\s+(\S+))?/.exec(attributeOf(media, 'rtcp') ?? '');
    return {
      codec: chosen.law,
      sendPayload: chosen.number,
      receivePayloads,
      sendEventPayload: this.declared.event === undefined ? undefined : theirs.event,
      direction,
      held: isHeld(theirSession, media),
      packetMs: packetMsOf(media),
      address,
      port: media.port,
      rtcpAddress: rtcp?.[2] ?? address,
      rtcpPort: rtcp ? Number(rtcp[1]) : media.port + 1,
      srtp: crypto && { ours: this.key!, theirs: crypto.key },
    };
  }

  private audioSection(declared: Declared, direction: Direction, protocol: string, crypto?: CryptoAttribute): string {
    const formats = [...declared.codecs.map(({ number }) => number), ...(declared.comfortNoise ? [COMFORT_NOISE] : []), ...(declared.event === undefined ? [] : [declared.event])];
    const lines = [`m=audio ${this.local.port} ${protocol} ${formats.join(' ')}`];
    for (const { law, number } of declared.codecs) lines.push(`a=rtpmap:${number} ${law}/8000`);
    if (declared.comfortNoise) lines.push(`a=rtpmap:${COMFORT_NOISE} CN/8000`);
    if (declared.event !== undefined) lines.push(`a=rtpmap:${declared.event} telephone-event/8000`, `a=fmtp:${declared.event} 0-15`);
    if (crypto) lines.push(printCrypto(crypto));
    lines.push('a=ptime:20', `a=${direction}`);
    return lines.join('\r\n');
  }

  private print(sections: readonly string[]): string {
    const family = isIPv6(this.local.address) ? 'IP6' : 'IP4';
    const body = ['s=-', `c=IN ${family} ${this.local.address}`, 't=0 0', ...sections].join('\r\n');
    if (body !== this.lastBody) this.version += 1;
    this.lastBody = body;
    return `v=0\r\no=- ${this.local.sessionId} ${this.version} IN ${family} ${this.local.address}\r\n${body}\r\n`;
  }
}

function declaredIn(media: MediaDescription): Declared {
  const encodings = encodingsOf(media).filter(({ rate }) => rate === 8_000);
  return {
    codecs: encodings.flatMap(({ name, number }) => (name === 'PCMU' || name === 'PCMA' ? [{ law: name, number }] : [])),
    event: encodings.find(({ name }) => name === 'TELEPHONE-EVENT')?.number,
    comfortNoise: encodings.some(({ name }) => name === 'CN'),
  };
}

/** Their direction turned round: what they only send we only receive. An address of 0.0.0.0 receives nothing (RFC 3264 section 8.4). */
function directionFor(session: SessionDescription, media: MediaDescription): Direction {
  const theirs = theirDirection(session, media);
  const turned: Direction = theirs === 'sendonly' ? 'recvonly' : theirs === 'recvonly' ? 'sendonly' : theirs;
  return hasNoAddress(session, media) ? intersect(turned, 'recvonly') : turned;
}

export function theirDirection(session: SessionDescription, media: MediaDescription): Direction {
  const NAMES: readonly Direction[] = ['sendrecv', 'sendonly', 'recvonly', 'inactive'];
  return NAMES.find((name) => attributeOf(media, name) !== undefined) ?? NAMES.find((name) => attributeOf(session, name) !== undefined) ?? 'sendrecv';
}

/** They put us on hold: they do not want to hear us. */
export function isHeld(session: SessionDescription, media: MediaDescription): boolean {
  const theirs = theirDirection(session, media);
  return theirs === 'sendonly' || theirs === 'inactive' || hasNoAddress(session, media);
}

const hasNoAddress = (session: SessionDescription, media: MediaDescription): boolean => ['0.0.0.0', '::'].includes(media.address ?? session.address ?? '');

/** Both can send only where both may. */
export function intersect(one: Direction, other: Direction): Direction {
  const sends = (one === 'sendrecv' || one === 'sendonly') && (other === 'sendrecv' || other === 'sendonly');
  const receives = (one === 'sendrecv' || one === 'recvonly') && (other === 'sendrecv' || other === 'recvonly');
  return sends ? (receives ? 'sendrecv' : 'sendonly') : receives ? 'recvonly' : 'inactive';
}

/** Their `ptime`, brought into 10 to 60 ms and to whole 10 ms; 20 when they name none. Not above their `maxptime`. */
function packetMsOf(media: MediaDescription): number {
  const asked = Number(attributeOf(media, 'ptime') ?? 20);
  const most = Number(attributeOf(media, 'maxptime') ?? 60);
  const wanted = Math.min(Number.isFinite(asked) ? asked : 20, Number.isFinite(most) ? most : 60);
  return Math.min(60, Math.max(10, Math.floor(wanted / 10) * 10));
}

function refusedSection(media: MediaDescription): string {
  return `m=${media.kind} 0 ${media.protocol} ${media.formats.join(' ')}`;
}
