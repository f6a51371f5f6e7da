import dgram from 'node:dgram';
import net from 'node:net';
import { OperatorError } from './operator-error.ts';

export interface WantedPort {
  readonly protocol: 'tcp' | 'udp';
  readonly address: string;
  readonly port: number;
  /** The option that would choose another. */
  readonly option: string;
}

/**
 * Tries each port before anything is started, so that a taken one gives one line instead of three processes that fail.
 * @throws {OperatorError}
 */
export async function requireFreePorts(wanted: readonly WantedPort[]): Promise<void> {
  for (const one of wanted) {
    const failure = await (one.protocol === 'tcp' ? tryTcp(one) : tryUdp(one));
    if (failure) throw new OperatorError(explain(one, failure));
  }
}

function explain({ protocol, address, port, option }: WantedPort, failure: NodeJS.ErrnoException): string {
  const where = `${protocol.toUpperCase()} port ${port} of ${address}`;
  if (failure.code === 'EADDRINUSE') return `${where} is taken by another program. Choose another with --${option}.`;
  if (failure.code === 'EACCES') return `${where} is not ours to open. Choose one above 1023 with --${option}.`;
  if (failure.code === 'EADDRNOTAVAIL') return `This machine has no address ${address}. Give one of its own with --listen.`;
  return `${where} cannot be opened: ${failure.message}`;
}

function tryTcp({ address, port }: WantedPort): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', resolve);
    server.listen({ host: address, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}

function tryUdp({ address, port }: WantedPort): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    const socket = dgram.createSocket(net.isIPv6(address) ? 'udp6' : 'udp4');
    socket.once('error', resolve);
    socket.bind({ address, port, exclusive: true }, () => socket.close(() => resolve(undefined)));
  });
}
