import { Headers } from './headers.ts';
import { SipRequest, SipResponse, type Defect, type SipMessage } from './sip-message.ts';
import { readUnsigned } from './uri.ts';

/** Why bytes are no SIP message at all, so that nobody could be answered. */
export type ParseFailure = 'empty' | 'start-line' | 'too-many-headers' | 'no-end-of-headers';

const CR = 13;
const LF = 10;

/**
 * Reads one message from a datagram, a WebSocket frame or the part of a stream that a framer cut out. Bytes after Content-Length are
 * dropped (RFC 3261 18.3). What can be answered although it is broken comes back with `defect` set. Never throws.
 */
export function parseMessage(bytes: Uint8Array, limits: { readonly headerFields: number } = { headerFields: 256 }): SipMessage | ParseFailure {
  const buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let start = 0;
  while (buffer[start] === CR || buffer[start] === LF) start++;
  if (start === buffer.length) return 'empty';
  const head = findHeadEnd(buffer, start);
  if (!head) return 'no-end-of-headers';
  const text = buffer.toString('utf8', start, head.end);
  const firstLineEnd = endOfLine(text, 0);
  const startLine = readStartLine(text.slice(0, firstLineEnd.end));
  if (!startLine) return 'start-line';
  const headers = new Headers();
  const fields = readFields(text, firstLineEnd.next, headers, limits.headerFields);
  if (fields === 'too-many-headers') return fields;
  const body = readBody(buffer, head.bodyStart, headers);
  const defect = startLine.defect ?? body.defect ?? fields;
  const message =
    startLine.kind === 'request'
      ? new SipRequest(startLine.method, startLine.uri, headers, body.text)
      : new SipResponse(startLine.status, startLine.reason, headers, body.text);
  if (defect) message.defect = defect;
  return message;
}

/** CRLF CRLF; a bare LF LF is seen from hand-made clients. The header of a message without an empty line ends with its bytes. */
export function findHeadEnd(buffer: Buffer, start: number): { readonly end: number; readonly bodyStart: number } | undefined {
  const strict = buffer.indexOf('\r\n\r\n', start, 'latin1');
  const loose = buffer.indexOf('\n\n', start, 'latin1');
  if (loose >= 0 && (strict < 0 || loose < strict)) return { end: loose + 1, bodyStart: loose + 2 };
  return strict < 0 ? undefined : { end: strict + 2, bodyStart: strict + 4 };
}

function endOfLine(text: string, at: number): { readonly end: number; readonly next: number } {
  const lf = text.indexOf('\n', at);
  if (lf < 0) return { end: text.length, next: text.length };
  return { end: lf > at && text.charCodeAt(lf - 1) === CR ? lf - 1 : lf, next: lf + 1 };
}

type StartLine =
  | { readonly kind: 'request'; readonly method: string; readonly uri: string; readonly defect?: Defect }
  | { readonly kind: 'response'; readonly status: number; readonly reason: string; readonly defect?: undefined };

function readStartLine(line: string): StartLine | undefined {
  if (line.startsWith('SIP/')) return readStatusLine(line);
  const firstSpace = line.indexOf(' ');
  const trimmed = line.trimEnd();
  const lastSpace = trimmed.lastIndexOf(' ');
  if (firstSpace <= 0 || lastSpace <= firstSpace) return undefined;
  const method = line.slice(0, firstSpace);
  const version = trimmed.slice(lastSpace + 1);
  if (!isToken(method) || !/^sip\/\d+\.\d+$/i.test(version)) return undefined;
  const uri = line.slice(firstSpace + 1, lastSpace).trim();
  // One space between the three parts and none after them (RFC 3261 7.1; RFC 4475 3.1.2.8 to 3.1.2.10).
  const exact = method.length + uri.length + version.length + 2 === line.length && !uri.includes(' ');
  const defect = version.slice(4) !== '2.0' ? 'version' : exact ? undefined : 'start-line';
  return { kind: 'request', method, uri, defect };
}

function readStatusLine(line: string): StartLine | undefined {
  const space = line.indexOf(' ');
  if (line.slice(0, space).toUpperCase() !== 'SIP/2.0') return undefined;
  const codeEnd = line.indexOf(' ', space + 1);
  const code = line.slice(space + 1, codeEnd < 0 ? line.length : codeEnd);
  const status = code.length === 3 ? readUnsigned(code) : undefined;
  if (status === undefined || status < 100 || status > 699) return undefined;
  return { kind: 'response', status, reason: codeEnd < 0 ? '' : line.slice(codeEnd + 1) };
}

/** @returns the first defect; a broken line is left out and the rest is read, so that the sender can be told. */
function readFields(text: string, from: number, headers: Headers, limit: number): Defect | 'too-many-headers' | undefined {
  let defect: Defect | undefined;
  let at = from;
  while (at < text.length) {
    let { end, next } = endOfLine(text, at);
    let value: string | undefined;
    const colon = text.indexOf(':', at);
    const firstPart = text.slice(colon + 1, end);
    // Folding (RFC 3261 7.3.1): a line that begins with white space goes on with the one before.
    for (let c = text.charCodeAt(next); c === 32 || c === 9; c = text.charCodeAt(next)) {
      const more = endOfLine(text, next);
      value = `${(value ?? firstPart).trimEnd()} ${text.slice(next, more.end).trim()}`;
      next = more.next;
    }
    const name = colon < 0 || colon > end ? '' : text.slice(at, colon).trimEnd();
    if (name === '' || !isToken(name)) defect ??= 'header-line';
    else if (headers.count >= limit) return 'too-many-headers';
    else headers.append(name, (value ?? firstPart).trim());
    at = next;
  }
  return defect;
}

function readBody(buffer: Buffer, start: number, headers: Headers): { readonly text: string; readonly defect?: Defect } {
  const available = buffer.length - start;
  const lengths = headers.all('Content-Length');
  if (lengths.length === 0) return { text: buffer.toString('utf8', start) };
  const length = readUnsigned(lengths[0]!);
  if (length === undefined || lengths.length > 1) return { text: '', defect: 'framing' };
  if (length > available) return { text: '', defect: 'short-body' };
  return { text: buffer.toString('utf8', start, start + length) };
}

/** RFC 3261 25.1 `token`. */
export function isToken(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    const plain = (c >= 97 && c <= 122) || (c >= 65 && c <= 90) || (c >= 48 && c <= 57) || c === 45 || c === 46;
    // ! % * _ + ` ' ~
    if (!plain && c !== 33 && c !== 37 && c !== 42 && c !== 95 && c !== 43 && c !== 96 && c !== 39 && c !== 126) return false;
  }
  return text.length > 0;
}
