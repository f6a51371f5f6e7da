import { createSocket, type Socket as Datagrams } from 'node:dgram';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { WebSocket } from 'ws';
import type { Address } from '../transport/flow.ts';
import { Inbox } from './waiting.ts';

type Target = { readonly protocol: 'udp' | 'tcp'; readonly to: Address; readonly from?: string } | { readonly protocol: 'tls'; readonly to: Address; readonly ca: string } | { readonly protocol: 'ws'; readonly url: string };

/** Bytes to a SIP port and bytes back, with no idea of SIP: for broken messages. */
export class RawClient {
  readonly #inbox = new Inbox<string>();
  readonly #closed: Promise<void>;
  #markClosed: () => void = () => undefined;
  readonly #send: (bytes: Buffer) => void;
  readonly #end: () => void;
  #isClosed = false;
  #ended = false;

  private constructor(send: (bytes: Buffer) => void, end: () => void) {
    this.#send = send;
    this.#end = end;
    this.#closed = new Promise((resolve) => (this.#markClosed = resolve));
  }

  static async open(target: Target): Promise<RawClient> {
    if (target.protocol === 'udp') return RawClient.#udp(target.to, target.from ?? '127.0.0.1');
    if (target.protocol === 'ws') return RawClient.#websocket(target.url);
    const socket: Socket = target.protocol === 'tls' ? connectTls({ host: target.to.address, port: target.to.port, ca: target.ca, servername: 'localhost' }) : connect({ host: target.to.address, port: target.to.port, localAddress: target.from });
    await new Promise<void>((resolve, reject) => {
      socket.once(target.protocol === 'tls' ? 'secureConnect' : 'connect', resolve);
      socket.once('error', reject);
    });
    const client = new RawClient((bytes) => socket.write(bytes), () => socket.destroySoon());
    socket.on('data', (chunk: Buffer) => client.#inbox.put(chunk.toString('utf8')));
    socket.on('error', () => client.#close()); // A reset is one way in which a server closes.
    socket.on('close', () => client.#close());
    return client;
  }

  static async #udp(to: Address, from: string): Promise<RawClient> {
    const socket: Datagrams = createSocket('udp4');
    await new Promise<void>((resolve) => socket.bind(0, from, resolve));
    // A datagram leaves a turn later: a socket closed at once takes it along, and a test of bad input would have sent nothing.
    let leaving = Promise.resolve();
    const send = (bytes: Buffer) => {
      const left = new Promise<void>((resolve) => socket.send(bytes, to.port, to.address, () => resolve()));
      leaving = leaving.then(() => left);
    };
    const client = new RawClient(send, () => void leaving.then(() => socket.close()));
    socket.on('message', (bytes) => client.#inbox.put(bytes.toString('utf8')));
    return client;
  }

  static async #websocket(url: string): Promise<RawClient> {
    const socket = new WebSocket(url, ['sip']);
    const client = new RawClient((bytes) => socket.send(bytes.toString('utf8')), () => socket.terminate());
    socket.on('message', (data) => client.#inbox.put(String(data)));
    socket.on('close', () => client.#close());
    await new Promise<void>((resolve, reject) => {
      socket.once('open', () => resolve());
      socket.once('error', reject);
    });
    return client;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  send(data: string | Buffer): void {
    this.#send(typeof data === 'string' ? Buffer.from(data) : data);
  }

  /** A datagram, a frame or a chunk of the stream. */
  next(what: string, fits?: (text: string) => boolean, limitMs?: number): Promise<string> {
    return this.#inbox.next(what, fits, limitMs);
  }

  get received(): readonly string[] {
    return this.#inbox.held;
  }

  /** The server closed the connection. */
  closed(): Promise<void> {
    return this.#closed;
  }

  close(): void {
    if (!this.#ended) this.#end();
    this.#ended = true;
  }

  #close(): void {
    this.#isClosed = true;
    this.#markClosed();
  }
}
