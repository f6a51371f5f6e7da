import { invariant } from '@centralita/kernel';
import { jsonbText, plainText } from './journal-json.ts';

/**
 * Columns of rows as PostgreSQL's binary arrays (array_recv), to be taken apart by `unnest`: neither side has to write numbers and
 * times as text, or to put quotes around quotes. The driver sends a Buffer as it is.
 */
export type ColumnKind = keyof typeof KINDS;

interface Kind {
  /** Of an element, from pg_type. */
  readonly oid: number;
  /** Writes a value after its length; there is always room for `MOST_BYTES`. @returns where it ends */
  readonly write: (to: Growing, at: number, value: never) => number;
}

/** 2000-01-01, where PostgreSQL's time begins. */
const EPOCH_MS = Date.UTC(2000, 0, 1);
const US_PER_MS = 1_000;
const TWO_TO_32 = 2 ** 32;
/** JSON's binary form begins with its version. */
const JSONB_VERSION = 1;

const KINDS = {
  text: { oid: 25, write: (to, at, value: string) => to.text(at, value.includes('\0') ? plainText(value) : value) },
  /** Written before: an array inside an array would be taken apart with it. */
  json: { oid: 114, write: (to, at, value: string) => to.text(at, value) },
  jsonb: { oid: 3802, write: (to, at, value: unknown) => to.text(to.bytes.writeInt8(JSONB_VERSION, at), jsonbText(value)) },
  bigint: { oid: 20, write: (to, at, value: number) => writeInt64(to.bytes, at, value) },
  double: { oid: 701, write: (to, at, value: number) => to.bytes.writeDoubleBE(value, at) },
  boolean: { oid: 16, write: (to, at, value: boolean) => to.bytes.writeInt8(Number(value), at) },
  /** From ms since 1970. */
  timestamptz: { oid: 1184, write: (to, at, value: number) => writeInt64(to.bytes, at, (Math.trunc(value) - EPOCH_MS) * US_PER_MS) },
} as const satisfies Readonly<Record<string, Kind>>;

/** As they are written in a statement. */
export const POSTGRES_TYPES: Readonly<Record<ColumnKind, string>> = { text: 'text', json: 'json', jsonb: 'jsonb', bigint: 'bigint', double: 'double precision', boolean: 'boolean', timestamptz: 'timestamptz' };

function writeInt64(bytes: Buffer, at: number, value: number): number {
  invariant(Number.isSafeInteger(value), `not a bigint: ${value}`);
  return bytes.writeUInt32BE(value >>> 0, bytes.writeInt32BE(Math.floor(value / TWO_TO_32), at));
}

/** Dimensions, whether there are nulls, the elements' type; then length and first index. */
const HEADER_BYTES = 20;
/** Its own length before each element; -1: null. */
const LENGTH_BYTES = 4;
const NULL = -1;
/** Of a number, with its length. */
const MOST_BYTES = 16;

/** @param values null and undefined are null; the others of the kind's type */
export function binaryArray(kind: ColumnKind, values: readonly unknown[]): Buffer {
  const { oid, write } = KINDS[kind] as Kind;
  const to = new Growing(HEADER_BYTES + MOST_BYTES * values.length);
  to.bytes.writeInt32BE(values.length === 0 ? 0 : 1, 0);
  to.bytes.writeInt32BE(1, 4);
  to.bytes.writeInt32BE(oid, 8);
  if (values.length === 0) return to.bytes.subarray(0, 12);
  to.bytes.writeInt32BE(values.length, 12);
  to.bytes.writeInt32BE(1, 16);
  let at = HEADER_BYTES;
  for (const value of values) {
    to.room(at, MOST_BYTES);
    if (value === null || value === undefined) {
      at = to.bytes.writeInt32BE(NULL, at);
      continue;
    }
    const end = write(to, at + LENGTH_BYTES, value as never);
    to.bytes.writeInt32BE(end - at - LENGTH_BYTES, at);
    at = end;
  }
  return to.bytes.subarray(0, at);
}

/** Texts of JSON that were made before. */
export const jsonArray = (texts: readonly string[]): Buffer => binaryArray('json', texts);

class Growing {
  bytes: Buffer;

  constructor(size: number) {
    this.bytes = Buffer.allocUnsafe(size);
  }

  room(at: number, size: number): void {
    if (at + size <= this.bytes.length) return;
    const larger = Buffer.allocUnsafe(2 * (at + size));
    this.bytes.copy(larger, 0, 0, at);
    this.bytes = larger;
  }

  text(at: number, text: string): number {
    // UTF-8 takes three bytes at most for each of UTF-16's units.
    this.room(at, 3 * text.length);
    return at + this.bytes.write(text, at, 'utf8');
  }
}
