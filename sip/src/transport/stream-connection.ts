import type { Socket } from 'node:net';
import type { Timer } from '../timers.ts';
import type { Door, LiveFlow } from './door.ts';
import type { Address, Protocol } from './flow.ts';
import { plainAddress } from './local-address.ts';
import { StreamFramer } from './stream-framer.ts';

/** A message that has begun must be whole by then: whoever lies about Content-Length or sends byte by byte is cut off. */
const MESSAGE_DEADLINE_MS = 15_000;
/** How long a connection of ours may take to come up, handshake included. */
export const CONNECT_DEADLINE_MS = 8_000;

const LAST_WORDS_MS = 5_000;

let nextConnection = 1;

/** One TCP or TLS connection, taken or made. Writing before it is up is fine: the socket keeps the bytes. */
export class StreamConnection implements LiveFlow {
  readonly id: string;
  readonly protocol: Protocol;
  #local: Address;
  readonly remote: Address;
  readonly #socket: Socket;
  readonly #door: Door;
  readonly #framer: StreamFramer;
  #open = true;
  #deadline: Timer | undefined;
  #idle: Timer | undefined;
  #heardAt: number;

  constructor(socket: Socket, protocol: 'tcp' | 'tls', remote: Address, door: Door, readyEvent?: 'connect' | 'secureConnect') {
    this.id = `${protocol}:${nextConnection++}`;
    this.protocol = protocol;
    this.#socket = socket;
    this.remote = remote;
    this.#local = localOf(socket);
    this.#door = door;
    this.#heardAt = door.now();
    this.#framer = new StreamFramer(door.limits, {
      message: (message, bytes) => {
        if (door.mayReceive(remote.address, protocol)) door.receive(message, bytes, this);
        else this.close('over its rate');
      },
      ping: () => this.#write('\r\n'),
      broken: (why) => {
        door.drop('broken-stream');
        this.close(why);
      },
    });
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 60_000);
    socket.on('data', (chunk: Buffer) => this.#received(chunk));
    socket.on('error', (error) => this.close(error.message));
    socket.on('close', () => this.close('closed by peer'));
    if (readyEvent) {
      this.#deadline = door.timers.after(CONNECT_DEADLINE_MS, () => this.close('connect time-out'));
      socket.once(readyEvent, () => {
        this.#local = localOf(socket);
        this.#deadline?.cancel();
        this.#deadline = undefined;
      });
    }
    this.#watchIdle(door.limits.idleMs);
  }

  get open(): boolean {
    return this.#open;
  }

  get local(): Address {
    return this.#local;
  }

  send(text: string): void {
    this.#write(text);
  }

  close(reason: string): void {
    if (!this.#open) return;
    this.#open = false;
    this.#deadline?.cancel();
    this.#idle?.cancel();
    this.#framer.stop();
    // What has been written (a 400 for a broken message) still goes out, unless the peer takes nothing any more.
    this.#socket.setTimeout(LAST_WORDS_MS, () => this.#socket.destroy());
    this.#socket.destroySoon();
    this.#door.closed(this, reason);
  }

  #write(text: string): void {
    if (!this.#open) return;
    this.#socket.write(text);
    if (this.#socket.writableLength > this.#door.limits.sendBufferBytes) this.close('peer does not read');
  }

  #received(chunk: Buffer): void {
    if (!this.#open) return;
    this.#heardAt = this.#door.now();
    this.#framer.push(chunk);
    if (!this.#open) return;
    if (!this.#framer.underWay) {
      this.#deadline?.cancel();
      this.#deadline = undefined;
    } else this.#deadline ??= this.#door.timers.after(MESSAGE_DEADLINE_MS, () => this.close('message never ended'));
  }

  #watchIdle(delayMs: number): void {
    this.#idle = this.#door.timers.after(delayMs, () => {
      const quietMs = this.#door.now() - this.#heardAt;
      if (quietMs >= this.#door.limits.idleMs) this.close('idle');
      else this.#watchIdle(this.#door.limits.idleMs - quietMs);
    });
  }
}

const localOf = (socket: Socket): Address => ({ address: plainAddress(socket.localAddress ?? '0.0.0.0'), port: socket.localPort ?? 0 });
