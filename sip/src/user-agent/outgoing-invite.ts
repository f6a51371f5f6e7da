import { DialogRoute } from '../dialog/dialog-route.ts';
import { ALLOW, SUPPORTED } from '../dialog/host.ts';
import type { InviteDialog } from '../dialog/invite-dialog.ts';
import { sendAck } from '../dialog/outgoing-offer.ts';
import { readMinSe } from '../dialog/session-timer.ts';
import { Emitter } from '../emitter.ts';
import { Headers } from '../message/headers.ts';
import { addressOnly, writeNameAddr } from '../message/name-addr.ts';
import { reasonPhrase } from '../message/response.ts';
import { sdpOf } from '../message/sdp-part.ts';
import { SipRequest, type SipResponse } from '../message/sip-message.ts';
import { readUnsigned } from '../message/uri.ts';
import type { Timer } from '../timers.ts';
import type { ClientTransaction } from '../transaction/transaction-layer.ts';
import type { LiveFlow } from '../transport/door.ts';
import type { InviteOptions, OutgoingInvite, OutgoingInviteEvents, Provisional } from './api.ts';
import { answerChallenge } from './digest-client.ts';
import type { Outside } from './outside.ts';

/*
 * A call asked for by us: RFC 3261 13.2 with RFC 3262 (PRACK), RFC 4028 (422) and forks.
 *
 *  sending ──1xx──▶ ringing ──2xx──▶ answered: ACK; a 2xx of another fork is ACKed, then BYE
 *    │  │             │ │
 *    │  │ cancel()    │ └─cancel()─▶ cancelling ──487──▶ failed
 *    │  └─▶ waits for a 1xx, then ──────▶│   └──2xx crossed──▶ ACK, BYE, failed 487
 *    │ 401, 407, 422: sent again, once each       └── 64*T1 without a final: failed 487 (RFC 3261 9.1)
 *    └── 3xx-6xx, 408, 503 ──▶ failed
 */
type State = 'sending' | 'ringing' | 'cancelling' | 'answered' | 'failed';

const DEFAULT_RING_LIMIT_MS = 300_000;
const MAX_FORKS = 16;

interface Branch {
  readonly dialog: InviteDialog;
  lastRseq: number | undefined;
  /** Whether the offer/answer of this early dialog is complete by a reliable provisional. */
  settled: boolean;
  repeatAck?: () => void;
}

export class OutgoingInviteCall implements OutgoingInvite {
  readonly callId: string;
  readonly #outside: Outside;
  readonly #options: InviteOptions;
  readonly #events = new Emitter<OutgoingInviteEvents>();
  readonly #fromTag: string;
  readonly #branches = new Map<string, Branch>();
  /** How to ACK again for a call that is over: its 2xx may still be repeated. */
  readonly #lateAcks = new Map<string, () => void>();
  #state: State = 'sending';
  #request: SipRequest;
  #transaction: ClientTransaction | undefined;
  #flow: LiveFlow | undefined;
  #cseq = 1;
  #cancelWanted: { readonly reason: string | undefined } | undefined;
  #challenged = false;
  #sessionSeconds: number | undefined;
  #limit: Timer | undefined;

  constructor(outside: Outside, options: InviteOptions) {
    this.#outside = outside;
    this.#options = options;
    this.callId = outside.host.newToken();
    this.#fromTag = outside.host.newToken();
    this.#sessionSeconds = outside.host.sessionTimer?.expiresSeconds;
    this.#request = this.#build();
    this.#limit = outside.host.timers.after(options.ringLimitMs ?? DEFAULT_RING_LIMIT_MS, () => this.#ringLimit());
  }

  on<Name extends keyof OutgoingInviteEvents>(name: Name, listener: (event: OutgoingInviteEvents[Name]) => void): () => void {
    return this.#events.on(name, listener);
  }

  start(): void {
    this.#send();
  }

