import type { HeaderFields } from '../message/headers.ts';
import type { SipRequest, SipResponse } from '../message/sip-message.ts';
import { sdpOf } from '../message/sdp-part.ts';
import type { LiveFlow } from '../transport/door.ts';
import type { OfferOutcome } from './api.ts';
import type { DialogRoute } from './dialog-route.ts';
import { ALLOW, SUPPORTED, type DialogHost } from './host.ts';
import type { SessionTimer } from './session-timer.ts';

/** After a provisional a re-INVITE has no timer of its own; a peer that never answers must not block the dialog for ever. */
const REINVITE_LIMIT_MS = 60_000;
const MAX_TRIES = 5;

export interface OfferAttempt {
  readonly method: 'INVITE' | 'UPDATE';
  readonly sdp: string | undefined;
  readonly headers?: HeaderFields;
}

/** What an attempt needs from its dialog. */
export interface OfferHolder {
  readonly host: DialogHost;
  readonly route: DialogRoute;
  readonly sessionTimer: SessionTimer;
  readonly side: 'caller' | 'callee';
  readonly contactUser: string | undefined;
  readonly ended: boolean;
  /** Our offer or request is out; the peer's is refused meanwhile. */
  setBusy(busy: boolean): void;
  /** Calls `start` when no exchange is under way: now, or when its turn comes. */
  whenFree(method: 'INVITE' | 'UPDATE', start: () => void): void;
  settled(offer: string | undefined, answer: string | undefined, whoseOffer: 'ours' | 'theirs'): void;
  noteCapabilities(message: SipResponse): void;
  /** 408 and 481 end the dialog (RFC 3261 14.1). */
  gone(status: number): void;
}

/*
 * One offer of ours by re-INVITE or UPDATE.
 *
 *  sent ──2xx──▶ done (INVITE: ACKed)
 *   │ ├──491──▶ wait 2.1 to 4 s (owner of the Call-ID) or 0 to 2 s (RFC 3261 14.1) ──▶ sent
 *   │ ├──422──▶ longer interval (RFC 4028 7.3) ──▶ sent
 *   │ ├──408, 481──▶ the dialog ends
 *   └─┴──other──▶ refused: the session stays as it was
 */
export function sendOffer(holder: OfferHolder, attempt: OfferAttempt, tries = 1): Promise<OfferOutcome> {
  return new Promise((resolve) => {
    if (holder.ended) return resolve(refusedBy(481, 'Dialog Ended'));
    const { host, route } = holder;
    holder.setBusy(true);
    const request = route.request(attempt.method, { body: attempt.sdp, headers: { ...attempt.headers, Allow: ALLOW, Supported: SUPPORTED, ...holder.sessionTimer.requestHeaders() } });
    const finish = (outcome: OfferOutcome) => {
      limit?.cancel();
      holder.setBusy(false);
      resolve(outcome);
    };
    const again = (delayMs: number) => {
      holder.setBusy(false);
      limit?.cancel();
      host.timers.after(delayMs, () => holder.whenFree(attempt.method, () => void sendOffer(holder, attempt, tries + 1).then(resolve)));
    };
    const limit = attempt.method === 'INVITE' ? host.timers.after(REINVITE_LIMIT_MS, () => failed(408)) : undefined;
    let over = false;
    let repeatAck: (() => void) | undefined;
    const failed = (status: number) => {
      if (over) return;
      over = true;
      finish(refusedBy(status, status === 408 ? 'Request Timeout' : 'Service Unavailable'));
      if (status === 408) holder.gone(status);
    };
    const accepted = (response: SipResponse) => {
      if (over) return repeatAck?.();
      over = true;
      route.refreshTarget(response);
      holder.noteCapabilities(response);
      holder.sessionTimer.answered(response);
      const sdp = sdpOf(response);
      const ack = (answer: string | undefined) => {
        if (attempt.method !== 'INVITE' || repeatAck) return;
        repeatAck = () => undefined;
        sendAck(holder, request, answer, (repeat) => (repeatAck = repeat));
      };
      if (attempt.sdp !== undefined || sdp === undefined) {
        ack(undefined);
        if (attempt.sdp !== undefined && sdp !== undefined) holder.settled(attempt.sdp, sdp, 'ours');
        return finish({ ok: true, sdp, ack: () => undefined });
      }
      // They offered: we stay busy until our answer has gone out in the ACK.
      limit?.cancel();
      resolve({
        ok: true,
        sdp,
        ack: (answer) => {
          ack(answer);
          holder.settled(sdp, answer, 'theirs');
          holder.setBusy(false);
        },
      });
    };
    host.sender.send(request, route.destination(), {
      prepare: (flow: LiveFlow) => void request.revise((headers) => headers.set('Contact', host.contact(flow, holder.contactUser))),
      response: (response) => {
        if (response.status < 200) return;
        if (response.status < 300) return accepted(response);
        if (over) return;
        over = true;
        if (response.status === 491 && tries < MAX_TRIES) return again(glareDelayMs(holder.side));
        if (response.status === 422 && tries < MAX_TRIES && holder.sessionTimer.tooSmall(response)) return again(0);
        finish(refusedBy(response.status, response.reason));
        if (response.status === 408 || response.status === 481) holder.gone(response.status);
      },
      failed: (why) => failed(why === 'timeout' ? 408 : 503),
    });
  });
}

const refusedBy = (status: number, reason: string): OfferOutcome => ({ ok: false, status, reason });

/** RFC 3261 14.1, in units of 10 ms: the two ranges do not meet, so the second glare is unlikely. */
function glareDelayMs(side: 'caller' | 'callee'): number {
  const units = side === 'caller' ? 210 + Math.floor(Math.random() * 191) : Math.floor(Math.random() * 201);
  return units * 10;
}

/** The ACK of a 2xx, sent again for every repeat of it. */
export function sendAck(holder: Pick<OfferHolder, 'host' | 'route'>, invite: SipRequest, answer: string | undefined, sent: (repeat: () => void) => void): void {
  const ack = holder.route.request('ACK', { seq: invite.cseq?.number ?? 0, body: answer });
  holder.host.sender.sendAck(ack, holder.route.destination(), sent);
}
