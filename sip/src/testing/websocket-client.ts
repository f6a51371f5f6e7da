import { WebSocket } from 'ws';
import { WebSocketConnection } from '../transport/websocket.ts';
import { plainAddress } from '../transport/local-address.ts';
import type { LiveFlow } from '../transport/door.ts';
import type { UserAgentCore } from '../user-agent/user-agent.ts';

/** A WebSocket as a browser opens it (RFC 7118 4.1). Only tests dial: the product's own phones are browsers. */
export async function connectWebSocket(agent: UserAgentCore, options: { readonly url: string; readonly origin?: string; readonly localAddress?: string; readonly ca?: string }): Promise<LiveFlow> {
  const { url, origin, localAddress, ca } = options;
  const socket = new WebSocket(url, ['sip'], { origin, localAddress, ca });
  let remote = { address: '', port: 0 };
  let local = { address: '', port: 0 };
  socket.on('upgrade', (response) => {
    const wire = response.socket;
    remote = { address: plainAddress(wire.remoteAddress ?? ''), port: wire.remotePort ?? 0 };
    local = { address: plainAddress(wire.localAddress ?? ''), port: wire.localPort ?? 0 };
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', () => resolve());
    socket.once('error', reject);
  });
  const protocol = url.startsWith('wss:') ? 'wss' : 'ws';
  return agent.adopt((door) => new WebSocketConnection(socket, { local, remote, protocol }, door));
}