  cancel(reason?: string): void {
    if (this.#state === 'sending') {
      // RFC 3261 9.1: not before a provisional. Never sent, or never heard of: 64*T1 of the INVITE end it.
      this.#cancelWanted ??= { reason };
      return;
    }
    if (this.#state === 'ringing') this.#sendCancel(reason);
  }

  #build(authorization?: readonly [string, string]): SipRequest {
    const { options, timer } = { options: this.#options, timer: this.#outside.host.sessionTimer };
    const headers = new Headers();
    headers.append('Max-Forwards', String(options.maxForwards ?? 70));
    headers.append('From', `${writeNameAddr(addressOnly(options.from))};tag=${this.#fromTag}`);
    headers.append('To', writeNameAddr(addressOnly(options.to ?? { uri: options.uri })));
    headers.append('Call-ID', this.callId).append('CSeq', `${this.#cseq} INVITE`);
    if (options.route !== undefined) headers.append('Route', `<${options.route}>`);
    headers.append('Allow', ALLOW);
    headers.append('Supported', options.reliability === 'off' ? SUPPORTED.replace('100rel, ', '') : SUPPORTED);
    if (options.reliability === 'required') headers.append('Require', '100rel');
    if (timer && this.#sessionSeconds !== undefined) {
      headers.append('Session-Expires', String(this.#sessionSeconds)).append('Min-SE', String(Math.max(timer.minSeconds, this.#sessionSeconds === timer.expiresSeconds ? 0 : this.#sessionSeconds)));
    }
    if (this.#outside.host.product) headers.append('User-Agent', this.#outside.host.product);
    headers.addAll(options.headers);
    if (authorization) headers.append(...authorization);
    if (options.sdp !== undefined) headers.set('Content-Type', 'application/sdp');
    return new SipRequest('INVITE', options.uri, headers, options.sdp ?? '');
  }

  #send(authorization?: readonly [string, string]): void {
    const request = (this.#request = this.#build(authorization));
    this.#outside.host.sender.send(request, this.#flow ? { flow: this.#flow } : this.#outside.destination(this.#options), {
      prepare: (flow) => {
        this.#flow = flow;
        request.headers.append('Contact', this.#outside.host.contact(flow, this.#options.contactUser));
      },
      sent: (transaction) => (this.#transaction = transaction),
      response: (response) => {
        if (request !== this.#request && response.status < 200) return;
        this.#receive(response, request);
      },
      failed: (why) => this.#failed(why),
      ended: () => this.#forgetForks(),
    });
  }

  #receive(response: SipResponse, request: SipRequest): void {
    if (response.status < 200) return this.#provisional(response);
    if (response.status < 300) return this.#accepted(response, request);
    this.#refused(response);
  }

  // ── Provisionals ────────────────────────────────────────────────────────────────────────────────────────────────────

  #provisional(response: SipResponse): void {
    if (this.#state === 'sending') this.#state = 'ringing';
    if (this.#cancelWanted && this.#state === 'ringing') return this.#sendCancel(this.#cancelWanted.reason);
    if (this.#state !== 'ringing') return;
    const branch = response.status > 100 && response.toTag !== '' ? this.#branch(response) : undefined;
    const sdp = sdpOf(response);
    const rseq = readUnsigned(response.headers.get('RSeq') ?? '');
    const reliable = branch !== undefined && rseq !== undefined && response.headers.lists('Require', '100rel');
    const base = { status: response.status, response, dialog: branch?.dialog, sdp, reliable };
    if (!reliable) {
      this.#events.emit('provisional', { ...base, sdpIs: sdp === undefined ? 'none' : 'preview', prack: () => undefined });
      return;
    }
    // RFC 3262 4: in order only; a repeat whose PRACK was lost is the PRACK transaction's business.
    if (branch.lastRseq !== undefined && rseq !== branch.lastRseq + 1) return;
    branch.lastRseq = rseq;
    this.#events.emit('provisional', { ...base, ...this.#acknowledge(branch, rseq, sdp) });
  }

  #acknowledge(branch: Branch, rseq: number, sdp: string | undefined): Pick<Provisional, 'sdpIs' | 'prack'> {
    const { dialog } = branch;
    const send = (answer: string | undefined) => {
      const prack = dialog.route.request('PRACK', { body: answer, headers: { RAck: `${rseq} ${this.#cseq} INVITE` } });
      this.#outside.host.sender.send(prack, dialog.route.destination(), { response: () => undefined, failed: () => undefined });
    };
    const isOffer = sdp !== undefined && this.#options.sdp === undefined && !branch.settled;
    if (!isOffer) {
      if (sdp !== undefined && !branch.settled) {
        branch.settled = true;
        dialog.settled(this.#options.sdp, sdp, 'ours');
        dialog.offering = 'none';
      }
      send(undefined);
      return { sdpIs: sdp === undefined ? 'none' : 'answer', prack: () => undefined };
    }
    let sent = false;
    const prack = (answer: string) => {
      if (sent) return;
      sent = branch.settled = true;
      dialog.settled(sdp, answer, 'theirs');
      dialog.offering = 'none';
      send(answer);
    };
    return { sdpIs: 'offer', prack };
  }

  /** One per To tag (RFC 3261 12.1); a flood of forks gets no more than so many. */
  #branch(response: SipResponse): Branch | undefined {
    const existing = this.#branches.get(response.toTag);
    if (existing) {
      existing.dialog.noteCapabilities(response);
      return existing;
    }
    if (this.#branches.size >= MAX_FORKS || !this.#flow) return undefined;
    const dialog = this.#outside.newDialog(DialogRoute.ofCaller(this.#request, response, this.#flow), 'caller', this.#options.contactUser);
    if (!dialog) return undefined;
    dialog.noteCapabilities(response);
    dialog.offering = 'ours';
    const branch: Branch = { dialog, lastRseq: undefined, settled: false };
    this.#branches.set(response.toTag, branch);
    return branch;
  }

  // ── Finals ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  #accepted(response: SipResponse, request: SipRequest): void {
    const lateAck = this.#lateAcks.get(response.toTag);
    if (lateAck) return lateAck();
    const branch = this.#branch(response);
    if (!branch) return;
    if (branch.repeatAck) return branch.repeatAck();
    const { dialog } = branch;
    const won = this.#state === 'sending' || this.#state === 'ringing';
    dialog.route.refreshTarget(response);
    const ack = (answer: string | undefined) => {
      branch.repeatAck = () => undefined;
      sendAck({ host: this.#outside.host, route: dialog.route }, request, answer, (repeat) => (branch.repeatAck = repeat));
    };
    const sdp = sdpOf(response);
    if (!won || this.#cancelWanted) {
      // Another fork was faster, or the 200 crossed our CANCEL: ACK, then BYE (RFC 3261 13.2.2.4, 9.1).
      dialog.confirm();
      ack(undefined);
      dialog.refuseByBye({ by: 'us', why: won || this.#state === 'cancelling' ? 'cancelled' : 'other-fork' });
      if (won || this.#state === 'cancelling') this.#fail(487, reasonPhrase(487));
      return;
    }
    this.#state = 'answered';
    this.#limit?.cancel();
    this.#endOthers(branch, 'other-fork');
    dialog.on('ended', () => this.#outlive(response.toTag));
    const isOffer = this.#options.sdp === undefined && sdp !== undefined && !branch.settled;
    dialog.confirm();
    dialog.sessionTimer.answered(response);
    if (!isOffer) {
      ack(undefined);
      if (!branch.settled && sdp !== undefined) dialog.settled(this.#options.sdp, sdp, 'ours');
      dialog.offering = 'none';
    }
    const answer = (text: string) => {
      if (!isOffer || branch.repeatAck) return;
      ack(text);
      dialog.settled(sdp, text, 'theirs');
      dialog.setBusy(false);
    };
    // A 200 after a reliable answer may repeat the SDP (RFC 3262 5); what was agreed early stands.
    this.#events.emit('answered', { dialog, response, sdp: sdp ?? dialog.remoteSdp, sdpIs: isOffer ? 'offer' : (sdp ?? dialog.remoteSdp) === undefined ? 'none' : 'answer', ack: answer });
    this.#events.clear();
    dialog.wake();
  }

  #refused(response: SipResponse): void {
    const { status } = response;
    if (this.#state === 'answered' || this.#state === 'failed') return;
    const mayRetry = this.#state !== 'cancelling' && !this.#cancelWanted;
    if (mayRetry && (status === 401 || status === 407) && this.#options.credentials && !this.#challenged) {
      const authorization = answerChallenge(response, this.#request, this.#options.credentials);
      if (authorization) {
        this.#challenged = true;
        return this.#again(authorization);
      }
    }
    if (mayRetry && status === 422) {
      const min = readMinSe(response);
      if (min !== undefined && this.#sessionSeconds !== undefined && min > this.#sessionSeconds && min <= 86_400) {
        this.#sessionSeconds = min;
        return this.#again();
      }
    }
    this.#fail(status, response.reason, response);
  }

  #again(authorization?: readonly [string, string]): void {
    this.#endOthers(undefined, 'rejected');
    this.#branches.clear();
    this.#cseq++;
    this.#state = 'sending';
    this.#send(authorization);
  }

  #failed(why: 'timeout' | 'transport'): void {
    if (this.#state === 'answered' || this.#state === 'failed') return;
    if (this.#state === 'cancelling' || this.#cancelWanted) return this.#fail(487, reasonPhrase(487));
    this.#fail(why === 'timeout' ? 408 : 503, reasonPhrase(why === 'timeout' ? 408 : 503));
  }

  #ringLimit(): void {
    if (this.#state === 'ringing') {
      this.#sendCancel('SIP ;cause=408 ;text="Nobody answered"');
      this.#fail(408, reasonPhrase(408));
    } else this.#failed('timeout');
  }

  #sendCancel(reason: string | undefined): void {
    const invite = this.#request;
    const transaction = this.#transaction;
    if (!transaction || transaction.state === 'ended') return;
    this.#state = 'cancelling';
    const headers = new Headers();
    headers.append('Via', invite.headers.get('Via') ?? '').append('Max-Forwards', '70');
    for (const route of invite.headers.all('Route')) headers.append('Route', route);
    headers.append('From', invite.headers.get('From') ?? '').append('To', invite.headers.get('To') ?? '').append('Call-ID', this.callId).append('CSeq', `${this.#cseq} CANCEL`);
    if (reason !== undefined) headers.append('Reason', reason);
    this.#outside.host.sender.sendOn(new SipRequest('CANCEL', invite.uri, headers), transaction.flow, { response: () => undefined, failed: () => undefined });
    // RFC 3261 9.1: a peer that answers the CANCEL but never the INVITE is given up after 64*T1.
    this.#limit?.cancel();
    this.#limit = this.#outside.host.timers.after(64 * this.#outside.host.values.t1, () => {
      transaction.end();
      this.#fail(487, reasonPhrase(487));
    });
  }

  #fail(status: number, reason: string, response?: SipResponse): void {
    if (this.#state === 'answered' || this.#state === 'failed') return;
    const stillCancelling = this.#state === 'cancelling' && status === 408;
    this.#state = 'failed';
    // The limit of a CANCEL goes on, so that the transaction of a silent peer ends.
    if (!stillCancelling) this.#limit?.cancel();
    this.#endOthers(undefined, status === 487 ? 'cancelled' : 'rejected');
    this.#events.emit('failed', { status, reason, response });
    this.#events.clear();
  }

  #endOthers(winner: Branch | undefined, why: 'other-fork' | 'rejected' | 'cancelled'): void {
    for (const branch of this.#branches.values()) {
      if (branch !== winner) branch.dialog.end({ by: why === 'rejected' ? 'peer' : 'us', why });
    }
  }

  /** The transaction waits 64*T1 for more 2xx (RFC 6026); the call is not kept in memory for it. */
  #outlive(toTag: string): void {
    const repeatAck = this.#branches.get(toTag)?.repeatAck;
    this.#branches.delete(toTag);
    if (repeatAck) this.#lateAcks.set(toTag, repeatAck);
  }

  /** RFC 6026: forks may answer until timer M; afterwards nobody is left to be told apart. */
  #forgetForks(): void {
    if (this.#state !== 'answered' && this.#state !== 'failed') return;
    this.#branches.clear();
    this.#lateAcks.clear();
  }
}
