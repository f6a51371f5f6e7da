import type { BridgeId, LegId, RecordingId } from '@centralita/kernel';
import { type BridgeRole, FRAME_SAMPLES, type ReceivedDigit, type Recorder, hears, mixCenter, mixCustomers, mixFor } from '@centralita/media';
import type { Leg } from './leg.ts';

/** A conference, four people and a monitor or two: far above it somebody has a loop. */
export const MAX_BRIDGE_LEGS = 32;
const MAX_RECORDINGS = 4;

interface BridgeRecording {
  readonly recordingId: RecordingId;
  readonly recorder: Recorder;
  readonly customers: ReadonlySet<string>;
}

/** Legs that hear each other by the matrix. It exists from the first leg to the last; all its legs share a tick phase. */
export class Bridge {
  readonly bridgeId: BridgeId;
  readonly phase: number;
  readonly legs: Leg[] = [];
  readonly recordings: BridgeRecording[] = [];
  private readonly left = new Int16Array(FRAME_SAMPLES);
  private readonly right = new Int16Array(FRAME_SAMPLES);

  constructor(bridgeId: BridgeId, phase: number) {
    this.bridgeId = bridgeId;
    this.phase = phase;
  }

  /** @returns false when the bridge is full */
  add(leg: Leg, role: BridgeRole): boolean {
    if (!this.legs.includes(leg)) {
      if (this.legs.length >= MAX_BRIDGE_LEGS) return false;
      this.legs.push(leg);
    }
    leg.bridge = this;
    leg.role = role;
    leg.early = undefined;
    leg.beginSpeaking();
    return true;
  }

  remove(leg: Leg): void {
    const at = this.legs.indexOf(leg);
    if (at < 0) return;
    this.legs.splice(at, 1);
    leg.bridge = undefined;
  }

  mixFor(leg: Leg, into: Int16Array): boolean {
    return mixFor(leg, this.legs, into);
  }

  addRecording(recordingId: RecordingId, recorder: Recorder, customerLegIds: readonly LegId[]): boolean {
    if (this.recordings.length >= MAX_RECORDINGS) return false;
    this.recordings.push({ recordingId, recorder, customers: new Set(customerLegIds) });
    return true;
  }
  removeRecording(recordingId: RecordingId): void {
    const at = this.recordings.findIndex((recording) => recording.recordingId === recordingId);
    if (at >= 0) this.recordings.splice(at, 1);
  }

  /** After all legs have listened, before any speaks. */
  record(): void {
    for (const { recorder, customers } of this.recordings) {
      mixCustomers(this.legs, customers, this.left);
      mixCenter(this.legs, customers, this.right);
      recorder.frame(this.left, this.right);
    }
  }

  /** So many frames were given up: nobody was mixed in them. */
  skip(frames: number): void {
    for (const { recorder } of this.recordings) recorder.gap(frames);
  }

  /** A key goes on to whoever hears the leg that pressed it. Tones in the sound get there by themselves. */
  passDigit(from: Leg, digit: ReceivedDigit): void {
    for (const leg of this.legs) if (!leg.playing && hears(leg, from)) leg.sender.digits.push(digit.digit, digit.durationMs);
  }
}
