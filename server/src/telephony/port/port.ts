import type { AccountId, BridgeId, DeviceId, Instant, LegCause, LegId, PlayId, RecordingId, TrunkId } from '@centralita/kernel';
import type { Command, Party } from './commands.ts';
import type { LegOrigin, TelephonyEvent } from './events.ts';

/** The one door to the telephone world. `embedded`, `simulated` and later `asterisk` stand behind it; one contract suite holds them all. */
export interface TelephonyPort {
  /**
   * @param id drawn by the caller; the same id twice is the same command, remembered for 10 minutes after its leg ended
   * @param epoch of the control process; an engine that has seen a higher one refuses
   */
  send(id: string, command: Command, epoch: number): Promise<CommandAnswer>;
  /** Events in order, each at least once from the last acknowledged number on. One consumer. */
  onEvent(take: (event: TelephonyEvent) => void): void;
  /** A gap that the engine's bounded buffer could not fill: everything that is there now, stamped with its event number. */
  onSnapshot(take: (snapshot: SwitchSnapshot) => void): void;
  onConnection(take: (connected: boolean) => void): void;
  /** Everything up to and including `seq` is committed; the engine may forget it. */
  acknowledge(seq: number): void;
  snapshot(): Promise<SwitchSnapshot>;
  load(): EngineLoad;
  /** Control is behind or short of memory: new calls get 503 until it says otherwise. Forgotten when the connection is lost. */
  takeCalls(taking: boolean): void;
  /** Takes no new calls from now on; resolves when the live ones have ended or the deadline has passed. */
  drain(deadlineMs: number): Promise<void>;
  close(): Promise<void>;
}

export type CommandAnswer = { readonly accepted: true } | { readonly accepted: false; readonly reason: 'fenced' | 'malformed' | 'overloaded' | 'disconnected' };

export interface SwitchSnapshot {
  readonly seq: number;
  readonly at: Instant;
  readonly legs: readonly SnapshotLeg[];
  /** Ended legs and finished recordings stay until acknowledged. */
  readonly endedLegs: readonly { readonly legId: LegId; readonly account: AccountId; readonly at: Instant; readonly by: 'far-end' | 'center' | 'network'; readonly cause: LegCause }[];
  readonly recordings: readonly {
    readonly recordingId: RecordingId;
    readonly account: AccountId;
    readonly state: 'running' | 'paused' | 'finished' | 'failed';
    readonly file?: string;
    readonly durationMs?: number;
    readonly bytes?: number;
  }[];
  readonly devices: readonly { readonly deviceId: DeviceId; readonly account: AccountId }[];
  readonly trunks: readonly { readonly trunkId: TrunkId; readonly account: AccountId; readonly up: boolean }[];
}

export interface SnapshotLeg {
  readonly legId: LegId;
  readonly account: AccountId;
  readonly state: 'offered' | 'placing' | 'ringing' | 'answered' | 'held';
  readonly origin?: LegOrigin;
  readonly deviceId?: DeviceId;
  readonly caller: Party;
  readonly dialled: string;
  readonly bridgeId?: BridgeId;
  /** What control had played to it and still runs; null: nothing. Left out: not told. */
  readonly playing?: PlayId | null;
  readonly since: Instant;
}

export interface EngineLoad {
  readonly legs: number;
  readonly linesInUse: number;
  readonly tickLateP99Ms: number;
  readonly admitting: boolean;
  /** What the signalling holds; dialogs and transactions are back at 0, timers at what they were, some 37 s after the last call. */
  readonly signalling?: { readonly dialogs: number; readonly transactions: number; readonly connections: number; readonly timers: number };
  readonly workers: readonly { readonly index: number; readonly legs: number; readonly tickLateP99Ms: number }[];
}
