import type { Dialog, DialogEnd, DialogRequest, IncomingRefer, OfferOutcome, RemoteOffer } from '../dialog/api.ts';
import type { HeaderFields } from '../message/headers.ts';
import type { SipRequest } from '../message/sip-message.ts';
import type { IncomingInvite, OutgoingInvite, OutgoingInviteEvents, Provisional } from '../user-agent/api.ts';
import { SDP_ANSWER } from './sdp-samples.ts';
import { Inbox } from './waiting.ts';

type Failure = OutgoingInviteEvents['failed'];

/** One call of a test phone, either way. What happens is kept until somebody waits for it. */
export class TestCall {
  readonly incoming: IncomingInvite | undefined;
  readonly #outgoing: OutgoingInvite | undefined;
  readonly #provisionals = new Inbox<Provisional>();
  readonly #answers = new Inbox<OutgoingInviteEvents['answered']>();
  readonly #failures = new Inbox<Failure>();
  readonly #offers = new Inbox<RemoteOffer>();
  readonly #infos = new Inbox<DialogRequest>();
  readonly #refers = new Inbox<IncomingRefer>();
  readonly #requests = new Inbox<DialogRequest>();
  readonly #ends = new Inbox<DialogEnd>();
  readonly #cancels = new Inbox<{ readonly reason: string | undefined }>();
  readonly #acks = new Inbox<{ readonly sdp: string | undefined }>();
  #dialog: Dialog | undefined;
  /** Answers re-INVITE and UPDATE on its own; set false to take them by `nextOffer`. */
  answerOffers = true;
  /** Our SDP for answers that nobody gave otherwise. */
  sdp: string;

  constructor(call: { readonly incoming?: IncomingInvite; readonly outgoing?: OutgoingInvite; readonly sdp?: string }) {
    this.sdp = call.sdp ?? SDP_ANSWER;
    this.incoming = call.incoming;
    this.#outgoing = call.outgoing;
    if (call.incoming) {
      this.#watch(call.incoming.dialog);
      call.incoming.on('cancelled', (event) => this.#cancels.put(event));
      call.incoming.on('acked', (event) => this.#acks.put(event));
    }
    call.outgoing?.on('provisional', (event) => {
      if (event.sdpIs === 'offer') event.prack(this.sdp);
      this.#provisionals.put(event);
    });
    call.outgoing?.on('answered', (event) => {
      this.#watch(event.dialog);
      if (event.sdpIs === 'offer') event.ack(this.sdp);
      this.#answers.put(event);
    });
    call.outgoing?.on('failed', (event) => this.#failures.put(event));
  }

  /** Of an incoming call from the start, of an outgoing one from its answer. */
  get dialog(): Dialog {
    if (!this.#dialog) throw new Error('no dialog yet: wait for the answer first');
    return this.#dialog;
  }

  get request(): SipRequest {
    if (!this.incoming) throw new Error('only an incoming call has a request');
    return this.incoming.request;
  }

  #watch(dialog: Dialog): void {
    this.#dialog = dialog;
    dialog.on('offer', (offer) => {
      if (this.answerOffers) offer.accept(this.sdp);
      this.#offers.put(offer);
    });
    dialog.on('info', (info) => {
      info.respond(200);
      this.#infos.put(info);
    });
    dialog.on('request', (request) => {
      request.respond(200);
      this.#requests.put(request);
    });
    dialog.on('refer', (refer) => this.#refers.put(refer));
    dialog.on('ended', (end) => this.#ends.put(end));
  }

  // ── Incoming ──
  ring(headers?: HeaderFields): void {
    this.incoming?.ringing(headers);
  }
  progress(sdp = this.sdp): void {
    this.incoming?.progress(sdp);
  }
  answer(sdp = this.sdp, headers?: HeaderFields): void {
    this.incoming?.accept(sdp, headers);
  }
  reject(status: number, headers?: HeaderFields): void {
    this.incoming?.reject(status, undefined, headers);
  }
  cancelled(): Promise<{ readonly reason: string | undefined }> {
    return this.#cancels.next('CANCEL');
  }
  acked(): Promise<{ readonly sdp: string | undefined }> {
    return this.#acks.next('ACK');
  }

  // ── Outgoing ──
  cancel(reason?: string): void {
    this.#outgoing?.cancel(reason);
  }
  provisional(status: number): Promise<Provisional> {
    return this.#provisionals.next(`${status}`, (one) => one.status === status);
  }
  answered(limitMs?: number): Promise<OutgoingInviteEvents['answered']> {
    return this.#answers.next('200 to INVITE', undefined, limitMs);
  }
  failed(limitMs?: number): Promise<Failure> {
    return this.#failures.next('failure of INVITE', undefined, limitMs);
  }

  // ── Both ──
  reinvite(sdp: string | undefined = this.sdp): Promise<OfferOutcome> {
    return this.dialog.reinvite(sdp);
  }
  nextOffer(): Promise<RemoteOffer> {
    return this.#offers.next('re-INVITE or UPDATE');
  }
  nextInfo(): Promise<DialogRequest> {
    return this.#infos.next('INFO');
  }
  nextRefer(): Promise<IncomingRefer> {
    return this.#refers.next('REFER');
  }
  /** NOTIFY, MESSAGE, OPTIONS. */
  nextRequest(): Promise<DialogRequest> {
    return this.#requests.next('in-dialog request');
  }
  sendDtmfInfo(digit: string, durationMs = 160): Promise<number> {
    return this.dialog.request('INFO', { contentType: 'application/dtmf-relay', body: `Signal=${digit}\r\nDuration=${durationMs}\r\n` });
  }
  bye(): void {
    this.dialog.bye();
  }
  ended(limitMs?: number): Promise<DialogEnd> {
    return this.#ends.next('end of the call', undefined, limitMs);
  }
}
