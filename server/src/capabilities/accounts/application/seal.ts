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

/** Standard Webhooks asks for 24 to 64. */
const SIGNING_KEY_BYTES = 32;

/**
 * A fresh key for the signatures of messages between systems. `secret` is shown to whoever needs it, once, in the form of Standard
 * Webhooks (`whsec_` and base 64); `sealed` are the key's bytes.
 */
export async function drawSigningSecret(keys: AccountKeys, account: string, bound: string): Promise<{ readonly secret: string; readonly sealed: Buffer }> {
  const key = randomBytes(SIGNING_KEY_BYTES);
  return { secret: `whsec_${key.toString('base64')}`, sealed: seal(await secretsKey(keys, account), key, bound) };
}

export const openSigningKey = async (keys: AccountKeys, account: string, sealed: Buffer, bound: string): Promise<Buffer> => open(await secretsKey(keys, account), sealed, bound);

const secretsKey = async (keys: AccountKeys, account: string): Promise<Buffer> => derivedKey(await keys.keyOf(account), 'secrets');
