import { endOfQuoted } from './params.ts';

/** Compact forms (RFC 3261 7.3.3 and the registry of header fields). */
const COMPACT: Readonly<Record<string, string>> = {
  a: 'Accept-Contact', b: 'Referred-By', c: 'Content-Type', d: 'Request-Disposition', e: 'Content-Encoding', f: 'From', i: 'Call-ID', j: 'Reject-Contact',
  k: 'Supported', l: 'Content-Length', m: 'Contact', o: 'Event', r: 'Refer-To', s: 'Subject', t: 'To', u: 'Allow-Events', v: 'Via', x: 'Session-Expires',
};

const KNOWN = [
  'Accept', 'Allow', 'Allow-Events', 'Authorization', 'CSeq', 'Call-ID', 'Contact', 'Content-Disposition', 'Content-Encoding', 'Content-Length', 'Content-Type',
  'Date', 'Event', 'Expires', 'From', 'Max-Forwards', 'MIME-Version', 'Min-Expires', 'Min-SE', 'P-Asserted-Identity', 'P-Called-Party-ID',
  'P-Preferred-Identity', 'Path', 'Privacy', 'Proxy-Authenticate', 'Proxy-Authorization', 'Proxy-Require', 'RAck', 'RSeq', 'Reason', 'Record-Route',
  'Refer-To', 'Referred-By', 'Replaces', 'Require', 'Retry-After', 'Route', 'Server', 'Service-Route', 'Session-Expires', 'Subject', 'Subscription-State', 'Supported',
  'Timestamp', 'To', 'Unsupported', 'User-Agent', 'Via', 'WWW-Authenticate', 'Warning',
];

/** Spelling as received → key. The usual spellings hit the map at once; anything else is lower-cased. */
const KEYS = new Map<string, string>();
const SPELLING = new Map<string, string>();
for (const name of KNOWN) {
  const key = name.toLowerCase();
  KEYS.set(name, key).set(key, key);
  SPELLING.set(key, name);
}
for (const [short, name] of Object.entries(COMPACT)) {
  const key = name.toLowerCase();
  KEYS.set(short, key).set(short.toUpperCase(), key);
  SPELLING.set(key, name);
}

const keyOf = (name: string): string => {
  const key = KEYS.get(name);
  if (key !== undefined) return key;
  const lower = name.toLowerCase();
  return KEYS.get(lower) ?? lower;
};

/** Header fields to add to a message: name → value, or values of several fields. */
export type HeaderFields = Readonly<Record<string, string | readonly string[]>>;

/** The header fields of a message in their order. Values are raw and unfolded; names are compared without case, compact forms included. */
export class Headers {
  readonly #keys: string[] = [];
  readonly #names: string[] = [];
  readonly #values: string[] = [];

  get count(): number {
    return this.#keys.length;
  }

  append(name: string, value: string): this {
    const key = keyOf(name);
    this.#keys.push(key);
    this.#names.push(SPELLING.get(key) ?? name);
    this.#values.push(value);
    return this;
  }

  prepend(name: string, value: string): this {
    const key = keyOf(name);
    this.#keys.unshift(key);
    this.#names.unshift(SPELLING.get(key) ?? name);
    this.#values.unshift(value);
    return this;
  }

  /** Puts one field in place of all that had the name; the first one keeps its place. */
  set(name: string, value: string): this {
    const key = keyOf(name);
    const at = this.#keys.indexOf(key);
    if (at < 0) return this.append(name, value);
    this.#values[at] = value;
    for (let i = this.#keys.length - 1; i > at; i--) if (this.#keys[i] === key) this.#removeAt(i);
    return this;
  }

  replaceFirst(name: string, value: string): this {
    const at = this.#keys.indexOf(keyOf(name));
    if (at < 0) return this.append(name, value);
    this.#values[at] = value;
    return this;
  }

  remove(name: string): this {
    const key = keyOf(name);
    for (let i = this.#keys.length - 1; i >= 0; i--) if (this.#keys[i] === key) this.#removeAt(i);
    return this;
  }

  addAll(fields: HeaderFields | undefined): this {
    if (!fields) return this;
    for (const [name, value] of Object.entries(fields)) {
      if (typeof value === 'string') this.append(name, value);
      else for (const one of value) this.append(name, one);
    }
    return this;
  }

  /** The first field's raw value. */
  get(name: string): string | undefined {
    const at = this.#keys.indexOf(keyOf(name));
    return at < 0 ? undefined : this.#values[at];
  }

  has(name: string): boolean {
    return this.#keys.includes(keyOf(name));
  }

  /** Raw values of all fields with the name. */
  all(name: string): string[] {
    const key = keyOf(name);
    const found: string[] = [];
    for (let i = 0; i < this.#keys.length; i++) if (this.#keys[i] === key) found.push(this.#values[i]!);
    return found;
  }

  /** All elements of a comma-separated header (Via, Contact, Route, Supported …), over all its fields. */
  list(name: string): string[] {
    const found: string[] = [];
    for (const value of this.all(name)) splitList(value, found);
    return found;
  }

  /** Whether a header of option tags or methods names `token` (compared without case). */
  lists(name: string, token: string): boolean {
    const wanted = token.toLowerCase();
    return this.list(name).some((one) => one.toLowerCase() === wanted);
  }

  *[Symbol.iterator](): Generator<readonly [name: string, value: string]> {
    for (let i = 0; i < this.#keys.length; i++) yield [this.#names[i]!, this.#values[i]!];
  }

  /** All fields as they go on the wire, each ended by CRLF. */
  write(): string {
    let text = '';
    for (let i = 0; i < this.#keys.length; i++) text += `${this.#names[i]}: ${this.#values[i]}\r\n`;
    return text;
  }

  #removeAt(at: number): void {
    this.#keys.splice(at, 1);
    this.#names.splice(at, 1);
    this.#values.splice(at, 1);
  }
}

/** Splits at commas outside quotes and angle brackets. */
export function splitList(value: string, into: string[] = []): string[] {
  if (!value.includes(',')) {
    const only = value.trim();
    if (only !== '') into.push(only);
    return into;
  }
  let start = 0;
  let inBrackets = false;
  for (let i = 0; i <= value.length; i++) {
    const c = i === value.length ? 44 : value.charCodeAt(i);
    if (c === 34) {
      const close = endOfQuoted(value, i);
      i = close < 0 ? value.length - 1 : close - 1;
    } else if (c === 60) inBrackets = true;
    else if (c === 62) inBrackets = false;
    else if (c === 44 && (!inBrackets || i === value.length)) {
      const element = value.slice(start, i).trim();
      if (element !== '') into.push(element);
      start = i + 1;
    }
  }
  return into;
}
