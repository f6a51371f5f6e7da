import { type AccountId, assertNever, type BridgeId, type DeviceId, type IdKind, type Instant, type LegCause, type LegId, type PlacementId, type PlayId, randomId, type RecordingId, type TrunkId } from '@centralita/kernel';
import type { Command, CommandAnswer, EngineLoad, FactOf, LegOrigin, Party, Play, SwitchSnapshot, TelephonyEvent, TelephonyFact, TelephonyPort } from '../port/index.ts';
import { EventLog } from './event-log.ts';
import { Solitude } from './solitude.ts';
import type { Network, Scheduler, World } from './world.ts';

export type * from './world.ts';

interface SimulatedLeg {
  readonly legId: LegId;
  readonly account: AccountId;
  readonly direction: 'in' | 'out';
  readonly deviceId?: DeviceId;
  readonly trunkId?: TrunkId;
  readonly caller: Party;
  readonly dialled: string;
  readonly since: Instant;
  readonly origin?: LegOrigin;
  readonly placementId?: PlacementId;
  readonly joinOnAnswer?: BridgeId;
  /** The leg that it was placed for. */
  readonly awaited?: LegId;
  state: 'offered' | 'placing' | 'ringing' | 'answered' | 'held';
  bridgeId?: BridgeId;
  play?: { readonly playId: PlayId; readonly stopOnDigit: boolean; readonly cancel: () => void };
  ringLimit?: () => void;
  untold?: () => void;
  endWhenAlone?: boolean;
}

export interface SimulatedEngineOptions {
  readonly network?: Network;
  /** Seeded in the simulator. */
  readonly draw?: (of: IdKind, at: Instant) => string;
  /** How many events are kept to be told again by `reconnect`; none by default. */
  readonly kept?: number;
}

/** Design 4: an incoming call untold for this long is given back, so that the carrier fails over. */
const UNTOLD_MS = 10_000;
const COMMANDS_REMEMBERED_MS = 600_000;

/** Speech of an ordinary prompt; the simulated world has no files to measure. */
const PROMPT_MS = 2_500;

/**
 * A telephone world without telephones: the same port as the embedded switch, in memory. Commands are idempotent by id, truth
 * comes as numbered events, and who answers, talks or hangs up is decided by a `World`, not here.
 */
export class SimulatedEngine implements TelephonyPort {
  readonly #scheduler: Scheduler;
  readonly #legs = new Map<LegId, SimulatedLeg>();
  readonly #bridges = new Map<BridgeId, Set<LegId>>();
  readonly #recordings = new Map<RecordingId, { readonly account: AccountId; readonly bridgeId: BridgeId; readonly since: Instant }>();
  /** Ids of commands taken in this span of `COMMANDS_REMEMBERED_MS`, and in the one before. */
  #commands = new Set<string>();
  #olderCommands = new Set<string>();
  #commandsSince = 0;
  readonly #devices = new Map<DeviceId, AccountId>();
  readonly #placements = new Map<PlacementId, Set<LegId>>();
  readonly #plays = new Map<PlayId, SimulatedLeg>();
  readonly #draw: (of: IdKind, at: Instant) => string;
  readonly #network: Network | undefined;
  readonly #log: EventLog;
  readonly #solitude = new Solitude();
  #epoch = 0;
  #world: World | undefined;

  constructor(scheduler: Scheduler, { draw = randomId, kept = 0, network }: SimulatedEngineOptions = {}) {
    this.#scheduler = scheduler;
    this.#draw = draw;
    this.#network = network;
    this.#log = new EventLog(scheduler.now(), kept);
  }

  inhabit(world: World): void {
    this.#world = world;
  }

  // ---- the simulated far end

  callIn({ trunkId, ...call }: { readonly account: AccountId; readonly trunkId: TrunkId | null; readonly caller: Party; readonly dialled: string }): LegId {
    return trunkId === null ? this.#offer(call, { kind: 'loopback' }) : this.#offer({ ...call, trunkId }, { kind: 'trunk', trunkId });
  }

