import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/** 32 bytes from which each use derives its own key, so that no key serves two purposes. */
export type AccountKey = Buffer;

export interface AccountKeys {
  /** The account's key, made at the first question. */
  keyOf(account: string): Promise<AccountKey>;
}

export const derivedKey = (key: AccountKey, purpose: 'secrets' | 'recordings' | 'recording-links'): Buffer => Buffer.from(hkdfSync('sha256', key, '', `centralita ${purpose}`, 32));

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** AES-256-GCM: nonce, ciphertext, tag. @param bound what the secret belongs to; it opens nowhere else */
export function seal(key: Buffer, secret: string | Buffer, bound: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(bound));
  return Buffer.concat([nonce, cipher.update(secret), cipher.final(), cipher.getAuthTag()]);
}

/** @throws when the bytes were changed, belong to something else or were sealed with another key */
export function open(key: Buffer, sealed: Buffer, bound: string): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES)).setAAD(Buffer.from(bound));
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
  return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, sealed.length - TAG_BYTES)), decipher.final()]);
}
