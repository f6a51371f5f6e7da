import type { SipMessage } from '../message/sip-message.ts';
import type { SipUri } from '../message/uri.ts';
import { writeMessage } from '../message/write-message.ts';
import type { Timers } from '../timers.ts';
import type { Door, LiveFlow } from './door.ts';
import type { Address, Addressing, Flow, Protocol, Resolver, TraceEntry, TransportLimits } from './flow.ts';
import { hostOf, isWildcard, localAddressTowards } from './local-address.ts';
import { Locator, type Place } from './locator.ts';
import { RateLimit } from './rate-limit.ts';
import { dial, StreamEndpoint, type DialOptions, type TlsMaterial } from './stream-endpoint.ts';
import { UdpEndpoint } from './udp.ts';
import { WebSocketEndpoint, type WebSocketOptions } from './websocket.ts';

export interface TransportOptions {
  readonly limits: TransportLimits;
  readonly timers: Timers;
  readonly resolver: Resolver;
  readonly addressing?: Addressing;
  receive(message: SipMessage, flow: LiveFlow): void;
  flowClosed(flow: Flow, reason: string): void;
  sendFailed(flow: Flow, error: Error): void;
  fault(where: string, error: unknown): void;
  readonly openUdp?: OpenUdp;
  readonly dial?: DialOptions;
  acceptSource?(address: string, protocol: Protocol): boolean;
  trace?(entry: TraceEntry): void;
}

/** A bound datagram socket; tests bring their own wire. */
export interface DatagramEndpoint {
  readonly protocol: 'udp';
  readonly bound: Address;
  flowTo(remote: Address): LiveFlow;
  close(): Promise<void>;
}
export type OpenUdp = (address: string, port: number, door: Door) => Promise<DatagramEndpoint>;

export type Endpoint = DatagramEndpoint | StreamEndpoint | WebSocketEndpoint;

/** All sockets of a user agent: what comes in passes `receive`, what goes out passes `send`. Everything is counted here. */
export class TransportLayer {
  readonly #options: TransportOptions;
  readonly #door: Door;
  readonly #rate: RateLimit;
  readonly #locator: Locator;
  readonly #endpoints = new Set<Endpoint>();
  readonly #connections = new Map<string, LiveFlow>();
  /** Connections of ours by where they lead, to be used again (RFC 3261 18.1.1). Taken ones are not: their port says nothing. */
  readonly #dialled = new Map<string, LiveFlow>();
  readonly #perAddress = new Map<string, number>();
  readonly dropped = new Map<string, number>();
  received = 0;
  sent = 0;

