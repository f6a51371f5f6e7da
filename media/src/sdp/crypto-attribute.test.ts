import { describe, expect, test } from 'vitest';
import { newSrtpKey } from '../srtp/key.ts';
import { AudioSession } from './audio-session.ts';
import { cryptoOf, printCrypto } from './crypto-attribute.ts';
import { parseSdp } from './description.ts';

const SECRET = 'WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz';
const description = (...lines: readonly string[]) => ['v=0', 'o=carrier 1 1 IN IP4 198.51.100.4', 's=-', 'c=IN IP4 198.51.100.4', 't=0 0', ...lines, ''].join('\r\n');
const offer = (...crypto: readonly string[]) => description('m=audio 4000 RTP/SAVP 8 101', 'a=rtpmap:101 telephone-event/8000', ...crypto.map((value) => `a=crypto:${value}`));
const session = (protection: 'none' | 'sdes' = 'sdes') => new AudioSession({ sessionId: '77', address: '192.0.2.10', port: 20_000 }, protection);
const read = (value: string) => {
  const parsed = parseSdp(offer(value));
  return parsed.ok ? cryptoOf(parsed.value.media[0]!) : [];
};
const keyIn = (sdp: string) => /^a=crypto:(.*)$/m.exec(sdp)?.[1];

describe('the attribute', () => {
  test.each([
    `1 AES_CM_128_HMAC_SHA1_80 inline:${SECRET}`,
    `1 AES_CM_128_HMAC_SHA1_80 inline:${SECRET}|2^48`,
    `1 aes_cm_128_hmac_sha1_80 INLINE:${SECRET}|10000000 WSH=64`,
  ])('[RFC 4568 6.1] %s is read', (value) => {
    expect(read(value)).toEqual([{ tag: 1, key: { suite: 'AES_CM_128_HMAC_SHA1_80', master: Buffer.from(SECRET, 'base64') } }]);
  });

  test.each([
    ['another suite', `1 F8_128_HMAC_SHA1_80 inline:${SECRET}`],
    ['a master key identifier', `1 AES_CM_128_HMAC_SHA1_80 inline:${SECRET}|2^20|1:4`],
    ['several keys', `1 AES_CM_128_HMAC_SHA1_80 inline:${SECRET}|2^31;inline:${SECRET}`],
    ['a key for a short time', `1 AES_CM_128_HMAC_SHA1_80 inline:${SECRET}|2^10`],
    ['a life time that is none', `1 AES_CM_128_HMAC_SHA1_80 inline:${SECRET}|soon`],
    ['no encryption', `1 AES_CM_128_HMAC_SHA1_80 inline:${SECRET} UNENCRYPTED_SRTP`],
    ['an unknown parameter', `1 AES_CM_128_HMAC_SHA1_80 inline:${SECRET} KDR=4`],
    ['a short key', '1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGw='],
    ['a long key', `1 AES_CM_128_HMAC_SHA1_80 inline:${SECRET}AAAA`],
    ['no tag', `x AES_CM_128_HMAC_SHA1_80 inline:${SECRET}`],
    ['no key', '1 AES_CM_128_HMAC_SHA1_80'],
    ['nothing', ''],
  ])('%s is passed over', (_name, value) => {
    expect(read(value)).toEqual([]);
  });

  test('what is printed is read again', () => {
    const made = { tag: 3, key: newSrtpKey('AES_CM_128_HMAC_SHA1_32') };
    expect(read(printCrypto(made).slice('a=crypto:'.length))).toEqual([made]);
  });
});

