import type { SipRequest, SipResponse } from '../message/sip-message.ts';
import { writeMessage } from '../message/write-message.ts';
import type { Timer } from '../timers.ts';
import type { ServerInviteTransaction } from '../transaction/server-invite.ts';
import type { DialogHost } from './host.ts';

/**
 * A 2xx of ours, repeated until its ACK on every transport (RFC 3261 13.3.1.4): the transaction cannot know the ACK, whose branch
 * is a new one.
 */
export class AcceptedResponse {
  readonly #host: DialogHost;
  readonly #transaction: ServerInviteTransaction;
  readonly #onAck: (request: SipRequest) => void;
  readonly #onNever: () => void;
  #repeat: Timer | undefined;
  #limit: Timer | undefined;
  #settled = false;

  constructor(host: DialogHost, transaction: ServerInviteTransaction, response: SipResponse, outcome: { acked(request: SipRequest): void; never(): void }) {
    this.#host = host;
    this.#transaction = transaction;
    this.#onAck = outcome.acked;
    this.#onNever = outcome.never;
    transaction.respond(response);
    this.#repeatAfter(host.values.t1, writeMessage(response));
    this.#limit = host.timers.after(64 * host.values.t1, () => {
      this.stop();
      this.#onNever();
    });
  }

  get waiting(): boolean {
    return !this.#settled;
  }

  /** An ACK with the CSeq number of the INVITE, whatever its branch. */
  acked(request: SipRequest): void {
    if (this.#settled) return;
    this.stop();
    this.#onAck(request);
  }

  /** A BYE says as much as an ACK: nobody needs the 2xx any more. */
  stop(): void {
    this.#settled = true;
    this.#repeat?.cancel();
    this.#limit?.cancel();
  }

  #repeatAfter(delayMs: number, text: string): void {
    this.#repeat = this.#host.timers.after(delayMs, () => {
      this.#transaction.repeat(text);
      this.#repeatAfter(Math.min(delayMs * 2, this.#host.values.t2), text);
    });
  }
}
