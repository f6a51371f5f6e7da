import type { SipRequest, SipResponse } from '../message/sip-message.ts';
import { writeMessage } from '../message/write-message.ts';
import type { Timer } from '../timers.ts';
import type { LiveFlow } from '../transport/door.ts';
import { isReliable } from '../transport/flow.ts';
import type { TransactionContext } from './context.ts';

/*
 * INVITE server transaction, RFC 3261 17.2.1 with RFC 6026 7.1.
 *
 *             INVITE again: last 1xx again
 *             ┌─────┐
 *             ▼     │      2xx                                       L
 *  INVITE ─▶ proceeding ────────▶ accepted ─────────────────────────────▶ ended
 *             │                   (repeats of the 2xx are the dialog's; an INVITE is absorbed)
 *             │ 300-699                         ACK              I
 *             ├────────▶ completed ──────────────────▶ confirmed ───────▶ ended
 *             │          G: repeat (UDP)
 *             │          H: no ACK ─────────────────────────────────────▶ ended
 *             └─ ignored, or flow lost ─────────────────────────────────▶ ended
 */
type State = 'proceeding' | 'accepted' | 'completed' | 'confirmed' | 'ended';

export interface ServerInviteHandlers {
  /** A CANCEL that matches came and got its 200. */
  cancelled(cancel: SipRequest): void;
  /** The transaction ended without ACK of a final negative response, or its connection is gone. */
  flowLost(): void;
}

export class ServerInviteTransaction {
  readonly request: SipRequest;
  readonly flow: LiveFlow;
  readonly #context: TransactionContext;
  readonly #onEnd: () => void;
  handlers: ServerInviteHandlers | undefined;
  #state: State = 'proceeding';
  #last: string | undefined;
  #repeat: Timer | undefined;
  #limit: Timer | undefined;

  constructor(request: SipRequest, flow: LiveFlow, context: TransactionContext, onEnd: () => void) {
    this.request = request;
    this.flow = flow;
    this.#context = context;
    this.#onEnd = onEnd;
  }

  get state(): State {
    return this.#state;
  }

  /** Late responses are harmless: a final one has been sent. @returns whether it was sent. */
  respond(response: SipResponse): boolean {
    if (this.#state !== 'proceeding') return false;
    const text = writeMessage(response);
    const { timers, values } = this.#context;
    // What is over lingers for 32 s: it holds no call in memory, and no text that it will never send again.
    this.#last = response.status >= 200 && response.status < 300 ? undefined : text;
    if (response.status >= 200) {
      this.handlers = undefined;
      this.request.forget();
    }
    if (response.status >= 300) {
      this.#state = 'completed';
      if (!isReliable(this.flow.protocol)) this.#repeatAfter(values.t1, text); // Timer G
      this.#limit = timers.after(64 * values.t1, () => this.end()); // Timer H
    } else if (response.status >= 200) {
      this.#state = 'accepted';
      this.#limit = timers.after(64 * values.t1, () => this.end()); // Timer L
    }
    this.#send(text);
    return true;
  }

  /** A reliable provisional that is repeated until its PRACK (RFC 3262 3), or the 2xx until its ACK (RFC 3261 13.3.1.4). */
  repeat(text: string): void {
    if (this.#state !== 'proceeding' && this.#state !== 'accepted') return;
    this.#context.repeated();
    this.#send(text);
  }

  /** The INVITE again: the answer was lost, or is on its way. */
  receiveInvite(): void {
    if (this.#last === undefined || (this.#state !== 'proceeding' && this.#state !== 'completed')) return;
    this.#context.repeated();
    this.#send(this.#last);
  }

  /** The ACK of a negative response. That of a 2xx is the dialog's. */
  receiveAck(): void {
    if (this.#state !== 'completed') return;
    this.#stopTimers();
    this.#state = 'confirmed';
    const delayMs = isReliable(this.flow.protocol) ? 0 : this.#context.values.t4;
    this.#limit = this.#context.timers.after(delayMs, () => this.end()); // Timer I
  }

  flowLost(): void {
    const waiting = this.#state === 'proceeding';
    this.end();
    if (waiting) this.handlers?.flowLost();
  }

  /** Without any answer. */
  end(): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.#stopTimers();
    this.#onEnd();
  }

  #send(text: string): void {
    this.#context.sendText(text, this.request.callId, this.flow);
  }

  #repeatAfter(delayMs: number, text: string): void {
    const { timers, values } = this.#context;
    this.#repeat = timers.after(delayMs, () => {
      this.#context.repeated();
      this.#send(text);
      this.#repeatAfter(Math.min(delayMs * 2, values.t2), text);
    });
  }

  #stopTimers(): void {
    this.#repeat?.cancel();
    this.#limit?.cancel();
  }
}
