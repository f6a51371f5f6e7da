import type { LegId, PlayId } from '@centralita/kernel';
import {
  AudioReceiver,
  AudioSender,
  type BridgeRole,
  FRAME_SAMPLES,
  InBandDetector,
  type MixPart,
  PARTICIPANT,
  type PayloadMap,
  type Player,
  type ReceivedDigit,
  VoiceActivity,
} from '@centralita/media';
import type { MediaDirection, MediaFact } from '../protocol.ts';
import type { Bridge } from './bridge.ts';
import type { Connection, ConnectionTaker, Negotiated } from './connection.ts';
import { LegQuality } from './leg-quality.ts';

export interface LegSettings {
  readonly legId: LegId;
  readonly kind: 'plain' | 'browser';
  readonly stallMs: number;
  readonly start: { readonly ssrc: number; readonly sequence: number; readonly timestamp: number };
  readonly emit: (fact: MediaFact) => void;
  readonly onDigit: (leg: Leg, digit: ReceivedDigit, via: 'rfc4733' | 'in-band') => void;
}

export interface Playing {
  readonly playId: PlayId;
  readonly stopOnDigit: boolean;
  /** Undefined while its sounds are read. */
  player: Player | undefined;
}

/** What early media may use before any answer: the numbers we offer. */
const OFFERED: PayloadMap = { 0: 'PCMU', 8: 'PCMA', 13: 'CN', 101: 'telephone-event' };

/** One far end: its sound in (`frame`), what it is given to hear, and what is known of its media. */
export class Leg implements MixPart, ConnectionTaker {
  readonly legId: LegId;
  readonly kind: 'plain' | 'browser';
  readonly frame = new Int16Array(FRAME_SAMPLES);
  readonly receiver: AudioReceiver;
  readonly sender: AudioSender;
  readonly quality: LegQuality;
  role: BridgeRole = PARTICIPANT;
  held = false;
  muted = false;
  audible = false;
  phase = 0;
  bridge: Bridge | undefined;
  /** Heard one way until a bridge is joined: ringing or early media. */
  early: Leg | undefined;
  play: Playing | undefined;
  connection: Connection | undefined;
  private readonly settings: LegSettings;
  private readonly out = new Int16Array(FRAME_SAMPLES);
  private readonly voice = new VoiceActivity();
  private readonly inBand: InBandDetector;
  private music: Player | undefined;
  private direction: MediaDirection = 'sendrecv';
  private eventsAgreed = false;
  private settled = false;
  /** Nothing is sent before somebody wants the leg to hear something: the far side may not have our description yet. */
  private speaks = false;
  private heardAtMs = 0;
  private stalled = false;
  private connectedOnce = false;
  private failed = false;

  constructor(settings: LegSettings) {
    this.settings = settings;
    this.legId = settings.legId;
    this.kind = settings.kind;
    this.receiver = new AudioReceiver((digit) => settings.onDigit(this, digit, 'rfc4733'));
    this.receiver.use(OFFERED);
    this.inBand = new InBandDetector((digit) => settings.onDigit(this, digit, 'in-band'));
    this.sender = new AudioSender(settings.start, (packet) => this.connection?.send(packet));
    this.quality = new LegQuality(this, (packet) => this.connection?.sendControl(packet));
  }

  get playing(): boolean {
    return this.play !== undefined;
  }
  get codec(): 'PCMU' | 'PCMA' | 'none' {
    return this.settled ? this.sender.law : 'none';
  }

  /** An exchange of descriptions came through. */
  settle(negotiated: Negotiated): void {
    this.settled = true;
    this.direction = negotiated.agreed.direction;
    this.eventsAgreed = negotiated.agreed.telephoneEvent;
    this.receiver.use(negotiated.receive);
    this.sender.use(negotiated.send);
  }

  onPacket(packet: Buffer, atMs: number): void {
    if (!this.receiver.take(packet, atMs)) return;
    this.heardAtMs = atMs;
    if (!this.stalled) return;
    this.stalled = false;
    this.settings.emit({ type: 'media-resumed', legId: this.legId });
  }

  onControl(packet: Buffer): void {
    this.quality.takeReport(packet);
  }

  onConnected(): void {
    if (this.connectedOnce) return;
    this.connectedOnce = true;
    this.settings.emit({ type: 'media-connected', legId: this.legId });
  }

  onFailed(reason: string): void {
    if (this.failed) return;
    this.failed = true;
    this.settings.emit({ type: 'leg-failed', legId: this.legId, reason });
  }

  /** First half of a tick: what the far end says now. */
  listen(nowMs: number): void {
    const kind = this.receiver.pull(this.frame, nowMs);
    this.audible = kind !== 'nothing' && this.receives;
    this.checkStall(nowMs);
    if (kind === 'sound') {
      const change = this.voice.take(this.frame);
      if (change) this.settings.emit({ type: change === 'started' ? 'talking-started' : 'talking-stopped', legId: this.legId });
      if (this.settled && !this.eventsAgreed) this.inBand.take(this.frame);
    } else if (this.voice.talking && this.voice.pass() === 'stopped') this.settings.emit({ type: 'talking-stopped', legId: this.legId });
  }

  /** Second half: what the far end hears now. */
  speak(): void {
    if (!this.speaks || !this.sends || !this.connection?.open) {
      this.sender.skip();
      return;
    }
    this.sender.frame(this.fill() ? this.out : undefined);
  }

  hold(music: Player | undefined): void {
    this.held = true;
    this.music = music;
    this.speaks = true;
  }
  resume(): void {
    this.held = false;
    this.music = undefined;
  }
  beginSpeaking(): void {
    this.speaks = true;
  }

  close(): void {
    this.connection?.close();
    this.early = undefined;
  }

  private get sends(): boolean {
    return this.direction === 'sendrecv' || this.direction === 'sendonly';
  }
  private get receives(): boolean {
    return this.direction === 'sendrecv' || this.direction === 'recvonly';
  }

  /** A play comes before hold music, that before the bridge, that before early media. */
  private fill(): boolean {
    const player = this.play ? this.play.player : this.held ? this.music : undefined;
    if (this.play || this.held) {
      player?.pull(this.out);
      return player !== undefined;
    }
    if (this.bridge) return this.bridge.mixFor(this, this.out);
    if (this.early?.audible) {
      this.out.set(this.early.frame);
      return true;
    }
    return false;
  }

  private checkStall(nowMs: number): void {
    if (this.settings.stallMs === 0 || this.stalled || this.heardAtMs === 0 || !this.receives) return;
    if (nowMs - this.heardAtMs < this.settings.stallMs) return;
    this.stalled = true;
    this.settings.emit({ type: 'media-stalled', legId: this.legId });
  }
}
