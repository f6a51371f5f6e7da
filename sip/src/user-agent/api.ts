import type { Server as HttpServer } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import type { Observable } from '../emitter.ts';
import type { Dialog, DialogId } from '../dialog/api.ts';
import type { HeaderFields } from '../message/headers.ts';
import type { NameAddr } from '../message/name-addr.ts';
import type { SipRequest, SipResponse } from '../message/sip-message.ts';
import type { Timers } from '../timers.ts';
import type { Address, Addressing, Flow, Protocol, Resolver, TraceEntry, TransportLimits } from '../transport/flow.ts';
import type { TimerValues } from '../transaction/timer-values.ts';

export interface UserAgentOptions {
  /** A new call. Called in the same tick as the message; answer with at least `trying`, or `ignore` at once. */
  onInvite(invite: IncomingInvite): void;
  /** REGISTER, OPTIONS, MESSAGE and the like outside dialogs. Left out: OPTIONS gets 200, the rest 405. */
  onRequest?(request: IncomingRequest): void;
  /** A connection ended, whoever ended it; its registrations and calls are the listener's business. */
  onFlowClosed?(flow: Flow, reason: string): void;
  /** Asked for each request outside a known dialog before anything is spent on it: 'drop' leaves it without any answer. */
  admit?(request: SipRequest, flow: Flow): 'answer' | 'drop';
  /** Asked with every datagram and connection, before parsing. */
  acceptSource?(address: string, protocol: Protocol): boolean;
  trace?(entry: TraceEntry): void;
  /** A bug or a broken socket, contained: the message is dropped and the process goes on. */
  onFault?(where: string, error: unknown): void;
  readonly addressing?: Addressing;
  /** PEM certificates that TLS connections of ours trust instead of the well-known ones (a carrier's own, or a test's). */
  readonly trustedCertificates?: string;
  readonly resolver?: Resolver;
  readonly timers?: Timers;
  readonly timerValues?: Partial<TimerValues>;
  readonly limits?: Partial<TransportLimits>;
  /** Bounds of the maps; new work beyond them gets 503 with Retry-After. */
  readonly maxTransactions?: number;
  readonly maxDialogs?: number;
  /** Server header of responses and User-Agent header of requests. */
  readonly product?: string;
  /** Session timers (RFC 4028) wished for our calls, and the least we take from others. */
  readonly sessionTimer?: { readonly expiresSeconds: number; readonly minSeconds: number } | false;
}

export interface UserAgent {
  /** @throws when the port is taken or the certificate broken. */
  listen(spec: ListenSpec): Promise<Listener>;
  /** Takes WebSocket upgrades of `path` with the subprotocol `sip` (RFC 7118); other paths are left to other listeners of the server. */
  acceptWebSockets(spec: WebSocketSpec): Listener;
  invite(options: InviteOptions): OutgoingInvite;
  /** A request outside dialogs (REGISTER, OPTIONS, MESSAGE), with digest when credentials are given. Always resolves; see `SipFailure`. */
  request(options: RequestOptions): Promise<RequestOutcome>;
  /** The live dialog that a Replaces header or a Refer-To names (RFC 3891 3). Early ones count too. */
  findDialog(id: DialogId): Dialog | undefined;
  /** Flows that are open connections. */
  flows(): readonly Flow[];
  stats(): SipStats;
  /** Closes sockets and cancels every timer. Does not hang up: end the calls first. */
  close(): Promise<void>;
}

export type ListenSpec =
  | { readonly protocol: 'udp' | 'tcp'; readonly address: string; readonly port: number }
  | { readonly protocol: 'tls'; readonly address: string; readonly port: number; readonly key: string; readonly cert: string; readonly ca?: string };

