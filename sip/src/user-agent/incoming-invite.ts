import { AcceptedResponse } from '../dialog/accepted-response.ts';
import type { Dialog } from '../dialog/api.ts';
import { ALLOW, SUPPORTED } from '../dialog/host.ts';
import type { InviteDialog } from '../dialog/invite-dialog.ts';
import { ReliableProvisionals } from '../dialog/reliable-provisional.ts';
import { parseReplaces } from '../dialog/transfer.ts';
import { Emitter } from '../emitter.ts';
import type { HeaderFields } from '../message/headers.ts';
import { parseNameAddr, type NameAddr } from '../message/name-addr.ts';
import { responseTo } from '../message/response.ts';
import { sdpOf } from '../message/sdp-part.ts';
import type { SipRequest } from '../message/sip-message.ts';
import { readUnsigned, userOf } from '../message/uri.ts';
import type { ServerInviteTransaction } from '../transaction/server-invite.ts';
import type { ServerOtherTransaction } from '../transaction/server-other.ts';
import type { Flow } from '../transport/flow.ts';
import type { IncomingInvite, IncomingInviteEvents } from './api.ts';

/*
 * A call asked for by a peer: RFC 3261 13.3 with RFC 3262 and RFC 3311.
 *
 *  fresh ──trying, ringing, progress──▶ proceeding ──accept──▶ (PRACK of SDP open: waits) ──▶ accepted ──ACK──▶ done
 *    │                                     │                                                    └─ 64*T1: BYE ─▶ done
 *    ├──reject──▶ done ◀──reject───────────┤
 *    ├──ignore──▶ done (nothing is sent)   └─ CANCEL (487), BYE (487), flow lost, PRACK never came (504) ──▶ done
 */
type State = 'fresh' | 'proceeding' | 'accepting' | 'accepted' | 'done';

const NOBODY: NameAddr = { uri: 'sip:anonymous@anonymous.invalid', params: new Map() };

export class IncomingInviteCall implements IncomingInvite {
  readonly request: SipRequest;
  readonly flow: Flow;
  readonly sdp: string | undefined;
  readonly from: NameAddr;
  readonly to: NameAddr;
  readonly #transaction: ServerInviteTransaction;
  readonly #dialog: InviteDialog;
  readonly #events = new Emitter<IncomingInviteEvents>();
  readonly #reliable: ReliableProvisionals;
  readonly #peerRequires100rel: boolean;
  readonly #peerSupports100rel: boolean;
  #state: State = 'fresh';
  /** Our first SDP: the answer to their offer, or our offer. A 200 repeats it only if it never went reliably (RFC 3262 5). */
  #earlyExchange: 'none' | 'offered' | 'complete' = 'none';
  #pendingAccept: { readonly sdp: string; readonly headers: HeaderFields | undefined } | undefined;

  constructor(transaction: ServerInviteTransaction, dialog: InviteDialog) {
    const { request } = transaction;
    this.request = request;
    this.flow = transaction.flow;
    this.#transaction = transaction;
    this.#dialog = dialog;
    this.sdp = sdpOf(request);
    this.from = request.from ?? NOBODY;
    this.to = request.to ?? NOBODY;
    this.#peerRequires100rel = request.headers.lists('Require', '100rel');
    this.#peerSupports100rel = this.#peerRequires100rel || request.headers.lists('Supported', '100rel');
    this.#reliable = new ReliableProvisionals(dialog.host, transaction, () => this.reject(504, 'PRACK Never Came'));
    transaction.handlers = {
      cancelled: (cancel) => this.#cancelled('cancel', cancel.headers.get('Reason')),
      flowLost: () => this.#cancelled('flow-lost', undefined),
    };
    dialog.onPrack = (prack) => this.#receivePrack(prack);
    dialog.onEarlyBye = () => this.#cancelled('cancel', undefined);
    if (this.sdp !== undefined) dialog.offering = 'theirs';
  }

  get dialog(): Dialog {
    return this.#dialog;
  }
  get requestUser(): string {
    return userOf(this.request.sipUri);
  }
  get assertedIdentity(): NameAddr | undefined {
    return this.#address('P-Asserted-Identity');
  }
  get calledPartyId(): NameAddr | undefined {
    return this.#address('P-Called-Party-ID');
  }
  get replaces() {
    return parseReplaces(this.request.headers.get('Replaces'));
  }
  get maxForwards(): number {
    return Math.max(0, (readUnsigned(this.request.headers.get('Max-Forwards') ?? '') ?? 70) - 1);
  }
  /** Whether `onInvite` has answered in any way. */
  get untouched(): boolean {
    return this.#state === 'fresh';
  }

  on<Name extends keyof IncomingInviteEvents>(name: Name, listener: (event: IncomingInviteEvents[Name]) => void): () => void {
    return this.#events.on(name, listener);
  }

