import type { AccountId, BridgeId, DeviceId, Instant, Language, LegCause, LegId, PlacementId, PlayId, RecordingId, TrunkId } from '@centralita/kernel';

/**
 * What control may ask of the switch, in the contact center's words. A command is idempotent by its `id`: repeating it does
 * nothing more. Its answer is "accepted" or "refused" (malformed, fenced); what became of it comes as events.
 */
export type Command =
  | PlaceLegs
  | { readonly type: 'ring-leg'; readonly legId: LegId }
  | { readonly type: 'answer-leg'; readonly legId: LegId }
  | { readonly type: 'end-leg'; readonly legId: LegId; readonly cause: LegCause }
  | Connect
  | { readonly type: 'disconnect'; readonly bridgeId: BridgeId; readonly legIds: readonly LegId[] }
  | { readonly type: 'hold-leg'; readonly legId: LegId; readonly music: boolean }
  | { readonly type: 'resume-leg'; readonly legId: LegId }
  | { readonly type: 'mute-leg'; readonly legId: LegId; readonly muted: boolean }
  | { readonly type: 'send-digits'; readonly legId: LegId; readonly digits: string }
  | Play
  | { readonly type: 'stop-play'; readonly playId: PlayId }
  | StartRecording
  | { readonly type: 'pause-recording'; readonly recordingId: RecordingId }
  | { readonly type: 'resume-recording'; readonly recordingId: RecordingId }
  | { readonly type: 'stop-recording'; readonly recordingId: RecordingId }
  | Monitor
  | { readonly type: 'redirect-leg'; readonly legId: LegId; readonly target: LegTarget }
  | { readonly type: 'replace-leg'; readonly oldLegId: LegId; readonly newLegId: LegId }
  | { readonly type: 'provision-devices'; readonly account: AccountId; readonly devices: readonly DeviceCredential[] }
  | { readonly type: 'remove-device'; readonly account: AccountId; readonly deviceId: DeviceId }
  | { readonly type: 'provision-trunks'; readonly account: AccountId; readonly trunks: readonly Trunk[] }
  | { readonly type: 'provision-numbers'; readonly account: AccountId; readonly numbers: readonly DirectoryNumber[] };

/**
 * Place these legs at once; the first to answer joins `onAnswer.bridgeId`, the others end as `answered-elsewhere`. Alone there,
 * it ends as `hung-up` once nobody can come any more: the leg that it was placed for (`near`, else `earlyMediaTo`) has hung up
 * or was ended, or, with none named, the bridge's last leg was. One that was lost or replaced may come back, and is waited for.
 */
export interface PlaceLegs {
  readonly type: 'place-legs';
  readonly placementId: PlacementId;
  readonly account: AccountId;
  readonly legs: readonly { readonly legId: LegId; readonly target: LegTarget }[];
  readonly caller: Party;
  /** Ring time-out in milliseconds; the leg then ends with `no-answer`, by `center`. */
  readonly ringTimeoutMs: number;
  /** Text pairs shown to our own devices (as `X-Centralita-<name>` headers): offer and call ids, never personal data. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly onAnswer?: { readonly bridgeId: BridgeId };
  /** Let this leg hear the ringing or early media of the placed ones (outbound calls). */
  readonly earlyMediaTo?: LegId;
  /** A live leg that they will be bridged with: their media is put on its worker, so that nobody has to move on the answer. */
  readonly near?: LegId;
}

export type LegTarget =
  | { readonly kind: 'device'; readonly deviceId: DeviceId }
  | { readonly kind: 'number'; readonly number: string; readonly trunkIds: readonly TrunkId[] };

export interface Party {
  /** E.164 with a plus where known, an extension, or empty when withheld. */
  readonly number: string;
  readonly name?: string;
}

/** Joins legs in a bridge, which exists from the first leg to the last. Everybody hears everybody, monitors apart. */
export interface Connect {
  readonly type: 'connect';
  readonly bridgeId: BridgeId;
  readonly account: AccountId;
  readonly legIds: readonly LegId[];
  /** Legs to end when they are left alone in the bridge, so that no silence waits for control. */
  readonly endWhenAlone?: readonly LegId[];
}

