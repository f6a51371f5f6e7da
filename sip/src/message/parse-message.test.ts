import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DROPPED_RESPONSES, REFUSED, torture, VALID } from '../testing/corpus.ts';
import { checkRequest, checkResponse } from './check-message.ts';
import { splitList } from './headers.ts';
import { parseNameAddr, writeNameAddr } from './name-addr.ts';
import { parseMessage } from './parse-message.ts';
import { sdpOf } from './sdp-part.ts';
import { SipRequest, type SipResponse } from './sip-message.ts';
import { escapeUser, parseUri, userOf, writeUri } from './uri.ts';
import { parseVia } from './via.ts';
import { writeMessage } from './write-message.ts';

function request(bytes: Buffer): SipRequest {
  const message = parseMessage(bytes);
  if (typeof message === 'string' || message.kind !== 'request') throw new Error(`no request: ${JSON.stringify(message)}`);
  return message;
}

describe('RFC 4475 torture messages', () => {
  test.each(VALID)('3.1.1 %s is accepted', (name) => {
    const message = parseMessage(torture(name));
    expect(message).not.toBeTypeOf('string');
    if (typeof message === 'string') return;
    expect(message.kind === 'request' ? checkRequest(message) : checkResponse(message)).toBeUndefined();
  });

  test.each(Object.entries(REFUSED))('3.1.2, 3.3 %s is refused with %s', (name, status) => {
    const message = parseMessage(torture(name));
    expect(message).toBeInstanceOf(SipRequest);
    expect(checkRequest(message as SipRequest)).toMatchObject({ status });
  });

  test.each(DROPPED_RESPONSES)('3.1.2, 3.3 the response %s is dropped', (name) => {
    const message = parseMessage(torture(name));
    expect(typeof message === 'string' || checkResponse(message as SipResponse)).toBeTruthy();
  });

  test('3.1.1.1 wsinv: folding, compact forms and odd spaces are read as meant', () => {
    const message = request(torture('wsinv'));
    expect(message.callId).toBe('wsinv.ndaksdj@192.0.2.1');
    expect(message.cseq).toEqual({ number: 9, method: 'INVITE' });
    expect(message.headers.list('Via')).toHaveLength(3);
    expect(message.via).toMatchObject({ transport: 'UDP', host: '192.0.2.2', branch: '390skdjuw' });
    expect(message.toTag).toBe('1918181833n');
    expect(message.from).toMatchObject({ displayName: 'J Rosenberg \\"', uri: 'sip:jdrosen@example.com' });
  });

  test('3.1.1.3 esc01: escapes in the user part are resolved only for people', () => {
    expect(userOf(request(torture('esc01')).sipUri)).toBe('sips:user@example.com');
  });

  test('3.1.1.9 semiuri: a user part may hold semicolons', () => {
    expect(userOf(request(torture('semiuri')).sipUri)).toBe('user;par=u@example.net');
  });

  test('3.1.1.7 longreq keeps every value', () => {
    const message = request(torture('longreq'));
    expect(message.headers.list('Via')).toHaveLength(34);
    expect(message.callId.length).toBeGreaterThan(100);
  });

  test('3.1.1.8 dblreq: what follows Content-Length in a datagram is dropped', () => {
    expect(request(torture('dblreq')).method).toBe('REGISTER');
    expect(request(torture('dblreq')).body).toBe('');
  });
});