  /** A device of an agent dials. */
  dialOut(call: { readonly account: AccountId; readonly deviceId: DeviceId; readonly caller: Party; readonly dialled: string }): LegId {
    return this.#offer(call, { kind: 'device', deviceId: call.deviceId });
  }

  /** The device of a leg that is up dials again, to take that one's place: after a reload, from another network. @returns undefined when there is nothing to take over */
  comeBack(oldLegId: LegId): LegId | undefined {
    const old = this.#legs.get(oldLegId);
    if (old?.deviceId === undefined || (old.state !== 'answered' && old.state !== 'held')) return undefined;
    const { account, deviceId, caller, dialled } = old;
    return this.#offer({ account, deviceId, caller, dialled }, { kind: 'device', deviceId }, oldLegId);
  }

  /** The far end of a placed leg rings; with `earlyMedia` the carrier speaks already. */
  ring(legId: LegId, earlyMedia = false): void {
    const leg = this.#legs.get(legId);
    if (leg?.state !== 'placing') return;
    leg.state = 'ringing';
    this.#emit(leg.account, { type: 'leg-ringing', legId, earlyMedia });
  }

  /** Busy, refused, unreachable, or cut off in the middle: `by` says whose doing it was. */
  fail(legId: LegId, by: 'far-end' | 'network', cause: LegCause, sipStatus?: number): void {
    const leg = this.#legs.get(legId);
    if (leg) this.#end(leg, by, cause, sipStatus);
  }

  /** No sound comes from an answered leg any more, or it comes again. */
  stall(legId: LegId, stalled: boolean): void {
    const leg = this.#legs.get(legId);
    if (leg?.state === 'answered') this.#emit(leg.account, { type: stalled ? 'media-stalled' : 'media-resumed', legId });
  }

  /** A trunk's keep-alive was answered, or was not. */
  trunk(account: AccountId, trunkId: TrunkId, up: boolean): void {
    this.#emit(account, up ? { type: 'trunk-up', trunkId } : { type: 'trunk-down', trunkId, reason: 'no-answer' });
  }

  has(legId: LegId): boolean {
    return this.#legs.has(legId);
  }

  pickUp(legId: LegId): void {
    const leg = this.#legs.get(legId);
    if (leg?.state === 'ringing' || leg?.state === 'placing') this.#answer(leg);
  }

  press(legId: LegId, digit: string): void {
    const leg = this.#legs.get(legId);
    if (!leg) return;
    this.#emit(leg.account, { type: 'digit', legId, digit, durationMs: 120, via: 'rfc4733' });
    if (leg.play?.stopOnDigit) this.#stopPlay(leg, 'digit');
  }

  hangUp(legId: LegId, cause: LegCause = 'hung-up'): void {
    const leg = this.#legs.get(legId);
    if (leg) this.#end(leg, 'far-end', cause);
  }

