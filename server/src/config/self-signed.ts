import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { isIP } from 'node:net';

/**
 * A self-signed certificate (RFC 5280, ECDSA P-256 with SHA-256), written by hand: Node makes keys but no certificates, and
 * `openssl` is not on every machine.
 *
 * @param hosts names and addresses; the first is the subject
 */
export function selfSignedCertificate(hosts: readonly string[], from: Date, days: number): { readonly certificatePem: string; readonly keyPem: string } {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256', publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: { type: 'pkcs8', format: 'pem' } });
  const publicKey = createPublicKey(keys.publicKey).export({ type: 'spki', format: 'der' });
  const name = sequence(set(sequence(oid(2, 5, 4, 3), utf8(hosts[0]!))));
  const until = new Date(from.getTime() + days * 86_400_000);
  const unsigned = sequence(
    explicit(0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    ECDSA_WITH_SHA256,
    name,
    sequence(time(from), time(until)),
    name,
    publicKey,
    explicit(3, sequence(...extensions(hosts, publicKey))),
  );
  const signature = sign('sha256', unsigned, createPrivateKey(keys.privateKey));
  const certificate = sequence(unsigned, ECDSA_WITH_SHA256, bits(signature));
  return { certificatePem: pem('CERTIFICATE', certificate), keyPem: keys.privateKey };
}

function extensions(hosts: readonly string[], publicKey: Buffer): Buffer[] {
  const names = hosts.map((host) => (isIP(host) ? tagged(0x87, addressBytes(host)) : tagged(0x82, Buffer.from(host, 'ascii'))));
  const keyId = createHash('sha1').update(publicKey).digest();
  return [
    sequence(oid(2, 5, 29, 17), octets(sequence(...names))),
    sequence(oid(2, 5, 29, 14), octets(octets(keyId))),
    // Not an authority: whoever trusts this certificate trusts this one only.
    sequence(oid(2, 5, 29, 19), TRUE, octets(sequence())),
    sequence(oid(2, 5, 29, 37), octets(sequence(oid(1, 3, 6, 1, 5, 5, 7, 3, 1)))),
  ];
}

function tagged(tag: number, content: Buffer): Buffer {
  const size = content.length;
  if (size < 0x80) return Buffer.concat([Buffer.from([tag, size]), content]);
  const bytes = size < 0x100 ? [size] : [size >> 8, size & 0xff];
  return Buffer.concat([Buffer.from([tag, 0x80 | bytes.length, ...bytes]), content]);
}

const sequence = (...parts: Buffer[]): Buffer => tagged(0x30, Buffer.concat(parts));
const set = (...parts: Buffer[]): Buffer => tagged(0x31, Buffer.concat(parts));
const integer = (bytes: Buffer): Buffer => tagged(0x02, bytes);
const octets = (bytes: Buffer): Buffer => tagged(0x04, bytes);
const bits = (bytes: Buffer): Buffer => tagged(0x03, Buffer.concat([Buffer.from([0]), bytes]));
const utf8 = (text: string): Buffer => tagged(0x0c, Buffer.from(text));
const explicit = (number: number, content: Buffer): Buffer => tagged(0xa0 | number, content);
const TRUE = tagged(0x01, Buffer.from([0xff]));

/** GeneralizedTime, which RFC 5280 wants from 2050 on; UTCTime before. */
function time(at: Date): Buffer {
  const text = at.toISOString().replace(/[-:T]|\.\d+/g, '');
  return at.getUTCFullYear() >= 2050 ? tagged(0x18, Buffer.from(text)) : tagged(0x17, Buffer.from(text.slice(2)));
}

function oid(...arcs: number[]): Buffer {
  const [first, second, ...rest] = arcs as [number, number, ...number[]];
  return tagged(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

function base128(arc: number): number[] {
  const bytes = [arc & 0x7f];
  for (let left = arc >> 7; left > 0; left >>= 7) bytes.unshift((left & 0x7f) | 0x80);
  return bytes;
}

const ECDSA_WITH_SHA256 = sequence(oid(1, 2, 840, 10045, 4, 3, 2));

function addressBytes(address: string): Buffer {
  if (isIP(address) === 4) return Buffer.from(address.split('.').map(Number));
  const [head = '', tail] = address.split('::');
  const groups = (text: string | undefined) => (text ? text.split(':') : []);
  const zeros = Array<string>(8 - groups(head).length - groups(tail).length).fill('0');
  const all = tail === undefined ? groups(head) : [...groups(head), ...zeros, ...groups(tail)];
  return Buffer.from(all.map((group) => group.padStart(4, '0')).join(''), 'hex');
}

function pem(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g)!;
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
