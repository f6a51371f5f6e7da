import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { type LegId, type RecordingId, ignoreFailure } from '@centralita/kernel';
import type { FromWorker, MediaAnswer, MediaEvent, MediaOrder, MediaRequest, ToWorker, WorkerLoad, WorkerSettings } from './protocol.ts';

/** Sockets open in a millisecond and an ICE text is made in a few; a worker that needs longer is in trouble. */
const REQUEST_LIMIT_MS = 5_000;
/** After this a stopping worker is killed: a disk that hangs must not hang the whole program's end. */
const STOP_LIMIT_MS = 5_000;
const MAIN = join(import.meta.dirname, 'worker', 'main.ts');

export interface WorkerProcessTakers {
  onReady(): void;
  onEvent(event: MediaEvent): void;
  onLoad(load: WorkerLoad): void;
  /** The process is gone, whatever the reason. Requests under way were answered `worker-lost` before. */
  onGone(): void;
}

/** One forked media worker as signalling sees it: requests with answers, orders, events, death. */
export class WorkerProcess {
  readonly legs = new Set<LegId>();
  readonly recordings = new Set<RecordingId>();
  private readonly child: ChildProcess;
  private readonly takers: WorkerProcessTakers;
  private readonly waiting = new Map<number, { readonly resolve: (answer: MediaAnswer) => void; readonly limit: NodeJS.Timeout }>();
  private nextRequest = 1;
  private gone = false;
  private gathered: ToWorker[] = [];

  constructor(settings: WorkerSettings, takers: WorkerProcessTakers) {
    this.takers = takers;
    this.child = fork(MAIN, [], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], execArgv: [] });
    this.child.on('message', (messages: readonly FromWorker[]) => {
      for (const message of messages) this.take(message);
    });
    this.child.once('exit', () => this.end());
    this.child.once('error', () => this.end());
    this.send({ kind: 'start', settings });
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  request(request: MediaRequest): Promise<MediaAnswer> {
    if (this.gone) return Promise.resolve({ ok: false, refusal: 'worker-lost' });
    const id = this.nextRequest++;
    return new Promise((resolve) => {
      const limit = setTimeout(() => this.settle(id, { ok: false, refusal: 'timed-out' }), REQUEST_LIMIT_MS);
      this.waiting.set(id, { resolve, limit });
      this.send({ kind: 'request', id, request });
    });
  }

  order(order: MediaOrder): void {
    this.send({ kind: 'order', order });
  }

  /** Recordings are closed and reported before it resolves. */
  async stop(): Promise<void> {
    if (this.gone) return;
    const ended = new Promise<void>((resolve) => this.child.once('exit', () => resolve()));
    this.send({ kind: 'stop' });
    const limit = setTimeout(() => this.child.kill('SIGKILL'), STOP_LIMIT_MS);
    await ended;
    clearTimeout(limit);
  }

  /** What one round of the event loop brings leaves in one message, in its order. */
  private send(message: ToWorker): void {
    if (this.gathered.length === 0) setImmediate(() => this.flush());
    this.gathered.push(message);
  }

  private flush(): void {
    const messages = this.gathered;
    this.gathered = [];
    // A channel that closes between the check and the write reports by the callback; `exit` follows and says it all.
    if (this.child.connected) this.child.send(messages, () => undefined);
  }

  private take(message: FromWorker): void {
    switch (message.kind) {
      case 'ready':
        this.takers.onReady();
        return;
      case 'answer':
        this.settle(message.id, message.answer);
        return;
      case 'event':
        this.follow(message.event);
        this.takers.onEvent(message.event);
        return;
      case 'load':
        this.takers.onLoad(message.load);
        return;
      case 'ignored-failure':
        ignoreFailure(message.reason, () => {
          throw new Error(message.detail);
        });
        return;
      case 'stopped':
        return;
    }
  }

  private follow(event: MediaEvent): void {
    if (event.type === 'recording-finished' || event.type === 'recording-failed') this.recordings.delete(event.recordingId);
  }

  private settle(id: number, answer: MediaAnswer): void {
    const found = this.waiting.get(id);
    if (!found) return;
    clearTimeout(found.limit);
    this.waiting.delete(id);
    found.resolve(answer);
  }

  private end(): void {
    if (this.gone) return;
    this.gone = true;
    for (const id of [...this.waiting.keys()]) this.settle(id, { ok: false, refusal: 'worker-lost' });
    this.takers.onGone();
  }
}
