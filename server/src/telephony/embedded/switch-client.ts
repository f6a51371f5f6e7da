import { createConnection, type Socket } from 'node:net';
import { ignoreFailure } from '@centralita/kernel';
import type { Command, CommandAnswer, EngineLoad, SwitchSnapshot, TelephonyEvent, TelephonyPort } from '../port/index.ts';
import type { FromSwitch, ToSwitch } from '../port/link.ts';
import { LineWriter, readLines } from './link/lines.ts';
import { silentLogger, type Logger } from './logger.ts';

/** A snapshot of a full switch is larger than the 1 MiB that the switch takes from control. */
const MAX_FROM_SWITCH_BYTES = 67_108_864;
/** A switch that does not answer a line within this time counts as gone. */
const ANSWER_TIMEOUT_MS = 10_000;

export interface SwitchClientSettings {
  readonly socketPath: string;
  /** Of this control process; higher than that of every one before it. */
  readonly epoch: number;
  /** Number of the last event in the journal, 0 for none. */
  readonly committedSeq: number;
  /** First pause before connecting again; doubles up to `retryMaxMs`. 50 and 2,000 by default. */
  readonly retryMinMs?: number;
  readonly retryMaxMs?: number;
  readonly logger?: Logger;
}

/** The embedded switch as control sees it. Diagnostics beyond the port: the trace of a leg, and which switch process answers. */
export interface SwitchClient extends TelephonyPort {
  /** SIP messages and media figures of a leg as text, redacted; null when the switch no longer knows it. */
  trace(legId: string): Promise<string | null>;
  /** Changes when the switch process was restarted; undefined before the first welcome. */
  readonly switchId: string | undefined;
  readonly connected: boolean;
  /** Cuts the connection and lets it be made again: for drills and tests. */
  interrupt(): void;
}

const NO_LOAD: EngineLoad = { legs: 0, linesInUse: 0, tickLateP99Ms: 0, admitting: false, workers: [] };

/** Connects at once and for good: until `close`, a lost connection is made again with growing pauses. */
export function connectToSwitch(settings: SwitchClientSettings): SwitchClient {
  return new LinkClient(settings);
}

type EventOrSnapshot = Extract<FromSwitch, { type: 'event' | 'snapshot' }>;

interface Waiting<Value> {
  readonly resolve: (value: Value) => void;
  readonly timer: NodeJS.Timeout;
}

class LinkClient implements SwitchClient {
  readonly #settings: SwitchClientSettings;
  readonly #logger: Logger;
  #socket: Socket | undefined;
  #lines: LineWriter | undefined;
  #state: 'connecting' | 'fenced' | 'welcomed' | 'closed' = 'connecting';
  #retryMs: number;
  #retryTimer: NodeJS.Timeout | undefined;
  #committed: number;
  /** Number of the last event handed on; repeats after a reconnect are dropped. */
  #taken: number;
  #load: EngineLoad = NO_LOAD;
  #taking = true;
  #requests = 0;
  #switchId: string | undefined;
  readonly #answers = new Map<string, Waiting<CommandAnswer>[]>();
  readonly #snapshots = new Map<string, { readonly resolve: (snapshot: SwitchSnapshot) => void; readonly reject: (error: Error) => void }>();
  readonly #traces = new Map<string, (trace: string | null) => void>();
  #takeEvent: ((event: TelephonyEvent) => void) | undefined;
  #takeSnapshot: ((snapshot: SwitchSnapshot) => void) | undefined;
  #takeConnection: ((connected: boolean) => void) | undefined;
  /** What came before there was a consumer. */
  #early: EventOrSnapshot[] = [];
  #delivering = false;

  constructor(settings: SwitchClientSettings) {
    this.#settings = settings;
    this.#logger = settings.logger ?? silentLogger;
    this.#committed = settings.committedSeq;
    this.#taken = settings.committedSeq;
    this.#retryMs = settings.retryMinMs ?? 50;
    this.#connect();
  }

  get switchId(): string | undefined {
    return this.#switchId;
  }

  get connected(): boolean {
    return this.#state === 'welcomed';
  }

  interrupt(): void {
    this.#socket?.destroy();
  }

