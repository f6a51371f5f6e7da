import { feedRequest } from '@centralita/contract';
import { ignoreFailure } from '@centralita/kernel';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { FEED_PATH } from './feed.routes.ts';
import type { FeedHub, HubReader } from './hub.ts';
import type { FeedTickets } from './tickets.ts';

/** Codes of our own (RFC 6455 7.4.2). All of them mean: come back with a new ticket. */
const CLOSED = { tooSlow: 4_008, sessionEnded: 4_001, goingDown: 1_012 } as const;

const PING_MS = 20_000;
const REQUEST_LIMIT_BYTES = 1_024;
const CONNECTIONS_PER_PERSON = 20;

export interface FeedSocketOptions {
  readonly hub: FeedHub;
  readonly tickets: FeedTickets;
  readonly backlogBytes: number;
  readonly originIsOurs: (request: IncomingMessage) => boolean;
}

/** The WebSocket side of the feed: opens with a ticket, cuts readers that fall behind, notices those that are gone. */
export class FeedSockets {
  readonly #options: FeedSocketOptions;
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: REQUEST_LIMIT_BYTES, perMessageDeflate: false });
  readonly #open = new Map<WebSocket, { readonly reader: HubReader; answered: boolean }>();
  readonly #pings: NodeJS.Timeout;

  constructor(options: FeedSocketOptions) {
    this.#options = options;
    this.#pings = setInterval(() => this.#ping(), PING_MS);
    this.#pings.unref();
  }

  get size(): number {
    return this.#open.size;
  }

  /** For the HTTP server's `upgrade`. Whatever it is not for is refused in one line and closed. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    const url = new URL(request.url ?? '/', 'http://feed.invalid');
    if (url.pathname !== FEED_PATH) return refuse(socket, '404 Not Found');
    if (!this.#options.originIsOurs(request)) return refuse(socket, '403 Forbidden');
    const reader = this.#options.tickets.take(url.searchParams.get('ticket') ?? '');
    if (!reader) return refuse(socket, '401 Unauthorized');
    const own = [...this.#open.values()].filter((open) => open.reader.reader.userId === reader.userId);
    if (own.length >= CONNECTIONS_PER_PERSON) return refuse(socket, '429 Too Many Requests');
    this.#server.handleUpgrade(request, socket, head, (opened) => this.#opened(opened, reader));
  }

  /** Signed out or blocked: what a session opened closes with it. */
  endSession(sessionId: string): void {
    for (const [socket, { reader }] of this.#open) if (reader.reader.sessionId === sessionId) socket.close(CLOSED.sessionEnded, 'session ended');
  }

  close(): void {
    clearInterval(this.#pings);
    for (const socket of this.#open.keys()) {
      socket.close(CLOSED.goingDown, 'going down');
      socket.terminate();
    }
    this.#server.close();
  }

  #opened(socket: WebSocket, holder: HubReader['reader']): void {
    const reader: HubReader = { reader: holder, send: (message) => this.#send(socket, message) };
    const state = { reader, answered: true };
    this.#open.set(socket, state);
    socket.on('pong', () => {
      state.answered = true;
    });
    socket.on('message', (data, binary) => this.#received(socket, reader, binary ? '' : String(data)));
    socket.on('close', () => {
      this.#open.delete(socket);
      this.#options.hub.exit(reader);
    });
    // `close` follows and cleans up; without a listener an error would end the process.
    socket.on('error', () => socket.terminate());
    this.#options.hub.enter(reader);
  }

  #received(socket: WebSocket, reader: HubReader, text: string): void {
    const request = parsed(text);
    if (!request) return socket.close(1_008, 'not a request of the feed');
    if (request.type === 'subscribe') ignoreFailure('subscribing to a feed', this.#options.hub.subscribe(reader, request.topic));
    else this.#options.hub.unsubscribe(reader, request.topic);
  }

  #send(socket: WebSocket, message: string): void {
    if (socket.readyState !== socket.OPEN) return;
    if (socket.bufferedAmount > this.#options.backlogBytes) {
      // Older news is of no use to it: it comes back and gets a snapshot.
      socket.close(CLOSED.tooSlow, 'too slow');
      socket.terminate();
      return;
    }
    socket.send(message);
  }

  #ping(): void {
    for (const [socket, state] of this.#open) {
      if (!state.answered) {
        socket.terminate();
        continue;
      }
      state.answered = false;
      socket.ping();
    }
  }
}

function parsed(text: string) {
  try {
    const result = feedRequest.safeParse(JSON.parse(text));
    return result.success ? result.data : undefined;
  } catch {
    // Not JSON: the same as any other text that is no request.
    return undefined;
  }
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
