import type { SipRequest } from '../message/sip-message.ts';
import { parseUri } from '../message/uri.ts';
import type { Timers } from '../timers.ts';
import type { LiveFlow } from '../transport/door.ts';
import type { Place } from '../transport/locator.ts';
import type { TransportLayer } from '../transport/transport-layer.ts';
import type { ClientHandlers } from './client-invite.ts';
import type { ClientTransaction, TransactionLayer } from './transaction-layer.ts';

/** Where a request goes: on a flow that is known, or to the place that a URI names. */
export type Destination = { readonly flow: LiveFlow } | { readonly uri: string };

export interface SendHandlers extends ClientHandlers {
  /** Called with the flow when it is certain, to write Contact and the like. */
  prepare?(flow: LiveFlow): void;
  /** The transaction exists; not called when nothing could be sent. */
  sent?(transaction: ClientTransaction): void;
}

/** From a finished request to its transaction: finds the flow (RFC 3263), writes Via (RFC 3261 18.1.1), sends. */
export class RequestSender {
  readonly #transport: TransportLayer;
  readonly #transactions: TransactionLayer;
  readonly #timers: Timers;

  constructor(transport: TransportLayer, transactions: TransactionLayer, timers: Timers) {
    this.#transport = transport;
    this.#transactions = transactions;
    this.#timers = timers;
  }

  /** In the same tick when the destination is a flow, a literal address or a known name. Failures come in a later tick. */
  send(request: SipRequest, to: Destination, handlers: SendHandlers): void {
    this.#withFlow(to, handlers, (flow, place) => {
      this.writeVia(request, flow);
      handlers.prepare?.(flow);
      const noting: ClientHandlers = {
        response: handlers.response,
        ended: handlers.ended,
        failed: (why) => {
          // The next request to this name tries its other addresses first (RFC 3263 4.3).
          if (place) this.#transport.avoid(place);
          handlers.failed(why);
        },
      };
      const transaction = this.#transactions.send(request, flow, noting);
      handlers.sent?.(transaction);
    });
  }

  /** An ACK to a 2xx: no transaction, and a branch of its own (RFC 3261 13.2.2.4). @param sent what to repeat when the 2xx is. */
  sendAck(request: SipRequest, to: Destination, sent: (repeat: () => void) => void): void {
    // An ACK that cannot be sent is missed by the peer, which repeats its 2xx and then hangs up: nothing to be done here.
    this.#withFlow(to, { failed: () => undefined }, (flow) => {
      this.writeVia(request, flow);
      const text = this.#transport.send(request, flow);
      sent(this.#repeater(text, request.callId, flow));
    });
  }

  /** Made apart, since it is kept for 64*T1 after the call: a function made within another keeps whatever that one saw. */
  #repeater(text: string, callId: string, flow: LiveFlow): () => void {
    return () => this.#transport.sendText(text, callId, flow);
  }

  /** A CANCEL goes where its INVITE went, with its Via (RFC 3261 9.1). */
  sendOn(request: SipRequest, flow: LiveFlow, handlers: ClientHandlers): void {
    this.#transactions.send(request, flow, handlers);
  }

  writeVia(request: SipRequest, flow: LiveFlow): void {
    const self = this.#transport.selfTowards(flow);
    const via = `SIP/2.0/${flow.protocol.toUpperCase()} ${self.host}:${self.port};branch=${this.#transactions.newBranch()};rport`;
    request.revise((headers) => (headers.has('Via') ? headers.set('Via', via) : headers.prepend('Via', via)));
  }

  #withFlow(to: Destination, handlers: Pick<ClientHandlers, 'failed'>, use: (flow: LiveFlow, place?: Place) => void): void {
    const fail = () => void this.#timers.after(0, () => handlers.failed('transport'));
    if ('flow' in to) return use(to.flow);
    const uri = parseUri(to.uri);
    if (!uri) return fail();
    const go = (places: readonly Place[]) => {
      for (const place of places) {
        const flow = this.#transport.flowTo(place);
        if (flow) return use(flow, place);
      }
      fail();
    };
    const places = this.#transport.locate(uri);
    // Through the contained timers: what a listener throws in a promise would be nobody's.
    if (places instanceof Promise) places.then((found) => void this.#timers.after(0, () => go(found)), fail);
    else go(places);
  }
}
