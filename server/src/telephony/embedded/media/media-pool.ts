import { type BridgeId, type LegId, type PlayId, type RecordingId, type Result, ok, refuse, systemClock } from '@centralita/kernel';
import type { MediaProtection } from '@centralita/media';
import type { AgreedMedia, LegStatistics, LocalMedia, MediaDirection, MediaEvent, MediaLoad, MediaPlane, MediaPlaneSettings, MediaRefusal, MonitorMode, NewBrowserLeg, NewPlainLeg, NewPlay, WorkerDied } from './media-plane.ts';
import type { MediaAnswer, MediaOrder, MediaRequest, NewLeg, WorkerLoad, WorkerSettings } from './protocol.ts';
import { Spans, isInternal } from './spans.ts';
import { WorkerProcess } from './worker-process.ts';

/** Above this a worker's sound is heard to stutter: new calls are better refused (design 2). */
const MAX_TICK_LATE_MS = 10;
/** With fewer than four calls a late worker is not late because of them: the machine is busy, and a refusal would save nobody's sound. */
const FEW_LEGS = 8;
const DEFAULT_MAX_LEGS = 300;
const FIRST_RESTART_MS = 200;
const MAX_RESTART_MS = 30_000;
/** Up for so long, and the next death is a new story with a short delay again. */
const STEADY_MS = 60_000;
const START_LIMIT_MS = 10_000;
const BROWSER_STALL_MS = 3_000;

interface Slot {
  readonly index: number;
  process: WorkerProcess | undefined;
  up: boolean;
  load: WorkerLoad;
  upSinceMs: number;
  restartMs: number;
  restart: NodeJS.Timeout | undefined;
}

/** Forks the workers and waits for the first of them; the others may still be starting. @throws when none starts within 10 s */
export async function startMediaPool(settings: MediaPlaneSettings): Promise<MediaPlane> {
  const pool = new MediaPool(settings);
  await pool.start();
  return pool;
}

/** Owns the worker processes: places legs, routes orders to where their leg lives, restarts what dies. */
class MediaPool implements MediaPlane {
  private readonly settings: MediaPlaneSettings;
  private readonly clock = systemClock();
  private readonly slots: Slot[];
  private readonly homeOfLeg = new Map<LegId, Slot>();
  private readonly homeOfBridge = new Map<BridgeId, { readonly slot: Slot; readonly legIds: Set<LegId> }>();
  private readonly bridgeOfLeg = new Map<LegId, BridgeId>();
  private readonly spans = new Spans((legId, reason) => this.take({ at: this.clock.now(), type: 'leg-failed', legId, reason }));
  private readonly homeOfPlay = new Map<PlayId, Slot>();
  private readonly homeOfRecording = new Map<RecordingId, Slot>();
  private take: (event: MediaEvent | WorkerDied) => void = () => undefined;
  private closing = false;
  private started: (() => void) | undefined;

  constructor(settings: MediaPlaneSettings) {
    this.settings = settings;
    this.slots = Array.from({ length: Math.max(1, settings.workers) }, (_, index) => ({
      index,
      process: undefined,
      up: false,
      load: { index, legs: 0, tickLateP99Ms: 0 },
      upSinceMs: 0,
      restartMs: FIRST_RESTART_MS,
      restart: undefined,
    }));
  }

