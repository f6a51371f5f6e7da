export type Protocol = 'udp' | 'tcp' | 'tls' | 'ws' | 'wss';

export interface Address {
  readonly address: string;
  readonly port: number;
}

/**
 * A way to one peer: a connection (TCP, TLS, WebSocket) or, over UDP, the pair of our socket and the peer's address (RFC 5626).
 * What is registered over a connection is reached over that connection only.
 */
export interface Flow {
  /** Unique while the process runs; the same pair of UDP addresses has the same id again. */
  readonly id: string;
  readonly protocol: Protocol;
  readonly local: Address;
  readonly remote: Address;
  /** False once the connection is gone. UDP is always open. */
  readonly open: boolean;
  /** Of a WebSocket: the Origin header and the path with its query, for the layer that knows whose it is. */
  readonly origin?: string;
  readonly path?: string;
  /**
   * Closes the connection (nothing over UDP). What was being set up on it fails; confirmed dialogs live on, since the peer may come
   * back on another connection: ending them is up to whoever hears `onFlowClosed`.
   */
  close(reason: string): void;
}

export const isReliable = (protocol: Protocol): boolean => protocol !== 'udp';

/** TLS-protected flows carry `sips:` and secrets; loopback is the caller's own judgement. */
export const isSecure = (protocol: Protocol): boolean => protocol === 'tls' || protocol === 'wss';

/** One message on the wire, for per-call traces. Nothing is redacted here. */
export interface TraceEntry {
  readonly at: number;
  readonly direction: 'in' | 'out';
  readonly flow: Flow;
  readonly callId: string;
  readonly text: string;
}

/** Limits of the transports; what is over is dropped (UDP) or its connection closed, and counted. */
export interface TransportLimits {
  readonly messageBytes: number;
  readonly headerFields: number;
  readonly connections: number;
  readonly connectionsPerAddress: number;
  /** Token bucket per remote address: messages per second, and how many may come at once. */
  readonly messagesPerSecond: number;
  readonly burst: number;
  /** Connections with no byte for so long are closed; a device's keep-alives hold them open. */
  readonly idleMs: number;
  /** Bytes waiting in a connection's send buffer before the reader is called dead. */
  readonly sendBufferBytes: number;
}

export const DEFAULT_LIMITS: TransportLimits = {
  messageBytes: 65_536,
  headerFields: 256,
  connections: 10_000,
  connectionsPerAddress: 2_000,
  messagesPerSecond: 2_000,
  burst: 4_000,
  idleMs: 1_800_000,
  sendBufferBytes: 1_048_576,
};

/** Turns host names into addresses; injected in tests. Both may reject; failures are remembered for a short while. */
export interface Resolver {
  addresses(host: string): Promise<readonly string[]>;
  /** RFC 3263; left out: SRV records are not asked for. */
  services?(name: string): Promise<readonly { readonly name: string; readonly port: number; readonly priority: number; readonly weight: number }[]>;
}

/**
 * What host and port we call ourselves towards a peer, in Via and Contact. undefined keeps the local address of the flow.
 * See `natAddressing` for the usual one.
 */
export type Addressing = (peer: Address & { readonly protocol: Protocol }) => { readonly host: string; readonly port?: number } | undefined;
