import { RTP_HEADER_BYTES, readUint32, writeUint32 } from '../rtp/packet.ts';
import type { SrtpKey } from './key.ts';
import { Protection, RTCP_TAG_BYTES, rtpTagBytes } from './protection.ts';

const RTCP_HEADER_BYTES = 8;
/** A socket may still hold the ones before: as many as an `AudioSender` has. */
const PACKETS = 8;
const SEQUENCES = 65_536;

/** Our half of an SRTP stream (RFC 3711): packets of one SSRC, in the order of their sequence numbers. */
export class SrtpSender {
  private readonly rtp: Protection;
  private readonly rtcp: Protection;
  private readonly tagBytes: number;
  private packets: Buffer[] = [];
  private sent = 0;
  private lastSequence = -1;
  private rollOver = 0;
  private controlIndex = 0;

  constructor(key: SrtpKey) {
    this.rtp = new Protection(key, 'rtp');
    this.rtcp = new Protection(key, 'rtcp');
    this.tagBytes = rtpTagBytes(key.suite);
  }

  /** @param packet with the plain header of 12 bytes that we write. @returns a buffer that is used again eight packets later */
  protect(packet: Buffer): Buffer {
    const sequence = packet.readUInt16BE(2);
    if (sequence < this.lastSequence) this.rollOver += 1;
    this.lastSequence = sequence;
    const { length } = packet;
    const out = this.next(length + this.tagBytes);
    packet.copy(out, 0, 0, RTP_HEADER_BYTES);
    this.rtp.crypt(packet.subarray(RTP_HEADER_BYTES), readUint32(packet, 8), this.rollOver * SEQUENCES + sequence).copy(out, RTP_HEADER_BYTES);
    this.rtp.tag(out.subarray(0, length), this.rollOver).copy(out, length, 0, this.tagBytes);
    return out;
  }

  /** A compound RTCP packet. */
  protectControl(packet: Buffer): Buffer {
    this.controlIndex += 1;
    const { length } = packet;
    const out = Buffer.alloc(length + 4 + RTCP_TAG_BYTES);
    packet.copy(out, 0, 0, RTCP_HEADER_BYTES);
    this.rtcp.crypt(packet.subarray(RTCP_HEADER_BYTES), readUint32(packet, 4), this.controlIndex).copy(out, RTCP_HEADER_BYTES);
    // The highest bit says that the packet is encrypted (section 3.4).
    writeUint32(out, length, (0x8000_0000 | this.controlIndex) >>> 0);
    this.rtcp.tag(out.subarray(0, length + 4)).copy(out, length + 4, 0, RTCP_TAG_BYTES);
    return out;
  }

  private next(bytes: number): Buffer {
    const at = this.sent++ % PACKETS;
    const kept = this.packets[at];
    return kept?.length === bytes ? kept : (this.packets[at] = Buffer.alloc(bytes));
  }
}