  deviceOnline(account: AccountId, deviceId: DeviceId): void {
    if (this.#devices.has(deviceId)) return;
    this.#devices.set(deviceId, account);
    this.#emit(account, { type: 'device-online', deviceId });
  }

  deviceOffline(deviceId: DeviceId): void {
    const account = this.#devices.get(deviceId);
    if (!account) return;
    this.#devices.delete(deviceId);
    for (const leg of [...this.#legs.values()]) if (leg.deviceId === deviceId) this.#end(leg, 'network', 'unreachable');
    this.#emit(account, { type: 'device-offline', deviceId, reason: 'connection-lost' });
  }

  // ---- the port

  send(id: string, command: Command, epoch: number): Promise<CommandAnswer> {
    if (epoch < this.#epoch) return Promise.resolve({ accepted: false, reason: 'fenced' });
    this.#epoch = epoch;
    if (this.#commands.has(id) || this.#olderCommands.has(id)) return Promise.resolve({ accepted: true });
    const now = this.#scheduler.now();
    if (now - this.#commandsSince >= COMMANDS_REMEMBERED_MS) {
      this.#olderCommands = this.#commands;
      this.#commands = new Set();
      this.#commandsSince = now;
    }
    this.#commands.add(id);
    this.#perform(command);
    return Promise.resolve({ accepted: true });
  }

  onEvent(take: (event: TelephonyEvent) => void): void {
    this.#log.onEvent(take);
  }

  onSnapshot(): void {}

  onConnection(take: (connected: boolean) => void): void {
    take(true);
  }

  acknowledge(seq: number): void {
    this.#log.acknowledge(seq);
  }

  /**
   * Another control process has come, which has committed everything up to `committedSeq`: it is told the rest again.
   * @returns false when what was kept does not reach back that far: it must begin with a snapshot
   */
  reconnect(committedSeq: number, take: (event: TelephonyEvent) => void): boolean {
    return this.#log.tellAgainAfter(committedSeq, take);
  }

  snapshot(): Promise<SwitchSnapshot> {
    return Promise.resolve({
      seq: this.#log.seq,
      at: this.#scheduler.now(),
      legs: [...this.#legs.values()].map(({ legId, account, state, origin, deviceId, caller, dialled, bridgeId, play, since }) => ({ legId, account, state, caller, dialled, since, playing: play?.playId ?? null, ...(origin && { origin }), ...(deviceId && { deviceId }), ...(bridgeId && { bridgeId }) })),
      endedLegs: this.#log.endedLegs,
      recordings: [...this.#recordings].map(([recordingId, { account }]) => ({ recordingId, account, state: 'running' as const })),
      devices: [...this.#devices].map(([deviceId, account]) => ({ deviceId, account })),
      trunks: [],
    });
  }

  load(): EngineLoad {
    let linesInUse = 0;
    for (const leg of this.#legs.values()) if (!leg.deviceId) linesInUse += 1;
    return { legs: this.#legs.size, linesInUse, tickLateP99Ms: 0, admitting: true, workers: [] };
  }

  /** Who calls here is simulated too: nobody has to be turned away. */
  takeCalls(): void {}

  drain(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    for (const leg of this.#legs.values()) {
      leg.ringLimit?.();
      leg.untold?.();
      leg.play?.cancel();
    }
    this.#legs.clear();
    return Promise.resolve();
  }

  // ---- commands

  #perform(command: Command): void {
    switch (command.type) {
      case 'place-legs':
        return this.#place(command);
      case 'ring-leg':
        return this.#withLeg(command.legId, told);
      case 'mute-leg':
      case 'redirect-leg':
      case 'monitor':
      case 'send-digits':
      case 'pause-recording':
      case 'resume-recording':
      case 'provision-devices':
      case 'provision-trunks':
      case 'provision-numbers':
        return;
      case 'answer-leg':
        return this.#withLeg(command.legId, (leg) => this.#answer(leg));
      case 'end-leg':
        return this.#withLeg(command.legId, (leg) => this.#end(leg, 'center', command.cause));
      case 'connect':
        return this.#connect(command.bridgeId, command.legIds, command.endWhenAlone ?? []);
      case 'replace-leg':
        return this.#replace(command.oldLegId, command.newLegId);
      case 'disconnect':
        for (const legId of command.legIds) this.#withLeg(legId, (leg) => this.#leave(leg));
        return this.#endLonely(command.bridgeId);
      case 'hold-leg':
        return this.#withLeg(command.legId, (leg) => this.#hold(leg, true));
      case 'resume-leg':
        return this.#withLeg(command.legId, (leg) => this.#hold(leg, false));
      case 'play':
        return this.#play(command);
      case 'stop-play':
        return this.#stopPlay(this.#plays.get(command.playId), 'stopped');
      case 'remove-device':
        for (const leg of [...this.#legs.values()]) if (leg.deviceId === command.deviceId) this.#end(leg, 'network', 'unreachable');
        this.#devices.delete(command.deviceId);
        return;
      case 'start-recording':
        this.#recordings.set(command.recordingId, { account: command.account, bridgeId: command.bridgeId, since: this.#scheduler.now() });
        return this.#emit(command.account, { type: 'recording-started', recordingId: command.recordingId });
      case 'stop-recording':
        return this.#stopRecording(command.recordingId);
      default:
        assertNever(command);
    }
  }

  #place(command: Extract<Command, { type: 'place-legs' }>): void {
    const awaited = command.near ?? command.earlyMediaTo;
    for (const { legId, target } of command.legs) {
      const leg: SimulatedLeg = {
        legId,
        account: command.account,
        direction: 'out',
        caller: command.caller,
        dialled: target.kind === 'number' ? target.number : '',
        since: this.#scheduler.now(),
        placementId: command.placementId,
        state: 'placing',
        ...(target.kind === 'device' && { deviceId: target.deviceId }),
        ...(command.onAnswer && { joinOnAnswer: command.onAnswer.bridgeId }),
        ...(awaited !== undefined && { awaited }),
      };
      // A leg is dialled once in its life: whoever asks twice has lost count.
      if (this.#legs.has(legId)) throw new Error(`${legId} is placed a second time`);
      this.#legs.set(legId, leg);
      this.#placed(command.placementId).add(legId);
      if (leg.deviceId && !this.#devices.has(leg.deviceId)) {
        this.#scheduler.after(0, () => this.#end(leg, 'network', 'unreachable'));
        continue;
      }
      leg.ringLimit = this.#scheduler.after(command.ringTimeoutMs, () => this.#end(leg, 'center', 'no-answer'));
      if (leg.deviceId) {
        this.ring(legId);
        this.#world?.ringing(legId, leg.deviceId);
      } else this.#world?.dialled(legId, leg.dialled);
    }
  }

  #placed(placementId: PlacementId): Set<LegId> {
    let legs = this.#placements.get(placementId);
    if (!legs) this.#placements.set(placementId, (legs = new Set()));
    return legs;
  }

  #offer(call: { readonly account: AccountId; readonly caller: Party; readonly dialled: string; readonly trunkId?: TrunkId; readonly deviceId?: DeviceId }, origin: LegOrigin, oldLegId?: LegId): LegId {
    const since = this.#scheduler.now();
    const legId: LegId = this.#draw('leg', since);
    const leg: SimulatedLeg = { legId, ...call, origin, direction: 'in', state: 'offered', since };
    this.#legs.set(legId, leg);
    leg.untold = this.#scheduler.after(UNTOLD_MS, () => this.#end(leg, 'center', 'congestion', 503));
    if (oldLegId === undefined) this.#emit(call.account, { type: 'leg-offered', legId, from: origin, caller: call.caller, dialled: call.dialled });
    else this.#emit(call.account, { type: 'replacement-offered', legId, oldLegId });
    return legId;
  }

  #answer(leg: SimulatedLeg): void {
    if (leg.state === 'answered' || leg.state === 'held') return;
    leg.ringLimit?.();
    told(leg);
    leg.state = 'answered';
    this.#emit(leg.account, { type: 'leg-answered', legId: leg.legId });
    if (leg.placementId) {
      for (const otherId of [...(this.#placements.get(leg.placementId) ?? [])]) if (otherId !== leg.legId) this.#withLeg(otherId, (other) => this.#end(other, 'center', 'answered-elsewhere'));
    }
    const isLeft = leg.joinOnAnswer !== undefined && !this.#joinAnswered(leg, leg.joinOnAnswer);
    this.#world?.answered(leg.legId);
    if (isLeft) this.#end(leg, 'center', 'hung-up');
  }

  /** @returns false when it would be alone there, and nobody would come */
  #joinAnswered(leg: SimulatedLeg, bridgeId: BridgeId): boolean {
    const alone = (this.#bridges.get(bridgeId)?.size ?? 0) === 0;
    if (alone && this.#solitude.nobodyComes(bridgeId, leg.awaited)) return false;
    this.#connect(bridgeId, [leg.legId], []);
    if (alone && leg.awaited !== undefined) this.#solitude.awaits(leg.legId, leg.awaited);
    return true;
  }

  #hold(leg: SimulatedLeg, held: boolean): void {
    if (leg.state !== (held ? 'answered' : 'held')) return;
    leg.state = held ? 'held' : 'answered';
    this.#emit(leg.account, { type: held ? 'leg-held' : 'leg-resumed', legId: leg.legId, by: 'center' });
  }

  #connect(bridgeId: BridgeId, legIds: readonly LegId[], endWhenAlone: readonly LegId[]): void {
    const bridge = this.#bridges.get(bridgeId) ?? new Set<LegId>();
    this.#bridges.set(bridgeId, bridge);
    for (const legId of legIds) {
      this.#withLeg(legId, (leg) => {
        if (leg.bridgeId === bridgeId) return;
        this.#enter(leg, bridgeId, bridge);
        this.#world?.joined(legId, bridgeId);
      });
    }
    for (const legId of endWhenAlone) this.#withLeg(legId, (leg) => (leg.endWhenAlone = true));
  }

  #enter(leg: SimulatedLeg, bridgeId: BridgeId, bridge: Set<LegId>): void {
    this.#leave(leg);
    this.#stopPlay(leg, 'replaced');
    leg.bridgeId = bridgeId;
    bridge.add(leg.legId);
    this.#solitude.opened(bridgeId);
    if (bridge.size > 1) for (const one of bridge) this.#solitude.waitsNoMore(one);
    this.#emit(leg.account, { type: 'leg-joined', legId: leg.legId, bridgeId });
  }

  /** The fresh leg of a device that came back: answered where it waits for that, put in the old one's place, which then ends. */
  #replace(oldLegId: LegId, newLegId: LegId): void {
    const [old, fresh] = [this.#legs.get(oldLegId), this.#legs.get(newLegId)];
    if (!old || !fresh) return;
    told(fresh);
    if (fresh.state === 'offered') this.#answer(fresh);
    if (fresh.state !== 'answered' && fresh.state !== 'held') return;
    this.#solitude.replaced(oldLegId, newLegId);
    const { bridgeId, endWhenAlone } = old;
    const bridge = bridgeId === undefined ? undefined : this.#bridges.get(bridgeId);
    if (bridgeId !== undefined && bridge !== undefined) {
      const awaited = this.#solitude.awaitedBy(oldLegId);
      this.#enter(fresh, bridgeId, bridge);
      if (endWhenAlone) fresh.endWhenAlone = true;
      this.#leave(old);
      if (awaited !== undefined) this.#solitude.awaits(newLegId, awaited);
      this.#world?.replaced(oldLegId, newLegId);
    }
    this.#end(old, 'center', 'replaced');
  }

  #leave(leg: SimulatedLeg): void {
    const { bridgeId } = leg;
    if (!bridgeId) return;
    delete leg.bridgeId;
    delete leg.endWhenAlone;
    this.#solitude.waitsNoMore(leg.legId);
    const bridge = this.#bridges.get(bridgeId);
    bridge?.delete(leg.legId);
    this.#emit(leg.account, { type: 'leg-left', legId: leg.legId, bridgeId });
    if (bridge?.size === 0) this.#closeBridge(bridgeId);
  }

  #endLonely(bridgeId: BridgeId): void {
    const bridge = this.#bridges.get(bridgeId);
    const alone = bridge?.size === 1 ? this.#legs.get([...bridge][0]!) : undefined;
    if (alone?.endWhenAlone) this.#end(alone, 'center', 'hung-up');
  }

  #closeBridge(bridgeId: BridgeId): void {
    this.#bridges.delete(bridgeId);
    for (const [recordingId, recording] of this.#recordings) if (recording.bridgeId === bridgeId) this.#stopRecording(recordingId);
  }

  #play(command: Play): void {
    this.#withLeg(command.legId, (leg) => {
      told(leg);
      this.#stopPlay(leg, 'replaced');
      const lastsMs = command.items.reduce((sum, item) => sum + (item.kind === 'silence' ? item.durationMs : item.kind === 'number' ? 600 : PROMPT_MS), 0);
      const endless = command.loop === true || command.items.some((item) => item.kind === 'music');
      const cancel = endless ? () => {} : this.#scheduler.after(lastsMs, () => this.#stopPlay(leg, 'completed'));
      leg.play = { playId: command.playId, stopOnDigit: command.stopOnDigit === true, cancel };
      this.#plays.set(command.playId, leg);
      this.#world?.hears(command.legId, command);
    });
  }

  #stopPlay(leg: SimulatedLeg | undefined, reason: FactOf<'play-finished'>['reason']): void {
    const play = leg?.play;
    if (!leg || !play) return;
    delete leg.play;
    this.#plays.delete(play.playId);
    play.cancel();
    this.#emit(leg.account, { type: 'play-finished', playId: play.playId, legId: leg.legId, reason });
  }

  /** Nothing was recorded, and nothing claims to be: the simulated account keeps no files. */
  #stopRecording(recordingId: RecordingId): void {
    const recording = this.#recordings.get(recordingId);
    if (!recording) return;
    this.#recordings.delete(recordingId);
    this.#emit(recording.account, { type: 'recording-failed', recordingId, reason: 'simulated' });
  }

