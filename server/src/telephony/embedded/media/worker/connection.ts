import type { Result } from '@centralita/kernel';
import type { MediaProtection, PayloadMap, SendingFormat } from '@centralita/media';
import type { AgreedMedia, MediaDirection, MediaRefusal } from '../protocol.ts';

/** How a leg's packets and descriptions travel: plain RTP over UDP, or ICE and DTLS-SRTP to a browser. */
export interface Connection {
  /** Which UDP port the far side sends to. */
  readonly localPort: number;
  /** Packets dropped because another source than the learnt one sent them. */
  readonly strangers: number;
  /** Packets of a protected stream dropped because nobody with the key can have sent them, or for the second time. */
  readonly unauthentic: number;
  /** Whether sound can go out now. */
  readonly open: boolean;
  makeOffer(direction: MediaDirection): Promise<Result<string, MediaRefusal>>;
  offerAnew(protection: MediaProtection): Promise<Result<string, MediaRefusal>>;
  takeAnswer(sdp: string): Result<Negotiated, MediaRefusal>;
  takeOffer(sdp: string, direction: MediaDirection): Promise<Result<{ readonly sdp: string; readonly negotiated: Negotiated }, MediaRefusal>>;
  /** The buffer is reused after the call returns. */
  send(packet: Buffer): void;
  sendControl(packet: Buffer): void;
  close(): void;
}

/** What an exchange of descriptions settled: for the far side of the port, and for the streams. */
export interface Negotiated {
  readonly agreed: AgreedMedia;
  readonly receive: PayloadMap;
  readonly send: SendingFormat;
}

/** What a connection tells its leg. */
export interface ConnectionTaker {
  /** A packet of the learnt or authenticated source. Valid only during the call. */
  onPacket(packet: Buffer, atMs: number): void;
  onControl(packet: Buffer): void;
  onConnected(): void;
  onFailed(reason: string): void;
}
