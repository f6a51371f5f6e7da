import { describe, expect, test } from 'vitest';
import { RTP_HEADER_BYTES, emptyRtpHeader, readRtp, writeRtpHeader } from '../rtp/packet.ts';
import { writeReport } from '../rtp/rtcp.ts';
import { type SrtpSuite, newSrtpKey, sessionKeys } from './key.ts';
import { Protection } from './protection.ts';
import { SrtpReceiver } from './srtp-receiver.ts';
import { SrtpSender } from './srtp-sender.ts';

const hex = (text: string) => Buffer.from(text.replace(/\s/g, ''), 'hex');
const SUITE = 'AES_CM_128_HMAC_SHA1_80';
/** RFC 3711 appendix B.3; also the key of libsrtp's own known packets. */
const KEY = { suite: SUITE, master: hex('E1F97A0D3E018BE0D64FA32C06DE4139 0EC675AD498AFEEBB6960B3AABE6') } as const;

function packet(sequence: number, ssrc = 0xcafebabe, payload = Buffer.alloc(160, sequence & 0xff)): Buffer {
  const made = Buffer.alloc(RTP_HEADER_BYTES + payload.length);
  writeRtpHeader(made, 0, false, sequence & 0xffff, sequence * 160, ssrc);
  payload.copy(made, RTP_HEADER_BYTES);
  return made;
}
const report = () => writeReport({ ssrc: 7, cname: '7@centralita', sent: { atUnixMs: 1_000, timestamp: 5, packets: 1, octets: 160 } });
const pair = (suite: SrtpSuite = SUITE) => {
  const key = newSrtpKey(suite);
  return { sender: new SrtpSender(key), receiver: new SrtpReceiver(key) };
};
/** The sender uses its buffers again. */
const kept = (bytes: Buffer) => Buffer.from(bytes);

describe('known answers', () => {
  test('[RFC 3711 B.3] session keys', () => {
    const { cipher, salt, authentication } = sessionKeys(KEY, 'rtp');
    expect(cipher).toEqual(hex('C61E7A93744F39EE10734AFE3FF7A087'));
    expect(salt).toEqual(hex('30CBBC08863D8C85D49DB34A9AE1'));
    expect(authentication).toEqual(hex('CEBE321F6FF7716B6FD4AB49AF256A156D38BAA4'));
  });

  test('[RFC 3711 3] the packets that libsrtp checks itself by, both ways', () => {
    const plain = hex('800f1234 decafbad cafebabe abababab abababab abababab abababab');
    const secret = hex('800f1234 decafbad cafebabe 4e55dc4c e79978d8 8ca4d215 949d2402 b78d6acc 99ea179b 8dbb');
    expect(new SrtpSender(KEY).protect(plain)).toEqual(secret);
    expect(new SrtpReceiver(KEY).unprotect(secret)).toEqual(plain);
    const plainControl = hex('81c8000b cafebabe abababab abababab abababab abababab');
    const secretControl = hex('81c8000b cafebabe 7128035b e487b9bd bef89041 f977a5a8 80000001 993e08cd 54d6c123 0798');
    expect(new SrtpSender(KEY).protectControl(plainControl)).toEqual(secretControl);
    expect(new SrtpReceiver(KEY).unprotectControl(secretControl)).toEqual(plainControl);
  });
});

describe.each([
  ['AES_CM_128_HMAC_SHA1_80', 10],
  ['AES_CM_128_HMAC_SHA1_32', 4],
] as const)('%s', (suite, tagBytes) => {
  test('what is sent arrives, in its own size and a tag', () => {
    const { sender, receiver } = pair(suite);
    const secret = sender.protect(packet(1));
    expect(secret).toHaveLength(172 + tagBytes);
    expect(receiver.unprotect(secret)).toEqual(packet(1));
    expect(receiver.unprotectControl(sender.protectControl(report()))).toEqual(report());
  });

  test('[ASVS 17.2.3] a packet with any one bit turned vanishes', () => {
    const { sender, receiver } = pair(suite);
    const secret = kept(sender.protect(packet(1, 9, Buffer.alloc(8, 5))));
    const control = kept(sender.protectControl(report()));
    for (let bit = 0; bit < secret.length * 8; bit++) expect(receiver.unprotect(turned(secret, bit)), `bit ${bit}`).toBeUndefined();
    for (let bit = 0; bit < control.length * 8; bit++) expect(receiver.unprotectControl(turned(control, bit)), `bit ${bit} of RTCP`).toBeUndefined();
    expect(receiver.rejected).toBe((secret.length + control.length) * 8);
    expect(receiver.unprotect(secret)).toBeDefined();
    expect(receiver.unprotectControl(control)).toBeDefined();
  });
});

