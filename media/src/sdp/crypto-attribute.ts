import { MASTER_BYTES, SRTP_SUITES, type SrtpKey } from '../srtp/key.ts';
import type { MediaDescription } from './description.ts';

/** A key that one side sends with, as told in its description (RFC 4568). */
export interface CryptoAttribute {
  readonly tag: number;
  readonly key: SrtpKey;
}

/** A key for fewer packets would run out in a long call: 2^22 are 23 hours. */
const MIN_LIFETIME = 2 ** 22;

export const printCrypto = ({ tag, key }: CryptoAttribute): string => `a=crypto:${tag} ${key.suite} inline:${key.master.toString('base64')}`;

/**
 * The attributes we can use, in the order of preference. Passed over: other suites, several keys or a master key identifier,
 * and session parameters that would change what we do (section 6.3: who does not know one must not take the attribute).
 */
export function cryptoOf(media: MediaDescription): readonly CryptoAttribute[] {
  return media.attributes.flatMap(({ name, value }) => {
    const read = name === 'crypto' ? readCrypto(value ?? '') : undefined;
    return read ? [read] : [];
  });
}

function readCrypto(value: string): CryptoAttribute | undefined {
  const [tag = '', named = '', keys = '', ...parameters] = value.split(/\s+/);
  const suite = SRTP_SUITES.find((each) => each === named.toUpperCase());
  const [, secret = '', lifetime] = /^inline:([A-Za-z0-9+/=]+)(?:\|([^|:;]+))?$/i.exec(keys) ?? [];
  const master = Buffer.from(secret, 'base64');
  if (!/^\d{1,9}$/.test(tag) || !suite || master.length !== MASTER_BYTES) return undefined;
  if (lifetime !== undefined && !(packetsOf(lifetime) >= MIN_LIFETIME)) return undefined;
  if (parameters.some((parameter) => !/^WSH=\d+$/i.test(parameter))) return undefined;
  return { tag: Number(tag), key: { suite, master } };
}

/** `2^48` or a plain number. */
function packetsOf(lifetime: string): number {
  const power = /^2\^(\d{1,2})$/.exec(lifetime);
  return power ? 2 ** Number(power[1]) : Number(lifetime);
}