export interface WebSocketSpec {
  readonly server: HttpServer | HttpsServer;
  readonly path: string;
  /** The default takes every origin: a switch must say which ones it knows. Also gets the whole request for cookies or tickets. */
  checkOrigin?(origin: string | undefined, request: { readonly url: string; readonly headers: Readonly<Record<string, string | string[] | undefined>>; readonly remoteAddress: string }): boolean;
  readonly pingIntervalMs?: number;
  readonly pongTimeoutMs?: number;
}

export interface Listener {
  readonly protocol: Protocol;
  /** Where it is bound, the chosen port included. */
  readonly bound: Address;
  /** TLS only: takes a new certificate for connections to come. */
  reload(material: { readonly key: string; readonly cert: string }): void;
  close(): Promise<void>;
}

// ── Incoming ────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** A request outside dialogs, waiting for its one final response. */
export interface IncomingRequest {
  readonly request: SipRequest;
  readonly flow: Flow;
  respond(status: number, options?: ResponseOptions): void;
  /** Ends it without any answer: the peer learns nothing. */
  ignore(): void;
}

export interface ResponseOptions {
  readonly reason?: string;
  readonly headers?: HeaderFields;
  readonly contentType?: string;
  readonly body?: string;
}

/** A call asked for by a peer. States and rules: `incoming-invite.ts`. Responding twice or late is harmless and does nothing. */
export interface IncomingInvite extends Observable<IncomingInviteEvents> {
  readonly request: SipRequest;
  readonly flow: Flow;
  /** Exists at once, as an early dialog; the same object lives on after `accept`. */
  readonly dialog: Dialog;
  /** Their offer. undefined: `accept` (or a reliable `progress`) gives ours, and `acked` (or `early-answer`) brings the answer. */
  readonly sdp: string | undefined;
  readonly requestUser: string;
  readonly from: NameAddr;
  readonly to: NameAddr;
  readonly assertedIdentity?: NameAddr;
  readonly calledPartyId?: NameAddr;
  /** Which dialog this call wants to take over; find it with `findDialog`. Its policy is the caller's of this library. */
  readonly replaces?: DialogId & { readonly earlyOnly: boolean };
  /** What is left of Max-Forwards for the other leg (RFC 7332). */
  readonly maxForwards: number;
  /** 100; sent on its own when `onInvite` returned without a response. */
  trying(): void;
  /** 180, reliable only when the peer requires 100rel. */
  ringing(headers?: HeaderFields): void;
  /** 183 with SDP: reliable when the peer supports or requires 100rel (RFC 3262), else best effort. */
  progress(sdp: string, headers?: HeaderFields): void;
  /** 200. The answer to their offer, or our offer when they sent none. Waits for an open PRACK that carries SDP (RFC 3262 3). */
  accept(sdp: string, headers?: HeaderFields): Dialog;
  /** 3xx to 6xx. */
  reject(status: number, reason?: string, headers?: HeaderFields): void;
  /** Ends it without any answer. Only while `onInvite` runs. */
  ignore(): void;
}

export interface IncomingInviteEvents {
  /** CANCEL came (487 is already sent), with its Reason header if any (RFC 3326), or the flow it came on was lost. */
  cancelled: { readonly reason: string | undefined; readonly by: 'cancel' | 'flow-lost' };
  /** PRACK of a reliable `progress` that carried our offer. */
  'early-answer': { readonly sdp: string | undefined };
  /** The ACK of our 200 came; `sdp` is the answer when the 200 carried our offer. */
  acked: { readonly sdp: string | undefined };
}

// ── Outgoing ────────────────────────────────────────────────────────────────────────────────────────────────────────────

