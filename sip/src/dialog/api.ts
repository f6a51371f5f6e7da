import type { Observable } from '../emitter.ts';
import type { HeaderFields } from '../message/headers.ts';
import type { NameAddr } from '../message/name-addr.ts';
import type { SipRequest } from '../message/sip-message.ts';
import type { Flow } from '../transport/flow.ts';

export interface DialogId {
  readonly callId: string;
  readonly localTag: string;
  readonly remoteTag: string;
}

/** A dialog made by INVITE (RFC 3261 12), early or confirmed. States and rules: `invite-dialog.ts`. */
export interface Dialog extends Observable<DialogEvents> {
  readonly id: DialogId;
  readonly state: 'early' | 'confirmed' | 'ended';
  readonly side: 'caller' | 'callee';
  /** The connection or UDP pair that requests go out on; follows the peer when it comes back on another. */
  readonly flow: Flow | undefined;
  readonly remoteTarget: string;
  readonly remote: NameAddr;
  readonly local: NameAddr;
  /** The last SDP of each side that took part in an offer/answer exchange. */
  readonly localSdp: string | undefined;
  readonly remoteSdp: string | undefined;
  /** Whether the peer's Allow or Supported named it. */
  peerAllows(method: string): boolean;

  /**
   * Offers `sdp` by re-INVITE, or asks for the peer's offer when undefined. Waits its turn behind an exchange under way; 491 is
   * retried after RFC 3261 14.1's time. A 408 or 481 ends the dialog.
   */
  reinvite(sdp: string | undefined, headers?: HeaderFields): Promise<OfferOutcome>;
  /** The same by UPDATE (RFC 3311), also in early dialogs. `sdp` undefined only refreshes. */
  update(sdp: string | undefined, headers?: HeaderFields): Promise<OfferOutcome>;
  /** Sends INFO, MESSAGE, NOTIFY, OPTIONS. @returns the final status; 408 or 481 ended the dialog. */
  request(method: string, options?: { readonly headers?: HeaderFields; readonly contentType?: string; readonly body?: string }): Promise<number>;
  /** Asks the peer to call `target` (RFC 3515); progress comes as `notify` events. @returns the status of the REFER. */
  refer(target: string, headers?: HeaderFields): Promise<number>;
  /** Ends a confirmed dialog, 2xx repeats included. Repeating it does nothing. Before the ACK of our 200 it waits for that (RFC 3261 15). */
  bye(headers?: HeaderFields): void;
  /** The value of a Replaces header that names this dialog to the peer's other party. */
  replacesValue(): string;
}

/** What became of an offer of ours. With no `sdp` of ours, `sdp` is their offer and `ack` must be given our answer. */
export type OfferOutcome =
  | { readonly ok: true; readonly sdp: string | undefined; ack(answer: string): void }
  | { readonly ok: false; readonly status: number; readonly reason: string };

export interface DialogEvents {
  /** The peer's re-INVITE or UPDATE with SDP, or re-INVITE without. Nobody listening: 488. */
  offer: RemoteOffer;
  info: DialogRequest;
  /** MESSAGE, OPTIONS and NOTIFY. Nobody listening: 405 (OPTIONS and NOTIFY: 200). */
  request: DialogRequest;
  /** Asked, not done (RFC 3515). Nobody listening: 603. */
  refer: IncomingRefer;
  /** Once. Afterwards the dialog is forgotten and its listeners are dropped. */
  ended: DialogEnd;
}

export interface RemoteOffer {
  readonly method: 'INVITE' | 'UPDATE';
  readonly request: SipRequest;
  /** undefined: the peer asks for our offer; its answer comes to `onAnswer`. */
  readonly sdp: string | undefined;
  accept(sdp: string, onAnswer?: (sdp: string | undefined) => void): void;
  reject(status: number, reason?: string, headers?: HeaderFields): void;
}

export interface DialogRequest {
  readonly request: SipRequest;
  respond(status: number, headers?: HeaderFields): void;
}

export interface IncomingRefer {
  readonly request: SipRequest;
  readonly target: NameAddr;
  /** From the Replaces header within the Refer-To URI: an attended transfer. */
  readonly replaces?: DialogId & { readonly earlyOnly: boolean };
  readonly referredBy: string | undefined;
  /** 202 and NOTIFY "100 Trying". */
  accept(): TransferReport;
  reject(status: number, reason?: string): void;
}

/** Tells the referrer how its transfer goes, by NOTIFY with a sipfrag. A final status ends the subscription. */
export interface TransferReport {
  notify(status: number, reason?: string): void;
}

export interface DialogEnd {
  readonly by: 'peer' | 'us' | 'network';
  /** `bye`; `cancelled`, `rejected`: it never was confirmed; `no-ack`: our 200 was never ACKed; `expired`: session timer; `gone`: 408 or 481 to a request; `flow-lost`. */
  readonly why: 'bye' | 'cancelled' | 'rejected' | 'no-ack' | 'expired' | 'gone' | 'flow-lost' | 'other-fork';
  /** The peer's Reason header (RFC 3326). */
  readonly reason?: string;
}
