/** RTP's fixed header (RFC 3550 section 5.1), read into one reused object so that a packet costs no allocation. */
export interface RtpHeader {
  payloadType: number;
  marker: boolean;
  sequence: number;
  timestamp: number;
  ssrc: number;
  payloadOffset: number;
  payloadLength: number;
}

export const RTP_HEADER_BYTES = 12;

export const emptyRtpHeader = (): RtpHeader => ({ payloadType: 0, marker: false, sequence: 0, timestamp: 0, ssrc: 0, payloadOffset: 0, payloadLength: 0 });

/** RTCP shares a port with RTP by its second byte: 192 to 223 (RFC 5761 section 4). */
export const isRtcp = (packet: Uint8Array): boolean => packet.length >= 2 && packet[1]! >= 192 && packet[1]! <= 223;

/** @returns false for anything that is not a whole RTP packet; `header` is then not to be used */
export function readRtp(packet: Uint8Array, header: RtpHeader): boolean {
  if (!readRtpHeader(packet, header)) return false;
  const padding = (packet[0]! & 0x20) !== 0 ? packet[packet.length - 1]! : 0;
  header.payloadLength -= padding;
  return header.payloadLength >= 0;
}

/** As much as can be read while the payload is encrypted: padding counts as payload. */
export function readRtpHeader(packet: Uint8Array, header: RtpHeader): boolean {
  const length = packet.length;
  if (length < RTP_HEADER_BYTES || packet[0]! >> 6 !== 2 || isRtcp(packet)) return false;
  let offset = RTP_HEADER_BYTES + (packet[0]! & 0x0f) * 4;
  if ((packet[0]! & 0x10) !== 0) {
    if (offset + 4 > length) return false;
    offset += 4 + ((packet[offset + 2]! << 8) | packet[offset + 3]!) * 4;
  }
  if (offset > length) return false;
  header.marker = (packet[1]! & 0x80) !== 0;
  header.payloadType = packet[1]! & 0x7f;
  header.sequence = (packet[2]! << 8) | packet[3]!;
  header.timestamp = readUint32(packet, 4);
  header.ssrc = readUint32(packet, 8);
  header.payloadOffset = offset;
  header.payloadLength = length - offset;
  return true;
}

/** Writes the 12 bytes in place; the payload is the caller's. */
export function writeRtpHeader(packet: Uint8Array, payloadType: number, marker: boolean, sequence: number, timestamp: number, ssrc: number): void {
  packet[0] = 0x80;
  packet[1] = (marker ? 0x80 : 0) | payloadType;
  packet[2] = (sequence >> 8) & 0xff;
  packet[3] = sequence & 0xff;
  writeUint32(packet, 4, timestamp);
  writeUint32(packet, 8, ssrc);
}

export function readUint32(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}

export function writeUint32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = (value >>> 24) & 0xff;
  bytes[at + 1] = (value >>> 16) & 0xff;
  bytes[at + 2] = (value >>> 8) & 0xff;
  bytes[at + 3] = value & 0xff;
}

/** How far `later` is after `earlier` on a clock of 32 bits that wraps; negative when it is before. */
export const timestampDistance = (later: number, earlier: number): number => (later - earlier) | 0;

/** The same for 16-bit sequence numbers. */
export const sequenceDistance = (later: number, earlier: number): number => ((later - earlier) << 16) >> 16;
