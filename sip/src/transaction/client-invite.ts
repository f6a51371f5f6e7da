import { Headers } from '../message/headers.ts';
import { SipRequest, type SipResponse } from '../message/sip-message.ts';
import { writeMessage } from '../message/write-message.ts';
import type { Timer } from '../timers.ts';
import type { LiveFlow } from '../transport/door.ts';
import { isReliable } from '../transport/flow.ts';
import type { TransactionContext } from './context.ts';

/*
 * INVITE client transaction, RFC 3261 17.1.1 with RFC 6026 7.2.
 *
 *            A: repeat (UDP)
 *            ┌─────┐
 *            ▼     │           1xx              2xx                      M
 *  start ─▶ calling ──────▶ proceeding ──────▶ accepted ────────────────▶ ended
 *            │ 2xx ─────────────────────────▶  (every 2xx goes up: each fork sends its own)
 *            │                  │ 300-699: ACK               D
 *            ├──────────────────┴──────▶ completed ─────────────────────▶ ended
 *            │ 300-699: ACK              (a repeat is ACKed again)
 *            │ B: timed out; flow lost
 *            └──────────────────────────────────────────────────────────▶ ended
 */
type State = 'calling' | 'proceeding' | 'accepted' | 'completed' | 'ended';

export interface ClientHandlers {
  response(response: SipResponse): void;
  /** Nothing final came in time, or it could not be sent. */
  failed(why: 'timeout' | 'transport'): void;
  /** The transaction has left the map. */
  ended?(): void;
}

export class ClientInviteTransaction {
  readonly request: SipRequest;
  readonly flow: LiveFlow;
  readonly #context: TransactionContext;
  readonly #handlers: ClientHandlers;
  readonly #onEnd: () => void;
  #state: State = 'calling';
  #text = '';
  #ack: string | undefined;
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
    this.#limit = timers.after(64 * values.t1, () => this.#fail('timeout')); // Timer B
    if (!isReliable(this.flow.protocol)) this.#repeatAfter(values.t1); // Timer A
    this.#context.sendText(this.#text, this.request.callId, this.flow);
  }

  receive(response: SipResponse): void {
    switch (this.#state) {
      case 'calling':
      case 'proceeding':
        this.#stopTimers();
        this.#text = '';
        if (response.status < 200) this.#state = 'proceeding';
        else if (response.status < 300) this.#enter('accepted', 64 * this.#context.values.t1);
        else this.#complete(response);
        this.#handlers.response(response);
        if (response.status >= 200) this.request.forget();
        return;
      case 'accepted':
        if (response.status >= 200 && response.status < 300) this.#handlers.response(response);
        return;
      case 'completed':
        if (response.status >= 300) this.#sendAck(response);
        return;
      case 'ended':
        return;
    }
  }

  flowLost(): void {
    if (this.#state === 'calling' || this.#state === 'proceeding') this.#fail('transport');
    else this.end();
  }

  end(): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.#stopTimers();
    this.#onEnd();
    this.#handlers.ended?.();
  }

  #complete(response: SipResponse): void {
    this.#enter('completed', isReliable(this.flow.protocol) ? 0 : this.#context.values.d);
    this.#sendAck(response);
  }

  /** Timer M (RFC 6026) or D; 0 means at once, but after the response has been told. */
  #enter(state: 'accepted' | 'completed', delayMs: number): void {
    this.#state = state;
    this.#limit = this.#context.timers.after(delayMs, () => this.end());
  }

  /** RFC 3261 17.1.1.3: same Request-URI, branch, From, Call-ID, CSeq number and Route; To of the response. */
  #sendAck(response: SipResponse): void {
    if (this.#ack === undefined) {
      const headers = new Headers();
      headers.append('Via', this.request.headers.get('Via') ?? '');
      for (const route of this.request.headers.all('Route')) headers.append('Route', route);
      headers.append('From', this.request.headers.get('From') ?? '');
      headers.append('To', response.headers.get('To') ?? '');
      headers.append('Call-ID', this.request.callId);
      headers.append('CSeq', `${this.request.cseq?.number ?? 0} ACK`);
      headers.append('Max-Forwards', '70');
      this.#ack = writeMessage(new SipRequest('ACK', this.request.uri, headers));
    } else this.#context.repeated();
    this.#context.sendText(this.#ack, this.request.callId, this.flow);
  }

  #repeatAfter(delayMs: number): void {
    this.#repeat = this.#context.timers.after(delayMs, () => {
      this.#context.repeated();
      this.#context.sendText(this.#text, this.request.callId, this.flow);
      this.#repeatAfter(delayMs * 2);
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
