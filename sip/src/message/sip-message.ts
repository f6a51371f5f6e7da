import { Headers } from './headers.ts';
import { parseNameAddr, type NameAddr } from './name-addr.ts';
import { readUnsigned, parseUri, type SipUri } from './uri.ts';
import { parseVia, type Via } from './via.ts';

/** `framing`: where the message ends is not certain, so nothing after it on the same connection can be trusted. */
export type Defect = 'start-line' | 'version' | 'header-line' | 'framing' | 'short-body';

export interface CSeq {
  readonly number: number;
  readonly method: string;
}

/** What requests and responses share. Typed headers are parsed when first asked for and kept. */
abstract class Message {
  readonly headers: Headers;
  /** What is wrong with the text that it was parsed from; a request can still be answered (400, 505). */
  defect?: Defect;
  #body: string;
  #from: NameAddr | null | undefined;
  #to: NameAddr | null | undefined;
  #cseq: CSeq | null | undefined;
  #via: Via | null | undefined;

  constructor(headers: Headers, body: string) {
    this.headers = headers;
    this.#body = body;
  }

  /** The body as text: nothing here looks into binary ones. The bytes are not kept, since messages live for 32 s in transactions. */
  get body(): string {
    return this.#body;
  }

  setBody(contentType: string, body: string): this {
    this.#body = body;
    this.headers.set('Content-Type', contentType);
    return this;
  }

  get callId(): string {
    return this.headers.get('Call-ID') ?? '';
  }

  /** undefined when absent or broken: `checkRequest` has refused such messages before anybody above sees them. */
  get from(): NameAddr | undefined {
    return (this.#from ??= parsed(this.headers.get('From'), parseNameAddr)) ?? undefined;
  }

  get to(): NameAddr | undefined {
    return (this.#to ??= parsed(this.headers.get('To'), parseNameAddr)) ?? undefined;
  }

  get fromTag(): string {
    return this.from?.params.get('tag') ?? '';
  }

  get toTag(): string {
    return this.to?.params.get('tag') ?? '';
  }

  get cseq(): CSeq | undefined {
    return (this.#cseq ??= parsed(this.headers.get('CSeq'), parseCSeq)) ?? undefined;
  }

  /** The topmost Via. */
  get via(): Via | undefined {
    return (this.#via ??= parsed(this.headers.list('Via')[0], parseVia)) ?? undefined;
  }

  get contact(): NameAddr | undefined {
    const first = this.headers.list('Contact')[0];
    return first === undefined ? undefined : parseNameAddr(first);
  }

  /**
   * What was parsed is parsed again when it is asked for: after a change of From, To, CSeq or Via, and where a message only waits
   * for the end of its transaction (32 s; what was parsed takes a third of its memory).
   */
  forget(): void {
    this.#from = this.#to = this.#cseq = this.#via = undefined;
  }
}

const parsed = <Value>(text: string | undefined, parse: (text: string) => Value | undefined): Value | null => (text === undefined ? null : (parse(text) ?? null));

export class SipRequest extends Message {
  readonly kind = 'request';
  readonly method: string;
  /** The Request-URI as received or to be sent. */
  readonly uri: string;

  constructor(method: string, uri: string, headers: Headers = new Headers(), body = '') {
    super(headers, body);
    this.method = method;
    this.uri = uri;
  }

  get sipUri(): SipUri | undefined {
    return parseUri(this.uri);
  }

  /** Changes fields of a request under construction. */
  revise(change: (headers: Headers) => void): this {
    change(this.headers);
    this.forget();
    return this;
  }
}

export class SipResponse extends Message {
  readonly kind = 'response';
  readonly status: number;
  readonly reason: string;

  constructor(status: number, reason: string, headers: Headers = new Headers(), body = '') {
    super(headers, body);
    this.status = status;
    this.reason = reason;
  }
}

export type SipMessage = SipRequest | SipResponse;

/** `CSeq: 4711 INVITE`; the number is below 2**31 (RFC 3261 8.1.1.5). */
export function parseCSeq(text: string): CSeq | undefined {
  const space = text.search(/[ \t]/);
  if (space < 0) return undefined;
  const number = readUnsigned(text.slice(0, space).replace(/^0+(?=\d)/, ''));
  const method = text.slice(space).trim();
  if (number === undefined || number >= 2 ** 31 || method === '' || /[ \t]/.test(method)) return undefined;
  return { number, method };
}
