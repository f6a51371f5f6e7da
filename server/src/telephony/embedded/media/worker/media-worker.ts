import { type BridgeId, type LegId, type Result, assertNever } from '@centralita/kernel';
import { type BridgeRole, PARTICIPANT, type ReceivedDigit, type SoundLibrary } from '@centralita/media';
import type { MediaAnswer, MediaFact, MediaOrder, MediaRefusal, MediaRequest, NewLeg } from '../protocol.ts';
import { Bridge } from './bridge.ts';
import type { Connection, ConnectionTaker, Negotiated } from './connection.ts';
import { Leg } from './leg.ts';
import { REPORT_MS } from './leg-quality.ts';
import { PHASES } from './metronome.ts';
import { Plays } from './plays.ts';
import { type OpenRecording, Recordings } from './recordings.ts';

/** What a worker needs from the world. Tests give it a clock of their own and connections without sockets. */
export interface WorkerWorld {
  wallMs(): number;
  /** 0 to 2^32 − 1 */
  random32(): number;
  emit(fact: MediaFact): void;
  readonly connect: (leg: NewLeg, ssrc: number, taker: ConnectionTaker) => Promise<Result<Connection, MediaRefusal>>;
  readonly openRecording: OpenRecording;
  readonly sounds: SoundLibrary;
  readonly maxLegs: number;
}

const FRAMES_PER_REPORT = REPORT_MS / 20;
/** Below 2^15: if numbers began anew among packets that get lost, an SRTP receiver would count the roll-over wrongly (RFC 4568 section 6.4). */
const FIRST_SEQUENCE_MASK = 0x7fff;

/** Legs, bridges, plays and recordings of one process. Requests and orders change them; ticks move the sound. */
export class MediaWorker {
  private readonly world: WorkerWorld;
  private readonly legs = new Map<LegId, Leg>();
  private readonly bridges = new Map<BridgeId, Bridge>();
  private readonly legsOfPhase: Leg[][] = Array.from({ length: PHASES }, () => []);
  private readonly bridgesOfPhase: Bridge[][] = Array.from({ length: PHASES }, () => []);
  private readonly plays: Plays;
  private readonly recordings: Recordings;
  private frames = 0;

  constructor(world: WorkerWorld) {
    this.world = world;
    this.plays = new Plays(world.sounds, world.emit);
    this.recordings = new Recordings(world.openRecording, world.emit);
  }

  get legCount(): number {
    return this.legs.size;
  }

  /** One phase of the 20 ms: everybody listens, then everybody speaks. */
  tick(phase: number, atMs: number): void {
    const legs = this.legsOfPhase[phase]!;
    for (const leg of legs) leg.listen(atMs);
    for (const bridge of this.bridgesOfPhase[phase]!) bridge.record();
    for (const leg of legs) {
      leg.speak();
      this.plays.tick(leg);
    }
    if (phase === PHASES - 1) this.frames += 1;
    this.report(phase);
  }

  /** The clock gave up so many frames of every phase. */
  skip(frames: number): void {
    for (const bridge of this.bridges.values()) bridge.skip(frames);
  }

  async answer(request: MediaRequest): Promise<MediaAnswer> {
    switch (request.type) {
      case 'create-leg':
        return this.createLeg(request.leg);
      case 'make-offer':
        return this.onConnection(request.legId, async (_leg, connection) => {
          const offer = await connection.makeOffer(request.direction);
          return offer.ok ? { ok: true, sdp: offer.value } : offer;
        });
      case 'offer-anew':
        return this.onConnection(request.legId, async (_leg, connection) => {
          const offer = await connection.offerAnew(request.protection);
          return offer.ok ? { ok: true, sdp: offer.value } : offer;
        });
      case 'apply-answer':
        return this.onConnection(request.legId, (leg, connection) => {
          const taken = connection.takeAnswer(request.sdp);
          return Promise.resolve(taken.ok ? settled(leg, taken.value) : taken);
        });
      case 'apply-offer':
        return this.onConnection(request.legId, async (leg, connection) => {
          const taken = await connection.takeOffer(request.sdp, request.direction);
          return taken.ok ? settled(leg, taken.value.negotiated, taken.value.sdp) : taken;
        });
      case 'statistics': {
        const leg = this.legs.get(request.legId);
        return leg ? { ok: true, statistics: leg.quality.statistics() } : { ok: false, refusal: 'unknown-leg' };
      }
      default:
        return assertNever(request, 'media request');
    }
  }

