import type { SipRequest, SipResponse } from '../message/sip-message.ts';
import { writeMessage } from '../message/write-message.ts';
import type { Timer } from '../timers.ts';
import type { ServerInviteTransaction } from '../transaction/server-invite.ts';
import { readUnsigned } from '../message/uri.ts';
import type { DialogHost } from './host.ts';

interface Waiting {
  readonly response: SipResponse;
  readonly acknowledged: (prack: SipRequest) => void;
}

/*
 * Reliable provisionals of one INVITE, RFC 3262 3: one at a time, numbered by RSeq, each repeated until its PRACK.
 *
 *  idle ──send──▶ waiting ──PRACK with its RAck──▶ idle, or the next in the row
 *                   │ repeat at T1, doubling
 *                   └── 64*T1 without PRACK ──▶ given up: the INVITE is refused (5xx)
 */
export class ReliableProvisionals {
  readonly #host: DialogHost;
  readonly #transaction: ServerInviteTransaction;
  readonly #neverAcknowledged: () => void;
  #rseq = 1 + Math.floor(Math.random() * 1_000_000);
  #current: Waiting | undefined;
  readonly #row: Waiting[] = [];
  #repeat: Timer | undefined;
  #limit: Timer | undefined;

  constructor(host: DialogHost, transaction: ServerInviteTransaction, neverAcknowledged: () => void) {
    this.#host = host;
    this.#transaction = transaction;
    this.#neverAcknowledged = neverAcknowledged;
  }

  /** Whether a PRACK is awaited: a 2xx has to wait when the provisional carries SDP (RFC 3262 3). */
  get waiting(): boolean {
    return this.#current !== undefined;
  }

  send(response: SipResponse, acknowledged: (prack: SipRequest) => void): void {
    response.headers.append('Require', '100rel').append('RSeq', String(++this.#rseq));
    const waiting = { response, acknowledged };
    if (this.#current) this.#row.push(waiting);
    else this.#start(waiting);
  }

  /** @returns whether the PRACK matches; otherwise it gets 481 (RFC 3262 3). A repeat of an old one does not. */
  receive(prack: SipRequest): boolean {
    const [rseq, cseq, method] = (prack.headers.get('RAck') ?? '').trim().split(/[ \t]+/);
    const current = this.#current;
    const matches = current && rseq === current.response.headers.get('RSeq') && readUnsigned(cseq ?? '') === this.#transaction.request.cseq?.number && method === 'INVITE';
    if (!matches) return false;
    this.#halt();
    this.#current = undefined;
    current.acknowledged(prack);
    const next = this.#row.shift();
    if (next && this.#transaction.state === 'proceeding') this.#start(next);
    return true;
  }

  stop(): void {
    this.#halt();
    this.#current = undefined;
    this.#row.length = 0;
  }

  #start(waiting: Waiting): void {
    this.#current = waiting;
    this.#transaction.respond(waiting.response);
    this.#repeatAfter(this.#host.values.t1, writeMessage(waiting.response));
    this.#limit = this.#host.timers.after(64 * this.#host.values.t1, () => {
      this.stop();
      this.#neverAcknowledged();
    });
  }

  #repeatAfter(delayMs: number, text: string): void {
    this.#repeat = this.#host.timers.after(delayMs, () => {
      this.#transaction.repeat(text);
      this.#repeatAfter(delayMs * 2, text);
    });
  }

  #halt(): void {
    this.#repeat?.cancel();
    this.#limit?.cancel();
  }
}
