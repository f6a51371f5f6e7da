import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { dirname } from 'node:path';
import type { Clock } from '@centralita/kernel';
import type { Command, CommandAnswer, EngineLoad, SwitchSnapshot } from '../../port/index.ts';
import { MAX_LINE_BYTES, type FromSwitch } from '../../port/link.ts';
import type { Logger } from '../logger.ts';
import type { EventLog } from './event-log.ts';
import { LineWriter, readLines } from './lines.ts';
import { parseCommand, parseEnvelope, type Envelope } from './parse-command.ts';

/** Bytes waiting for a control process that reads slowly; beyond them events wait in the log, which is bounded. */
const SOCKET_BACKLOG_BYTES = 4_194_304;
const LOAD_EVERY_MS = 1_000;

export interface LinkHandlers {
  /** Takes the command, or says that its id is known already; never throws, never waits. */
  take(id: string, command: Command): CommandAnswer;
  snapshot(): SwitchSnapshot;
  trace(legId: string): Promise<string | null>;
  /** Whether control can follow new calls; true again for each control process that comes. */
  takeCalls(taking: boolean): void;
  drain(deadlineMs: number): void;
  load(): EngineLoad;
  acknowledged(seq: number): void;
}

interface Connection {
  readonly socket: Socket;
  readonly lines: LineWriter;
  readonly id: number;
  epoch: number | undefined;
  /** Number of the last event written to it. */
  sent: number;
}

/**
 * The switch's end of the control link: one active control process, the newest of the highest epoch. Control may be killed at
 * any time; nothing here touches calls. A connection of an older epoch stays open and hears `fenced` on every command, so that
 * a process thawed after a stop learns that it has been replaced.
 */
export class ControlLink {
  readonly #handlers: LinkHandlers;
  readonly #log: EventLog;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #switchId: string;
  readonly #server: Server;
  readonly #connected = new Set<Connection>();
  #active: Connection | undefined;
  #highestEpoch = 0;
  #connections = 0;
  #awaySince: number;
  #loadTimer: NodeJS.Timeout | undefined;

