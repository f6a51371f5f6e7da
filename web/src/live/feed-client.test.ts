import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { FeedClient } from './feed-client.ts';
import { ServerClock } from './server-clock.ts';

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

interface Wire {
  readonly client: FeedClient;
  /** The server's end of the connection that is open now. */
  readonly socket: () => WebSocket;
  readonly asked: string[];
  readonly tickets: string[];
  readonly connections: () => number;
}

async function wire(): Promise<Wire> {
  const server = new WebSocketServer({ port: 0 });
  await once(server, 'listening');
  const asked: string[] = [];
  const tickets: string[] = [];
  let socket: WebSocket | undefined;
  let connections = 0;
  server.on('connection', (opened, request) => {
    socket = opened;
    connections++;
    tickets.push(request.url ?? '');
    opened.on('message', (message) => asked.push(String(message)));
  });
  const client = new FeedClient({
    ticket: async () => ({ ticket: `t${connections + 1}`, path: '/api/feed' }),
    origin: `ws://localhost:${(server.address() as AddressInfo).port}`,
    parse: (_topic, key, value) => (key.startsWith('broken') ? undefined : value),
    webSocket: WebSocket,
    chance: () => 0,
  });
  open.push(() => new Promise((resolve) => server.close(resolve)), () => client.stop());
  return { client, socket: () => socket!, asked, tickets, connections: () => connections };
}

/** Waits for the client to say that something changed until it is so. */
function until(client: FeedClient, so: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (!so()) return;
      unlisten();
      clearInterval(timer);
      resolve();
    };
    const unlisten = client.listen(look);
    const timer = setInterval(look, 5);
    look();
  });
}

const send = (socket: WebSocket, message: object) => socket.send(JSON.stringify(message));

describe('feed client', () => {
  it('asks for a ticket, subscribes, and applies numbered changes to the snapshot', async () => {
    const { client, socket, asked, tickets } = await wire();
    client.follow('me');
    client.start();
    await until(client, () => asked.length === 1);
    expect(tickets).toEqual(['/api/feed?ticket=t1']);
    expect(JSON.parse(asked[0]!)).toEqual({ type: 'subscribe', topic: 'me' });
    send(socket(), { type: 'snapshot', topic: 'me', position: 7, now: 1_000, state: { agent: { a: 1 }, 'call:1': { c: 1 }, 'broken:1': {} } });
    await until(client, () => client.topic('me').status === 'live');
    expect(client.topic('me').state).toEqual({ agent: { a: 1 }, 'call:1': { c: 1 } });
    send(socket(), { type: 'change', topic: 'me', position: 8, now: 2_000, changed: { agent: { a: 2 } }, removed: ['call:1'] });
    await until(client, () => client.topic('me').position === 8);
    expect(client.topic('me').state).toEqual({ agent: { a: 2 } });
    expect(client.topic('me').updatedAt).toBe(2_000);
  });

  it('subscribes again after a gap, keeping what is on the screen until the new snapshot', async () => {
    const { client, socket, asked } = await wire();
    client.follow('me');
    client.start();
    await until(client, () => asked.length === 1);
    send(socket(), { type: 'snapshot', topic: 'me', position: 1, now: 1, state: { agent: 1 } });
    send(socket(), { type: 'change', topic: 'me', position: 3, now: 2, changed: { agent: 'lost one before' }, removed: [] });
    await until(client, () => asked.length === 2);
    send(socket(), { type: 'change', topic: 'me', position: 4, now: 3, changed: { agent: 'ignored' }, removed: [] });
    send(socket(), { type: 'banner', banner: 'storage-away', active: true });
    await until(client, () => client.banners.has('storage-away'));
    expect(client.topic('me').state).toEqual({ agent: 1 });
    send(socket(), { type: 'snapshot', topic: 'me', position: 4, now: 4, state: { agent: 2 } });
    await until(client, () => client.topic('me').position === 4);
    expect(client.topic('me').state).toEqual({ agent: 2 });
  });

  it('comes back by itself with another ticket and a new snapshot', async () => {
    const { client, socket, asked, tickets, connections } = await wire();
    client.follow('me');
    client.start();
    await until(client, () => asked.length === 1);
    send(socket(), { type: 'snapshot', topic: 'me', position: 1, now: 1, state: { agent: 1 } });
    send(socket(), { type: 'banner', banner: 'memory-short', active: true });
    await until(client, () => client.topic('me').status === 'live' && client.banners.size === 1);
    socket().terminate();
    await until(client, () => !client.connected);
    expect(client.topic('me').state).toEqual({ agent: 1 });
    expect(client.banners.has('memory-short')).toBe(true);
    await until(client, () => connections() === 2 && asked.length === 2);
    expect([...client.banners], 'the server may be another one by now').toEqual([]);
    expect(tickets[1]).toBe('/api/feed?ticket=t2');
  });

  it('asks again for a board that was let go while memory was short, and for nothing else', async () => {
    const { client, socket, asked } = await wire();
    client.follow('me');
    client.follow('board');
    client.start();
    await until(client, () => asked.length === 2);
    send(socket(), { type: 'snapshot', topic: 'board', position: 1, now: 1, state: { totals: 1 } });
    send(socket(), { type: 'banner', banner: 'memory-short', active: true });
    send(socket(), { type: 'refused', topic: 'board', code: 'overloaded' });
    await until(client, () => client.topic('board').status === 'refused');
    send(socket(), { type: 'banner', banner: 'memory-short', active: false });
    await until(client, () => asked.length === 3);
    expect(JSON.parse(asked[2]!)).toEqual({ type: 'subscribe', topic: 'board' });
    send(socket(), { type: 'snapshot', topic: 'board', position: 5, now: 2, state: { totals: 2 } });
    await until(client, () => client.topic('board').status === 'live');
    expect(client.topic('board')).toMatchObject({ state: { totals: 2 }, refusal: null });
  });

  it('follows a topic only while somebody looks at it, and says when it may not', async () => {
    const { client, socket, asked } = await wire();
    client.start();
    await until(client, () => client.connected);
    const first = client.follow('board');
    const second = client.follow('board');
    await until(client, () => asked.length === 1);
    send(socket(), { type: 'refused', topic: 'board', code: 'forbidden' });
    await until(client, () => client.topic('board').status === 'refused');
    expect(client.topic('board').refusal).toBe('forbidden');
    first();
    second();
    await until(client, () => asked.length === 2);
    expect(JSON.parse(asked[1]!)).toEqual({ type: 'unsubscribe', topic: 'board' });
    expect(client.topic('board').status).toBe('waiting');
  });
});

describe("the server's clock", () => {
  it('trusts the message that was least late, and leans to later ones', () => {
    let local = 1_000;
    const clock = new ServerClock(() => local);
    expect(clock.now()).toBe(1_000);
    clock.observe(5_900);
    expect(clock.now()).toBe(5_900);
    local = 2_000;
    clock.observe(7_000);
    expect(clock.now()).toBe(7_000);
    local = 3_000;
    clock.observe(7_000);
    expect(clock.now()).toBe(7_980);
    clock.reset();
    clock.observe(50_000);
    expect(clock.now()).toBe(50_000);
  });
});
