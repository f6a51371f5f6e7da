import type { HeaderFields } from '../message/headers.ts';
import { readParams } from '../message/params.ts';
import type { SipMessage, SipRequest, SipResponse } from '../message/sip-message.ts';
import { readUnsigned } from '../message/uri.ts';
import type { Timer } from '../timers.ts';
import type { DialogHost } from './host.ts';

/** A refresh that failed for a passing reason is tried again after so long. */
const RETRY_MS = 10_000;

export interface SessionExpires {
  readonly seconds: number;
  readonly refresher?: 'uac' | 'uas';
}

export function readSessionExpires(message: SipMessage): SessionExpires | undefined {
  const text = message.headers.get('Session-Expires');
  if (text === undefined) return undefined;
  const semicolon = text.indexOf(';');
  const seconds = readUnsigned((semicolon < 0 ? text : text.slice(0, semicolon)).trim());
  const refresher = semicolon < 0 ? undefined : readParams(text, semicolon)?.get('refresher')?.toLowerCase();
  return seconds === undefined ? undefined : { seconds, refresher: refresher === 'uac' || refresher === 'uas' ? refresher : undefined };
}

export const readMinSe = (message: SipMessage): number | undefined => readUnsigned((message.headers.get('Min-SE') ?? '').split(';', 1)[0]!.trim());

/*
 * Session timer, RFC 4028: one side refreshes at half of the interval, the other ends the call a little before its end.
 *
 *            negotiated (by any 2xx to INVITE or UPDATE)
 *  off ──────────────────────▶ running ──(half, we refresh)──▶ refresh sent ──(2xx)──▶ running
 *   ▲                            │                                  │ other failure: again in 10 s
 *   └──(2xx without the header)──┤                                  │
 *                                └──(interval − min(32 s, a third), nothing refreshed)──▶ BYE
 */
export class SessionTimer {
  readonly #host: DialogHost;
  readonly #refresh: () => Promise<boolean>;
  readonly #expired: () => void;
  #refreshTimer: Timer | undefined;
  #expiryTimer: Timer | undefined;
  /** What the next request offers: raised by 422, else what is agreed. */
  #seconds: number;
  #peerMin = 0;
  #weRefresh: boolean | undefined;

  /** @param refresh sends it; true when a 2xx came or the dialog ended, false when it should be tried again. */
  constructor(host: DialogHost, refresh: () => Promise<boolean>, expired: () => void) {
    this.#host = host;
    this.#refresh = refresh;
    this.#expired = expired;
    this.#seconds = host.sessionTimer?.expiresSeconds ?? 0;
  }

  get running(): boolean {
    return this.#expiryTimer !== undefined;
  }

  /** Headers for an INVITE or UPDATE of ours. Once agreed, the refresher stays who it was (RFC 4028 7.4). */
  requestHeaders(): HeaderFields {
    const own = this.#host.sessionTimer;
    if (!own) return {};
    const refresher = this.#weRefresh === undefined ? '' : this.#weRefresh ? ';refresher=uac' : ';refresher=uas';
    return { 'Session-Expires': `${this.#seconds}${refresher}`, 'Min-SE': String(Math.max(own.minSeconds, this.#peerMin)) };
  }

  /** 422: @returns whether another try with a longer interval makes sense. */
  tooSmall(response: SipResponse): boolean {
    const min = readMinSe(response);
    if (min === undefined || min <= this.#seconds || min > 86_400) return false;
    this.#peerMin = min;
    this.#seconds = min;
    return true;
  }

  /** @returns the 422 headers when an incoming INVITE or UPDATE asks for less than we take. */
  refusal(request: SipRequest): HeaderFields | undefined {
    const own = this.#host.sessionTimer;
    const asked = readSessionExpires(request);
    if (!own || !asked || asked.seconds >= own.minSeconds || !request.headers.lists('Supported', 'timer')) return undefined;
    return { 'Min-SE': String(own.minSeconds) };
  }

  /** We answer with a 2xx: sets the timer and gives the headers to add (RFC 4028 9). */
  answer(request: SipRequest): HeaderFields {
    const own = this.#host.sessionTimer;
    const asked = readSessionExpires(request);
    const supported = request.headers.lists('Supported', 'timer') || request.headers.lists('Require', 'timer');
    if (!own || (!asked && !supported)) {
      this.stop();
      return {};
    }
    const seconds = Math.max(asked?.seconds ?? this.#seconds, own.minSeconds, readMinSe(request) ?? 0);
    // A peer that does not know session timers cannot refresh (table 2 of RFC 4028).
    const refresher = supported ? (asked?.refresher ?? 'uac') : 'uas';
    this.#start(seconds, refresher === 'uas');
    return { 'Session-Expires': `${seconds};refresher=${refresher}`, ...(refresher === 'uac' ? { Require: 'timer' } : {}) };
  }

  /** A 2xx to an INVITE or UPDATE of ours. Without the header the peer knows no session timers. */
  answered(response: SipResponse): void {
    const agreed = readSessionExpires(response);
    if (!this.#host.sessionTimer || !agreed || agreed.seconds < 30) return this.stop();
    this.#start(agreed.seconds, agreed.refresher !== 'uas');
  }

  stop(): void {
    this.#refreshTimer?.cancel();
    this.#expiryTimer?.cancel();
    this.#refreshTimer = this.#expiryTimer = undefined;
  }

  #start(seconds: number, weRefresh: boolean): void {
    this.stop();
    this.#seconds = seconds;
    this.#weRefresh = weRefresh;
    const { timers } = this.#host;
    this.#expiryTimer = timers.after((seconds - Math.min(32, seconds / 3)) * 1_000, () => {
      this.stop();
      this.#expired();
    });
    if (weRefresh) this.#refreshAfter(seconds * 500);
  }

  #refreshAfter(delayMs: number): void {
    this.#refreshTimer = this.#host.timers.after(delayMs, () => {
      this.#refresh().then(
        (done) => {
          if (!done && this.running) this.#refreshAfter(RETRY_MS);
        },
        (error: unknown) => this.#host.fault('session refresh', error),
      );
    });
  }
}