describe('messages', () => {
  test('RFC 3261 7.3.1: writing what was read changes nothing that means something', () => {
    const text = 'INVITE sip:carla@center.test SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:5062;branch=z9hG4bKx;rport\r\nX-Custom: Ábc\r\nContent-Type: application/sdp\r\nContent-Length: 7\r\n\r\nv=0\r\nñ';
    const message = request(Buffer.from(text));
    expect(writeMessage(message)).toBe(text);
    expect(message.body).toBe('v=0\r\nñ');
  });

  test('RFC 3261 20: a parameter after an address without brackets is the header\'s', () => {
    expect(parseNameAddr('sip:ana@center.test;tag=7')).toMatchObject({ uri: 'sip:ana@center.test' });
    expect(parseNameAddr('sip:ana@center.test;tag=7')!.params.get('tag')).toBe('7');
    expect(parseNameAddr('<sip:ana@center.test;transport=tcp>;tag=7')!.sip!.params.get('transport')).toBe('tcp');
    expect(parseNameAddr('tel:+34600123456')).toMatchObject({ uri: 'tel:+34600123456', sip: undefined });
  });

  test('RFC 3261 20.10: a display name with quotes survives both ways', () => {
    const address = { displayName: 'Ana "la de abajo" \\', uri: 'sip:ana@center.test' };
    expect(parseNameAddr(writeNameAddr(address))).toMatchObject(address);
  });

  test('RFC 3261 19.1.1: URIs survive both ways, and what is none is refused', () => {
    for (const text of ['sip:ana@center.test', 'sips:1000:pw@[::1]:5061;transport=tls;lr?x=y', 'sip:center.test:5070']) expect(writeUri(parseUri(text)!)).toBe(text);
    for (const text of ['', 'sip:', 'sip:@host', 'sip:a@b@c', 'sip:ana@host:99999', 'sip:a b@host', 'tel:+34', 'sip:%zz@host', 'sip:ana@ho<st']) expect(parseUri(text)).toBeUndefined();
    expect(userOf(parseUri(`sip:${escapeUser('ñ #1;2')}@h`))).toBe('ñ #1;2');
  });

  test('RFC 5621: the SDP of a multipart body is found', () => {
    const message = new SipRequest('INVITE', 'sip:a@b').setBody('multipart/mixed; boundary="cut"', '--cut\r\nContent-Type: application/isup\r\n\r\nxx\r\n--cut\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n--cut--\r\n');
    expect(sdpOf(message)).toBe('v=0\r\n');
  });

  test('RFC 3261 7.3.1: commas within quotes and brackets do not split', () => {
    expect(splitList('"A, B" <sip:a@h?x=1,2>;q=1 , <sip:c@h>')).toEqual(['"A, B" <sip:a@h?x=1,2>;q=1', '<sip:c@h>']);
  });

  test('limits: more header fields than allowed, or a message without an end, is no message', () => {
    const many = `OPTIONS sip:a@b SIP/2.0\r\n${'X: y\r\n'.repeat(300)}\r\n`;
    expect(parseMessage(Buffer.from(many))).toBe('too-many-headers');
    expect(parseMessage(Buffer.from('OPTIONS sip:a@b SIP/2.0\r\nVia: x'))).toBe('no-end-of-headers');
    expect(parseMessage(Buffer.from('\r\n\r\n'))).toBe('empty');
    expect(parseMessage(Buffer.alloc(65_536, 'A'))).toBe('no-end-of-headers');
  });

  test('`CSeq: abcdefg` is refused, not thrown', () => {
    const text = 'INVITE sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKa\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: x\r\nCSeq: abcdefg\r\n\r\n';
    expect(checkRequest(request(Buffer.from(text)))).toMatchObject({ status: 400 });
  });
});

describe('fuzz', () => {
  const seeds = [...VALID, ...Object.keys(REFUSED)].map((name) => torture(name));

  /** Every accessor that layers above use, on whatever came out. */
  function touch(bytes: Uint8Array): void {
    const message = parseMessage(bytes);
    if (typeof message === 'string') return;
    void [message.from, message.to, message.cseq, message.via, message.contact, message.body, message.fromTag, message.toTag, sdpOf(message)];
    if (message.kind === 'request') void [checkRequest(message), message.sipUri, userOf(message.sipUri)];
    else checkResponse(message);
    writeMessage(message);
  }

  test('any bytes are parsed or refused, never thrown', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => touch(bytes)), { numRuns: 500 });
  });

  test('broken torture messages are parsed or refused, never thrown', () => {
    const change = fc.record({ seed: fc.nat(seeds.length - 1), at: fc.nat(3_000), bytes: fc.uint8Array({ maxLength: 8 }), cut: fc.nat(40) });
    fc.assert(
      fc.property(change, ({ seed, at, bytes, cut }) => {
        const base = seeds[seed]!;
        const place = at % base.length;
        touch(Buffer.concat([base.subarray(0, place), bytes, base.subarray(place + cut)]));
      }),
      { numRuns: 2_000 },
    );
  });

  test('headers that are generated come back as they went', () => {
    const value = fc.string({ maxLength: 30 }).map((text) => text.replace(/[\r\n]/g, ' ').trim());
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.stringMatching(/^X-[a-zA-Z]{1,10}$/), value), { maxLength: 20 }), fc.string(), (fields, body) => {
        const message = new SipRequest('MESSAGE', 'sip:a@b');
        for (const [name, text] of fields) message.headers.append(name, text);
        message.setBody('text/plain', body);
        const again = request(Buffer.from(writeMessage(message)));
        expect([...again.headers].slice(0, fields.length).map(([, text]) => text)).toEqual(fields.map(([, text]) => text));
        expect(again.body).toBe(Buffer.from(body).toString('utf8'));
      }),
      { numRuns: 200 },
    );
  });

  test('Via, URI and address parsers take any text', () => {
    fc.assert(fc.property(fc.string(), (text) => void [parseVia(text), parseUri(text), parseNameAddr(text), parseVia(`SIP/2.0/UDP ${text}`), parseNameAddr(`"${text}" <sip:a@b>;${text}`)]), { numRuns: 1_000 });
  });
});
