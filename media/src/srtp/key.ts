import { createCipheriv, randomBytes } from 'node:crypto';

/** The crypto-suites of RFC 4568 section 6.2 that we speak. They differ in the length of RTP's authentication tag alone. */
export const SRTP_SUITES = ['AES_CM_128_HMAC_SHA1_80', 'AES_CM_128_HMAC_SHA1_32'] as const;
export type SrtpSuite = (typeof SRTP_SUITES)[number];

/** What one side of a call encrypts with: a master key of 16 bytes and a master salt of 14. */
export interface SrtpKey {
  readonly suite: SrtpSuite;
  readonly master: Buffer;
}

export const MASTER_KEY_BYTES = 16;
export const MASTER_BYTES = 30;
const SALT_BYTES = MASTER_BYTES - MASTER_KEY_BYTES;
const AUTHENTICATION_KEY_BYTES = 20;

export const newSrtpKey = (suite: SrtpSuite): SrtpKey => ({ suite, master: randomBytes(MASTER_BYTES) });

export const isSameKey = (one: SrtpKey | undefined, other: SrtpKey | undefined): boolean => one === other || (one !== undefined && other !== undefined && one.suite === other.suite && one.master.equals(other.master));

/** Session keys of one kind of packets. */
export interface SessionKeys {
  readonly cipher: Buffer;
  readonly authentication: Buffer;
  /** 14 bytes. */
  readonly salt: Buffer;
}

/** RFC 3711 section 4.3 with a key derivation rate of 0: one set of keys for the life of the master key. */
export function sessionKeys({ master }: SrtpKey, kind: 'rtp' | 'rtcp'): SessionKeys {
  const first = kind === 'rtp' ? 0 : 3;
  return {
    cipher: derived(master, first, MASTER_KEY_BYTES),
    authentication: derived(master, first + 1, AUTHENTICATION_KEY_BYTES),
    salt: derived(master, first + 2, SALT_BYTES),
  };
}

function derived(master: Buffer, label: number, bytes: number): Buffer {
  const input = Buffer.alloc(16);
  master.copy(input, 0, MASTER_KEY_BYTES, MASTER_BYTES);
  // The label stands before an index of 48 bits, which is 0.
  input[7]! ^= label;
  return createCipheriv('aes-128-ctr', master.subarray(0, MASTER_KEY_BYTES), input).update(Buffer.alloc(bytes));
}
