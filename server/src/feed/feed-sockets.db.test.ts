import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { FeedMessage } from '@centralita/contract';
import { type Browser, openCenter, type TestCenter } from '../http/testing/center.ts';

let center: TestCenter;
let carla: Browser;
let port: number;
beforeAll(async () => {
  center = await openCenter({ allowedOrigins: ['http://localhost:8080'] });
  await center.app.listen({ host: '127.0.0.1', port: 0 });
  port = (center.app.server.address() as AddressInfo).port;
  carla = await center.as('Carla');
});
afterAll(() => center.close());

const ticketOf = async (browser: Browser) => (await browser.post('/api/feed/tickets')).text('ticket');
const connect = (ticket: string, origin = 'http://localhost:8080', path = '/api/feed') => new WebSocket(`ws://127.0.0.1:${port}${path}?ticket=${ticket}`, { origin });
const refusedWith = async (socket: WebSocket) => ((await once(socket, 'unexpected-response'))[1] as { statusCode: number }).statusCode;
const nextMessage = async (socket: WebSocket) => JSON.parse(String((await once(socket, 'message'))[0])) as FeedMessage;

describe('opening the feed', () => {
  it('requires sign-in for a ticket', async () => {
    expect((await center.stranger().post('/api/feed/tickets')).status).toBe(401);
  });

  it('takes a ticket once', async () => {
    const ticket = await ticketOf(carla);
    const socket = connect(ticket);
    await once(socket, 'open');
    expect(await refusedWith(connect(ticket))).toBe(401);
    socket.close();
  });

  it('takes a ticket within half a minute', async () => {
    const ticket = await ticketOf(carla);
    center.clock.at += 30_001;
    expect(await refusedWith(connect(ticket))).toBe(401);
  });

  it('is refused to other sites, and elsewhere', async () => {
    expect(await refusedWith(connect(await ticketOf(carla), 'http://evil.example'))).toBe(403);
    expect(await refusedWith(connect(await ticketOf(carla), 'http://localhost:8080', '/sip'))).toBe(404);
  });
});

describe('an open feed', () => {
  it('answers a subscription with a snapshot, then sends changes as they happen', async () => {
    const socket = connect(await ticketOf(carla));
    await once(socket, 'open');
    socket.send(JSON.stringify({ type: 'subscribe', topic: 'me' }));
    expect(await nextMessage(socket)).toMatchObject({ type: 'snapshot', topic: 'me', position: 1, now: center.clock.at, state: { agent: { activity: 'offline' } } });
    const change = nextMessage(socket);
    await carla.post('/api/softphone/registration');
    expect(await change).toMatchObject({ type: 'change', position: 2, changed: { agent: { activity: 'idle' } }, removed: [] });
    socket.close();
  });

  it('refuses what a role may not see', async () => {
    const socket = connect(await ticketOf(carla));
    await once(socket, 'open');
    socket.send(JSON.stringify({ type: 'subscribe', topic: 'board' }));
    expect(await nextMessage(socket)).toEqual({ type: 'refused', topic: 'board', code: 'forbidden' });
    socket.close();
  });

  it('[S0.20] shows a supervisor the queues by name', async () => {
    const socket = connect(await ticketOf(await center.as('Diego')));
    await once(socket, 'open');
    socket.send(JSON.stringify({ type: 'subscribe', topic: 'board' }));
    const snapshot = await nextMessage(socket);
    const names = snapshot.type === 'snapshot' ? Object.entries(snapshot.state).flatMap(([key, value]) => (key.startsWith('queue:') ? [(value as { name: string }).name] : [])) : [];
    expect(names).toEqual(expect.arrayContaining(['Ventas', 'Posventa']));
    socket.close();
  });

  it('says a banner to everybody, and to whoever comes while it holds', async () => {
    const socket = connect(await ticketOf(carla));
    await once(socket, 'open');
    const told = nextMessage(socket);
    center.http.banner({ type: 'banner', banner: 'storage-away', active: true });
    expect(await told).toEqual({ type: 'banner', banner: 'storage-away', active: true });
    const later = connect(await ticketOf(carla));
    expect(await nextMessage(later)).toMatchObject({ banner: 'storage-away', active: true });
    center.http.banner({ type: 'banner', banner: 'storage-away', active: false });
    socket.close();
    later.close();
  });

  it('is closed with the session', async () => {
    const elena = await center.as('Elena');
    const socket = connect(await ticketOf(elena));
    await once(socket, 'open');
    const closed = once(socket, 'close');
    expect(await elena.delete('/api/session')).toMatchObject({ status: 204 });
    expect((await closed)[0]).toBe(4_001);
  });

  it('is closed on what is no request', async () => {
    for (const text of ['{', '{"type":"subscribe","topic":"everything"}', 'x'.repeat(2_000)]) {
      const socket = connect(await ticketOf(carla));
      await once(socket, 'open');
      const closed = once(socket, 'close');
      socket.send(text);
      expect((await closed)[0]).toBeGreaterThanOrEqual(1_008);
    }
  });
});