  constructor(options: TransportOptions) {
    this.#options = options;
    this.#rate = new RateLimit(options.limits.messagesPerSecond, options.limits.burst);
    this.#locator = new Locator(options.resolver, options.timers);
    this.#door = {
      limits: options.limits,
      timers: options.timers,
      now: () => options.timers.now(),
      mayReceive: (address, protocol) => this.#mayReceive(address, protocol),
      receive: (message, bytes, flow) => this.#receive(message, bytes, flow),
      opened: (flow) => this.#opened(flow),
      closed: (flow, reason) => this.#closed(flow, reason),
      sendFailed: (flow, error) => options.sendFailed(flow, error),
      drop: (why) => this.drop(why),
      fault: (where, error) => options.fault(where, error),
    };
  }

  async listen(protocol: 'udp' | 'tcp' | 'tls', address: string, port: number, material?: TlsMaterial): Promise<Endpoint> {
    const endpoint = protocol === 'udp' ? await (this.#options.openUdp ?? UdpEndpoint.open)(address, port, this.#door) : await StreamEndpoint.open(protocol, address, port, this.#door, material);
    this.#endpoints.add(endpoint);
    return endpoint;
  }

  acceptWebSockets(options: WebSocketOptions): WebSocketEndpoint {
    const endpoint = new WebSocketEndpoint(options, this.#door);
    this.#endpoints.add(endpoint);
    return endpoint;
  }

  async closeEndpoint(endpoint: Endpoint): Promise<void> {
    if (this.#endpoints.delete(endpoint)) await endpoint.close();
  }

  get connections(): ReadonlyMap<string, LiveFlow> {
    return this.#connections;
  }

  drop(why: string): void {
    this.dropped.set(why, (this.dropped.get(why) ?? 0) + 1);
  }

  /** Writes a message to a flow. A flow that has gone is told as closed, never thrown. */
  send(message: SipMessage, flow: LiveFlow): string {
    const text = writeMessage(message);
    this.sendText(text, message.callId, flow);
    return text;
  }

  sendText(text: string, callId: string, flow: LiveFlow): void {
    this.sent++;
    this.#options.trace?.({ at: this.#options.timers.now(), direction: 'out', flow, callId, text });
    flow.send(text);
  }

  locate(uri: SipUri): readonly Place[] | Promise<readonly Place[]> {
    return this.#locator.locate(uri);
  }

  avoid(place: Address): void {
    this.#locator.avoid(place);
  }

  /** A flow to a place: an UDP pair, a connection that is up, or a new one. undefined when we have no socket of that kind, or too many. */
  flowTo(place: Place, localAddress?: string): LiveFlow | undefined {
    const { protocol } = place;
    if (protocol === 'udp') return this.#udpTowards(place.address)?.flowTo(place);
    if (protocol !== 'tcp' && protocol !== 'tls') return undefined; // A browser cannot be dialled.
    const key = `${protocol}:${place.address}:${place.port}`;
    const existing = this.#dialled.get(key);
    if (existing?.open) return existing;
    if (this.#connections.size >= this.#options.limits.connections) return undefined;
    const flow = dial(protocol, { address: place.address, port: place.port }, this.#door, { serverName: place.name, localAddress, ...this.#options.dial });
    this.#connections.set(flow.id, flow);
    this.#countAddress(place.address, 1);
    this.#dialled.set(key, flow);
    return flow;
  }

  adopt(make: (door: Door) => LiveFlow): LiveFlow {
    const flow = make(this.#door);
    this.#opened(flow);
    return flow;
  }

  /** What we call ourselves towards the peer of a flow, in Via and Contact. */
  selfTowards(flow: Flow): { readonly host: string; readonly port: number } {
    const port = this.#portFor(flow);
    const named = this.#options.addressing?.({ ...flow.remote, protocol: flow.protocol });
    if (named) return { host: hostOf(named.host), port: named.port ?? port };
    const { address } = flow.local;
    return { host: hostOf(isWildcard(address) ? localAddressTowards(flow.remote.address, this.#options.timers.now()) : address), port };
  }

  async close(): Promise<void> {
    for (const connection of [...this.#connections.values()]) connection.close('shutting down');
    await Promise.all([...this.#endpoints].map((endpoint) => this.closeEndpoint(endpoint)));
  }

  /** A connection of ours has a passing local port; peers that open one to us need the listener's. */
  #portFor(flow: Flow): number {
    if (flow.protocol === 'udp') return flow.local.port;
    for (const endpoint of this.#endpoints) {
      if (endpoint.protocol === flow.protocol && endpoint.protocol !== 'ws' && endpoint.protocol !== 'wss') return endpoint.bound.port;
    }
    return flow.local.port;
  }

  /** The socket whose network the peer is in: loopback sockets for loopback peers, then any that can reach others. */
  #udpTowards(address: string): DatagramEndpoint | undefined {
    const loopback = address.startsWith('127.') || address === '::1';
    const v6 = address.includes(':');
    let best: DatagramEndpoint | undefined;
    let bestScore = -1;
    for (const endpoint of this.#endpoints) {
      if (endpoint.protocol !== 'udp') continue;
      const own = endpoint.bound.address;
      if (own.includes(':') !== v6) continue;
      const ownLoopback = own.startsWith('127.') || own === '::1';
      const score = ownLoopback === loopback ? 2 : isWildcard(own) ? 1 : 0;
      if (score > bestScore) [best, bestScore] = [endpoint, score];
    }
    return best;
  }

  #mayReceive(address: string, protocol: Protocol): boolean {
    if (!this.#acceptsSource(address, protocol)) {
      this.drop('source');
      return false;
    }
    if (this.#rate.take(address, this.#options.timers.now())) return true;
    this.drop('rate');
    return false;
  }

  #acceptsSource(address: string, protocol: Protocol): boolean {
    try {
      return this.#options.acceptSource?.(address, protocol) ?? true;
    } catch (error) {
      this.#options.fault('acceptSource', error);
      return false;
    }
  }

  #receive(message: SipMessage, bytes: Uint8Array | undefined, flow: LiveFlow): void {
    this.received++;
    try {
      const { trace } = this.#options;
      if (trace) {
        const text = bytes ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8') : writeMessage(message);
        trace({ at: this.#options.timers.now(), direction: 'in', flow, callId: message.callId, text });
      }
      this.#options.receive(message, flow);
    } catch (error) {
      // Whatever a message set off, the next one must find the process alive.
      this.drop('fault');
      this.#options.fault('receiving', error);
    }
  }

  #opened(flow: LiveFlow): boolean {
    const { connections, connectionsPerAddress } = this.#options.limits;
    const fits = this.#connections.size < connections && (this.#perAddress.get(flow.remote.address) ?? 0) < connectionsPerAddress;
    this.#connections.set(flow.id, flow);
    this.#countAddress(flow.remote.address, 1);
    if (!fits) this.drop('connections');
    return fits;
  }

  #closed(flow: LiveFlow, reason: string): void {
    if (!this.#connections.delete(flow.id)) return;
    this.#countAddress(flow.remote.address, -1);
    const key = `${flow.protocol}:${flow.remote.address}:${flow.remote.port}`;
    if (this.#dialled.get(key) === flow) this.#dialled.delete(key);
    this.#options.flowClosed(flow, reason);
  }

  #countAddress(address: string, change: 1 | -1): void {
    const count = (this.#perAddress.get(address) ?? 0) + change;
    if (count > 0) this.#perAddress.set(address, count);
    else this.#perAddress.delete(address);
  }
}