  constructor(of: { readonly handlers: LinkHandlers; readonly log: EventLog; readonly clock: Clock; readonly logger: Logger; readonly switchId: string }) {
    this.#handlers = of.handlers;
    this.#log = of.log;
    this.#clock = of.clock;
    this.#logger = of.logger;
    this.#switchId = of.switchId;
    this.#awaySince = of.clock.now();
    this.#server = createServer((socket) => this.#accept(socket));
    of.log.onAppend(() => this.#pump());
  }

  /** @throws when the socket's folder cannot be made or the path is taken by something else than a dead socket */
  async listen(socketPath: string): Promise<void> {
    const folder = dirname(socketPath);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    chmodSync(folder, 0o700);
    // A killed switch leaves its socket file; the data folder's lock, held by the parent, says that no other switch lives.
    rmSync(socketPath, { force: true });
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(socketPath, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
    chmodSync(socketPath, 0o600);
    this.#loadTimer = setInterval(() => this.#send({ type: 'load', load: this.#handlers.load() }), LOAD_EVERY_MS);
  }

  get connected(): boolean {
    return this.#active !== undefined;
  }

  /** Milliseconds since control was last connected; 0 while it is. */
  get awayMs(): number {
    return this.#active === undefined ? this.#clock.now() - this.#awaySince : 0;
  }

  async close(): Promise<void> {
    clearInterval(this.#loadTimer);
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const { lines, socket } of this.#connected) {
      lines.flush();
      socket.end();
    }
    const cut = setTimeout(() => this.#connected.forEach(({ socket }) => socket.destroy()), 500);
    await closed;
    clearTimeout(cut);
  }

  #accept(socket: Socket): void {
    const connection: Connection = { socket, lines: new LineWriter(socket), id: ++this.#connections, epoch: undefined, sent: 0 };
    this.#connected.add(connection);
    socket.on('close', () => this.#gone(connection));
    // 'close' follows and does the work; without a listener Node throws.
    socket.on('error', (error) => this.#logger.info({ connection: connection.id, error: error.message }, 'control connection failed'));
    socket.on('drain', () => this.#pump());
    readLines(
      socket,
      MAX_LINE_BYTES,
      (value) => this.#take(connection, value),
      (reason) => {
        this.#logger.warn({ connection: connection.id, reason }, 'control connection cut: unreadable');
        socket.destroy();
      },
    );
  }

  #gone(connection: Connection): void {
    this.#connected.delete(connection);
    if (this.#active !== connection) return;
    this.#active = undefined;
    this.#awaySince = this.#clock.now();
    this.#handlers.takeCalls(true);
    this.#logger.warn({ connection: connection.id }, 'control is away');
  }

  #take(connection: Connection, value: unknown): void {
    const line = parseEnvelope(value);
    if (line === undefined) {
      this.#logger.warn({ connection: connection.id }, 'control connection cut: unknown line');
      connection.socket.destroy();
      return;
    }
    if (line.type === 'hello') return this.#hello(connection, line.epoch, line.committedSeq);
    if (line.type === 'command') return this.#command(connection, line);
    if (connection !== this.#active) return;
    switch (line.type) {
      case 'acknowledge':
        this.#log.acknowledge(line.seq);
        this.#handlers.acknowledged(line.seq);
        return;
      case 'snapshot-request':
        connection.lines.write({ type: 'snapshot', id: line.id, snapshot: this.#handlers.snapshot() } satisfies FromSwitch);
        return;
      case 'trace-request':
        void this.#handlers
          .trace(line.legId)
          .then((trace) => connection.lines.write({ type: 'trace', id: line.id, trace } satisfies FromSwitch));
        return;
      case 'take-calls':
        this.#handlers.takeCalls(line.taking);
        return;
      case 'drain':
        this.#handlers.drain(line.deadlineMs);
    }
  }

  #hello(connection: Connection, epoch: number, committedSeq: number): void {
    connection.epoch = epoch;
    if (epoch < this.#highestEpoch) {
      connection.lines.write({ type: 'answer', id: 'hello', answer: { accepted: false, reason: 'fenced' } } satisfies FromSwitch);
      return;
    }
    this.#highestEpoch = epoch;
    const before = this.#active;
    this.#active = connection;
    this.#handlers.takeCalls(true);
    // The same control process came back over a new socket; a lower epoch stays open to hear that it is fenced.
    if (before !== undefined && before !== connection && before.epoch === epoch) before.socket.destroy();
    this.#logger.info({ connection: connection.id, epoch }, 'control is here');
    connection.lines.write({ type: 'welcome', version: 1, switchId: this.#switchId, seq: this.#log.seq } satisfies FromSwitch);
    connection.sent = committedSeq;
    if (this.#log.reaches(committedSeq)) {
      this.#log.acknowledge(committedSeq);
      this.#handlers.acknowledged(committedSeq);
    }
    this.#pump();
  }

  #command(connection: Connection, line: Extract<Envelope, { type: 'command' }>): void {
    const answer = (given: CommandAnswer) => connection.lines.write({ type: 'answer', id: line.id, answer: given } satisfies FromSwitch);
    if (connection !== this.#active || line.epoch < this.#highestEpoch) return answer({ accepted: false, reason: 'fenced' });
    const parsed = parseCommand(line.command);
    if (parsed.command === undefined) {
      this.#logger.warn({ path: parsed.path }, 'malformed command');
      return answer({ accepted: false, reason: 'malformed' });
    }
    this.#highestEpoch = line.epoch;
    answer(this.#handlers.take(line.id, parsed.command));
  }

  /** Writes what the active connection has not seen, as long as its socket takes it. */
  #pump(): void {
    const connection = this.#active;
    if (connection === undefined) return;
    if (!this.#log.reaches(connection.sent)) {
      const snapshot = this.#handlers.snapshot();
      connection.lines.write({ type: 'snapshot', snapshot } satisfies FromSwitch);
      connection.sent = snapshot.seq;
    }
    while (connection.lines.writable && connection.lines.backlog < SOCKET_BACKLOG_BYTES) {
      const event = this.#log.at(connection.sent + 1);
      if (event === undefined) return;
      connection.lines.write({ type: 'event', event } satisfies FromSwitch);
      connection.sent = event.seq;
    }
  }

  #send(message: FromSwitch): void {
    const lines = this.#active?.lines;
    if (lines !== undefined && lines.backlog < SOCKET_BACKLOG_BYTES) lines.write(message);
  }
}
