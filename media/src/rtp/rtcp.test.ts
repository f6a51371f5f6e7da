import { expect, test } from 'vitest';
import { compactNtp, readReport, roundTripMs, writeReport } from './rtcp.ts';

const AT = Date.UTC(2026, 10, 22, 12, 0, 0, 250);

test('a sender report with a block is read back', () => {
  const packet = writeReport({
    ssrc: 7,
    cname: 'x@centralita',
    sent: { atUnixMs: AT, timestamp: 4_000_000_000, packets: 50, octets: 8_000 },
    block: { ssrc: 9, lossRatio: 0.25, lost: 12, extendedHighest: 70_000, jitterSamples: 80, lastSenderReport: 0xabcdef01, delaySinceLast: 65_536 },
  });
  expect(packet.length % 4).toBe(0);
  const report = readReport(packet, 9);
  expect(report).toEqual({
    ssrc: 7,
    senderReport: compactNtp(AT),
    aboutUs: { lossRatio: 0.25, jitterSamples: 80, lastSenderReport: 0xabcdef01, delaySinceLast: 65_536 },
    bye: false,
  });
  expect(readReport(packet, 10)?.aboutUs).toBeUndefined();
});

test('[RFC 3550 6.4.1] round trip = now − last SR − delay since it', () => {
  const sent = compactNtp(AT);
  expect(roundTripMs(AT + 1_080, sent, 65_536)).toBeCloseTo(80, 0);
  expect(roundTripMs(AT, 0, 0)).toBeUndefined();
});

test('broken packets say nothing', () => {
  expect(readReport(Buffer.alloc(0), 1)).toBeUndefined();
  expect(readReport(Buffer.from([0x81, 201, 0xff, 0xff, 0, 0, 0, 1]), 1)).toBeUndefined();
  expect(readReport(Buffer.from([0x9f, 201, 0, 1, 0, 0, 0, 1]), 1)?.aboutUs).toBeUndefined();
});
