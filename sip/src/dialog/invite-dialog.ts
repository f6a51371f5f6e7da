import { Emitter } from '../emitter.ts';
import type { HeaderFields } from '../message/headers.ts';
import { responseTo } from '../message/response.ts';
import type { SipMessage, SipRequest, SipResponse } from '../message/sip-message.ts';
import type { ServerInviteTransaction } from '../transaction/server-invite.ts';
import type { ServerOtherTransaction } from '../transaction/server-other.ts';
import type { LiveFlow } from '../transport/door.ts';
import type { AcceptedResponse } from './accepted-response.ts';
import type { Dialog, DialogEnd, DialogEvents, DialogId, OfferOutcome } from './api.ts';
import type { DialogRoute } from './dialog-route.ts';
import type { DialogHost } from './host.ts';
import { answerInfo, answerOther, answerRefer } from './in-dialog-requests.ts';
import { receiveReinvite, receiveUpdate } from './incoming-offer.ts';
import { sendOffer, type OfferAttempt, type OfferHolder } from './outgoing-offer.ts';
import { SessionTimer } from './session-timer.ts';

/** Offers of ours waiting behind one another; more than this is a loop above. */
const MAX_WAITING = 8;

/*
 * An INVITE dialog, RFC 3261 12 to 15.
 *
 *               2xx sent or received                      BYE either way, 408, 481, no ACK,
 *  early ───────────────────────────▶ confirmed ────────── session expired, flow lost ──────▶ ended
 *    │                                    │
 *    │ CANCEL, 3xx-6xx, another fork      └─ bye() before the ACK of our 200: told as ended at once,
 *    └──────────────────────────────▶ ended  the BYE waits for the ACK (15.1.1)
 *
 * Offers: at most one under way. `none`; `ours` (an INVITE or an offer of ours is out); `theirs` (they wait for our answer).
 */
export class InviteDialog implements Dialog, OfferHolder {
  readonly host: DialogHost;
  readonly route: DialogRoute;
  readonly side: 'caller' | 'callee';
  readonly contactUser: string | undefined;
  readonly sessionTimer: SessionTimer;
  readonly events = new Emitter<DialogEvents>();
  readonly #forget: () => void;
  #state: 'early' | 'confirmed' | 'ended' = 'early';
  offering: 'none' | 'ours' | 'theirs' = 'none';
  localSdp: string | undefined;
  remoteSdp: string | undefined;
  #allows: ReadonlySet<string> = new Set();
  /** 2xx of ours without their ACK yet, by CSeq number: the first INVITE's, or a re-INVITE's. */
  readonly unacked = new Map<number, AcceptedResponse>();
  readonly #waiting: (() => void)[] = [];
  #byeHeaders: HeaderFields | undefined;
  #byeWaits = false;
  /** Set by whoever holds the INVITE: PRACK belongs to it, and a BYE in an early dialog ends it. */
  onPrack: ((transaction: ServerOtherTransaction) => void) | undefined;
  onEarlyBye: (() => void) | undefined;

