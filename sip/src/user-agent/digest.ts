import { createHash } from 'node:crypto';
import { splitList } from '../message/headers.ts';
import { unquote } from '../message/params.ts';
import type { DigestAlgorithm } from './auth-api.ts';

/** The fields of a Digest challenge or answer, without quotes, names in lower case. @returns undefined for other schemes or broken text. */
export function readDigest(text: string): Map<string, string> | undefined {
  if (!/^digest[ \t]/i.test(text)) return undefined;
  const fields = new Map<string, string>();
  for (const part of splitList(text.slice(7))) {
    const equals = part.indexOf('=');
    if (equals <= 0) return undefined;
    const value = part.slice(equals + 1).trim();
    const name = part.slice(0, equals).trim().toLowerCase();
    if (fields.has(name)) return undefined;
    fields.set(name, value.startsWith('"') && value.endsWith('"') && value.length > 1 ? unquote(value) : value);
  }
  return fields;
}

/** RFC 7616 3.3 and following: which values are quoted is fixed, and old parsers insist. */
const BARE = new Set(['algorithm', 'qop', 'nc', 'stale']);

export function writeDigest(fields: ReadonlyMap<string, string>, quoteQop = false): string {
  let text = '';
  for (const [name, value] of fields) {
    const bare = BARE.has(name) && !(name === 'qop' && quoteQop);
    text += `${text === '' ? 'Digest ' : ', '}${name}=${bare ? value : `"${value.replace(/["\\]/g, '\\$&')}"`}`;
  }
  return text;
}

const hash = (algorithm: DigestAlgorithm, text: string): string => createHash(algorithm === 'MD5' ? 'md5' : 'sha256').update(text).digest('hex');

/** RFC 7616 3.4.1 with qop=auth, or RFC 2069 style without qop. */
export function digestResponse(algorithm: DigestAlgorithm, fields: ReadonlyMap<string, string>, method: string, password: string): string {
  const field = (name: string) => fields.get(name) ?? '';
  const ha1 = hash(algorithm, `${field('username')}:${field('realm')}:${password}`);
  const ha2 = hash(algorithm, `${method}:${field('uri')}`);
  const middle = fields.has('qop') ? `${field('nonce')}:${field('nc')}:${field('cnonce')}:${field('qop')}` : field('nonce');
  return hash(algorithm, `${ha1}:${middle}:${ha2}`);
}
