import { describe, expect, it } from 'vitest';
import { isSignedWith, readWebhookHeaders, webhookSignature } from './webhook-signature.ts';

/** From the tests of the reference implementations, https://github.com/standard-webhooks/standard-webhooks. */
const REFERENCE = {
  key: Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64'),
  body: Buffer.from('{"test": 2432232314}'),
  headers: { 'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek', 'webhook-timestamp': '1614265330', 'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=' },
};
const SENT_AT = 1_614_265_330_000;
const { key, body, headers } = REFERENCE;
const read = (changes: Readonly<Record<string, string | string[] | undefined>> = {}, now = SENT_AT) => readWebhookHeaders({ ...headers, ...changes }, now);

describe('a signature of Standard Webhooks', () => {
  it('is the one that the reference implementations make', () => {
    expect(webhookSignature(key, read()!, body)).toBe(headers['webhook-signature']);
    expect(isSignedWith(key, read()!, body)).toBe(true);
  });

  it('is over the id, the time and every byte of the body', () => {
    expect(isSignedWith(key, read({ 'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJel' })!, body)).toBe(false);
    expect(isSignedWith(key, read({ 'webhook-timestamp': '1614265331' })!, body)).toBe(false);
    expect(isSignedWith(key, read()!, Buffer.from('{"test":2432232314}'))).toBe(false);
    expect(isSignedWith(Buffer.from('another key'), read()!, body)).toBe(false);
    // Both would be U+FFFD if they were read as text.
    const [one, other] = [Buffer.from([0x22, 0xff, 0x22]), Buffer.from([0x22, 0xfe, 0x22])];
    expect(isSignedWith(key, read({ 'webhook-signature': webhookSignature(key, read()!, one) })!, other)).toBe(false);
  });

  it('may be one of several, of which others are of other keys or kinds', () => {
    const many = (...signatures: string[]) => isSignedWith(key, read({ 'webhook-signature': signatures.join(' ') })!, body);
    expect(many('v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc=', 'v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5B', headers['webhook-signature'])).toBe(true);
    expect(many('v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc=')).toBe(false);
    for (const none of ['', 'v1', 'v1,', headers['webhook-signature'].replace('v1', 'v2'), headers['webhook-signature'].slice(0, -1)]) expect(many(none), none).toBe(false);
  });
});

describe('the headers of a message', () => {
  it('[fault row 25] are refused when it was sent more than five minutes ago, or will be', () => {
    for (const away of [300_000, -300_000]) expect(read({}, SENT_AT + away)).toBeDefined();
    for (const away of [300_001, -300_001]) expect(read({}, SENT_AT + away)).toBeUndefined();
  });

  it('are refused when one is missing, twice there or none', () => {
    for (const name of Object.keys(headers)) {
      expect(read({ [name]: undefined }), name).toBeUndefined();
      expect(read({ [name]: ['a', 'b'] }), name).toBeUndefined();
    }
    for (const timestamp of ['', '1614265330.5', '1614265330abc', '-1', ' 1614265330', '0x60379b32']) expect(read({ 'webhook-timestamp': timestamp }), timestamp).toBeUndefined();
    for (const id of ['', 'two words', 'ñ', 'x'.repeat(129)]) expect(read({ 'webhook-id': id }), id).toBeUndefined();
  });
});