  constructor(host: DialogHost, route: DialogRoute, side: 'caller' | 'callee', contactUser: string | undefined, forget: () => void) {
    this.host = host;
    this.route = route;
    this.side = side;
    this.contactUser = contactUser;
    this.#forget = forget;
    this.sessionTimer = new SessionTimer(host, () => this.#refresh(), () => {
      this.#sendBye({ Reason: 'SIP ;cause=408 ;text="Session expired"' });
      this.end({ by: 'network', why: 'expired' });
    });
  }

  get id(): DialogId {
    return { callId: this.route.callId, localTag: this.route.localTag, remoteTag: this.route.remoteTag };
  }
  get state(): 'early' | 'confirmed' | 'ended' {
    return this.#state;
  }
  get ended(): boolean {
    return this.#state === 'ended';
  }
  get flow(): LiveFlow {
    return this.route.flow;
  }
  get remoteTarget(): string {
    return this.route.target;
  }
  get remote() {
    return this.route.remote;
  }
  get local() {
    return this.route.local;
  }

  on<Name extends keyof DialogEvents>(name: Name, listener: (event: DialogEvents[Name]) => void): () => void {
    return this.events.on(name, listener);
  }

  peerAllows(method: string): boolean {
    return this.#allows.has(method.toUpperCase());
  }

  replacesValue(): string {
    return `${this.route.callId};to-tag=${this.route.remoteTag};from-tag=${this.route.localTag}`;
  }

  // ── Ours ────────────────────────────────────────────────────────────────────────────────────────────────────────────

  reinvite(sdp: string | undefined, headers?: HeaderFields): Promise<OfferOutcome> {
    return this.#offer({ method: 'INVITE', sdp, headers });
  }

  update(sdp: string | undefined, headers?: HeaderFields): Promise<OfferOutcome> {
    return this.#offer({ method: 'UPDATE', sdp, headers });
  }

  #offer(attempt: OfferAttempt): Promise<OfferOutcome> {
    if (this.#waiting.length >= MAX_WAITING) return Promise.resolve({ ok: false, status: 491, reason: 'Too Many Offers Waiting' });
    return new Promise((resolve) => this.whenFree(attempt.method, () => void sendOffer(this, attempt).then(resolve)));
  }

  whenFree(method: 'INVITE' | 'UPDATE', start: () => void): void {
    const free = this.offering === 'none' && this.unacked.size === 0 && (method === 'UPDATE' || this.#state === 'confirmed');
    if (free || this.ended) start();
    else this.#waiting.push(() => this.whenFree(method, start));
  }

  request(method: string, options: { readonly headers?: HeaderFields; readonly contentType?: string; readonly body?: string } = {}): Promise<number> {
    if (this.ended) return Promise.resolve(481);
    return new Promise((resolve) => {
      const request = this.route.request(method, options);
      this.host.sender.send(request, this.route.destination(), {
        prepare: (flow) => {
          if (method === 'REFER' || method === 'NOTIFY') request.headers.set('Contact', this.host.contact(flow, this.contactUser));
        },
        response: (response) => {
          if (response.status < 200) return;
          resolve(response.status);
          if (response.status === 481 || response.status === 408) this.gone(response.status);
        },
        failed: (why) => {
          const status = why === 'timeout' ? 408 : 503;
          resolve(status);
          if (status === 408) this.gone(status);
        },
      });
    });
  }

  refer(target: string, headers?: HeaderFields): Promise<number> {
    return this.request('REFER', { headers: { ...headers, 'Refer-To': target.startsWith('<') ? target : `<${target}>` } });
  }

  bye(headers?: HeaderFields): void {
    if (this.#state !== 'confirmed') return;
    if (this.side === 'callee' && this.unacked.get(this.#firstCseq)?.waiting) {
      this.#byeWaits = true;
      this.#byeHeaders = headers;
      this.#leave({ by: 'us', why: 'bye' });
      return;
    }
    this.#sendBye(headers);
    this.end({ by: 'us', why: 'bye' });
  }

  #firstCseq = -1;

  /** The 2xx of the first INVITE went out (callee) or came (caller). */
  confirm(cseq = -1): void {
    if (this.#state !== 'early') return;
    this.#state = 'confirmed';
    this.#firstCseq = cseq;
    this.wake();
  }

  /** The ACK of our 200 has come, or never will: a BYE that waited for it goes out now. */
  byeIfWaiting(): void {
    if (!this.#byeWaits) return;
    this.#byeWaits = false;
    this.#sendBye(this.#byeHeaders);
    this.#forget();
  }

  /** RFC 3261 15.1.1: whatever the answer, the call is over for us. */
  #sendBye(headers?: HeaderFields): void {
    const bye = this.route.request('BYE', { headers: this.host.product ? { ...headers, 'User-Agent': this.host.product } : headers });
    this.host.sender.send(bye, this.route.destination(), { response: () => undefined, failed: () => undefined });
  }

  /** A dialog that must not live: a 200 nobody ACKed, a peer that lost it. */
  endByBye(end: DialogEnd): void {
    if (this.ended) return;
    this.#sendBye();
    this.end(end);
  }

  /** A 200 that nobody wants (of a second fork, or crossing our CANCEL) made a dialog at the peer, however dead it is for us. */
  refuseByBye(end: DialogEnd): void {
    this.#sendBye();
    this.end(end);
  }

  async #refresh(): Promise<boolean> {
    const outcome = this.peerAllows('UPDATE') ? await this.update(undefined) : await this.reinvite(this.localSdp);
    if (outcome.ok && outcome.sdp !== undefined && this.localSdp === undefined) outcome.ack('');
    return outcome.ok || this.ended;
  }

  // ── Theirs ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** An in-dialog request. ACK comes by `receiveAck`. */
  receive(transaction: ServerInviteTransaction | ServerOtherTransaction): void {
    const { request } = transaction;
    const seq = request.cseq?.number ?? 0;
    // RFC 3261 12.2.2: a number lower than the last one is out of order. A dialog that only waits to send its BYE is dead to others.
    if (this.ended && request.method !== 'BYE') return void transaction.respond(this.response(request, 481));
    if (seq < this.route.remoteSeq) return void transaction.respond(this.response(request, 500, { 'Retry-After': '1' }));
    this.route.remoteSeq = seq;
    this.route.flow = transaction.flow;
    this.noteCapabilities(request);
    if (request.method === 'INVITE') return receiveReinvite(this, transaction as ServerInviteTransaction);
    const other = transaction as ServerOtherTransaction;
    switch (request.method) {
      case 'BYE':
        return this.#receiveBye(other);
      case 'UPDATE':
        return receiveUpdate(this, other);
      case 'PRACK':
        return this.onPrack ? this.onPrack(other) : void other.respond(this.response(request, 481));
      case 'INFO':
        return answerInfo(this, other);
      case 'REFER':
        return answerRefer(this, other);
      default:
        return answerOther(this, other);
    }
  }

  receiveAck(request: SipRequest): void {
    const accepted = this.unacked.get(request.cseq?.number ?? -1);
    if (!accepted) return;
    this.unacked.delete(request.cseq!.number);
    accepted.acked(request);
    this.byeIfWaiting();
    this.wake();
  }

  #receiveBye(transaction: ServerOtherTransaction): void {
    transaction.respond(this.response(transaction.request, 200));
    if (this.#byeWaits) {
      this.#byeWaits = false;
      this.#forget();
    }
    if (this.#state === 'early') return this.onEarlyBye?.();
    this.end({ by: 'peer', why: 'bye', reason: transaction.request.headers.get('Reason') });
  }

  /** A response within the dialog, with our product and, where the target may change, our Contact. */
  response(request: SipRequest, status: number, headers?: HeaderFields, sdp?: string): SipResponse {
    const response = responseTo(request, status, { toTag: this.route.localTag, headers, body: sdp });
    if (this.host.product) response.headers.append('Server', this.host.product);
    if (status < 300 && status > 100 && (request.method === 'INVITE' || request.method === 'UPDATE' || request.method === 'REFER')) {
      response.headers.append('Contact', this.host.contact(this.route.flow, this.contactUser));
    }
    return response;
  }

  noteCapabilities(message: SipMessage): void {
    const allowed = message.headers.list('Allow');
    if (allowed.length > 0) this.#allows = new Set(allowed.map((method) => method.toUpperCase()));
  }

  setBusy(busy: boolean): void {
    this.offering = busy ? 'ours' : 'none';
    if (!busy) this.wake();
  }

  settled(offer: string | undefined, answer: string | undefined, whoseOffer: 'ours' | 'theirs'): void {
    [this.localSdp, this.remoteSdp] = whoseOffer === 'ours' ? [offer, answer] : [answer, offer];
  }

  gone(_status: number): void {
    this.endByBye({ by: 'network', why: 'gone' });
  }

  /** Offers of ours that waited their turn look again whether they may go. */
  wake(): void {
    for (const look of this.#waiting.splice(0)) look();
  }

  end(end: DialogEnd): void {
    if (this.ended) return;
    this.#leave(end);
    this.#forget();
  }

  /** Ended for everybody above; still known to the table while a BYE waits for the ACK. */
  #leave(end: DialogEnd): void {
    this.#state = 'ended';
    this.sessionTimer.stop();
    if (!this.#byeWaits) for (const accepted of this.unacked.values()) accepted.stop();
    this.wake();
    this.events.emit('ended', end);
    this.events.clear();
  }
}