  send(id: string, command: Command, epoch: number): Promise<CommandAnswer> {
    if (this.#state === 'fenced') return Promise.resolve({ accepted: false, reason: 'fenced' });
    const socket = this.#socket;
    if (this.#state !== 'welcomed' || socket === undefined) return Promise.resolve({ accepted: false, reason: 'disconnected' });
    return new Promise((resolve) => {
      const timer = setTimeout(() => socket.destroy(new Error('the switch does not answer')), ANSWER_TIMEOUT_MS);
      const waiting = this.#answers.get(id);
      if (waiting === undefined) this.#answers.set(id, [{ resolve, timer }]);
      else waiting.push({ resolve, timer });
      this.#write({ type: 'command', id, epoch, command });
    });
  }

  onEvent(take: (event: TelephonyEvent) => void): void {
    this.#takeEvent = take;
    // A turn later, so that a snapshot consumer set right after this one misses nothing either.
    queueMicrotask(() => this.#deliverEarly());
  }

  onSnapshot(take: (snapshot: SwitchSnapshot) => void): void {
    this.#takeSnapshot = take;
  }

  onConnection(take: (connected: boolean) => void): void {
    this.#takeConnection = take;
    if (this.#state === 'welcomed') take(true);
  }

  acknowledge(seq: number): void {
    if (seq <= this.#committed) return;
    this.#committed = seq;
    if (this.#state === 'welcomed') this.#write({ type: 'acknowledge', seq });
  }

  snapshot(): Promise<SwitchSnapshot> {
    if (this.#state !== 'welcomed') return Promise.reject(new Error('the switch is not connected'));
    const id = `s${++this.#requests}`;
    return new Promise((resolve, reject) => {
      this.#snapshots.set(id, { resolve, reject });
      this.#write({ type: 'snapshot-request', id });
    });
  }

  trace(legId: string): Promise<string | null> {
    if (this.#state !== 'welcomed') return Promise.resolve(null);
    const id = `t${++this.#requests}`;
    return new Promise((resolve) => {
      this.#traces.set(id, resolve);
      this.#write({ type: 'trace-request', id, legId });
    });
  }

  load(): EngineLoad {
    return this.#load;
  }

  takeCalls(taking: boolean): void {
    if (taking === this.#taking) return;
    this.#taking = taking;
    if (this.#state === 'welcomed') this.#write({ type: 'take-calls', taking });
  }

  async drain(deadlineMs: number): Promise<void> {
    if (this.#state !== 'welcomed') return;
    this.#write({ type: 'drain', deadlineMs });
    const deadline = performance.now() + deadlineMs;
    while (performance.now() < deadline && this.#state === 'welcomed') {
      if ((await this.snapshot()).legs.length === 0) return;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }

  async close(): Promise<void> {
    const wasConnected = this.#state === 'welcomed';
    this.#state = 'closed';
    clearTimeout(this.#retryTimer);
    const socket = this.#socket;
    if (socket !== undefined) {
      const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
      this.#lines?.flush();
      socket.end();
      const cut = setTimeout(() => socket.destroy(), 500);
      await closed;
      clearTimeout(cut);
    }
    if (wasConnected) this.#takeConnection?.(false);
  }

  #connect(): void {
    const socket = createConnection(this.#settings.socketPath);
    this.#socket = socket;
    this.#lines = new LineWriter(socket);
    socket.on('connect', () => this.#write({ type: 'hello', version: 1, epoch: this.#settings.epoch, committedSeq: this.#committed }));
    socket.on('error', (error) => this.#logger.debug({ error: error.message }, 'no connection to the switch'));
    socket.on('close', () => this.#lost(socket));
    readLines(
      socket,
      MAX_FROM_SWITCH_BYTES,
      (value) => this.#take(value as FromSwitch), // our own switch of our own version; the hello's version guards it
      (reason) => socket.destroy(new Error(`unreadable line from the switch: ${reason}`)),
    );
  }

  #lost(socket: Socket): void {
    if (this.#socket !== socket) return;
    this.#socket = undefined;
    this.#lines = undefined;
    for (const waiting of this.#answers.values()) {
      for (const { resolve, timer } of waiting) {
        clearTimeout(timer);
        resolve({ accepted: false, reason: 'disconnected' });
      }
    }
    this.#answers.clear();
    for (const { reject } of this.#snapshots.values()) reject(new Error('the switch went away'));
    this.#snapshots.clear();
    for (const resolve of this.#traces.values()) resolve(null);
    this.#traces.clear();
    if (this.#state === 'closed') return;
    const wasConnected = this.#state === 'welcomed';
    this.#state = 'connecting';
    if (wasConnected) this.#takeConnection?.(false);
    this.#retryTimer = setTimeout(() => this.#connect(), this.#retryMs);
    this.#retryMs = Math.min(this.#retryMs * 2, this.#settings.retryMaxMs ?? 2_000);
  }

  #take(message: FromSwitch): void {
    switch (message.type) {
      case 'welcome':
        this.#state = 'welcomed';
        this.#retryMs = this.#settings.retryMinMs ?? 50;
        this.#switchId = message.switchId;
        if (!this.#taking) this.#write({ type: 'take-calls', taking: false });
        this.#takeConnection?.(true);
        return;
      case 'answer':
        return this.#answered(message.id, message.answer);
      case 'event':
      case 'snapshot':
        if (message.type === 'snapshot' && message.id !== undefined) {
          this.#snapshots.get(message.id)?.resolve(message.snapshot);
          this.#snapshots.delete(message.id);
          return;
        }
        return this.#deliver(message);
      case 'trace':
        this.#traces.get(message.id)?.(message.trace);
        this.#traces.delete(message.id);
        return;
      case 'load':
        this.#load = message.load;
    }
  }

  #answered(id: string, answer: CommandAnswer): void {
    if (id === 'hello') {
      this.#state = 'fenced';
      this.#logger.warn({ epoch: this.#settings.epoch }, 'another control process with a higher epoch holds the switch');
      return;
    }
    const waiting = this.#answers.get(id);
    const first = waiting?.shift();
    if (waiting?.length === 0) this.#answers.delete(id);
    if (first === undefined) return;
    clearTimeout(first.timer);
    first.resolve(answer);
  }

  #deliver(message: EventOrSnapshot): void {
    if (!this.#delivering) {
      this.#early.push(message);
      return;
    }
    if (message.type === 'snapshot') {
      this.#taken = message.snapshot.seq;
      this.#takeSnapshot?.(message.snapshot);
      return;
    }
    // After a reconnect the switch repeats what is not committed; this process has taken it already.
    if (message.event.seq <= this.#taken) return;
    this.#taken = message.event.seq;
    this.#takeEvent?.(message.event);
  }

  #deliverEarly(): void {
    this.#delivering = true;
    const early = this.#early;
    this.#early = [];
    for (const message of early) this.#deliver(message);
  }

  #write(message: ToSwitch): void {
    ignoreFailure('line to the switch', () => this.#lines?.write(message));
  }
}
