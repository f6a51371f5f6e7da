import type { SipMessage } from './sip-message.ts';

/** The message as it goes on the wire. Content-Length is always ours, last, and in bytes (RFC 3261 20.14). */
export function writeMessage(message: SipMessage): string {
  const body = message.body;
  message.headers.set('Content-Length', body === '' ? '0' : String(Buffer.byteLength(body)));
  const start = message.kind === 'request' ? `${message.method} ${message.uri} SIP/2.0\r\n` : `SIP/2.0 ${message.status} ${message.reason}\r\n`;
  return `${start}${message.headers.write()}\r\n${body}`;
}
