import type { AccountId, BridgeId, DeviceId, Instant, LegCause, LegId, PlayId, RecordingId, TrunkId } from '@centralita/kernel';
import type { Party } from './commands.ts';

/** What the switch saw. `seq` grows by one per event of the switch; `at` is when it saw the fact; `account` is the leg's, device's or trunk's label. */
export interface TelephonyEvent<Fact extends TelephonyFact = TelephonyFact> {
  readonly seq: number;
  readonly at: Instant;
  readonly account: AccountId;
  readonly fact: Fact;
}

export type TelephonyFact =
  | { readonly type: 'leg-offered'; readonly legId: LegId; readonly from: LegOrigin; readonly caller: Party; readonly dialled: string }
  | { readonly type: 'leg-ringing'; readonly legId: LegId; readonly earlyMedia: boolean }
  | { readonly type: 'leg-answered'; readonly legId: LegId }
  /** `by` left out means the far end (a phone's hold button); `center`: our own `hold-leg` or `resume-leg` took effect. */
  | { readonly type: 'leg-held'; readonly legId: LegId; readonly by?: 'far-end' | 'center' }
  | { readonly type: 'leg-resumed'; readonly legId: LegId; readonly by?: 'far-end' | 'center' }
  | { readonly type: 'leg-joined'; readonly legId: LegId; readonly bridgeId: BridgeId }
  | { readonly type: 'leg-left'; readonly legId: LegId; readonly bridgeId: BridgeId }
  | { readonly type: 'digit'; readonly legId: LegId; readonly digit: string; readonly durationMs: number; readonly via: 'rfc4733' | 'info' | 'in-band' }
  | { readonly type: 'talking-started'; readonly legId: LegId }
  | { readonly type: 'talking-stopped'; readonly legId: LegId }
  | { readonly type: 'transfer-requested'; readonly legId: LegId; readonly target: string; readonly replacesLegId?: LegId }
  | { readonly type: 'replacement-offered'; readonly legId: LegId; readonly oldLegId: LegId }
  | { readonly type: 'play-finished'; readonly playId: PlayId; readonly legId: LegId; readonly reason: 'completed' | 'digit' | 'stopped' | 'replaced' | 'failed' }
  | { readonly type: 'media-stalled'; readonly legId: LegId }
  | { readonly type: 'media-resumed'; readonly legId: LegId }
  | { readonly type: 'quality'; readonly legId: LegId; readonly lossRatio: number; readonly jitterMs: number; readonly roundTripMs: number; readonly mos: number }
  | { readonly type: 'leg-ended'; readonly legId: LegId; readonly by: 'far-end' | 'center' | 'network'; readonly cause: LegCause; readonly sipStatus?: number }
  | { readonly type: 'recording-started'; readonly recordingId: RecordingId }
  | { readonly type: 'recording-finished'; readonly recordingId: RecordingId; readonly file: string; readonly durationMs: number; readonly bytes: number }
  | { readonly type: 'recording-failed'; readonly recordingId: RecordingId; readonly reason: string; readonly file?: string }
  | { readonly type: 'device-online'; readonly deviceId: DeviceId }
  | { readonly type: 'device-offline'; readonly deviceId: DeviceId; readonly reason: 'unregistered' | 'expired' | 'connection-lost' }
  | { readonly type: 'trunk-up'; readonly trunkId: TrunkId }
  | { readonly type: 'trunk-down'; readonly trunkId: TrunkId; readonly reason: string }
  | { readonly type: 'command-failed'; readonly commandId: string; readonly legId?: LegId; readonly reason: string }
  | { readonly type: 'alarm'; readonly name: string; readonly detail: string };

export type LegOrigin =
  | { readonly kind: 'trunk'; readonly trunkId: TrunkId }
  | { readonly kind: 'device'; readonly deviceId: DeviceId }
  | { readonly kind: 'guest'; readonly deviceId: DeviceId }
  | { readonly kind: 'loopback' };

export type FactOf<Type extends TelephonyFact['type']> = Extract<TelephonyFact, { readonly type: Type }>;
