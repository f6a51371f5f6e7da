import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { SoundAtRest } from '../application/ports.ts';

/*
 * A file at rest: header (magic, 16 bytes of salt), then chunks of 64 KiB, each AES-256-GCM with its tag after it. Chunks are
 * opened one by one, so that a player can jump; a chunk's number and whether it is the last are bound to it, so that chunks can be
 * neither moved nor cut off. Each file has a key of its own (HKDF from the account's key and the salt): chunk numbers as nonces
 * never meet twice under one key (NIST SP 800-38D 8.2.1).
 */
const MAGIC = Buffer.from('CENTREC1');
const SALT_BYTES = 16;
const HEADER_BYTES = MAGIC.length + SALT_BYTES;
const CHUNK_BYTES = 65_536;
const TAG_BYTES = 16;
const SEALED_CHUNK_BYTES = CHUNK_BYTES + TAG_BYTES;

/** Reads the clear file once and writes the sealed one beside; the caller renames it into place. @returns bytes of the clear file */
export async function sealFile(source: string, target: string, key: Buffer, bound: string): Promise<number> {
  const from = await open(source, 'r');
  const to = await open(target, 'w', 0o600);
  try {
    const bytes = (await from.stat()).size;
    const salt = randomBytes(SALT_BYTES);
    const fileKey = fileKeyOf(key, salt);
    await writeFully(to, Buffer.concat([MAGIC, salt]));
    const chunks = chunkCount(bytes);
    const clear = Buffer.alloc(CHUNK_BYTES);
    for (let index = 0; index < chunks; index++) {
      const wanted = Math.min(CHUNK_BYTES, bytes - index * CHUNK_BYTES);
      await readFully(from, clear, wanted, index * CHUNK_BYTES);
      const cipher = createCipheriv('aes-256-gcm', fileKey, nonceOf(index)).setAAD(bindingOf(bound, index, index === chunks - 1));
      await writeFully(to, Buffer.concat([cipher.update(clear.subarray(0, wanted)), cipher.final(), cipher.getAuthTag()]));
    }
    await to.sync();
    return bytes;
  } finally {
    await from.close();
    await to.close();
  }
}

/** @throws when the file is not one of ours; reading throws when a chunk was changed */
export async function openSealedFile(file: string, key: Buffer, bound: string): Promise<SoundAtRest> {
  const handle = await open(file, 'r');
  try {
    const header = Buffer.alloc(HEADER_BYTES);
    await readFully(handle, header, HEADER_BYTES, 0);
    if (!header.subarray(0, MAGIC.length).equals(MAGIC)) throw new Error('not a sealed recording');
    const sealedBytes = (await handle.stat()).size - HEADER_BYTES;
    const chunks = Math.max(1, Math.ceil(sealedBytes / SEALED_CHUNK_BYTES));
    const bytes = sealedBytes - chunks * TAG_BYTES;
    const fileKey = fileKeyOf(key, header.subarray(MAGIC.length));
    const chunk = async (index: number): Promise<Buffer> => {
      const length = Math.min(SEALED_CHUNK_BYTES, sealedBytes - index * SEALED_CHUNK_BYTES);
      const sealed = Buffer.alloc(length);
      await readFully(handle, sealed, length, HEADER_BYTES + index * SEALED_CHUNK_BYTES);
      const decipher = createDecipheriv('aes-256-gcm', fileKey, nonceOf(index)).setAAD(bindingOf(bound, index, index === chunks - 1));
      decipher.setAuthTag(sealed.subarray(length - TAG_BYTES));
      return Buffer.concat([decipher.update(sealed.subarray(0, length - TAG_BYTES)), decipher.final()]);
    };
    return { bytes, read: (start, end) => readRange(chunk, start, end), close: () => handle.close() };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function* readRange(chunk: (index: number) => Promise<Buffer>, start: number, end: number): AsyncGenerator<Buffer> {
  for (let at = start; at < end; ) {
    const index = Math.floor(at / CHUNK_BYTES);
    const clear = await chunk(index);
    const from = at - index * CHUNK_BYTES;
    const piece = clear.subarray(from, Math.min(clear.length, end - index * CHUNK_BYTES));
    if (piece.length === 0) return;
    yield piece;
    at += piece.length;
  }
}

const chunkCount = (bytes: number): number => Math.max(1, Math.ceil(bytes / CHUNK_BYTES));
const fileKeyOf = (key: Buffer, salt: Buffer): Buffer => Buffer.from(hkdfSync('sha256', key, salt, 'centralita recording file', 32));

function nonceOf(index: number): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUInt32BE(index, 8);
  return nonce;
}

const bindingOf = (bound: string, index: number, last: boolean): Buffer => Buffer.from(`${bound} ${index} ${last ? 'last' : 'more'}`);

/** On a disk that is nearly full one write takes a part and says so; only the next one fails. */
async function writeFully(handle: Pick<Awaited<ReturnType<typeof open>>, 'write'>, bytes: Buffer): Promise<void> {
  for (let done = 0; done < bytes.length; ) done += (await handle.write(bytes, done)).bytesWritten;
}

async function readFully(handle: Awaited<ReturnType<typeof open>>, into: Buffer, length: number, position: number): Promise<void> {
  for (let done = 0; done < length; ) {
    const { bytesRead } = await handle.read(into, done, length - done, position + done);
    if (bytesRead === 0) throw new Error('the recording is shorter than it should be');
    done += bytesRead;
  }
}
