import { sdpOf } from '../message/sdp-part.ts';
import type { HeaderFields } from '../message/headers.ts';
import type { ServerInviteTransaction } from '../transaction/server-invite.ts';
import type { ServerOtherTransaction } from '../transaction/server-other.ts';
import { AcceptedResponse } from './accepted-response.ts';
import { ALLOW, SUPPORTED } from './host.ts';
import type { InviteDialog } from './invite-dialog.ts';

/** RFC 3261 14.2: "a randomly chosen value of between 0 and 10 seconds". */
const retryAfter = (): HeaderFields => ({ 'Retry-After': String(Math.floor(Math.random() * 11)) });

/** @returns whether the peer has to try again, which it has been told (RFC 3261 14.2, RFC 3311 5.2). */
function refusedAsCrossing(dialog: InviteDialog, transaction: ServerInviteTransaction | ServerOtherTransaction, carriesOffer: boolean): boolean {
  const { request } = transaction;
  const busyHeaders = dialog.sessionTimer.refusal(request);
  if (busyHeaders) return transaction.respond(dialog.response(request, 422, busyHeaders));
  if (!carriesOffer) return false;
  if (dialog.offering === 'ours') return transaction.respond(dialog.response(request, 491));
  if (dialog.offering === 'theirs' || dialog.unacked.size > 0) return transaction.respond(dialog.response(request, 500, retryAfter()));
  return false;
}

/*
 * Their re-INVITE.
 *
 *  received ──▶ (491, 500, 422) refused as crossing
 *     └──▶ theirs: listener decides ──accept──▶ 200, repeated ──ACK──▶ settled (with their answer when the offer was ours)
 *                                    └─reject──▶ as it was (RFC 3261 14.2)
 */
export function receiveReinvite(dialog: InviteDialog, transaction: ServerInviteTransaction): void {
  const { request } = transaction;
  if (dialog.state === 'early') return void transaction.respond(dialog.response(request, 500, retryAfter()));
  if (refusedAsCrossing(dialog, transaction, true)) return;
  dialog.offering = 'theirs';
  const theirOffer = sdpOf(request);
  const release = () => {
    dialog.offering = 'none';
    dialog.wake();
  };
  transaction.handlers = {
    cancelled: () => {
      if (transaction.respond(dialog.response(request, 487))) release();
    },
    flowLost: release,
  };
  const heard = dialog.events.emit('offer', {
    method: 'INVITE',
    request,
    sdp: theirOffer,
    accept: (sdp, onAnswer) => {
      if (transaction.state !== 'proceeding' || dialog.ended) return;
      dialog.route.refreshTarget(request);
      const headers = { Allow: ALLOW, Supported: SUPPORTED, ...dialog.sessionTimer.answer(request) };
      const seq = request.cseq!.number;
      const accepted = new AcceptedResponse(dialog.host, transaction, dialog.response(request, 200, headers, sdp), {
        acked: (ack) => {
          const answer = sdpOf(ack);
          if (theirOffer === undefined && answer !== undefined) dialog.settled(sdp, answer, 'ours');
          if (theirOffer === undefined) onAnswer?.(answer);
        },
        never: () => {
          dialog.unacked.delete(seq);
          dialog.endByBye({ by: 'network', why: 'no-ack' });
        },
      });
      if (theirOffer !== undefined) dialog.settled(theirOffer, sdp, 'theirs');
      dialog.unacked.set(seq, accepted);
      release();
    },
    reject: (status, reason, headers) => {
      if (transaction.respond(dialog.response(request, status, withReason(headers, reason)))) release();
    },
  });
  if (!heard) {
    transaction.respond(dialog.response(request, 488));
    release();
  } else if (transaction.state === 'proceeding') transaction.respond(dialog.response(request, 100));
}

/** Their UPDATE (RFC 3311): without SDP it only refreshes the session timer or the target. */
export function receiveUpdate(dialog: InviteDialog, transaction: ServerOtherTransaction): void {
  const { request } = transaction;
  const theirOffer = sdpOf(request);
  if (refusedAsCrossing(dialog, transaction, theirOffer !== undefined)) return;
  const accept = (sdp: string | undefined) => {
    dialog.route.refreshTarget(request);
    // In an early dialog there is no session to time yet (RFC 4028 7.2).
    const timerHeaders = dialog.state === 'confirmed' ? dialog.sessionTimer.answer(request) : {};
    transaction.respond(dialog.response(request, 200, { Allow: ALLOW, Supported: SUPPORTED, ...timerHeaders }, sdp));
  };
  if (theirOffer === undefined) return accept(undefined);
  dialog.offering = 'theirs';
  let decided = false;
  const decide = (act: () => void) => {
    if (decided) return;
    decided = true;
    act();
    dialog.offering = 'none';
    dialog.wake();
  };
  const reject = (status: number, headers?: HeaderFields) => decide(() => transaction.respond(dialog.response(request, status, headers)));
  const heard = dialog.events.emit('offer', {
    method: 'UPDATE',
    request,
    sdp: theirOffer,
    accept: (sdp) =>
      decide(() => {
        accept(sdp);
        dialog.settled(theirOffer, sdp, 'theirs');
      }),
    reject: (status, reason, headers) => reject(status, withReason(headers, reason)),
  });
  if (!heard) reject(488);
}

/** The text of a refusal goes as a Warning (RFC 3261 20.43): the reason phrase is the status's own. */
const withReason = (headers: HeaderFields | undefined, reason: string | undefined): HeaderFields => ({ ...headers, ...(reason ? { Warning: `399 centralita "${reason.replace(/["\\]/g, '')}"` } : {}) });
