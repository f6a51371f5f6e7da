import { describe, expect, test } from 'vitest';
import { StreamFramer } from './stream-framer.ts';

const message = (method: string, body = '') => `${method} sip:a@b SIP/2.0\r\nCall-ID: ${method}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

function framer(limits = { messageBytes: 65_536, headerFields: 256 }) {
  const seen: string[] = [];
  const it = new StreamFramer(limits, {
    message: (one) => seen.push(one.kind === 'request' ? `${one.method}:${one.body}` : String(one.status)),
    ping: () => seen.push('ping'),
    broken: (why) => seen.push(`broken: ${why}`),
  });
  return { seen, push: (text: string | Buffer) => it.push(typeof text === 'string' ? Buffer.from(text) : text) };
}

describe('RFC 3261 18.3: cutting a stream into messages', () => {
  test('byte by byte, with bodies beyond ASCII', () => {
    const { seen, push } = framer();
    for (const byte of Buffer.from(message('INVITE', 'ñandú') + message('BYE'))) push(Buffer.from([byte]));
    expect(seen).toEqual(['INVITE:ñandú', 'BYE:']);
  });

  test('several in one chunk, with line ends between them', () => {
    const { seen, push } = framer();
    push(`\r\n${message('OPTIONS')}\r\n${message('INVITE', 'x')}${message('ACK')}`);
    expect(seen).toEqual(['OPTIONS:', 'INVITE:x', 'ACK:']);
  });

  test('RFC 5626 4.4.1: CRLF CRLF is answered, also when it comes in pieces; a flood gets one answer for each chunk', () => {
    const { seen, push } = framer();
    push('\r\n');
    expect(seen).toEqual([]);
    push('\r\n');
    push('\r\n'.repeat(10_000));
    expect(seen).toEqual(['ping', 'ping']);
    push(message('OPTIONS'));
    expect(seen.at(-1)).toBe('OPTIONS:');
  });

  test.each([
    ['no Content-Length', 'OPTIONS sip:a@b SIP/2.0\r\nCall-ID: x\r\n\r\n'],
    ['broken Content-Length', 'OPTIONS sip:a@b SIP/2.0\r\nContent-Length: -5\r\n\r\n'],
    ['broken Content-Length', 'OPTIONS sip:a@b SIP/2.0\r\nl: abc\r\n\r\n'],
    ['message too large', 'OPTIONS sip:a@b SIP/2.0\r\nContent-Length: 9999999\r\n\r\n'],
    ['not SIP', `\x16\x03\x01${'\0'.repeat(40)}`],
    ['head too large', `OPTIONS sip:a@b SIP/2.0\r\nX: ${'y'.repeat(70_000)}`],
  ])('a stream that lies is broken off: %s', (why, text) => {
    const { seen, push } = framer();
    push(text);
    expect(seen.at(-1)).toBe(`broken: ${why}`);
    push(message('OPTIONS'));
    expect(seen.at(-1)).toBe(`broken: ${why}`);
  });

  test('a Content-Length that is too small leaves bytes that are no message', () => {
    const { seen, push } = framer();
    push('MESSAGE sip:a@b SIP/2.0\r\nContent-Length: 3\r\n\r\nlonger than that\r\n\r\n');
    expect(seen[0]).toBe('MESSAGE:lon');
    expect(seen[1]).toMatch(/^broken/);
  });
});