  order(order: MediaOrder): void {
    switch (order.type) {
      case 'join':
        for (const legId of order.legIds) this.join(order.bridgeId, legId, PARTICIPANT);
        return;
      case 'leave':
        for (const legId of order.legIds) this.leave(order.bridgeId, legId);
        return;
      case 'monitor':
        this.join(order.bridgeId, order.legId, { kind: 'monitor', mode: order.mode, agentLegId: order.agentLegId });
        return;
      case 'start-recording':
        this.recordings.start(order.recordingId, this.bridges.get(order.bridgeId), order.customerLegIds);
        return;
      case 'pause-recording':
        this.recordings.pause(order.recordingId);
        return;
      case 'resume-recording':
        this.recordings.resume(order.recordingId);
        return;
      case 'stop-recording':
        this.recordings.stop(order.recordingId);
        return;
      case 'stop-play':
        this.plays.stop(order.playId);
        return;
      default: {
        const leg = this.legs.get(order.legId);
        if (leg) this.orderLeg(leg, order);
      }
    }
  }

  /** Ends everything; resolves when all recordings are on the disk or reported as failed. */
  async close(): Promise<void> {
    for (const leg of [...this.legs.values()]) this.closeLeg(leg);
    await this.recordings.close();
  }

  private orderLeg(leg: Leg, order: Extract<MediaOrder, { readonly legId: LegId }> & { readonly type: Exclude<MediaOrder['type'], 'monitor'> }): void {
    switch (order.type) {
      case 'listen-early':
        leg.early = order.sourceLegId === null ? undefined : this.legs.get(order.sourceLegId);
        if (leg.early) leg.beginSpeaking();
        return;
      case 'hold':
        this.hold(leg, order.music);
        return;
      case 'resume':
        leg.resume();
        return;
      case 'mute':
        leg.muted = order.muted;
        return;
      case 'play':
        this.plays.start(order.playId, leg, order.items, order.loop, order.stopOnDigit);
        return;
      case 'send-digits':
        leg.beginSpeaking();
        leg.sender.digits.push(order.digits);
        return;
      case 'digit-by-info':
        this.digit(leg, { digit: order.digit, durationMs: order.durationMs }, 'info');
        return;
      case 'close-leg':
        this.closeLeg(leg);
        return;
      default:
        assertNever(order, 'media order');
    }
  }

  private async createLeg(wanted: NewLeg): Promise<MediaAnswer> {
    if (this.legs.has(wanted.legId)) return { ok: false, refusal: 'leg-exists' };
    if (this.legs.size >= this.world.maxLegs) return { ok: false, refusal: 'worker-full' };
    const start = { ssrc: this.world.random32(), sequence: this.world.random32() & FIRST_SEQUENCE_MASK, timestamp: this.world.random32() };
    const leg = new Leg({
      legId: wanted.legId,
      kind: wanted.kind,
      stallMs: wanted.stallMs,
      start,
      emit: (fact) => this.world.emit(fact),
      onDigit: (from, digit, via) => this.digit(from, digit, via),
    });
    this.legs.set(wanted.legId, leg);
    const connected = await this.world.connect(wanted, start.ssrc, leg);
    if (!connected.ok) {
      this.legs.delete(wanted.legId);
      if (connected.refusal === 'no-free-port') this.world.emit({ type: 'alarm', name: 'ports-exhausted', detail: 'no free RTP port' });
      return connected;
    }
    // Closed while its sockets were being opened.
    if (this.legs.get(wanted.legId) !== leg) {
      connected.value.close();
      return { ok: false, refusal: 'closed' };
    }
    leg.connection = connected.value;
    this.place(leg, this.quietestPhase());
    const answer = await this.firstText(leg, connected.value, wanted.remoteOffer);
    if (!answer.ok) this.closeLeg(leg);
    return answer;
  }

  private async firstText(leg: Leg, connection: Connection, remoteOffer: string | undefined): Promise<MediaAnswer> {
    if (remoteOffer === undefined) {
      const offer = await connection.makeOffer('sendrecv');
      return offer.ok ? { ok: true, sdp: offer.value } : offer;
    }
    const taken = await connection.takeOffer(remoteOffer, 'sendrecv');
    return taken.ok ? settled(leg, taken.value.negotiated, taken.value.sdp) : taken;
  }

