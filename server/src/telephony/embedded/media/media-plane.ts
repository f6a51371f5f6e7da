import type { BridgeId, LegId, PlayId, RecordingId, Result } from '@centralita/kernel';
import type { MediaProtection } from '@centralita/media';
import type { PlayItem } from '../../port/index.ts';
import type { AgreedMedia, LegStatistics, MediaDirection, MediaEvent, MediaRefusal, MonitorMode, WorkerLoad } from './protocol.ts';

export type { AgreedMedia, LegStatistics, MediaDirection, MediaEvent, MediaFact, MediaRefusal, MonitorMode, WorkerLoad } from './protocol.ts';

/**
 * All media workers as one thing. Signalling creates legs (an offer or an answer in SDP comes back), applies the far side's
 * SDP, and orders bridges, plays and recordings by id. Calls that need a text resolve with it or with a refusal and never
 * reject; orders return at once and what became of them comes as events. Orders on a leg that is gone do nothing: they
 * crossed its end. A leg lives in one worker, and so does a bridge: place legs that will meet `near` each other. Others are
 * joined all the same, by an internal RTP pair that costs about 40 ms.
 */
export interface MediaPlane {
  /**
   * A leg to a telephone, carrier or desk phone: RTP over UDP, encrypted where `protection` says so.
   * @returns our offer, or, when `remoteOffer` is given, our answer with what was agreed
   */
  createPlainLeg(leg: NewPlainLeg): Promise<Result<LocalMedia, MediaRefusal>>;
  /** A leg to a browser: ICE, DTLS-SRTP. Same results; our offer or answer carries the host candidates (no trickle). */
  createBrowserLeg(leg: NewBrowserLeg): Promise<Result<LocalMedia, MediaRefusal>>;
  /**
   * The far side's answer to our offer. May be repeated while ringing: media follows the last one (several early dialogs).
   * For browser legs a repeated answer with equal ICE credentials does nothing more.
   */
  applyAnswer(legId: LegId, sdp: string): Promise<Result<AgreedMedia, MediaRefusal>>;
  /** The far side's new offer in a live leg (re-INVITE, UPDATE). @param direction the most we want; `sendrecv` by default */
  applyOffer(legId: LegId, sdp: string, direction?: MediaDirection): Promise<Result<LocalMedia, MediaRefusal>>;
  /** Our new offer in a live leg (re-INVITE without SDP, session refresh, our hold). */
  makeOffer(legId: LegId, direction?: MediaDirection): Promise<Result<LocalMedia, MediaRefusal>>;
  /** A first offer for another far side than the one that got the last: with keys of its own, protected as that one asks. */
  offerAnew(legId: LegId, protection: MediaProtection): Promise<Result<LocalMedia, MediaRefusal>>;
  closeLeg(legId: LegId): void;

  /** Puts legs into a bridge, which exists from the first leg to the last. A leg in another bridge leaves that one. */
  join(bridgeId: BridgeId, legIds: readonly LegId[]): void;
  leave(bridgeId: BridgeId, legIds: readonly LegId[]): void;
  /** Joins `legId` as a monitor, or switches its mode live. `join` with the same leg makes it an ordinary participant. */
  monitor(bridgeId: BridgeId, legId: LegId, mode: MonitorMode, agentLegId: LegId): void;
  /** `legId` hears `sourceLegId` one way (ringing or early media of a placed leg) until joined in a bridge; null ends it. */
  listenEarly(legId: LegId, sourceLegId: LegId | null): void;

  /** The leg hears music (or silence with `music: null`), never the other side, and is not heard or recorded. */
  hold(legId: LegId, music: string | null): void;
  resume(legId: LegId): void;
  /** Others do not hear the leg; it hears them. */
  mute(legId: LegId, muted: boolean): void;

  play(play: NewPlay): void;
  stopPlay(playId: PlayId): void;
  /** `0-9 * # A-D`, 100 ms each with 100 ms between; a comma waits 500 ms. RFC 4733 when negotiated, else in-band tones. */
  sendDigits(legId: LegId, digits: string): void;
  /** A digit that came by SIP INFO: it then behaves as one that came by RTP (event, menu, the other legs of the bridge). */
  digitByInfo(legId: LegId, digit: string, durationMs: number): void;

