import { readUint32, writeUint32 } from './packet.ts';

/** Sender and receiver reports (RFC 3550 section 6.4), one report block, with the SDES CNAME that every compound packet needs. */
export interface OutgoingReport {
  readonly ssrc: number;
  readonly cname: string;
  /** Left out: we have sent nothing, so a receiver report. */
  readonly sent?: { readonly atUnixMs: number; readonly timestamp: number; readonly packets: number; readonly octets: number };
  readonly block?: {
    readonly ssrc: number;
    /** 0 to 1 */
    readonly lossRatio: number;
    readonly lost: number;
    readonly extendedHighest: number;
    readonly jitterSamples: number;
    /** Middle 32 bits of the NTP time of the last SR, and the wait since in 1/65536 s; 0 and 0 when none came. */
    readonly lastSenderReport: number;
    readonly delaySinceLast: number;
  };
}

/** What the far side's report says. `aboutUs` is there when a block names our SSRC. */
export interface IncomingReport {
  readonly ssrc: number;
  /** Middle 32 bits of the SR's NTP time. */
  readonly senderReport?: number;
  readonly aboutUs?: { readonly lossRatio: number; readonly jitterSamples: number; readonly lastSenderReport: number; readonly delaySinceLast: number };
  readonly bye: boolean;
}

const SENDER_REPORT = 200;
const RECEIVER_REPORT = 201;
const SOURCE_DESCRIPTION = 202;
const GOODBYE = 203;
/** Seconds from 1900 to 1970. */
const NTP_OFFSET_SECONDS = 2_208_988_800;

/** The middle 32 bits of the NTP time: seconds in the upper half, 1/65536 s in the lower. */
export function compactNtp(unixMs: number): number {
  const seconds = Math.floor(unixMs / 1_000) + NTP_OFFSET_SECONDS;
  return (((seconds & 0xffff) << 16) | Math.floor(((unixMs % 1_000) / 1_000) * 65_536)) >>> 0;
}

/** Round trip by RFC 3550 section 6.4.1 (A − LSR − DLSR). @returns milliseconds; undefined when no SR of ours was echoed */
export function roundTripMs(nowUnixMs: number, lastSenderReport: number, delaySinceLast: number): number | undefined {
  if (lastSenderReport === 0) return undefined;
  const units = (compactNtp(nowUnixMs) - lastSenderReport - delaySinceLast) | 0;
  return units < 0 ? 0 : (units / 65_536) * 1_000;
}

export function writeReport(report: OutgoingReport): Buffer {
  const cname = Buffer.from(report.cname, 'utf8').subarray(0, 255);
  const reportBytes = 8 + (report.sent ? 20 : 0) + (report.block ? 24 : 0);
  // SDES: header, SSRC, type, length, text, and at least one zero byte up to the next 32-bit border.
  const descriptionBytes = 8 + Math.ceil((2 + cname.length + 1) / 4) * 4;
  const packet = Buffer.alloc(reportBytes + descriptionBytes);
  packet[0] = 0x80 | (report.block ? 1 : 0);
  packet[1] = report.sent ? SENDER_REPORT : RECEIVER_REPORT;
  packet.writeUInt16BE(reportBytes / 4 - 1, 2);
  writeUint32(packet, 4, report.ssrc);
  let at = 8;
  if (report.sent) {
    writeUint32(packet, at, Math.floor(report.sent.atUnixMs / 1_000) + NTP_OFFSET_SECONDS);
    writeUint32(packet, at + 4, Math.floor(((report.sent.atUnixMs % 1_000) / 1_000) * 4_294_967_296));
    writeUint32(packet, at + 8, report.sent.timestamp);
    writeUint32(packet, at + 12, report.sent.packets);
    writeUint32(packet, at + 16, report.sent.octets);
    at += 20;
  }
  if (report.block) at = writeBlock(packet, at, report.block);
  packet[at] = 0x81;
  packet[at + 1] = SOURCE_DESCRIPTION;
  packet.writeUInt16BE(descriptionBytes / 4 - 1, at + 2);
  writeUint32(packet, at + 4, report.ssrc);
  packet[at + 8] = 1;
  packet[at + 9] = cname.length;
  cname.copy(packet, at + 10);
  return packet;
}

function writeBlock(packet: Buffer, at: number, block: NonNullable<OutgoingReport['block']>): number {
  writeUint32(packet, at, block.ssrc);
  writeUint32(packet, at + 4, ((Math.min(255, Math.round(block.lossRatio * 256)) << 24) | (Math.min(block.lost, 0x7fffff) & 0xffffff)) >>> 0);
  writeUint32(packet, at + 8, block.extendedHighest >>> 0);
  writeUint32(packet, at + 12, Math.round(block.jitterSamples) >>> 0);
  writeUint32(packet, at + 16, block.lastSenderReport);
  writeUint32(packet, at + 20, block.delaySinceLast >>> 0);
  return at + 24;
}

/** Reads a compound packet. @returns undefined when it is not RTCP; unknown parts are passed over, a lying length ends the reading */
export function readReport(packet: Uint8Array, ourSsrc: number): IncomingReport | undefined {
  let ssrc: number | undefined;
  let senderReport: number | undefined;
  let aboutUs: IncomingReport['aboutUs'];
  let bye = false;
  for (let at = 0; at + 8 <= packet.length; ) {
    if (packet[at]! >> 6 !== 2) break;
    const type = packet[at + 1]!;
    const end = at + (((packet[at + 2]! << 8) | packet[at + 3]!) + 1) * 4;
    if (end > packet.length || type < 192 || type > 223) break;
    if (type === SENDER_REPORT || type === RECEIVER_REPORT) {
      ssrc ??= readUint32(packet, at + 4);
      if (type === SENDER_REPORT && at + 28 <= end) senderReport = ((readUint32(packet, at + 8) << 16) | (readUint32(packet, at + 12) >>> 16)) >>> 0;
      aboutUs = readBlocks(packet, at + (type === SENDER_REPORT ? 28 : 8), end, packet[at]! & 0x1f, ourSsrc) ?? aboutUs;
    }
    if (type === GOODBYE) bye = true;
    at = end;
  }
  return ssrc === undefined && !bye ? undefined : { ssrc: ssrc ?? 0, senderReport, aboutUs, bye };
}

function readBlocks(packet: Uint8Array, from: number, end: number, count: number, ourSsrc: number): IncomingReport['aboutUs'] {
  for (let i = 0, at = from; i < count && at + 24 <= end; i++, at += 24) {
    if (readUint32(packet, at) !== ourSsrc) continue;
    return {
      lossRatio: packet[at + 4]! / 256,
      jitterSamples: readUint32(packet, at + 12),
      lastSenderReport: readUint32(packet, at + 16),
      delaySinceLast: readUint32(packet, at + 20),
    };
  }
  return undefined;
}
