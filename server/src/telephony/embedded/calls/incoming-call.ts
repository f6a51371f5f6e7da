import type { LegCause } from '@centralita/kernel';
import type { Dialog, IncomingInvite } from '@centralita/sip';
import { statusForCause } from '../legs/causes.ts';
import type { LegCall } from '../legs/leg.ts';

/** The SIP side of a call that came to us, from its INVITE to its end. */
export class IncomingCall implements LegCall {
  readonly #invite: IncomingInvite;
  readonly #retryAfterSeconds: number;
  /** Our SDP: the answer to their offer, or our offer where they sent none. */
  #sdp: string;
  #state: 'waiting' | 'early' | 'accepted' | 'over' = 'waiting';

  constructor(invite: IncomingInvite, sdp: string, retryAfterSeconds: number) {
    this.#invite = invite;
    this.#sdp = sdp;
    this.#retryAfterSeconds = retryAfterSeconds;
  }

  get dialog(): Dialog {
    return this.#invite.dialog;
  }

  /** Their offer, if they made one. */
  get offer(): string | undefined {
    return this.#invite.sdp;
  }

  /** Our SDP has been sent, so that a media worker that dies takes the offer/answer with it. */
  get committedToSdp(): boolean {
    return this.#state !== 'waiting';
  }

  /** The leg got a new socket before anything was sent of the old one. */
  replaceSdp(sdp: string): void {
    this.#sdp = sdp;
  }

  ring(): void {
    if (this.#state === 'waiting') this.#invite.ringing();
  }

  earlyMedia(): boolean {
    if (this.#invite.sdp === undefined) return false;
    if (this.#state === 'waiting') {
      this.#state = 'early';
      this.#invite.progress(this.#sdp);
    }
    return true;
  }

  answer(): boolean {
    if (this.#state === 'accepted' || this.#state === 'over') return false;
    this.#state = 'accepted';
    this.#invite.accept(this.#sdp);
    return true;
  }

  end(cause: LegCause): void {
    const before = this.#state;
    this.#state = 'over';
    if (before === 'over') return;
    if (before === 'accepted') return this.#invite.dialog.bye();
    const { status, reason } = statusForCause(cause);
    this.#invite.reject(status, reason, status === 503 ? { 'Retry-After': String(this.#retryAfterSeconds) } : undefined);
  }

  redirect(targetUri: string): Promise<number> {
    if (this.#state === 'accepted') return this.#invite.dialog.refer(targetUri);
    if (this.#state === 'over') return Promise.resolve(481);
    this.#state = 'over';
    this.#invite.reject(302, 'Moved Temporarily', { Contact: `<${targetUri}>` });
    return Promise.resolve(302);
  }
}
