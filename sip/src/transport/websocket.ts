import type { IncomingMessage, Server as HttpServer } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import { parseMessage } from '../message/parse-message.ts';
import type { Timer } from '../timers.ts';
import type { Door, LiveFlow } from './door.ts';
import type { Address, Protocol } from './flow.ts';
import { plainAddress } from './local-address.ts';

export interface WebSocketOptions {
  readonly server: HttpServer | HttpsServer;
  readonly path: string;
  checkOrigin?(origin: string | undefined, request: { readonly url: string; readonly headers: Readonly<Record<string, string | string[] | undefined>>; readonly remoteAddress: string }): boolean;
  readonly pingIntervalMs?: number;
  readonly pongTimeoutMs?: number;
}

let nextConnection = 1;

/**
 * One WebSocket (RFC 7118): one message per frame. Alive is who answers pings: browsers do so without script, so a hidden tab
 * whose timers sleep is not taken for dead.
 */
export class WebSocketConnection implements LiveFlow {
  readonly id: string;
  readonly protocol: Protocol;
  readonly local: Address;
  readonly remote: Address;
  readonly origin: string | undefined;
  readonly path: string | undefined;
  readonly #socket: WebSocket;
  readonly #door: Door;
  #open = true;
  #heardAt: number;
  #ping: Timer | undefined;

  constructor(socket: WebSocket, ends: { local: Address; remote: Address; protocol: 'ws' | 'wss'; origin?: string; path?: string }, door: Door, pingIntervalMs = 5_000, pongTimeoutMs = 10_000) {
    this.id = `${ends.protocol}:${nextConnection++}`;
    this.protocol = ends.protocol;
    this.local = ends.local;
    this.remote = ends.remote;
    this.origin = ends.origin;
    this.path = ends.path;
    this.#socket = socket;
    this.#door = door;
    this.#heardAt = door.now();
    socket.on('message', (data, isBinary) => this.#receive(data, isBinary));
    socket.on('pong', () => (this.#heardAt = door.now()));
    socket.on('error', (error) => this.close(error.message));
    socket.on('close', (code) => this.close(`closed by peer (${code})`));
    this.#beat(pingIntervalMs, pongTimeoutMs);
  }

  get open(): boolean {
    return this.#open;
  }

  send(text: string): void {
    if (!this.#open) return;
    this.#socket.send(text);
    if (this.#socket.bufferedAmount > this.#door.limits.sendBufferBytes) this.close('peer does not read');
  }

  close(reason: string): void {
    if (!this.#open) return;
    this.#open = false;
    this.#ping?.cancel();
    // A dead peer never answers a closing handshake; `ws` would wait 30 s for it.
    if (reason.startsWith('no pong')) this.#socket.terminate();
    else this.#socket.close(1000);
    this.#door.closed(this, reason);
  }

  /** Looked at when the time-out is up, not only with each ping: a peer last heard a moment after a ping would live one longer. */
  #beat(pingIntervalMs: number, pongTimeoutMs: number): void {
    const leftMs = this.#heardAt + pongTimeoutMs - this.#door.now();
    this.#ping = this.#door.timers.after(Math.min(pingIntervalMs, Math.max(1, leftMs)), () => {
      if (this.#door.now() - this.#heardAt >= pongTimeoutMs) return this.close('no pong');
      if (this.#socket.readyState === this.#socket.OPEN) this.#socket.ping();
      this.#beat(pingIntervalMs, pongTimeoutMs);
    });
  }

  #receive(data: RawData, isBinary: boolean): void {
    if (!this.#open) return;
    this.#heardAt = this.#door.now();
    if (!this.#door.mayReceive(this.remote.address, this.protocol)) return this.close('over its rate');
    // A binary frame may carry SIP too (RFC 7118 4.2); `ws` gives one buffer as long as binaryType is not changed.
    const bytes = Buffer.isBuffer(data) ? data : Buffer.concat(Array.isArray(data) ? data : [Buffer.from(data)]);
    const message = parseMessage(bytes, this.#door.limits);
    if (message === 'empty') {
      // CRLF CRLF asks for a CRLF (RFC 7118 6 points to RFC 5626 4.4.1). A single CRLF is the answer to one.
      if (bytes.length >= 4 && !isBinary) this.send('\r\n');
      return;
    }
    if (typeof message === 'string') return this.#door.drop('malformed');
    this.#door.receive(message, bytes, this);
  }
}

/** Takes the upgrades of one path of an HTTP server; other paths are left to other listeners. */
export class WebSocketEndpoint {
  readonly protocol: 'ws' | 'wss';
  readonly #options: WebSocketOptions;
  readonly #sockets: WebSocketServer;
  readonly #door: Door;
  readonly #upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

  constructor(options: WebSocketOptions, door: Door) {
    this.#options = options;
    this.#door = door;
    this.protocol = 'setSecureContext' in options.server ? 'wss' : 'ws';
    this.#sockets = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      maxPayload: door.limits.messageBytes,
      perMessageDeflate: false,
      handleProtocols: (offered) => (offered.has('sip') ? 'sip' : false),
    });
    this.#upgrade = (request, socket, head) => this.#take(request, socket, head);
    options.server.on('upgrade', this.#upgrade);
  }

  get bound(): Address {
    const bound = this.#options.server.address();
    return bound && typeof bound === 'object' ? { address: bound.address, port: bound.port } : { address: '', port: 0 };
  }

  #take(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const url = request.url ?? '/';
    if (url.split('?', 1)[0] !== this.#options.path) return;
    const refuse = (status: string) => {
      this.#door.drop('upgrade-refused');
      socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    };
    socket.on('error', () => this.#door.drop('connection-error'));
    const remote = { address: plainAddress(request.socket.remoteAddress ?? ''), port: request.socket.remotePort ?? 0 };
    const local = { address: plainAddress(request.socket.localAddress ?? ''), port: request.socket.localPort ?? 0 };
    const { origin } = request.headers;
    if (!this.#door.mayReceive(remote.address, this.protocol)) return refuse('429 Too Many Requests');
    try {
      if (this.#options.checkOrigin && !this.#options.checkOrigin(origin, { url, headers: request.headers, remoteAddress: remote.address })) return refuse('403 Forbidden');
    } catch (error) {
      this.#door.fault('checkOrigin', error);
      return refuse('500 Internal Server Error');
    }
    const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((one) => one.trim());
    if (!offered.includes('sip')) return refuse('400 Bad Request');
    this.#sockets.handleUpgrade(request, socket, head, (websocket) => {
      const { pingIntervalMs, pongTimeoutMs } = this.#options;
      const connection = new WebSocketConnection(websocket, { local, remote, protocol: this.protocol, origin, path: url }, this.#door, pingIntervalMs, pongTimeoutMs);
      if (!this.#door.opened(connection)) connection.close('too many connections');
    });
  }

  /** Connections are closed by the transport layer, which knows all of them. */
  async close(): Promise<void> {
    this.#options.server.off('upgrade', this.#upgrade);
    this.#sockets.close();
  }
}
