import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import type { WebSocket } from 'ws';
import { virtualTimers } from '../testing/virtual-timers.ts';
import type { Door } from './door.ts';
import { WebSocketConnection } from './websocket.ts';

/** A browser's end of the wire: it answers pings a millisecond later while its network is there. */
class Peer extends EventEmitter {
  readonly OPEN = 1;
  readonly readyState = 1;
  reachable = true;
  readonly #answer: (act: () => void) => void;

  constructor(answer: (act: () => void) => void) {
    super();
    this.#answer = answer;
  }
  ping(): void {
    if (this.reachable) this.#answer(() => this.emit('pong'));
  }
  terminate(): void {}
  close(): void {}
}

test('[design 4] a browser that is cut off is dead 10 s after it was last heard, wherever in the rhythm of pings that was', async () => {
  const timers = virtualTimers();
  const peer = new Peer((act) => void timers.after(1, act));
  const closed: { at: number; reason: string }[] = [];
  const door = { timers, now: () => timers.now(), closed: (_flow: unknown, reason: string) => closed.push({ at: timers.now(), reason }) } as unknown as Door;
  const place = { address: '127.0.0.1', port: 1 };
  new WebSocketConnection(peer as unknown as WebSocket, { local: place, remote: place, protocol: 'ws' }, door);
  await timers.advance(60_001);
  expect(closed).toEqual([]);
  peer.reachable = false;
  const cutAt = timers.now();
  await timers.advance(60_000);
  expect(closed).toEqual([{ at: cutAt + 10_000, reason: 'no pong' }]);
});
