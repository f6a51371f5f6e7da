import { connect as connectTcp, createServer, isIP, type Server, type Socket } from 'node:net';
import { connect as connectTls, createServer as createTlsServer, type Server as TlsServer } from 'node:tls';
import type { Door, LiveFlow } from './door.ts';
import type { Address } from './flow.ts';
import { plainAddress } from './local-address.ts';
import { StreamConnection } from './stream-connection.ts';

export type TlsMaterial = { readonly key: string; readonly cert: string; readonly ca?: string };

/** One listening TCP or TLS socket. */
export class StreamEndpoint {
  readonly protocol: 'tcp' | 'tls';
  readonly bound: Address;
  readonly #server: Server | TlsServer;

  private constructor(protocol: 'tcp' | 'tls', server: Server | TlsServer, door: Door) {
    this.protocol = protocol;
    this.#server = server;
    const bound = server.address();
    this.bound = bound && typeof bound === 'object' ? { address: bound.address, port: bound.port } : { address: '', port: 0 };
    server.on('error', (error) => door.fault(`${protocol} server`, error));
  }

  /** @throws when the port is taken or the certificate cannot be read. */
  static async open(protocol: 'tcp' | 'tls', address: string, port: number, door: Door, material?: TlsMaterial): Promise<StreamEndpoint> {
    const taken = (socket: Socket) => {
      const remote = { address: plainAddress(socket.remoteAddress ?? ''), port: socket.remotePort ?? 0 };
      socket.on('error', () => door.drop('connection-error'));
      if (remote.address === '' || (protocol === 'tcp' && !door.mayReceive(remote.address, protocol))) return socket.destroy();
      const connection = new StreamConnection(socket, protocol, remote, door);
      if (!door.opened(connection)) connection.close('too many connections');
    };
    const server = protocol === 'tls' ? createTlsServer({ ...material, handshakeTimeout: 10_000 }, taken) : createServer(taken);
    // Before the handshake, which is the costly part of it.
    if (protocol === 'tls') {
      server.on('connection', (socket: Socket) => {
        if (!door.mayReceive(plainAddress(socket.remoteAddress ?? ''), protocol)) socket.destroy();
      });
    }
    server.maxConnections = door.limits.connections;
    // A failed handshake (a scan, plain text on the TLS port) ends its own connection and nothing else.
    server.on('tlsClientError', () => door.drop('tls-handshake'));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, address, () => {
        server.off('error', reject);
        resolve();
      });
    });
    return new StreamEndpoint(protocol, server, door);
  }

  /** New connections get the new certificate; those that are up keep theirs. @throws when it cannot be read. */
  reload(material: TlsMaterial): void {
    if ('setSecureContext' in this.#server) this.#server.setSecureContext({ ...material });
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}

export interface DialOptions {
  /** The local address, so that a peer that checks addresses sees the one it knows. */
  readonly localAddress?: string;
  /** Name to check the certificate against (RFC 5922). */
  readonly serverName?: string;
  readonly ca?: string;
  /** Only for peers whose certificate cannot be checked, by the operator's word. */
  readonly insecure?: boolean;
}

/** Opens a connection; it is usable at once and tells `closed` when it cannot be made. */
export function dial(protocol: 'tcp' | 'tls', to: Address, door: Door, options: DialOptions = {}): LiveFlow {
  const place = { host: to.address, port: to.port, localAddress: options.localAddress };
  if (protocol === 'tcp') return new StreamConnection(connectTcp(place), 'tcp', to, door, 'connect');
  const servername = options.serverName && isIP(options.serverName) === 0 ? options.serverName : undefined;
  const socket = connectTls({ ...place, servername, ca: options.ca, rejectUnauthorized: !options.insecure });
  return new StreamConnection(socket, 'tls', to, door, 'secureConnect');
}
