import { createSocket, type Socket } from 'node:dgram';
import { isIP } from 'node:net';
import { parseMessage } from '../message/parse-message.ts';
import { isWildcard, localAddressTowards, plainAddress } from './local-address.ts';
import type { Address, Flow } from './flow.ts';
import type { Door, LiveFlow } from './door.ts';

/** The pair of our socket and a peer's address. Cheap to make: one comes with every datagram. */
class UdpFlow implements LiveFlow {
  readonly protocol = 'udp';
  readonly open = true;
  readonly remote: Address;
  readonly #endpoint: UdpEndpoint;

  constructor(endpoint: UdpEndpoint, remote: Address) {
    this.#endpoint = endpoint;
    this.remote = remote;
  }

  get id(): string {
    return `udp:${this.#endpoint.bound.address}:${this.#endpoint.bound.port}>${this.remote.address}:${this.remote.port}`;
  }

  get local(): Address {
    const { bound } = this.#endpoint;
    return isWildcard(bound.address) ? { address: localAddressTowards(this.remote.address, this.#endpoint.now()), port: bound.port } : bound;
  }

  send(text: string): void {
    this.#endpoint.send(text, this);
  }

  towardsPort(port: number): LiveFlow {
    return this.#endpoint.flowTo({ address: this.remote.address, port });
  }

  close(): void {
    // There is nothing to close: the socket is everybody's.
  }
}

/** One bound UDP socket. */
export class UdpEndpoint {
  readonly protocol = 'udp';
  readonly bound: Address;
  readonly #socket: Socket;
  readonly #door: Door;

  private constructor(socket: Socket, door: Door) {
    this.#socket = socket;
    this.#door = door;
    const { address, port } = socket.address();
    this.bound = { address, port };
    socket.on('message', (bytes, peer) => this.#receive(bytes, { address: plainAddress(peer.address), port: peer.port }));
    socket.on('error', (error) => door.fault('udp socket', error));
  }

  /** @throws when the port is taken. */
  static readonly open = async (address: string, port: number, door: Door): Promise<UdpEndpoint> => {
    const socket = createSocket({ type: isIP(address) === 6 ? 'udp6' : 'udp4' });
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.bind(port, address, () => {
        socket.off('error', reject);
        resolve();
      });
    });
    // 100 call set-ups a second come in bursts; the kernel's default of 208 kB holds some 150 INVITEs.
    socket.setRecvBufferSize(4 * 1024 * 1024);
    return new UdpEndpoint(socket, door);
  };

  now(): number {
    return this.#door.now();
  }

  flowTo(remote: Address): LiveFlow {
    return new UdpFlow(this, remote);
  }

  send(text: string, flow: Flow): void {
    this.#socket.send(text, flow.remote.port, flow.remote.address, (error) => {
      if (error) this.#door.sendFailed(flow, error);
    });
  }

  #receive(bytes: Buffer, remote: Address): void {
    if (bytes.length > this.#door.limits.messageBytes) return this.#door.drop('too-large');
    if (!this.#door.mayReceive(remote.address, 'udp')) return;
    const message = parseMessage(bytes, this.#door.limits);
    if (message === 'empty') return; // A keep-alive (CRLF CRLF) holds the NAT's binding by its mere arrival.
    if (typeof message === 'string') return this.#door.drop('malformed');
    this.#door.receive(message, bytes, new UdpFlow(this, remote));
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#socket.close(resolve));
  }
}
