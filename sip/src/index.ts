export { systemTimers, type Timer, type Timers } from './timers.ts';
export type { Observable } from './emitter.ts';

export { Headers, splitList, type HeaderFields } from './message/headers.ts';
export { parseNameAddr, writeNameAddr, type NameAddr } from './message/name-addr.ts';
export { SipRequest, SipResponse, type CSeq, type SipMessage } from './message/sip-message.ts';
export { escapeUser, parseUri, userOf, writeUri, type SipUri } from './message/uri.ts';
export { parseMessage } from './message/parse-message.ts';
export { writeMessage } from './message/write-message.ts';
export { readDtmfInfo } from './message/dtmf-info.ts';

export { DEFAULT_LIMITS, isReliable, isSecure, type Address, type Addressing, type Flow, type Protocol, type Resolver, type TraceEntry, type TransportLimits } from './transport/flow.ts';
export { protocolOf } from './transport/locator.ts';
export { natAddressing } from './transport/nat-addressing.ts';
export { DEFAULT_TIMER_VALUES, type TimerValues } from './transaction/timer-values.ts';

export type { Dialog, DialogEnd, DialogEvents, DialogId, DialogRequest, IncomingRefer, OfferOutcome, RemoteOffer, TransferReport } from './dialog/api.ts';
export type {
  Credentials,
  IncomingInvite,
  IncomingInviteEvents,
  IncomingRequest,
  InviteOptions,
  Listener,
  ListenSpec,
  OutgoingInvite,
  OutgoingInviteEvents,
  Provisional,
  RequestOptions,
  RequestOutcome,
  ResponseOptions,
  SipStats,
  UserAgent,
  UserAgentOptions,
  WebSocketSpec,
} from './user-agent/api.ts';
export type { DigestAlgorithm, DigestServer, DigestServerOptions, DigestVerdict } from './user-agent/auth-api.ts';
export { createDigestServer } from './user-agent/digest-server.ts';
export type { Binding, BindingChange, Bindings, BindingsOptions } from './user-agent/bindings-api.ts';
export { createBindings } from './user-agent/bindings.ts';
export { createUserAgent } from './user-agent/user-agent.ts';