  async start(): Promise<void> {
    const first = new Promise<void>((resolve, reject) => {
      const limit = setTimeout(() => reject(new Error(`no media worker started within ${START_LIMIT_MS / 1_000} s`)), START_LIMIT_MS);
      this.started = () => {
        clearTimeout(limit);
        resolve();
      };
    });
    for (const slot of this.slots) this.fork(slot);
    try {
      await first;
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  createPlainLeg(leg: NewPlainLeg): Promise<Result<LocalMedia, MediaRefusal>> {
    return this.createLeg({ legId: leg.legId, kind: 'plain', remoteOffer: leg.remoteOffer, advertisedAddress: leg.advertisedAddress, bindAddress: leg.bindAddress, protection: leg.protection, stallMs: leg.stallMs ?? 0 }, leg.near);
  }
  createBrowserLeg(leg: NewBrowserLeg): Promise<Result<LocalMedia, MediaRefusal>> {
    return this.createLeg({ legId: leg.legId, kind: 'browser', remoteOffer: leg.remoteOffer, advertisedAddress: leg.advertisedAddress, stallMs: leg.stallMs ?? BROWSER_STALL_MS }, leg.near);
  }
  async applyAnswer(legId: LegId, sdp: string): Promise<Result<AgreedMedia, MediaRefusal>> {
    const answer = await this.ask(legId, { type: 'apply-answer', legId, sdp });
    if (!answer.ok) return answer;
    return answer.agreed ? ok(answer.agreed) : refuse('native-failure');
  }
  async applyOffer(legId: LegId, sdp: string, direction: MediaDirection = 'sendrecv'): Promise<Result<LocalMedia, MediaRefusal>> {
    return localMedia(await this.ask(legId, { type: 'apply-offer', legId, sdp, direction }));
  }
  async makeOffer(legId: LegId, direction: MediaDirection = 'sendrecv'): Promise<Result<LocalMedia, MediaRefusal>> {
    return localMedia(await this.ask(legId, { type: 'make-offer', legId, direction }));
  }
  async offerAnew(legId: LegId, protection: MediaProtection): Promise<Result<LocalMedia, MediaRefusal>> {
    return localMedia(await this.ask(legId, { type: 'offer-anew', legId, protection }));
  }
  closeLeg(legId: LegId): void {
    const slot = this.homeOfLeg.get(legId);
    if (!slot) return;
    slot.process?.order({ type: 'close-leg', legId });
    this.forgetLeg(slot, legId);
  }

  join(bridgeId: BridgeId, legIds: readonly LegId[]): void {
    this.enter(bridgeId, legIds, (legId) => ({ type: 'join', bridgeId, legIds: [legId] }));
  }
  leave(bridgeId: BridgeId, legIds: readonly LegId[]): void {
    const bridge = this.homeOfBridge.get(bridgeId);
    if (!bridge) return;
    for (const legId of legIds) {
      if (this.bridgeOfLeg.get(legId) !== bridgeId) continue;
      if (this.homeOfLeg.get(legId) === bridge.slot) bridge.slot.process?.order({ type: 'leave', bridgeId, legIds: [legId] });
      this.leaveBridge(bridgeId, legId);
    }
  }
  monitor(bridgeId: BridgeId, legId: LegId, mode: MonitorMode, agentLegId: LegId): void {
    this.enter(bridgeId, [legId], (self) => ({ type: 'monitor', bridgeId, legId: self, mode, agentLegId: this.spans.inBridge(bridgeId, agentLegId) }));
  }
  listenEarly(legId: LegId, sourceLegId: LegId | null): void {
    this.orderLeg(legId, { type: 'listen-early', legId, sourceLegId });
  }
  hold(legId: LegId, music: string | null): void {
    this.orderLeg(legId, { type: 'hold', legId, music });
  }
  resume(legId: LegId): void {
    this.orderLeg(legId, { type: 'resume', legId });
  }
  mute(legId: LegId, muted: boolean): void {
    this.orderLeg(legId, { type: 'mute', legId, muted });
  }

  play(play: NewPlay): void {
    const { playId, legId, items, loop = false, stopOnDigit = false } = play;
    const slot = this.homeOfLeg.get(legId);
    if (!slot) return;
    this.homeOfPlay.set(playId, slot);
    slot.process?.order({ type: 'play', playId, legId, items, loop, stopOnDigit });
  }
  stopPlay(playId: PlayId): void {
    this.homeOfPlay.get(playId)?.process?.order({ type: 'stop-play', playId });
  }
  sendDigits(legId: LegId, digits: string): void {
    this.orderLeg(legId, { type: 'send-digits', legId, digits });
  }
  digitByInfo(legId: LegId, digit: string, durationMs: number): void {
    this.orderLeg(legId, { type: 'digit-by-info', legId, digit, durationMs });
  }

  startRecording(recordingId: RecordingId, bridgeId: BridgeId, customerLegIds: readonly LegId[]): void {
    const slot = this.homeOfBridge.get(bridgeId)?.slot;
    if (!slot?.process) {
      this.take({ at: this.clock.now(), type: 'recording-failed', recordingId, reason: 'no-such-bridge' });
      return;
    }
    this.homeOfRecording.set(recordingId, slot);
    slot.process.recordings.add(recordingId);
    slot.process.order({ type: 'start-recording', recordingId, bridgeId, customerLegIds: customerLegIds.map((legId) => this.spans.inBridge(bridgeId, legId)) });
  }
  pauseRecording(recordingId: RecordingId): void {
    this.homeOfRecording.get(recordingId)?.process?.order({ type: 'pause-recording', recordingId });
  }
  resumeRecording(recordingId: RecordingId): void {
    this.homeOfRecording.get(recordingId)?.process?.order({ type: 'resume-recording', recordingId });
  }
  stopRecording(recordingId: RecordingId): void {
    this.homeOfRecording.get(recordingId)?.process?.order({ type: 'stop-recording', recordingId });
  }

  async statistics(legId: LegId): Promise<LegStatistics | undefined> {
    const answer = await this.ask(legId, { type: 'statistics', legId });
    return answer.ok ? answer.statistics : undefined;
  }
  load(): MediaLoad {
    const workers = this.slots.map((slot) => ({ index: slot.index, legs: slot.process?.legs.size ?? 0, tickLateP99Ms: slot.load.tickLateP99Ms, up: slot.up }));
    return {
      legs: workers.reduce((sum, { legs }) => sum + legs, 0),
      tickLateP99Ms: Math.max(0, ...workers.filter(({ up }) => up).map(({ tickLateP99Ms }) => tickLateP99Ms)),
      admitting: !this.closing && this.slots.some((slot) => this.admits(slot)),
      workers,
    };
  }
  onEvent(take: (event: MediaEvent | WorkerDied) => void): void {
    this.take = take;
  }

  async close(): Promise<void> {
    this.closing = true;
    for (const slot of this.slots) clearTimeout(slot.restart);
    await Promise.all(this.slots.map((slot) => slot.process?.stop()));
  }

  private async createLeg(leg: NewLeg, near: LegId | undefined): Promise<Result<LocalMedia, MediaRefusal>> {
    if (this.homeOfLeg.has(leg.legId)) return refuse('leg-exists');
    const slot = near === undefined ? this.leastLoaded() : (this.homeOfLeg.get(near) ?? this.leastLoaded());
    const process = slot?.process;
    if (!slot || !process) return refuse(this.slots.some(({ up }) => up) ? 'worker-full' : 'worker-lost');
    this.homeOfLeg.set(leg.legId, slot);
    process.legs.add(leg.legId);
    const answer = await process.request({ type: 'create-leg', leg });
    if (!answer.ok && this.homeOfLeg.get(leg.legId) === slot) {
      // What timed out may still come to be over there.
      process.order({ type: 'close-leg', legId: leg.legId });
      this.forgetLeg(slot, leg.legId);
    }
    return localMedia(answer);
  }

  /** One that is on time before one that is late. Late ones still take legs: whether a new call is let in was decided before, by `load().admitting`. */
  private leastLoaded(): Slot | undefined {
    const order = (slot: Slot) => (this.admits(slot) ? 0 : 1_000_000) + slot.process!.legs.size;
    return this.slots.filter((slot) => this.hasRoom(slot)).sort((one, other) => order(one) - order(other) || one.index - other.index)[0];
  }

  private hasRoom(slot: Slot): boolean {
    return slot.up && slot.process !== undefined && slot.process.legs.size < this.maxLegs;
  }
  private admits(slot: Slot): boolean {
    if (!this.hasRoom(slot)) return false;
    return slot.process!.legs.size < FEW_LEGS || slot.load.tickLateP99Ms <= (this.settings.maxTickLateMs ?? MAX_TICK_LATE_MS);
  }

  private get maxLegs(): number {
    return this.settings.maxLegsPerWorker ?? DEFAULT_MAX_LEGS;
  }

  private ask(legId: LegId, request: MediaRequest): Promise<MediaAnswer> {
    const process = this.homeOfLeg.get(legId)?.process;
    return process ? process.request(request) : Promise.resolve({ ok: false, refusal: 'unknown-leg' });
  }

  private orderLeg(legId: LegId, order: MediaOrder): void {
    this.homeOfLeg.get(legId)?.process?.order(order);
  }

  /** The bridge lives where its first leg lives; legs of other workers are joined to it by a pair of internal legs. */
  private enter(bridgeId: BridgeId, legIds: readonly LegId[], order: (legId: LegId) => MediaOrder): void {
    for (const legId of legIds) {
      const home = this.homeOfLeg.get(legId);
      if (!home?.process) continue;
      const before = this.bridgeOfLeg.get(legId);
      if (before !== undefined && before !== bridgeId) {
        if (this.homeOfBridge.get(before)?.slot === home) home.process.order({ type: 'leave', bridgeId: before, legIds: [legId] });
        this.leaveBridge(before, legId);
      }
      const bridge = this.homeOfBridge.get(bridgeId) ?? { slot: home, legIds: new Set<LegId>() };
      this.homeOfBridge.set(bridgeId, bridge);
      this.bridgeOfLeg.set(legId, bridgeId);
      bridge.legIds.add(legId);
      if (bridge.slot === home) home.process.order(order(legId));
      else if (bridge.slot.process) this.spans.join(legId, home.process, bridgeId, bridge.slot.process, order);
    }
  }

  private leaveBridge(bridgeId: BridgeId, legId: LegId): void {
    if (this.bridgeOfLeg.get(legId) === bridgeId) this.bridgeOfLeg.delete(legId);
    this.spans.end(legId);
    const bridge = this.homeOfBridge.get(bridgeId);
    bridge?.legIds.delete(legId);
    if (bridge?.legIds.size === 0) this.homeOfBridge.delete(bridgeId);
  }

  /** The leg lives on, its bridge died with another worker: it is silent until it is joined again. */
  private loseBridge(legId: LegId): void {
    const bridgeId = this.bridgeOfLeg.get(legId);
    if (bridgeId !== undefined) this.leaveBridge(bridgeId, legId);
    this.take({ at: this.clock.now(), type: 'leg-failed', legId, reason: 'the worker of its bridge died' });
  }

  private forgetLeg(slot: Slot, legId: LegId): void {
    this.homeOfLeg.delete(legId);
    slot.process?.legs.delete(legId);
    const bridgeId = this.bridgeOfLeg.get(legId);
    if (bridgeId !== undefined) this.leaveBridge(bridgeId, legId);
  }

  private fork(slot: Slot): void {
    const process = new WorkerProcess(this.settingsOf(slot.index), {
      onReady: () => this.onReady(slot),
      onEvent: (event) => this.onWorkerEvent(event),
      onLoad: (load) => {
        slot.load = load;
      },
      onGone: () => this.onGone(slot, process),
    });
    slot.process = process;
  }

  private settingsOf(index: number): WorkerSettings {
    const { settings } = this;
    const share = Math.floor((settings.plainPortTo - settings.plainPortFrom + 1) / this.slots.length / 2) * 2;
    const from = settings.plainPortFrom + index * share;
    return {
      index,
      recordingsFolder: settings.recordingsFolder,
      soundsFolder: settings.soundsFolder,
      plainAddress: settings.plainAddress,
      plainPortFrom: from,
      plainPortTo: from + share - 1,
      browserAddress: settings.browserAddress,
      browserPort: settings.browserPortFrom + index,
      maxLegs: this.maxLegs,
      iceServers: settings.iceServers ?? [],
    };
  }

  private onReady(slot: Slot): void {
    slot.up = true;
    slot.upSinceMs = this.clock.now();
    this.started?.();
  }

  private onWorkerEvent(event: MediaEvent): void {
    if ('legId' in event && isInternal(event.legId)) return;
    if (event.type === 'play-finished') this.homeOfPlay.delete(event.playId);
    if (event.type === 'recording-finished' || event.type === 'recording-failed') this.homeOfRecording.delete(event.recordingId);
    this.take(event);
  }

  private onGone(slot: Slot, process: WorkerProcess): void {
    const legIds = [...process.legs];
    const recordingIds = [...process.recordings];
    slot.up = false;
    slot.process = undefined;
    slot.load = { index: slot.index, legs: 0, tickLateP99Ms: 0 };
    for (const legId of this.spans.endAllOf(process)) if (!process.legs.has(legId)) this.loseBridge(legId);
    for (const legId of legIds) this.forgetLeg(slot, legId);
    for (const recordingId of recordingIds) this.homeOfRecording.delete(recordingId);
    for (const [playId, home] of this.homeOfPlay) if (home === slot) this.homeOfPlay.delete(playId);
    if (this.closing) return;
    this.restartLater(slot);
    this.take({ type: 'worker-died', at: this.clock.now(), index: slot.index, legIds, recordingIds });
  }

  private restartLater(slot: Slot): void {
    if (this.clock.now() - slot.upSinceMs > STEADY_MS) slot.restartMs = FIRST_RESTART_MS;
    slot.restart = setTimeout(() => this.fork(slot), slot.restartMs);
    slot.restartMs = Math.min(MAX_RESTART_MS, slot.restartMs * 2);
  }
}

function localMedia(answer: MediaAnswer): Result<LocalMedia, MediaRefusal> {
  if (!answer.ok) return refuse(answer.refusal);
  return answer.sdp === undefined ? refuse('native-failure') : ok({ sdp: answer.sdp, agreed: answer.agreed });
}