export type PlayItem =
  | { readonly kind: 'prompt'; readonly name: string; readonly language: Language }
  | { readonly kind: 'number'; readonly value: number; readonly language: Language }
  | { readonly kind: 'tone'; readonly name: 'ringback' | 'busy' | 'congestion' | 'beep' }
  | { readonly kind: 'music'; readonly name: string }
  | { readonly kind: 'silence'; readonly durationMs: number }
  | { readonly kind: 'file'; readonly path: string };

/** Plays to one leg, which then hears nothing else. Before an answer it is early media. Starting another play replaces this one. */
export interface Play {
  readonly type: 'play';
  readonly playId: PlayId;
  readonly legId: LegId;
  readonly items: readonly PlayItem[];
  readonly loop?: boolean;
  /** A digit from the leg ends the play (barge-in of a menu). */
  readonly stopOnDigit?: boolean;
}

/** Two channels: left what `customerLegIds` say, right what the others in the bridge say to them. 8 kHz, 16 bit, WAV. */
export interface StartRecording {
  readonly type: 'start-recording';
  readonly recordingId: RecordingId;
  readonly account: AccountId;
  readonly bridgeId: BridgeId;
  readonly customerLegIds: readonly LegId[];
}

/** Changes what `legId` hears and who hears it within the bridge; may be sent again to switch the mode live. */
export interface Monitor {
  readonly type: 'monitor';
  readonly legId: LegId;
  readonly bridgeId: BridgeId;
  readonly mode: 'listen' | 'whisper' | 'barge';
  readonly agentLegId: LegId;
}

export interface DeviceCredential {
  readonly deviceId: DeviceId;
  readonly kind: 'browser' | 'phone' | 'guest';
  /** SIP user name, unique in the switch. The password is random and short-lived for browsers and guests. */
  readonly username: string;
  readonly password: string;
  readonly expiresAt?: Instant;
  /** A guest may call this number and nothing else, once, and may not transfer. */
  readonly onlyNumber?: string;
  /** A phone that does not register: where it is found (`sip:host:port`). */
  readonly contact?: string;
}

export interface Trunk {
  readonly trunkId: TrunkId;
  readonly name: string;
  readonly profile: TrunkProfile;
}

export interface TrunkProfile {
  /** Where calls go out and OPTIONS are sent, in order of preference: `sip:host:port;transport=udp`. */
  readonly servers: readonly string[];
  /** CIDR ranges whose requests belong to this trunk. */
  readonly addressRanges: readonly string[];
  readonly registration?: { readonly registrar: string; readonly username: string; readonly password: string; readonly expiresSeconds: number };
  readonly dialledFrom: 'request-uri' | 'to' | 'p-called-party-id';
  readonly callerFrom: 'from' | 'p-asserted-identity';
  /** How numbers go out: as E.164 with plus, without plus, or national digits after a prefix. */
  readonly numberFormat: { readonly kind: 'e164' } | { readonly kind: 'digits' } | { readonly kind: 'national'; readonly countryCode: string; readonly prefix: string };
  /** `sdes`: RTP is encrypted with keys told in the descriptions (RFC 4568), in both directions or there is no call; every server is reached over TLS. Left out: plain RTP. */
  readonly srtp?: 'none' | 'sdes';
  readonly channelLimit: number;
  /** Seconds between OPTIONS; 0 switches the keep-alive off. */
  readonly keepAliveSeconds: number;
  /** Loopback test lines take unauthenticated calls; they never lead onward to a trunk. */
  readonly outbound: boolean;
}

/** One row of the directory (trunk + dialled number → account). `trunkId` left out: any of the account's trunks. */
export interface DirectoryNumber {
  readonly number: string;
  readonly trunkId?: TrunkId;
  /** Where calls go when control stays down: ring these devices, or nothing (503). */
  readonly fallbackDeviceIds?: readonly DeviceId[];
  /** Taken without authentication from loopback (the center's public number). */
  readonly openToLoopback?: boolean;
}