  private onConnection(legId: LegId, use: (leg: Leg, connection: Connection) => Promise<MediaAnswer>): Promise<MediaAnswer> {
    const leg = this.legs.get(legId);
    return leg?.connection ? use(leg, leg.connection) : Promise.resolve({ ok: false, refusal: 'unknown-leg' });
  }

  private join(bridgeId: BridgeId, legId: LegId, role: BridgeRole): void {
    const leg = this.legs.get(legId);
    if (!leg) return;
    if (leg.bridge && leg.bridge.bridgeId !== bridgeId) this.removeFromBridge(leg, leg.bridge);
    let bridge = this.bridges.get(bridgeId);
    if (!bridge) {
      bridge = new Bridge(bridgeId, leg.phase);
      this.bridges.set(bridgeId, bridge);
      this.bridgesOfPhase[bridge.phase]!.push(bridge);
    }
    if (bridge.add(leg, role) && leg.phase !== bridge.phase) this.place(leg, bridge.phase);
  }

  private leave(bridgeId: BridgeId, legId: LegId): void {
    const leg = this.legs.get(legId);
    if (leg?.bridge?.bridgeId === bridgeId) this.removeFromBridge(leg, leg.bridge);
  }

  private removeFromBridge(leg: Leg, bridge: Bridge): void {
    bridge.remove(leg);
    if (bridge.legs.length > 0) return;
    this.recordings.stopAllOf(bridge);
    this.bridges.delete(bridge.bridgeId);
    removeFrom(this.bridgesOfPhase[bridge.phase]!, bridge);
  }

  private hold(leg: Leg, music: string | null): void {
    leg.hold(undefined);
    if (music === null) return;
    // The file is nearly always read already; the leg is cut off at once in any case.
    this.plays.music(music).then(
      (player) => {
        if (leg.held) leg.hold(player);
      },
      (error: unknown) => this.world.emit({ type: 'alarm', name: 'sound-missing', detail: String(error) }),
    );
  }

  private digit(leg: Leg, digit: ReceivedDigit, via: 'rfc4733' | 'info' | 'in-band'): void {
    this.world.emit({ type: 'digit', legId: leg.legId, digit: digit.digit, durationMs: digit.durationMs, via });
    this.plays.onDigit(leg);
    if (via !== 'in-band') leg.bridge?.passDigit(leg, digit);
  }

  private closeLeg(leg: Leg): void {
    if (!this.legs.delete(leg.legId)) return;
    this.plays.forget(leg);
    if (leg.bridge) this.removeFromBridge(leg, leg.bridge);
    for (const other of this.legs.values()) if (other.early === leg) other.early = undefined;
    removeFrom(this.legsOfPhase[leg.phase]!, leg);
    const last = leg.quality.report(this.world.wallMs(), true);
    if (last) this.world.emit(last);
    this.world.emit({ type: 'final-statistics', legId: leg.legId, statistics: leg.quality.statistics() });
    leg.close();
  }

  private place(leg: Leg, phase: number): void {
    removeFrom(this.legsOfPhase[leg.phase]!, leg);
    leg.phase = phase;
    this.legsOfPhase[phase]!.push(leg);
  }

  private quietestPhase(): number {
    let best = 0;
    for (let phase = 1; phase < PHASES; phase++) if (this.legsOfPhase[phase]!.length < this.legsOfPhase[best]!.length) best = phase;
    return best;
  }

  /** Every 5 s for each leg, spread over that time so that reports do not come in one burst. */
  private report(phase: number): void {
    const turn = this.frames % FRAMES_PER_REPORT;
    const legs = this.legsOfPhase[phase]!;
    const from = Math.floor((turn * legs.length) / FRAMES_PER_REPORT);
    const to = Math.floor(((turn + 1) * legs.length) / FRAMES_PER_REPORT);
    for (let i = from; i < to; i++) {
      const fact = legs[i]!.quality.report(this.world.wallMs(), false);
      if (fact) this.world.emit(fact);
    }
  }
}

function settled(leg: Leg, negotiated: Negotiated, sdp?: string): MediaAnswer {
  leg.settle(negotiated);
  return { ok: true, sdp, agreed: negotiated.agreed };
}

function removeFrom<Item>(list: Item[], item: Item): void {
  const at = list.indexOf(item);
  if (at >= 0) list.splice(at, 1);
}

