import type { BridgeId, Instant, LegId, PlayId, RecordingId } from '@centralita/kernel';
import type { MediaProtection } from '@centralita/media';
import type { PlayItem } from '../../port/index.ts';

/**
 * What the signalling process and one media worker say to each other over the fork's IPC channel, always in arrays: what one
 * round of the event loop brings leaves in one message. Requests are answered (`answer`, same `id`); orders are not: what
 * became of them comes as events. A worker knows legs, bridges and recordings by the ids it is given; it knows no call,
 * agent or account. Orders for an unknown leg are dropped: they crossed its end.
 */
export type ToWorker =
  | { readonly kind: 'start'; readonly settings: WorkerSettings }
  | { readonly kind: 'request'; readonly id: number; readonly request: MediaRequest }
  | { readonly kind: 'order'; readonly order: MediaOrder }
  | { readonly kind: 'stop' };

export type FromWorker =
  | { readonly kind: 'ready' }
  | { readonly kind: 'answer'; readonly id: number; readonly answer: MediaAnswer }
  | { readonly kind: 'event'; readonly event: MediaEvent }
  | { readonly kind: 'load'; readonly load: WorkerLoad }
  /** A failure that was let pass by name (kernel's `ignoreFailure`): counted and logged by the parent. */
  | { readonly kind: 'ignored-failure'; readonly reason: string; readonly detail: string }
  | { readonly kind: 'stopped' };

export interface WorkerSettings {
  readonly index: number;
  /** Folder for `<recordingId>.wav`; made when missing. */
  readonly recordingsFolder: string;
  readonly soundsFolder: string;
  /** Address the plain RTP sockets bind to, unless a leg names its own. */
  readonly plainAddress: string;
  /** Ports of this worker, even number first; a leg takes an RTP and RTCP pair. */
  readonly plainPortFrom: number;
  readonly plainPortTo: number;
  /** Address browsers' media binds to; left out: all of the machine's own. */
  readonly browserAddress?: string;
  readonly browserPort: number;
  readonly maxLegs: number;
  readonly iceServers: readonly string[];
}

/** Asked when offer or answer texts are needed. Every one is idempotent for an equal leg and text. */
export type MediaRequest =
  | { readonly type: 'create-leg'; readonly leg: NewLeg }
  | { readonly type: 'make-offer'; readonly legId: LegId; readonly direction: MediaDirection }
  /** A first offer once more, for another far side than the one that got the last. */
  | { readonly type: 'offer-anew'; readonly legId: LegId; readonly protection: MediaProtection }
  | { readonly type: 'apply-answer'; readonly legId: LegId; readonly sdp: string }
  | { readonly type: 'apply-offer'; readonly legId: LegId; readonly sdp: string; readonly direction: MediaDirection }
  | { readonly type: 'statistics'; readonly legId: LegId };

export interface NewLeg {
  readonly legId: LegId;
  readonly kind: 'plain' | 'browser';
  /** Their offer: the answer is ours. Left out: the offer is ours. */
  readonly remoteOffer?: string;
  /** The address written into our SDP (connection line, candidates) for this peer, when not the one bound. */
  readonly advertisedAddress?: string;
  /** For plain legs: the local address to bind, when not the worker's. */
  readonly bindAddress?: string;
  /** For plain legs: whether their RTP is encrypted; `none` when left out. */
  readonly protection?: MediaProtection;
  /** No RTP for so long while the peer should send is `media-stalled`; 0 switches it off. */
  readonly stallMs: number;
}

export type MediaDirection = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

/** What both sides agreed on, after an offer and an answer. Directions are as seen from the center. */
export interface AgreedMedia {
  readonly codec: 'PCMU' | 'PCMA';
  readonly telephoneEvent: boolean;
  readonly direction: MediaDirection;
  /** The far side put us on hold: `sendonly`, `inactive` or an address of 0.0.0.0 (RFC 3264 section 8.4). */
  readonly held: boolean;
}

export type MediaRefusal =
  | 'no-common-codec'
  | 'protection-mismatch'
  | 'malformed-sdp'
  | 'unknown-leg'
  | 'leg-exists'
  | 'no-free-port'
  | 'worker-full'
  | 'worker-lost'
  /** A new ICE user fragment: the browser wants an ICE restart, which libdatachannel has not. Answer 488; a fresh leg takes over. */
  | 'ice-restart'
  | 'native-failure'
  | 'timed-out'
  | 'closed';

export type MediaAnswer =
  | { readonly ok: true; readonly sdp?: string; readonly agreed?: AgreedMedia; readonly statistics?: LegStatistics }
  | { readonly ok: false; readonly refusal: MediaRefusal; readonly detail?: string };

