import type { SipRequest } from '../message/sip-message.ts';
import type { Timers } from '../timers.ts';

export type DigestAlgorithm = 'SHA-256' | 'MD5';

export interface DigestServerOptions {
  readonly realm: string;
  readonly timers: Timers;
  /** How long a nonce is good; a later use with the right password is answered by stale=true. Default 5 minutes. */
  readonly nonceLifetimeMs?: number;
  /** Nonces in use whose counts are remembered; default 50,000. The oldest are forgotten, and then stale. */
  readonly maxNonces?: number;
  /** Order of the challenges. SHA-256 first and MD5 last: JsSIP and sip.js use the last one and know MD5 only. */
  readonly algorithms?: readonly DigestAlgorithm[];
}

export interface DigestServer {
  /** Values of WWW-Authenticate (401) or Proxy-Authenticate (407), one header field each, in this order. */
  challenge(stale?: boolean): readonly string[];
  /**
   * Judges the Authorization (or Proxy-Authorization) header of a request. Takes the same time for an unknown user.
   * @param passwordOf undefined for an unknown user.
   */
  verify(request: SipRequest, passwordOf: (username: string) => string | undefined, header?: 'Authorization' | 'Proxy-Authorization'): DigestVerdict;
}

/** `nonceEchoed`: the sender has read an answer of ours, so its address is not spoofed; only then may a failure count towards a ban. */
export type DigestVerdict =
  | { readonly outcome: 'accepted'; readonly username: string; readonly algorithm: DigestAlgorithm; readonly nonceEchoed: true }
  | { readonly outcome: 'missing'; readonly nonceEchoed: false }
  | { readonly outcome: 'malformed'; readonly nonceEchoed: false }
  /** Challenge again with stale=true; not a failure of the user. */
  | { readonly outcome: 'stale'; readonly username: string; readonly nonceEchoed: boolean }
  | { readonly outcome: 'replayed'; readonly username: string; readonly nonceEchoed: true }
  | { readonly outcome: 'wrong'; readonly username: string; readonly nonceEchoed: boolean };
