import type { SipRequest, SipResponse } from '../message/sip-message.ts';
import { writeMessage } from '../message/write-message.ts';
import type { Timer } from '../timers.ts';
import type { LiveFlow } from '../transport/door.ts';
import { isReliable } from '../transport/flow.ts';
import type { ClientHandlers } from './client-invite.ts';
import type { TransactionContext } from './context.ts';

/*
 * Non-INVITE client transaction, RFC 3261 17.1.2.
 *
 *            E: repeat (UDP)     E: repeat every T2 (UDP)
 *            ┌─────┐             ┌─────┐
 *            ▼     │     1xx     ▼     │     200-699                K
 *  start ─▶ trying ──────────▶ proceeding ───────────▶ completed ──────▶ ended
 *            │ 200-699 ───────────────────────────────▶
 *            └──────────────────┴─ F: timed out; flow lost ───────────▶ ended
 */
type State = 'trying' | 'proceeding' | 'completed' | 'ended';

export class ClientOtherTransaction {
  readonly request: SipRequest;
  readonly flow: LiveFlow;
  readonly #context: TransactionContext;
  readonly #handlers: ClientHandlers;
  readonly #onEnd: () => void;
  #state: State = 'trying';
  #text = '';
  #repeat: Timer | undefined;
  #limit: Timer | undefined;

  constructor(request: SipRequest, flow: LiveFlow, context: TransactionContext, handlers: ClientHandlers, onEnd: () => void) {
    this.request = request;
    this.flow = flow;
    this.#context = context;
    this.#handlers = handlers;
    this.#onEnd = onEnd;
  }

  get state(): State {
    return this.#state;
  }

  start(): void {
    const { values, timers } = this.#context;
    this.#text = writeMessage(this.request);
    this.#limit = timers.after(64 * values.t1, () => this.#fail('timeout')); // Timer F
    if (!isReliable(this.flow.protocol)) this.#repeatAfter(values.t1); // Timer E
    this.#context.sendText(this.#text, this.request.callId, this.flow);
  }

  receive(response: SipResponse): void {
    if (this.#state === 'completed' || this.#state === 'ended') return;
    if (response.status < 200) {
      this.#state = 'proceeding';
      return this.#handlers.response(response);
    }
    this.#stopTimers();
    this.#text = '';
    this.#state = 'completed';
    const { timers, values } = this.#context;
    this.#limit = timers.after(isReliable(this.flow.protocol) ? 0 : values.t4, () => this.end()); // Timer K
    this.#handlers.response(response);
  }

  flowLost(): void {
    if (this.#state === 'completed') this.end();
    else this.#fail('transport');
  }

  end(): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.#stopTimers();
    this.#onEnd();
    this.#handlers.ended?.();
  }

  #repeatAfter(delayMs: number): void {
    const { timers, values } = this.#context;
    this.#repeat = timers.after(delayMs, () => {
      this.#context.repeated();
      this.#context.sendText(this.#text, this.request.callId, this.flow);
      this.#repeatAfter(this.#state === 'proceeding' ? values.t2 : Math.min(delayMs * 2, values.t2));
    });
  }

  #fail(why: 'timeout' | 'transport'): void {
    if (this.#state === 'ended') return;
    this.end();
    this.#handlers.failed(why);
  }

  #stopTimers(): void {
    this.#repeat?.cancel();
    this.#limit?.cancel();
  }
}
