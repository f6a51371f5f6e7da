import { createSocket, type Socket as Datagrams } from 'node:dgram';
import { connect, createServer, type NetConnectOpts, type Server, type Socket } from 'node:net';
import { mulberry32 } from '@centralita/kernel';

/** What befalls what passes. Ratios are between 0 and 1; each datagram is judged alone. */
export interface Faults {
  readonly dropRatio: number;
  readonly duplicateRatio: number;
  /** So many come after the one that was sent behind them. */
  readonly reorderRatio: number;
  readonly delayMs: number;
  /** Up to so much more, drawn anew for each. */
  readonly jitterMs: number;
}

const NONE: Faults = { dropRatio: 0, duplicateRatio: 0, reorderRatio: 0, delayMs: 0, jitterMs: 0 };
/** One that waits for another to overtake it goes on after so long: perhaps nobody comes. */
const OVERTAKEN_WITHIN_MS = 100;

/** The way of datagrams from one side to the other, with its faults. The same seed treats the same datagrams alike. */
export class FaultyLine {
  faults: Faults;
  isCut = false;
  readonly #random: () => number;
  #held: { readonly deliver: () => void; readonly limit: NodeJS.Timeout } | undefined;

  constructor(faults: Partial<Faults> = {}, seed = 1) {
    this.faults = { ...NONE, ...faults };
    this.#random = mulberry32(seed);
  }

  pass(deliver: () => void): void {
    const { dropRatio, duplicateRatio, reorderRatio } = this.faults;
    if (this.isCut || this.#random() < dropRatio) return;
    if (this.#random() < duplicateRatio) this.#later(deliver);
    const held = this.#held;
    if (held === undefined && this.#random() < reorderRatio) {
      this.#held = { deliver, limit: setTimeout(() => this.#release(), OVERTAKEN_WITHIN_MS) };
      return;
    }
    this.#later(deliver);
    this.#release();
  }

  #release(): void {
    const held = this.#held;
    this.#held = undefined;
    clearTimeout(held?.limit);
    if (held !== undefined) this.#later(held.deliver);
  }

  #later(deliver: () => void): void {
    const { delayMs, jitterMs } = this.faults;
    const waitMs = delayMs + (jitterMs > 0 ? this.#random() * jitterMs : 0);
    if (waitMs > 0) setTimeout(() => !this.isCut && deliver(), waitMs);
    else deliver();
  }
}

export interface ProxyTarget {
  readonly address?: string;
  readonly port: number;
}

/** A UDP port before another: each sender gets a socket of its own towards the target, as behind a router. */
export class UdpFaultProxy {
  readonly port: number;
  readonly line: FaultyLine;
  readonly #front: Datagrams;
  readonly #backs = new Map<string, Datagrams>();
  readonly #target: Required<ProxyTarget>;
  #closed = false;

  private constructor(front: Datagrams, target: ProxyTarget, line: FaultyLine) {
    this.#front = front;
    this.port = front.address().port;
    this.#target = { address: '127.0.0.1', ...target };
    this.line = line;
    front.on('message', (bytes, from) => {
      const back = this.#backFor(from.address, from.port);
      line.pass(() => !this.#closed && back.send(bytes, this.#target.port, this.#target.address));
    });
  }

  static async open(target: ProxyTarget, faults: Partial<Faults> = {}, seed = 1): Promise<UdpFaultProxy> {
    const front = createSocket('udp4');
    await new Promise<void>((resolve) => front.bind(0, '127.0.0.1', resolve));
    return new UdpFaultProxy(front, target, new FaultyLine(faults, seed));
  }

  cut(): void {
    this.line.isCut = true;
  }

  heal(): void {
    this.line.isCut = false;
  }

  close(): void {
    this.#closed = true;
    for (const socket of [this.#front, ...this.#backs.values()]) socket.close();
  }

  #backFor(address: string, port: number): Datagrams {
    const key = `${address}:${port}`;
    const known = this.#backs.get(key);
    if (known) return known;
    const back = createSocket('udp4');
    this.#backs.set(key, back);
    back.on('message', (bytes) => this.line.pass(() => !this.#closed && this.#front.send(bytes, port, address)));
    return back;
  }
}

/** A TCP port, or the path of a Unix socket. */
export type StreamTarget = ProxyTarget | { readonly path: string };

/**
 * A TCP port or a Unix socket before another. A cut is a cable that was pulled: nobody is told, and what is sent waits (the sender's
 * system would send it again) until `heal`. Loss and order are TCP's own work, so a stream is only cut or delayed.
 */
export class TcpFaultProxy {
  /** 0 where it listens at a Unix socket. */
  readonly port: number;
  /** In each direction, for what comes from now on; what came before is not overtaken. */
  delayMs = 0;
  readonly #server: Server;
  readonly #target: NetConnectOpts;
  readonly #sockets = new Set<Socket>();
  #isCut = false;
  readonly #waitingForHeal: (() => void)[] = [];

  private constructor(server: Server, target: StreamTarget) {
    this.#server = server;
    this.#target = 'path' in target ? target : { host: target.address ?? '127.0.0.1', port: target.port };
    const own = server.address()!;
    this.port = typeof own === 'string' ? 0 : own.port;
    server.on('connection', (front) => {
      this.#keep(front);
      this.#whenWhole(() => this.#connect(front));
    });
  }

  /** @param at the path of a Unix socket to listen at; a free TCP port when it is left out */
  static async open(target: StreamTarget, at?: string): Promise<TcpFaultProxy> {
    // Half-open, or a side that has said all would be taken for one that hears no more.
    const server = createServer({ pauseOnConnect: true, allowHalfOpen: true });
    await new Promise<void>((resolve) => (at === undefined ? server.listen(0, '127.0.0.1', resolve) : server.listen(at, resolve)));
    return new TcpFaultProxy(server, target);
  }

  cut(): void {
    this.#isCut = true;
  }

  heal(): void {
    this.#isCut = false;
    for (const go of this.#waitingForHeal.splice(0)) go();
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #connect(front: Socket): void {
    if (front.destroyed) return;
    const back = connect({ ...this.#target, allowHalfOpen: true });
    this.#keep(back);
    this.#pipe(front, back);
    this.#pipe(back, front);
    front.resume();
  }

  #pipe(from: Socket, to: Socket): void {
    let under: Promise<void> | undefined;
    const pass = (act: () => void) => {
      const go = () => this.#whenWhole(() => !to.destroyed && act());
      const due = performance.now() + this.delayMs;
      if (under === undefined && this.delayMs === 0) return go();
      const passed: Promise<void> = (under ?? Promise.resolve()).then(async () => {
        await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
        if (under === passed) under = undefined;
        go();
      });
      under = passed;
    };
    from.on('data', (bytes) => pass(() => to.write(bytes)));
    from.once('end', () => pass(() => to.end()));
    from.once('close', (hadError) => hadError && pass(() => to.destroy()));
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    // A side that is reset while the other is there: `close` follows and passes it on.
    socket.on('error', () => socket.destroy());
    socket.once('close', () => this.#sockets.delete(socket));
  }

  #whenWhole(act: () => void): void {
    if (this.#isCut) this.#waitingForHeal.push(act);
    else act();
  }
}