export type MediaOrder =
  | { readonly type: 'join'; readonly bridgeId: BridgeId; readonly legIds: readonly LegId[] }
  | { readonly type: 'leave'; readonly bridgeId: BridgeId; readonly legIds: readonly LegId[] }
  | { readonly type: 'monitor'; readonly bridgeId: BridgeId; readonly legId: LegId; readonly mode: MonitorMode; readonly agentLegId: LegId }
  | { readonly type: 'listen-early'; readonly legId: LegId; readonly sourceLegId: LegId | null }
  | { readonly type: 'hold'; readonly legId: LegId; readonly music: string | null }
  | { readonly type: 'resume'; readonly legId: LegId }
  | { readonly type: 'mute'; readonly legId: LegId; readonly muted: boolean }
  | { readonly type: 'play'; readonly playId: PlayId; readonly legId: LegId; readonly items: readonly PlayItem[]; readonly loop: boolean; readonly stopOnDigit: boolean }
  | { readonly type: 'stop-play'; readonly playId: PlayId }
  | { readonly type: 'send-digits'; readonly legId: LegId; readonly digits: string }
  | { readonly type: 'digit-by-info'; readonly legId: LegId; readonly digit: string; readonly durationMs: number }
  | { readonly type: 'start-recording'; readonly recordingId: RecordingId; readonly bridgeId: BridgeId; readonly customerLegIds: readonly LegId[] }
  | { readonly type: 'pause-recording'; readonly recordingId: RecordingId }
  | { readonly type: 'resume-recording'; readonly recordingId: RecordingId }
  | { readonly type: 'stop-recording'; readonly recordingId: RecordingId }
  | { readonly type: 'close-leg'; readonly legId: LegId };

export type MonitorMode = 'listen' | 'whisper' | 'barge';

/** A fact a worker saw, `at` the time it saw it. Ordered per worker, hence per leg. */
export type MediaEvent = { readonly at: Instant } & MediaFact;

export type MediaFact =
  /** ICE and DTLS are through (browser legs), or the first valid packet came (plain legs). Once per leg. */
  | { readonly type: 'media-connected'; readonly legId: LegId }
  | { readonly type: 'digit'; readonly legId: LegId; readonly digit: string; readonly durationMs: number; readonly via: 'rfc4733' | 'info' | 'in-band' }
  | { readonly type: 'talking-started'; readonly legId: LegId }
  | { readonly type: 'talking-stopped'; readonly legId: LegId }
  | { readonly type: 'media-stalled'; readonly legId: LegId }
  | { readonly type: 'media-resumed'; readonly legId: LegId }
  | { readonly type: 'quality'; readonly legId: LegId; readonly lossRatio: number; readonly jitterMs: number; readonly roundTripMs: number; readonly mos: number; readonly final: boolean }
  /** The last of a leg, when it closes. */
  | { readonly type: 'final-statistics'; readonly legId: LegId; readonly statistics: LegStatistics }
  | { readonly type: 'play-finished'; readonly playId: PlayId; readonly legId: LegId; readonly reason: 'completed' | 'digit' | 'stopped' | 'replaced' | 'failed' }
  | { readonly type: 'recording-started'; readonly recordingId: RecordingId }
  /** `file` is the name inside the recordings folder. Header and samples are on disk and the file is closed. */
  | { readonly type: 'recording-finished'; readonly recordingId: RecordingId; readonly file: string; readonly durationMs: number; readonly bytes: number }
  | { readonly type: 'recording-failed'; readonly recordingId: RecordingId; readonly reason: string; readonly file?: string }
  /** Its media cannot work any more (ICE or DTLS failed, native error, socket error). The leg stays until closed. */
  | { readonly type: 'leg-failed'; readonly legId: LegId; readonly reason: string }
  | { readonly type: 'alarm'; readonly name: 'sound-missing' | 'recording-overrun' | 'ports-exhausted'; readonly detail: string };

export interface WorkerLoad {
  readonly index: number;
  readonly legs: number;
  /** How late the 5 ms phases started over the last 5 s, 99th percentile, in milliseconds. */
  readonly tickLateP99Ms: number;
}

/** Counters of one leg since its creation; packets and RFC 3550 figures as seen by the center. */
export interface LegStatistics {
  readonly packetsSent: number;
  readonly packetsReceived: number;
  readonly packetsLost: number;
  readonly packetsDiscarded: number;
  /** From another source than the learnt one: dropped. */
  readonly packetsFromStrangers: number;
  readonly packetsMalformed: number;
  /** Of a protected stream: plain, forged or replayed, and dropped. */
  readonly packetsUnauthentic: number;
  readonly jitterMs: number;
  readonly jitterBufferMs: number;
  readonly roundTripMs: number;
  readonly farEndLossRatio: number;
  readonly mos: number;
  readonly codec: 'PCMU' | 'PCMA' | 'none';
  readonly localPort: number;
}
