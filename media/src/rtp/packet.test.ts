import { expect, test } from 'vitest';
import { emptyRtpHeader, isRtcp, readRtp, sequenceDistance, timestampDistance, writeRtpHeader } from './packet.ts';

test('a header that was written is read back', () => {
  const packet = Buffer.alloc(172);
  writeRtpHeader(packet, 101, true, 65_535, 4_294_967_295, 3_000_000_000);
  const header = emptyRtpHeader();
  expect(readRtp(packet, header)).toBe(true);
  expect(header).toEqual({ payloadType: 101, marker: true, sequence: 65_535, timestamp: 4_294_967_295, ssrc: 3_000_000_000, payloadOffset: 12, payloadLength: 160 });
});

test('[RFC 3550 5.1, 5.3.1] contributing sources, an extension and padding are no payload', () => {
  const packet = Buffer.alloc(12 + 8 + 8 + 10 + 4);
  writeRtpHeader(packet, 0, false, 1, 1, 1);
  packet[0] = 0x80 | 0x20 | 0x10 | 2;
  packet[23] = 1;
  packet[packet.length - 1] = 4;
  const header = emptyRtpHeader();
  expect(readRtp(packet, header)).toBe(true);
  expect([header.payloadOffset, header.payloadLength]).toEqual([28, 10]);
});

test.each([
  ['empty', Buffer.alloc(0)],
  ['short', Buffer.alloc(11, 0x80)],
  ['version 1', Buffer.alloc(172, 0x40)],
  ['sources beyond its end', Buffer.from([0x8f, ...Array(15).fill(0)])],
  ['extension beyond its end', Buffer.from([0x90, 0, ...Array(10).fill(0), 0, 0, 0xff, 0xff])],
  ['padding beyond its end', Buffer.from([0xa0, 0, ...Array(10).fill(0), 0xff])],
  ['a report', Buffer.from([0x80, 200, ...Array(26).fill(0)])],
])('%s is no RTP packet', (_name, packet) => {
  expect(readRtp(packet, emptyRtpHeader())).toBe(false);
});

test('[RFC 5761 4] reports are known by their second byte', () => {
  expect(isRtcp(Buffer.from([0x80, 200]))).toBe(true);
  expect(isRtcp(Buffer.from([0x80, 0x80 | 8]))).toBe(false);
});

test('distances go over the wrap', () => {
  expect(timestampDistance(10, 4_294_967_290)).toBe(16);
  expect(timestampDistance(4_294_967_290, 10)).toBe(-16);
  expect(sequenceDistance(2, 65_534)).toBe(4);
  expect(sequenceDistance(65_534, 2)).toBe(-4);
});