describe('an offer', () => {
  test('[RFC 4568 5.1.2] is answered with the first line we can use, its tag, and a key of our own', () => {
    const taken = session().takeOffer(offer(`1 F8_128_HMAC_SHA1_80 inline:${SECRET}`, `7 AES_CM_128_HMAC_SHA1_32 inline:${SECRET}`, `8 AES_CM_128_HMAC_SHA1_80 inline:${SECRET}`), 'sendrecv');
    if (!taken.ok) throw new Error(taken.refusal);
    const { sdp, agreed } = taken.value;
    expect(sdp).toContain('m=audio 20000 RTP/SAVP 8 101\r\n');
    expect(keyIn(sdp)).toBe(`7 AES_CM_128_HMAC_SHA1_32 inline:${agreed.srtp!.ours.master.toString('base64')}`);
    expect(agreed.srtp!.theirs).toEqual({ suite: 'AES_CM_128_HMAC_SHA1_32', master: Buffer.from(SECRET, 'base64') });
    expect(sdp).not.toContain(SECRET);
  });

  test('of plain and protected sound has the right one taken, the other refused', () => {
    const both = offer(`1 AES_CM_128_HMAC_SHA1_80 inline:${SECRET}`).replace('m=audio', 'm=audio 5000 RTP/AVP 8\r\nm=audio');
    const [sealed, plain] = [session().takeOffer(both, 'sendrecv'), session('none').takeOffer(both, 'sendrecv')];
    expect(sealed.ok && sealed.value.sdp).toMatch(/m=audio 0 RTP\/AVP 8\r\nm=audio 20000 RTP\/SAVP/);
    expect(plain.ok && plain.value.sdp).toMatch(/m=audio 20000 RTP\/AVP 8[^]*m=audio 0 RTP\/SAVP/);
    expect(plain.ok && plain.value.agreed.srtp).toBeUndefined();
  });

  test('without a key that we can use, or the other kind of sound, is a mismatch; without G.711 it is that', () => {
    const mismatch = { ok: false, refusal: 'protection-mismatch' };
    expect(session().takeOffer(offer(), 'sendrecv')).toEqual(mismatch);
    expect(session().takeOffer(offer(`1 AES_CM_128_HMAC_SHA1_80 inline:${SECRET}|2^20|1:4`), 'sendrecv')).toEqual(mismatch);
    expect(session().takeOffer(offer(`1 AES_CM_128_HMAC_SHA1_80 inline:${SECRET}`).replace('SAVP', 'AVP'), 'sendrecv')).toEqual(mismatch);
    expect(session('none').takeOffer(offer(`1 AES_CM_128_HMAC_SHA1_80 inline:${SECRET}`), 'sendrecv')).toEqual(mismatch);
    expect(session().takeOffer(description('m=audio 4000 RTP/SAVP 18'), 'sendrecv')).toEqual({ ok: false, refusal: 'no-common-codec' });
  });

  test('again in the call finds our key as it was; another suite brings another key', () => {
    const ours = session();
    const keys = [`1 AES_CM_128_HMAC_SHA1_80`, `1 AES_CM_128_HMAC_SHA1_80`, `2 AES_CM_128_HMAC_SHA1_32`].map((line) => {
      const taken = ours.takeOffer(offer(`${line} inline:${newSrtpKey('AES_CM_128_HMAC_SHA1_80').master.toString('base64')}`), 'sendrecv');
      return taken.ok ? taken.value.agreed.srtp!.ours.master.toString('base64') : '';
    });
    expect(keys[1]).toBe(keys[0]);
    expect(keys[2]).not.toBe(keys[0]);
    expect(keyIn(ours.makeOffer('sendonly'))).toBe(`1 AES_CM_128_HMAC_SHA1_32 inline:${keys[2]}`);
  });
});

describe('our offer', () => {
  const answerWith = (protocol: string, ...crypto: readonly string[]) => {
    const ours = session();
    const sdp = ours.makeOffer('sendrecv');
    return { sdp, taken: ours.takeAnswer(offer(...crypto).replace('RTP/SAVP', protocol)) };
  };

  test('has one key, which stays as long as the far side does', () => {
    const ours = session();
    const first = keyIn(ours.makeOffer('sendrecv'));
    expect(first).toMatch(/^1 AES_CM_128_HMAC_SHA1_80 inline:\S{40}$/);
    expect(keyIn(ours.makeOffer('sendonly'))).toBe(first);
    ours.beginAnew('sdes');
    expect(keyIn(ours.makeOffer('sendrecv'))).not.toBe(first);
    ours.beginAnew('none');
    expect(ours.makeOffer('sendrecv')).toMatch(/RTP\/AVP/);
    expect(keyIn(ours.makeOffer('sendrecv'))).toBeUndefined();
  });

  test('is agreed with the key of the answer', () => {
    const { sdp, taken } = answerWith('RTP/SAVP', `1 AES_CM_128_HMAC_SHA1_80 inline:${SECRET}`);
    expect(taken.ok && taken.value.srtp).toMatchObject({ theirs: { master: Buffer.from(SECRET, 'base64') } });
    expect(taken.ok && sdp.includes(taken.value.srtp!.ours.master.toString('base64'))).toBe(true);
  });

  test.each([
    ['in plain', 'RTP/AVP', `1 AES_CM_128_HMAC_SHA1_80 inline:${SECRET}`],
    ['with a tag we did not offer', 'RTP/SAVP', `2 AES_CM_128_HMAC_SHA1_80 inline:${SECRET}`],
    ['with a suite we did not offer', 'RTP/SAVP', `1 AES_CM_128_HMAC_SHA1_32 inline:${SECRET}`],
    ['without a key', 'RTP/SAVP', ''],
  ])('answered %s is a mismatch', (_name, protocol, crypto) => {
    expect(answerWith(protocol, crypto).taken).toEqual({ ok: false, refusal: 'protection-mismatch' });
  });

  test('in plain, answered with protected sound, is one too', () => {
    const ours = session('none');
    ours.makeOffer('sendrecv');
    expect(ours.takeAnswer(offer(`1 AES_CM_128_HMAC_SHA1_80 inline:${SECRET}`))).toEqual({ ok: false, refusal: 'protection-mismatch' });
  });
});