describe('what comes', () => {
  test('plain RTP and RTCP are dropped, and so is every cut-off packet', () => {
    const { sender, receiver } = pair();
    expect(receiver.unprotect(packet(1))).toBeUndefined();
    expect(receiver.unprotectControl(report())).toBeUndefined();
    const secret = kept(sender.protect(packet(1)));
    const control = kept(sender.protectControl(report()));
    for (let length = 0; length < secret.length; length++) expect(receiver.unprotect(kept(secret.subarray(0, length)))).toBeUndefined();
    for (let length = 0; length < control.length; length++) expect(receiver.unprotectControl(kept(control.subarray(0, length)))).toBeUndefined();
  });

  test('[CVE-2021-26712] a packet counts once, and the stream goes on', () => {
    const { sender, receiver } = pair();
    const all = Array.from({ length: 200 }, (_, n) => kept(sender.protect(packet(n + 1))));
    for (const each of all) expect(receiver.unprotect(kept(each))).toBeDefined();
    for (const each of all) expect(receiver.unprotect(kept(each))).toBeUndefined();
    const control = sender.protectControl(report());
    expect(receiver.unprotectControl(kept(control))).toBeDefined();
    expect(receiver.unprotectControl(kept(control))).toBeUndefined();
    expect(receiver.unprotect(sender.protect(packet(201)))).toEqual(packet(201));
  });

  test('order does not matter within 128 packets, loss not at all', () => {
    const { sender, receiver } = pair();
    const all = Array.from({ length: 128 }, (_, n) => kept(sender.protect(packet(n + 1))));
    for (const each of all.toReversed()) expect(receiver.unprotect(each)).toBeDefined();
    for (let n = 129; n < 20_000; n++) sender.protect(packet(n));
    expect(receiver.unprotect(sender.protect(packet(20_000)))).toEqual(packet(20_000));
  });

  test('[RFC 3711 3.3.1] sequence numbers begin anew and the roll-over counter goes on, with late packets over the border', () => {
    const { sender, receiver } = pair();
    const secret = Array.from({ length: 10 }, (_, n) => kept(sender.protect(packet(65_531 + n))));
    for (const n of [0, 1, 6, 2, 7, 5, 3, 9, 8, 4]) expect(receiver.unprotect(secret[n]!)).toEqual(packet(65_531 + n));
    for (let n = 65_541; n < 3 * 65_536; n++) {
      const next = sender.protect(packet(n));
      if (n % 1_000 === 0) expect(receiver.unprotect(next)).toEqual(packet(n));
    }
  });

  test('each source has numbers of its own, and a stranger takes no place', () => {
    const { sender, receiver } = pair();
    const forger = pair().sender;
    for (let ssrc = 1; ssrc <= 1_000; ssrc++) expect(receiver.unprotect(forger.protect(packet(1, ssrc)))).toBeUndefined();
    expect(receiver.unprotect(sender.protect(packet(40_000, 1)))).toBeDefined();
    expect(receiver.unprotect(sender.protect(packet(40_001, 2)))).toEqual(packet(40_001, 2));
  });

  test('[RFC 3711 3.1] further sources, a header extension and padding: authenticated, the first two not encrypted', () => {
    const header = hex('b1000001 00000000 00000007 00000009 bede0001 01020304');
    const payload = hex('aaaaaaaa aaaa0002');
    const protection = new Protection(KEY, 'rtp');
    const secret = Buffer.concat([header, protection.crypt(payload, 7, 1)]);
    const opened = new SrtpReceiver(KEY).unprotect(Buffer.concat([secret, protection.tag(secret, 0).subarray(0, 10)]))!;
    expect(opened).toEqual(Buffer.concat([header, payload]));
    const read = emptyRtpHeader();
    expect(readRtp(opened, read) && read).toMatchObject({ payloadOffset: 24, payloadLength: 6 });
    expect(new SrtpReceiver(KEY).unprotect(Buffer.concat([hex('90000001 00000000 00000007 bedeffff'), Buffer.alloc(20)]))).toBeUndefined();
  });
});

function turned(bytes: Buffer, bit: number): Buffer {
  const copy = kept(bytes);
  copy[bit >> 3]! ^= 1 << (bit & 7);
  return copy;
}