  /** Two channels, file `<recordingId>.wav` in the recordings folder. Ends by `stopRecording` or with its bridge. */
  startRecording(recordingId: RecordingId, bridgeId: BridgeId, customerLegIds: readonly LegId[]): void;
  pauseRecording(recordingId: RecordingId): void;
  resumeRecording(recordingId: RecordingId): void;
  stopRecording(recordingId: RecordingId): void;

  statistics(legId: LegId): Promise<LegStatistics | undefined>;
  load(): MediaLoad;
  /** One consumer; set it before the first leg is created. */
  onEvent(take: (event: MediaEvent | WorkerDied) => void): void;
  /** Ends all workers; running recordings are closed and reported first. Resolves when the processes are gone. */
  close(): Promise<void>;
}

export interface NewPlainLeg {
  readonly legId: LegId;
  readonly remoteOffer?: string;
  /** Written into the SDP's connection line for this peer (public address); by default the bound address. */
  readonly advertisedAddress?: string;
  readonly bindAddress?: string;
  /** `none` when left out. What the far side offers or answers otherwise is refused as `protection-mismatch`. */
  readonly protection?: MediaProtection;
  /** On the worker of this leg. Left out: the least loaded worker, those that are on time first. */
  readonly near?: LegId;
  /** By default 0 (off): telephones suppress silence. */
  readonly stallMs?: number;
}

export interface NewBrowserLeg {
  readonly legId: LegId;
  readonly remoteOffer?: string;
  /** Replaces the address of our host candidates for this peer. */
  readonly advertisedAddress?: string;
  readonly near?: LegId;
  /** By default 3000: browsers send even while silent. */
  readonly stallMs?: number;
}

/** Our side of a leg: the SDP to send; `agreed` when it answers their offer. */
export interface LocalMedia {
  readonly sdp: string;
  readonly agreed?: AgreedMedia;
}

/** The leg hears these items and nothing else until they end. A second play on the leg replaces the first. */
export interface NewPlay {
  readonly playId: PlayId;
  readonly legId: LegId;
  readonly items: readonly PlayItem[];
  readonly loop?: boolean;
  readonly stopOnDigit?: boolean;
}

/** A worker process ended; it is restarted, its legs are gone and need no `closeLeg`. */
export interface WorkerDied {
  readonly type: 'worker-died';
  readonly at: number;
  readonly index: number;
  readonly legIds: readonly LegId[];
  /** Unfinished: their files are playable up to about the last second. */
  readonly recordingIds: readonly RecordingId[];
}

export interface MediaLoad {
  readonly legs: number;
  readonly tickLateP99Ms: number;
  /** False when no worker is up, or all are full or late (p99 over 10 ms): refuse new calls; live ones may still get legs. */
  readonly admitting: boolean;
  readonly workers: readonly (WorkerLoad & { readonly up: boolean })[];
}

export interface MediaPlaneSettings {
  /** Number of worker processes; one per spare core. */
  readonly workers: number;
  readonly recordingsFolder: string;
  readonly soundsFolder: string;
  /** Plain RTP binds here; loopback until the operator names an address. */
  readonly plainAddress: string;
  /** UDP ports shared out among the workers in equal parts, two per leg. */
  readonly plainPortFrom: number;
  readonly plainPortTo: number;
  /** Browser media binds here; left out: all of the machine's own addresses. */
  readonly browserAddress?: string;
  /** Worker n uses UDP port `browserPortFrom + n` for all its browsers. */
  readonly browserPortFrom: number;
  /** STUN or TURN URLs as libdatachannel takes them. */
  readonly iceServers?: readonly string[];
  /** Most legs per worker, 300 by default (150 calls). */
  readonly maxLegsPerWorker?: number;
  /** Above this p99 of tick lateness a worker does not count as admitting; 10 by default. Legs can still be created on it. */
  readonly maxTickLateMs?: number;
}