  #end(leg: SimulatedLeg, by: 'far-end' | 'center' | 'network', cause: LegCause, sipStatus?: number): void {
    if (!this.#legs.delete(leg.legId)) return;
    leg.ringLimit?.();
    told(leg);
    leg.play?.cancel();
    if (leg.play) this.#plays.delete(leg.play.playId);
    this.#leavePlacement(leg);
    const { bridgeId } = leg;
    this.#leave(leg);
    if (bridgeId !== undefined) this.#endLonely(bridgeId);
    const leftEmpty = bridgeId === undefined || this.#bridges.has(bridgeId) ? undefined : bridgeId;
    for (const waiting of this.#solitude.ended(leg.legId, by, cause, leftEmpty)) this.#withLeg(waiting, (one) => this.#end(one, 'center', 'hung-up'));
    if (by === 'center' && leg.state === 'ringing' && this.#network?.crosses(leg.legId)) this.#emit(leg.account, { type: 'leg-answered', legId: leg.legId });
    this.#emit(leg.account, { type: 'leg-ended', legId: leg.legId, by, cause, ...(sipStatus !== undefined && { sipStatus }) });
    this.#world?.ended(leg.legId, cause);
  }

  #leavePlacement({ placementId, legId }: SimulatedLeg): void {
    const legs = placementId === undefined ? undefined : this.#placements.get(placementId);
    if (legs?.delete(legId) && legs.size === 0) this.#placements.delete(placementId!);
  }

  #withLeg(legId: LegId, work: (leg: SimulatedLeg) => void): void {
    const leg = this.#legs.get(legId);
    if (leg) work(leg);
  }

  #emit(account: AccountId, fact: TelephonyFact): void {
    const tell = (): void => this.#log.tell(this.#scheduler.now(), account, fact);
    tell();
    const againMs = this.#network?.againAfterMs(fact);
    if (againMs !== undefined) this.#scheduler.after(againMs, tell);
  }
}

/** Somebody has been told of this call: it is not given back any more. */
function told(leg: SimulatedLeg): void {
  leg.untold?.();
  delete leg.untold;
}
