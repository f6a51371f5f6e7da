import type { SipRequest, SipResponse } from '../message/sip-message.ts';
import { writeMessage } from '../message/write-message.ts';
import type { Timer } from '../timers.ts';
import type { LiveFlow } from '../transport/door.ts';
import { isReliable } from '../transport/flow.ts';
import type { TransactionContext } from './context.ts';

/*
 * Non-INVITE server transaction, RFC 3261 17.2.2.
 *
 *               1xx               200-699              J
 *  request ─▶ trying ─▶ proceeding ─────▶ completed ──────▶ ended
 *               │ 200-699 ──────────────▶ (a repeat is answered again)
 *               └─ never answered: ended after 64*T1, when the sender has given up too
 */
type State = 'trying' | 'proceeding' | 'completed' | 'ended';

export class ServerOtherTransaction {
  readonly request: SipRequest;
  readonly flow: LiveFlow;
  readonly #context: TransactionContext;
  readonly #onEnd: () => void;
  #state: State = 'trying';
  #last: string | undefined;
  #limit: Timer;

  constructor(request: SipRequest, flow: LiveFlow, context: TransactionContext, onEnd: () => void) {
    this.request = request;
    this.flow = flow;
    this.#context = context;
    this.#onEnd = onEnd;
    this.#limit = context.timers.after(64 * context.values.t1, () => this.end());
  }

  get state(): State {
    return this.#state;
  }

  /** @returns false when a final response has been sent before. */
  respond(response: SipResponse): boolean {
    if (this.#state === 'completed' || this.#state === 'ended') return false;
    this.#last = writeMessage(response);
    this.#context.sendText(this.#last, this.request.callId, this.flow);
    if (response.status < 200) {
      this.#state = 'proceeding';
      return true;
    }
    this.#state = 'completed';
    this.request.forget();
    this.#limit.cancel();
    const { timers, values } = this.#context;
    if (isReliable(this.flow.protocol)) this.end();
    else this.#limit = timers.after(64 * values.t1, () => this.end()); // Timer J
    return true;
  }

  receive(): void {
    if (this.#last === undefined) return;
    this.#context.repeated();
    this.#context.sendText(this.#last, this.request.callId, this.flow);
  }

  flowLost(): void {
    this.end();
  }

  end(): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.#limit.cancel();
    this.#onEnd();
  }
}