  trying(): void {
    if (!this.#isOpen()) return;
    this.#state = 'proceeding';
    this.#transaction.respond(responseTo(this.request, 100));
  }

  ringing(headers?: HeaderFields): void {
    this.#provisional(180, undefined, headers, this.#peerRequires100rel);
  }

  progress(sdp: string, headers?: HeaderFields): void {
    this.#provisional(183, sdp, headers, this.#peerSupports100rel);
  }

  #provisional(status: number, sdp: string | undefined, headers: HeaderFields | undefined, reliably: boolean): void {
    if (!this.#isOpen()) return;
    this.#state = 'proceeding';
    // Without an offer from them, ours may only go reliably (RFC 3262 5): an unreliable one would have no answer.
    const body = sdp !== undefined && (this.sdp !== undefined || reliably) && this.#earlyExchange === 'none' ? sdp : undefined;
    const response = this.#dialog.response(this.request, status, { Allow: ALLOW, Supported: SUPPORTED, ...headers }, body);
    if (!reliably) return void this.#transaction.respond(response);
    if (body !== undefined) this.#exchangeEarly(body);
    this.#reliable.send(response, (prack) => this.#acknowledged(prack));
  }

  #exchangeEarly(sdp: string): void {
    if (this.sdp === undefined) {
      this.#earlyExchange = 'offered';
      this.#dialog.offering = 'ours';
      return;
    }
    this.#earlyExchange = 'complete';
    this.#dialog.settled(this.sdp, sdp, 'theirs');
    this.#dialog.offering = 'none';
  }

  #receivePrack(transaction: ServerOtherTransaction): void {
    const { request } = transaction;
    // The answer to a new offer within PRACK would need a decision above; no peer was seen to send one (RFC 3262 5 allows refusing).
    const newOffer = this.#earlyExchange === 'complete' && sdpOf(request) !== undefined;
    const known = !newOffer && this.#reliable.receive(request);
    transaction.respond(this.#dialog.response(request, newOffer ? 488 : known ? 200 : 481));
    if (known) this.#acceptIfWaiting();
  }

  #acknowledged(prack: SipRequest): void {
    if (this.#earlyExchange !== 'offered') return;
    const answer = sdpOf(prack);
    this.#earlyExchange = 'complete';
    this.#dialog.offering = 'none';
    this.#events.emit('early-answer', { sdp: answer });
    this.#dialog.wake();
  }

  accept(sdp: string, headers?: HeaderFields): Dialog {
    if (!this.#isOpen()) return this.#dialog;
    this.#state = 'accepting';
    this.#pendingAccept = { sdp, headers };
    if (!this.#reliable.waiting) this.#acceptIfWaiting();
    return this.#dialog;
  }

  #acceptIfWaiting(): void {
    const accept = this.#pendingAccept;
    if (!accept || this.#reliable.waiting || this.#state !== 'accepting') return;
    this.#state = 'accepted';
    this.#pendingAccept = undefined;
    const dialog = this.#dialog;
    const seq = this.request.cseq!.number;
    const sdp = this.#earlyExchange === 'complete' ? undefined : accept.sdp;
    const headers = { Allow: ALLOW, Supported: SUPPORTED, ...dialog.sessionTimer.answer(this.request), ...accept.headers };
    const accepted = new AcceptedResponse(dialog.host, this.#transaction, dialog.response(this.request, 200, headers, sdp), {
      acked: (ack) => this.#acked(ack, accept.sdp),
      never: () => {
        dialog.unacked.delete(seq);
        this.#state = 'done';
        dialog.byeIfWaiting();
        dialog.endByBye({ by: 'network', why: 'no-ack' });
      },
    });
    dialog.unacked.set(seq, accepted);
    if (this.sdp !== undefined && sdp !== undefined) dialog.settled(this.sdp, sdp, 'theirs');
    dialog.offering = 'none';
    dialog.confirm(seq);
  }

  #acked(ack: SipRequest, ourSdp: string): void {
    this.#state = 'done';
    const answer = sdpOf(ack);
    if (this.sdp === undefined && answer !== undefined) this.#dialog.settled(ourSdp, answer, 'ours');
    this.#events.emit('acked', { sdp: this.sdp === undefined ? answer : undefined });
    this.#events.clear();
  }

  reject(status: number, reason?: string, headers?: HeaderFields): void {
    if (!this.#isOpen() && this.#state !== 'accepting') return;
    this.#finish();
    const response = responseTo(this.request, status, { reason, headers, toTag: this.#dialog.id.localTag });
    if (this.#dialog.host.product) response.headers.append('Server', this.#dialog.host.product);
    this.#transaction.respond(response);
    this.#dialog.end({ by: 'us', why: 'rejected' });
  }

  ignore(): void {
    if (!this.#isOpen()) return;
    this.#finish();
    this.#transaction.end();
    this.#dialog.end({ by: 'us', why: 'rejected' });
  }

  #cancelled(by: 'cancel' | 'flow-lost', reason: string | undefined): void {
    if (!this.#isOpen() && this.#state !== 'accepting') return;
    const events = this.#finish();
    this.#transaction.respond(this.#dialog.response(this.request, 487));
    this.#dialog.end({ by: by === 'cancel' ? 'peer' : 'network', why: by === 'cancel' ? 'cancelled' : 'flow-lost', reason });
    events.emit('cancelled', { by, reason });
    events.clear();
  }

  #finish(): Emitter<IncomingInviteEvents> {
    this.#state = 'done';
    this.#pendingAccept = undefined;
    this.#reliable.stop();
    return this.#events;
  }

  #isOpen(): boolean {
    return this.#state === 'fresh' || this.#state === 'proceeding';
  }

  #address(name: string): NameAddr | undefined {
    const first = this.request.headers.list(name)[0];
    return first === undefined ? undefined : parseNameAddr(first);
  }
}
