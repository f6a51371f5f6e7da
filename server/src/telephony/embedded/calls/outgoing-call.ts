import type { LegCause } from '@centralita/kernel';
import type { Dialog, OutgoingInvite } from '@centralita/sip';
import type { LegCall } from '../legs/leg.ts';

/** The SIP side of a call that we make. It may take several attempts (trunks, servers) before one is answered. */
export class OutgoingCall implements LegCall {
  #attempt: OutgoingInvite | undefined;
  #dialog: Dialog | undefined;
  #over = false;

  get dialog(): Dialog | undefined {
    return this.#dialog;
  }

  /** The leg has ended: an attempt that is still being prepared must not start, an answer that still comes is hung up. */
  get over(): boolean {
    return this.#over;
  }

  attempt(invite: OutgoingInvite): void {
    this.#attempt = invite;
  }

  /** Nothing that it still says counts any more. */
  leaveAttempt(): void {
    this.#attempt = undefined;
  }

  isCurrent(invite: OutgoingInvite): boolean {
    return this.#attempt === invite;
  }

  answered(dialog: Dialog): void {
    this.#dialog = dialog;
  }

  ring(): void {}

  earlyMedia(): boolean {
    return false;
  }

  answer(): boolean {
    return false;
  }

  end(cause: LegCause): void {
    if (this.#over) return;
    this.#over = true;
    if (this.#dialog !== undefined) this.#dialog.bye();
    // The Reason keeps a phone from listing a missed call that a colleague has taken (RFC 3326 section 2).
    else this.#attempt?.cancel(cause === 'answered-elsewhere' ? 'SIP;cause=200;text="Call completed elsewhere"' : undefined);
  }

  redirect(targetUri: string): Promise<number> {
    return this.#dialog === undefined ? Promise.resolve(481) : this.#dialog.refer(targetUri);
  }
}
