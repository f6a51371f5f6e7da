import { emptyRtpHeader, readRtpHeader, readUint32, sequenceDistance } from '../rtp/packet.ts';
import type { SrtpKey } from './key.ts';
import { Protection, RTCP_TAG_BYTES, rtpTagBytes } from './protection.ts';
import { ReplayWindow } from './replay-window.ts';

const RTCP_HEADER_BYTES = 8;
const SEQUENCES = 65_536;
/** Only who has the key can open one; far more than any phone does. */
const MAX_SOURCES = 256;

/** Their half of an SRTP stream (RFC 3711): lets through what is authentic and new, each SSRC with a count of its own. */
export class SrtpReceiver {
  /** Forged, replayed, or not SRTP at all: dropped. */
  rejected = 0;
  private readonly rtp: Protection;
  private readonly rtcp: Protection;
  private readonly tagBytes: number;
  private readonly header = emptyRtpHeader();
  private readonly sources = new Map<number, ReplayWindow>();
  private readonly controlSources = new Map<number, ReplayWindow>();

  constructor(key: SrtpKey) {
    this.rtp = new Protection(key, 'rtp');
    this.rtcp = new Protection(key, 'rtcp');
    this.tagBytes = rtpTagBytes(key.suite);
  }

  /** @returns the plain RTP packet in the same memory; undefined when it is to be dropped */
  unprotect(packet: Buffer): Buffer | undefined {
    return this.opened(packet) ?? this.reject();
  }

  /** @returns the plain compound RTCP packet in the same memory; undefined when it is to be dropped */
  unprotectControl(packet: Buffer): Buffer | undefined {
    return this.openedControl(packet) ?? this.reject();
  }

  private opened(packet: Buffer): Buffer | undefined {
    const end = packet.length - this.tagBytes;
    if (end < 0) return undefined;
    const plain = packet.subarray(0, end);
    const { header } = this;
    if (!readRtpHeader(plain, header)) return undefined;
    const source = this.sources.get(header.ssrc);
    const index = estimatedIndex(source?.highest ?? -1, header.sequence);
    if (index < 0 || source?.isNew(index) === false) return undefined;
    if (!this.rtp.isAuthentic(plain, packet.subarray(end), Math.floor(index / SEQUENCES))) return undefined;
    const known = source ?? sourceOf(this.sources, header.ssrc);
    if (!known) return undefined;
    known.add(index);
    this.rtp.crypt(plain.subarray(header.payloadOffset), header.ssrc, index).copy(plain, header.payloadOffset);
    return plain;
  }

  private openedControl(packet: Buffer): Buffer | undefined {
    const end = packet.length - RTCP_TAG_BYTES - 4;
    if (end < RTCP_HEADER_BYTES || packet[0]! >> 6 !== 2) return undefined;
    const trailer = readUint32(packet, end);
    const index = trailer & 0x7fff_ffff;
    const ssrc = readUint32(packet, 4);
    const source = this.controlSources.get(ssrc);
    // We negotiate no UNENCRYPTED_SRTCP: a packet without the bit is not theirs.
    if (trailer >>> 31 === 0 || source?.isNew(index) === false) return undefined;
    if (!this.rtcp.isAuthentic(packet.subarray(0, end + 4), packet.subarray(end + 4))) return undefined;
    const known = source ?? sourceOf(this.controlSources, ssrc);
    if (!known) return undefined;
    known.add(index);
    const plain = packet.subarray(0, end);
    this.rtcp.crypt(plain.subarray(RTCP_HEADER_BYTES), ssrc, index).copy(plain, RTCP_HEADER_BYTES);
    return plain;
  }

  private reject(): undefined {
    this.rejected += 1;
    return undefined;
  }
}

/** RFC 3711 section 3.3.1: the index nearest to the highest so far that ends in this sequence number. @returns less than 0 for one before the first */
const estimatedIndex = (highest: number, sequence: number): number => (highest < 0 ? sequence : highest + sequenceDistance(sequence, highest % SEQUENCES));

function sourceOf(sources: Map<number, ReplayWindow>, ssrc: number): ReplayWindow | undefined {
  if (sources.size >= MAX_SOURCES) return undefined;
  const window = new ReplayWindow();
  sources.set(ssrc, window);
  return window;
}