export interface InviteOptions {
  /** The Request-URI. */
  readonly uri: string;
  /** The device's connection or UDP pair. Left out: RFC 3263 on `route`, else on `uri`. */
  readonly flow?: Flow;
  /** An outbound proxy, sent as a Route header (`sip:host:port;lr`). */
  readonly route?: string;
  /** Where to send without any header saying so: a trunk's server (`sip:host:port;transport=tcp`). */
  readonly nextHop?: string;
  readonly from: Pick<NameAddr, 'displayName' | 'uri'>;
  /** Defaults to `uri`. */
  readonly to?: Pick<NameAddr, 'displayName' | 'uri'>;
  /** User part of our Contact; the host follows from the flow. */
  readonly contactUser?: string;
  /** Our offer. undefined asks the peer for one: then `answered` (or a reliable provisional) brings it. */
  readonly sdp: string | undefined;
  readonly headers?: HeaderFields;
  readonly credentials?: Credentials;
  readonly maxForwards?: number;
  /** 100rel: 'supported' by default. */
  readonly reliability?: 'supported' | 'required' | 'off';
  /** Ends the attempt with 408 when nothing final came; default 5 minutes. Ring time-outs belong above. */
  readonly ringLimitMs?: number;
}

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** A call asked for by us. States and rules: `outgoing-invite.ts`. */
export interface OutgoingInvite extends Observable<OutgoingInviteEvents> {
  readonly callId: string;
  /** Sends CANCEL, once a provisional has come (RFC 3261 9.1). Crossed by a 200, that one is ACKed and ended by BYE. Then `failed` 487. */
  cancel(reason?: string): void;
}

export interface OutgoingInviteEvents {
  provisional: Provisional;
  /** Once. The 200 is ACKed already, unless it carries an offer: then call `ack(answer)`. */
  answered: { readonly dialog: Dialog; readonly response: SipResponse; readonly sdp: string | undefined; readonly sdpIs: 'answer' | 'offer' | 'none'; ack(answer: string): void };
  /** Once, instead of `answered`. `response` is missing when none came (time-out 408, unreachable 503, cancelled 487). */
  failed: { readonly status: number; readonly reason: string; readonly response?: SipResponse };
}

export interface Provisional {
  readonly status: number;
  readonly response: SipResponse;
  /** One per To tag; missing on 100 and on responses without a tag. */
  readonly dialog?: Dialog;
  readonly sdp: string | undefined;
  /** 'preview': unreliable, may change until the 200. 'answer' and 'offer' came reliably. */
  readonly sdpIs: 'preview' | 'answer' | 'offer' | 'none';
  readonly reliable: boolean;
  /** Only for an offer in a reliable provisional: sends PRACK with the answer. Otherwise PRACK has been sent. */
  prack(answer: string): void;
}

export interface RequestOptions {
  readonly method: string;
  readonly uri: string;
  readonly flow?: Flow;
  readonly route?: string;
  readonly nextHop?: string;
  readonly from: Pick<NameAddr, 'displayName' | 'uri'>;
  readonly to?: Pick<NameAddr, 'displayName' | 'uri'>;
  readonly contactUser?: string;
  /** A registration keeps its Call-ID and raises its CSeq (RFC 3261 10.2). */
  readonly callId?: string;
  readonly cseq?: number;
  readonly headers?: HeaderFields;
  readonly contentType?: string;
  readonly body?: string;
  readonly credentials?: Credentials;
}

/** `response` is the final one; `flow` is what carried it. 408: nothing came. 503: could not be sent. `cseq` is the last one used. */
export interface RequestOutcome {
  readonly status: number;
  readonly response?: SipResponse;
  readonly flow?: Flow;
  readonly cseq: number;
}

// ── Figures ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

export interface SipStats {
  readonly transactions: { readonly inviteServer: number; readonly inviteClient: number; readonly server: number; readonly client: number };
  /** Early and confirmed. */
  readonly dialogs: number;
  /** Wake-ups pending in the injected timers, those of other users of the same timers included. */
  readonly timers: number;
  readonly connections: number;
  readonly received: number;
  readonly sent: number;
  readonly retransmissions: number;
  /** Messages dropped, by why: `malformed`, `rate`, `too-large`, `source`, `not-admitted`, `stray-response`, `stray-ack`, `fault`, … */
  readonly dropped: ReadonlyMap<string, number>;
}
