import { type KeyObject, createCipheriv, createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';
import { writeUint32 } from '../rtp/packet.ts';
import { type SessionKeys, type SrtpKey, type SrtpSuite, sessionKeys } from './key.ts';

/** RTCP's tag is 80 bits in both suites (RFC 4568 section 6.2.2). */
export const RTCP_TAG_BYTES = 10;
const RTP_TAG_BYTES: Readonly<Record<SrtpSuite, number>> = { AES_CM_128_HMAC_SHA1_80: 10, AES_CM_128_HMAC_SHA1_32: 4 };
export const rtpTagBytes = (suite: SrtpSuite): number => RTP_TAG_BYTES[suite];

/** AES in counter mode and the keyed hash over one kind of packets (RFC 3711 sections 4.1.1 and 4.2.1). */
export class Protection {
  private readonly cipher: KeyObject;
  private readonly authentication: KeyObject;
  private readonly salt: Buffer;
  private readonly counter = Buffer.alloc(16);
  private readonly rollOver = Buffer.alloc(4);

  constructor(key: SrtpKey, kind: 'rtp' | 'rtcp') {
    const keys: SessionKeys = sessionKeys(key, kind);
    this.cipher = createSecretKey(keys.cipher);
    this.authentication = createSecretKey(keys.authentication);
    this.salt = keys.salt;
  }

  /** Encrypts, or decrypts: the same. @param index of the packet, 48 bits. @returns the bytes of `from` as they are to be, in a buffer of their own */
  crypt(from: Buffer, ssrc: number, index: number): Buffer {
    const { counter, salt } = this;
    writeUint32(counter, 4, ssrc);
    counter.writeUIntBE(index, 8, 6);
    counter.fill(0, 0, 4).fill(0, 14);
    for (let i = 0; i < salt.length; i++) counter[i]! ^= salt[i]!;
    return createCipheriv('aes-128-ctr', this.cipher, counter).update(from);
  }

  /** @param rollOver RTP's roll-over counter, hashed behind the packet; RTCP carries its index itself */
  tag(packet: Buffer, rollOver?: number): Buffer {
    const hash = createHmac('sha1', this.authentication).update(packet);
    if (rollOver !== undefined) {
      writeUint32(this.rollOver, 0, rollOver);
      hash.update(this.rollOver);
    }
    return hash.digest();
  }

  isAuthentic(packet: Buffer, given: Buffer, rollOver?: number): boolean {
    return timingSafeEqual(this.tag(packet, rollOver).subarray(0, given.length), given);
  }
}
