import { type AccountId, assertNever, type BridgeId, type DeviceId, type Instant, type LegCause, type LegId, type PlacementId, type PlayId, randomId, type RecordingId, type TrunkId } from '@centralita/kernel';
import type { Command, CommandAnswer, EngineLoad, FactOf, Party, Play, SwitchSnapshot, TelephonyEvent, TelephonyFact, TelephonyPort } from '../port/index.ts';

/** What the engine runs on: real time for the live demo, virtual time for the simulator. */
export interface Scheduler {
  now(): Instant;
  /** @returns a function that cancels it */
  after(delayMs: number, run: () => void): () => void;
}

/** The simulated world: whoever is at the other end of the legs. Called after the engine has done its own part. */
export interface World {
  /** A device rings. */
  ringing(legId: LegId, deviceId: DeviceId): void;
  /** A number outside was dialled. */
  dialled(legId: LegId, number: string): void;
  /** The leg hears this, and nothing else. */
  hears(legId: LegId, play: Play): void;
  answered(legId: LegId): void;
  joined(legId: LegId, bridgeId: BridgeId): void;
  ended(legId: LegId, cause: LegCause): void;
}

interface SimulatedLeg {
  readonly legId: LegId;
  readonly account: AccountId;
  readonly direction: 'in' | 'out';
  readonly deviceId?: DeviceId;
  readonly trunkId?: TrunkId;
  readonly caller: Party;
  readonly dialled: string;
  readonly since: Instant;
  readonly placementId?: PlacementId;
  readonly joinOnAnswer?: BridgeId;
  state: 'offered' | 'placing' | 'ringing' | 'answered' | 'held';
  bridgeId?: BridgeId;
  play?: { readonly playId: PlayId; readonly stopOnDigit: boolean; readonly cancel: () => void };
  ringLimit?: () => void;
  endWhenAlone?: boolean;
}

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
  readonly #commands = new Set<string>();
  readonly #devices = new Map<DeviceId, AccountId>();
  #seq: number;
  #epoch = 0;
  #take: (event: TelephonyEvent) => void = () => {};
  #world: World | undefined;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
    // Above every number of an engine before this one, as the switch's are: at most 1,000 events a millisecond.
    this.#seq = scheduler.now() * 1_000;
  }

  inhabit(world: World): void {
    this.#world = world;
  }

  // ---- the simulated far end

  callIn(call: { readonly account: AccountId; readonly trunkId: TrunkId; readonly caller: Party; readonly dialled: string }): LegId {
    const legId = randomId('leg', this.#scheduler.now());
    this.#legs.set(legId, { legId, ...call, direction: 'in', state: 'offered', since: this.#scheduler.now() });
    this.#emit(call.account, { type: 'leg-offered', legId, from: { kind: 'trunk', trunkId: call.trunkId }, caller: call.caller, dialled: call.dialled });
    return legId;
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
    if (this.#commands.has(id)) return Promise.resolve({ accepted: true });
    this.#commands.add(id);
    this.#scheduler.after(600_000, () => this.#commands.delete(id));
    this.#perform(command);
    return Promise.resolve({ accepted: true });
  }

  onEvent(take: (event: TelephonyEvent) => void): void {
    this.#take = take;
  }

  onSnapshot(): void {}

  onConnection(take: (connected: boolean) => void): void {
    take(true);
  }

  acknowledge(): void {}

  snapshot(): Promise<SwitchSnapshot> {
    return Promise.resolve({
      seq: this.#seq,
      at: this.#scheduler.now(),
      legs: [...this.#legs.values()].map(({ legId, account, state, deviceId, caller, dialled, bridgeId, since }) => ({ legId, account, state, caller, dialled, since, ...(deviceId && { deviceId }), ...(bridgeId && { bridgeId }) })),
      endedLegs: [],
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

  drain(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    for (const leg of this.#legs.values()) {
      leg.ringLimit?.();
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
      case 'mute-leg':
      case 'redirect-leg':
      case 'replace-leg':
      case 'monitor':
      case 'send-digits':
      case 'pause-recording':
      case 'resume-recording':
      case 'provision-devices':
      case 'remove-device':
      case 'provision-trunks':
      case 'provision-numbers':
        return;
      case 'answer-leg':
        return this.#withLeg(command.legId, (leg) => this.#answer(leg));
      case 'end-leg':
        return this.#withLeg(command.legId, (leg) => this.#end(leg, 'center', command.cause));
      case 'connect':
        return this.#connect(command.bridgeId, command.legIds, command.endWhenAlone ?? []);
      case 'disconnect':
        for (const legId of command.legIds) this.#withLeg(legId, (leg) => this.#leave(leg));
        return;
      case 'hold-leg':
        return this.#withLeg(command.legId, (leg) => (leg.state = 'held'));
      case 'resume-leg':
        return this.#withLeg(command.legId, (leg) => (leg.state = 'answered'));
      case 'play':
        return this.#play(command);
      case 'stop-play':
        for (const leg of this.#legs.values()) if (leg.play?.playId === command.playId) this.#stopPlay(leg, 'stopped');
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
      };
      this.#legs.set(legId, leg);
      if (leg.deviceId && !this.#devices.has(leg.deviceId)) {
        this.#scheduler.after(0, () => this.#end(leg, 'network', 'unreachable'));
        continue;
      }
      leg.ringLimit = this.#scheduler.after(command.ringTimeoutMs, () => this.#end(leg, 'center', 'no-answer'));
      leg.state = 'ringing';
      this.#emit(command.account, { type: 'leg-ringing', legId, earlyMedia: false });
      if (leg.deviceId) this.#world?.ringing(legId, leg.deviceId);
      else this.#world?.dialled(legId, leg.dialled);
    }
  }

  #answer(leg: SimulatedLeg): void {
    if (leg.state === 'answered' || leg.state === 'held') return;
    leg.ringLimit?.();
    leg.state = 'answered';
    this.#emit(leg.account, { type: 'leg-answered', legId: leg.legId });
    if (leg.placementId) {
      for (const other of [...this.#legs.values()]) if (other !== leg && other.placementId === leg.placementId) this.#end(other, 'center', 'answered-elsewhere');
    }
    if (leg.joinOnAnswer) this.#connect(leg.joinOnAnswer, [leg.legId], []);
    this.#world?.answered(leg.legId);
  }

  #connect(bridgeId: BridgeId, legIds: readonly LegId[], endWhenAlone: readonly LegId[]): void {
    const bridge = this.#bridges.get(bridgeId) ?? new Set<LegId>();
    this.#bridges.set(bridgeId, bridge);
    for (const legId of legIds) {
      this.#withLeg(legId, (leg) => {
        if (leg.bridgeId === bridgeId) return;
        this.#leave(leg);
        this.#stopPlay(leg, 'replaced');
        leg.bridgeId = bridgeId;
        bridge.add(legId);
        this.#emit(leg.account, { type: 'leg-joined', legId, bridgeId });
        this.#world?.joined(legId, bridgeId);
      });
    }
    for (const legId of endWhenAlone) this.#withLeg(legId, (leg) => (leg.endWhenAlone = true));
  }

  #leave(leg: SimulatedLeg): void {
    const { bridgeId } = leg;
    if (!bridgeId) return;
    delete leg.bridgeId;
    const bridge = this.#bridges.get(bridgeId);
    bridge?.delete(leg.legId);
    this.#emit(leg.account, { type: 'leg-left', legId: leg.legId, bridgeId });
    if (bridge?.size === 0) this.#closeBridge(bridgeId);
    if (bridge?.size !== 1) return;
    const alone = this.#legs.get([...bridge][0]!);
    if (alone?.endWhenAlone) this.#end(alone, 'center', 'hung-up');
  }

  #closeBridge(bridgeId: BridgeId): void {
    this.#bridges.delete(bridgeId);
    for (const [recordingId, recording] of this.#recordings) if (recording.bridgeId === bridgeId) this.#stopRecording(recordingId);
  }

  #play(command: Play): void {
    this.#withLeg(command.legId, (leg) => {
      this.#stopPlay(leg, 'replaced');
      const lastsMs = command.items.reduce((sum, item) => sum + (item.kind === 'silence' ? item.durationMs : item.kind === 'number' ? 600 : PROMPT_MS), 0);
      const endless = command.loop === true || command.items.some((item) => item.kind === 'music');
      const cancel = endless ? () => {} : this.#scheduler.after(lastsMs, () => this.#stopPlay(leg, 'completed'));
      leg.play = { playId: command.playId, stopOnDigit: command.stopOnDigit === true, cancel };
      this.#world?.hears(command.legId, command);
    });
  }

  #stopPlay(leg: SimulatedLeg, reason: FactOf<'play-finished'>['reason']): void {
    const { play } = leg;
    if (!play) return;
    delete leg.play;
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

  #end(leg: SimulatedLeg, by: 'far-end' | 'center' | 'network', cause: LegCause): void {
    if (!this.#legs.delete(leg.legId)) return;
    leg.ringLimit?.();
    leg.play?.cancel();
    this.#leave(leg);
    this.#emit(leg.account, { type: 'leg-ended', legId: leg.legId, by, cause });
    this.#world?.ended(leg.legId, cause);
  }

  #withLeg(legId: LegId, work: (leg: SimulatedLeg) => void): void {
    const leg = this.#legs.get(legId);
    if (leg) work(leg);
  }

  #emit(account: AccountId, fact: TelephonyFact): void {
    this.#take({ seq: ++this.#seq, at: this.#scheduler.now(), account, fact });
  }
}
