import { createServer, type Server } from 'node:http';
import { createServer as createTcp } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { WebSocket } from 'ws';
import { afterEach, describe, expect, test } from 'vitest';
import { DROPPED_RESPONSES, REFUSED, REFUSED_ABOVE, torture, VALID } from '../testing/corpus.ts';
import { RawClient, TestPhone } from '../testing/index.ts';
import { TEST_CERTIFICATE, TEST_CERTIFICATE_RENEWED } from '../testing/test-certificate.ts';
import { systemTimers, type Timers } from '../timers.ts';
import type { Address, Flow } from '../transport/flow.ts';
import type { Listener, UserAgent, UserAgentOptions, WebSocketSpec } from './api.ts';
import { createUserAgent } from './user-agent.ts';

const closing: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

interface Center {
  readonly agent: UserAgent;
  readonly faults: unknown[];
  readonly closed: { readonly flow: Flow; readonly reason: string }[];
  readonly udp: Address;
  readonly tcp: Address;
  readonly tls: Listener;
  readonly http: Server;
  readonly ws: string;
  flowClosed(): Promise<{ readonly flow: Flow; readonly reason: string }>;
}

async function startCenter(options: Partial<UserAgentOptions> = {}, webSocket: Partial<WebSocketSpec> = {}): Promise<Center> {
  const faults: unknown[] = [];
  const closed: { readonly flow: Flow; readonly reason: string }[] = [];
  let told: (event: { readonly flow: Flow; readonly reason: string }) => void = () => undefined;
  const agent = createUserAgent({
    onInvite: (invite) => invite.reject(480),
    onRequest: (incoming) => incoming.respond(incoming.request.method === 'REGISTER' ? 401 : 200),
    onFault: (where, error) => faults.push([where, error]),
    onFlowClosed: (flow, reason) => {
      closed.push({ flow, reason });
      told({ flow, reason });
    },
    ...options,
  });
  const udp = await agent.listen({ protocol: 'udp', address: '127.0.0.1', port: 0 });
  const tcp = await agent.listen({ protocol: 'tcp', address: '127.0.0.1', port: 0 });
  const tls = await agent.listen({ protocol: 'tls', address: '127.0.0.1', port: 0, ...TEST_CERTIFICATE });
  const http = createServer();
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  agent.acceptWebSockets({ server: http, path: '/sip', ...webSocket });
  closing.push(async () => {
    await agent.close();
    await new Promise((resolve) => http.close(resolve));
  });
  const ws = `ws://127.0.0.1:${(http.address() as { port: number }).port}/sip`;
  return { agent, faults, closed, udp: udp.bound, tcp: tcp.bound, tls, http, ws, flowClosed: () => new Promise((resolve) => (told = resolve)) };
}

const TRANSPORTS = ['udp', 'tcp', 'tls', 'ws'] as const;

async function raw(center: Center, protocol: (typeof TRANSPORTS)[number]): Promise<RawClient> {
  const client = await RawClient.open(
    protocol === 'ws' ? { protocol, url: center.ws } : protocol === 'tls' ? { protocol, to: center.tls.bound, ca: TEST_CERTIFICATE.cert } : { protocol, to: protocol === 'udp' ? center.udp : center.tcp },
  );
  closing.push(() => client.close());
  return client;
}

let serial = 0;
const options = (extra = '') => {
  const id = `alive-${serial++}`;
  return { id, text: `OPTIONS sip:center@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1;rport;branch=z9hG4bK${id}\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:center@127.0.0.1>\r\nCall-ID: ${id}\r\nCSeq: 1 OPTIONS\r\n${extra}Content-Length: 0\r\n\r\n` };
};

async function isAlive(client: RawClient): Promise<void> {
  const { id, text } = options();
  client.send(text);
  expect(await client.next('answer to OPTIONS', (answer) => answer.includes(id))).toMatch(/^SIP\/2.0 200/);
}

/** Over UDP an answer goes to the port of Via unless `rport` asks otherwise; the corpus has none. */
const withRport = (message: Buffer): Buffer => Buffer.from(message.toString('latin1').replace(/^(v|via)(\s*:\s*SIP\s*\/\s*[\d.]+\s*\/\s*\w+\s+[^;\r\n]+)/im, '$1$2;rport'), 'latin1');

describe.each(TRANSPORTS)('RFC 4475 over %s', (protocol) => {
  test('every message is answered as it should be, or dropped; the process lives on', async () => {
    const center = await startCenter();
    for (const name of [...VALID, ...Object.keys(REFUSED), ...Object.keys(REFUSED_ABOVE), ...DROPPED_RESPONSES, 'baddate', 'unksm2', 'test', 'regaut01']) {
      const client = await raw(center, protocol);
      client.send(protocol === 'udp' ? withRport(torture(name)) : torture(name));
      const expected = REFUSED[name] ?? REFUSED_ABOVE[name];
      // A stream has no end of message without Content-Length, and `clerr` waits for bytes that never come.
      const answerable = protocol === 'udp' || protocol === 'ws' || name !== 'clerr';
      if (expected && answerable) {
        // "SIP/2.0/UDP" over TCP or a WebSocket is no reason to refuse: what counts is where it came from.
        expect(await client.next(`answer to ${name}`, (text) => !/^SIP\/2.0 100/.test(text)), name).toMatch(new RegExp(`^SIP/2.0 ${expected}`));
      }
      client.close();
      const probe = await raw(center, protocol);
      await isAlive(probe);
      probe.close();
    }
    expect(center.faults).toEqual([]);
  });

  test('random bytes and line ends: dropped, others go on', async () => {
    const center = await startCenter();
    let seed = 42;
    const random = () => (seed = (seed * 48_271) % 2_147_483_647) % 256;
    for (let i = 0; i < 20; i++) {
      const client = await raw(center, protocol);
      client.send(Buffer.from(Array.from({ length: 200 }, random)));
      client.send('\r\n'.repeat(5_000));
      client.close();
    }
    await isAlive(await raw(center, protocol));
    expect(center.faults).toEqual([]);
  });
});

describe('streams', () => {
  test.each(['tcp', 'tls'] as const)('a lying Content-Length closes its own %s connection and no other', async (protocol) => {
    const center = await startCenter();
    const honest = await raw(center, protocol);
    const liar = await raw(center, protocol);
    liar.send(options().text.replace('Content-Length: 0', 'Content-Length: 99999999'));
    await liar.closed();
    await isAlive(honest);
  });

  test('RFC 5626 4.4.1: CRLF CRLF is answered by CRLF', async () => {
    const client = await raw(await startCenter(), 'tcp');
    client.send('\r\n\r\n');
    expect(await client.next('pong')).toBe('\r\n');
  });

  test('64 kB of headers: refused by closing (stream) or dropping (datagram)', async () => {
    const center = await startCenter();
    const huge = options(`X-Long: ${'y'.repeat(70_000)}\r\n`).text;
    const stream = await raw(center, 'tcp');
    stream.send(huge);
    await stream.closed();
    const web = await raw(center, 'ws');
    web.send(huge);
    await web.closed();
    const datagram = await raw(center, 'udp');
    datagram.send(options('X: y\r\n'.repeat(9_000)).text.slice(0, 60_000));
    await isAlive(datagram);
  });

  test('RFC 3261 18.1.1: a connection of ours is used again, and its loss ends what waits on it', async () => {
    const center = await startCenter();
    const mute = createTcp();
    const connections: { destroy(): void }[] = [];
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    closing.push(() => new Promise<void>((resolve) => void mute.close(() => resolve())));
    const first = new Promise<void>((resolve) => mute.on('connection', (socket) => (connections.push(socket), socket.once('data', () => resolve()))));
    const { port } = mute.address() as Address;
    const ask = () => center.agent.request({ method: 'OPTIONS', uri: `sip:127.0.0.1:${port};transport=tcp`, from: { uri: 'sip:a@b' } });
    const outcomes = [ask(), ask()];
    await first;
    expect(connections).toHaveLength(1);
    connections[0]!.destroy();
    expect((await Promise.all(outcomes)).map((one) => one.status)).toEqual([503, 503]);
  });

  test('nobody listens there: 503 at once', async () => {
    const center = await startCenter();
    expect(await center.agent.request({ method: 'OPTIONS', uri: 'sip:127.0.0.1:1;transport=tcp', from: { uri: 'sip:a@b' } })).toMatchObject({ status: 503 });
  });

  test('limits: connections per address, and the rate of a source', async () => {
    const center = await startCenter({ limits: { connectionsPerAddress: 2, messagesPerSecond: 1, burst: 8 } });
    await raw(center, 'tcp');
    await raw(center, 'tcp');
    const third = await raw(center, 'tcp');
    await third.closed();
    const flood = await RawClient.open({ protocol: 'udp', to: center.udp, from: '127.0.0.7' });
    closing.push(() => flood.close());
    for (let i = 0; i < 20; i++) flood.send(options().text);
    for (let i = 0; i < 8; i++) await flood.next('answer');
    await isAlive(await RawClient.open({ protocol: 'udp', to: center.udp, from: '127.0.0.8' }).then((client) => (closing.push(() => client.close()), client)));
    expect(center.agent.stats().dropped.get('rate')).toBeGreaterThanOrEqual(12);
  });

  test('a refused source gets nothing', async () => {
    const center = await startCenter({ acceptSource: (address) => address !== '127.0.0.9' });
    const banned = await RawClient.open({ protocol: 'tcp', to: center.tcp, from: '127.0.0.9' });
    await banned.closed();
    await isAlive(await raw(center, 'tcp'));
  });
});

describe('TLS', () => {
  test('a phone over TLS; a new certificate is used by new connections, the old ones stay', async () => {
    const center = await startCenter();
    const before = await TestPhone.start({ protocol: 'tls', server: center.tls.bound, ca: TEST_CERTIFICATE.cert });
    closing.push(() => before.close());
    expect((await before.options()).status).toBe(200);
    center.tls.reload(TEST_CERTIFICATE_RENEWED);
    const socket = connectTls({ host: '127.0.0.1', port: center.tls.bound.port, ca: TEST_CERTIFICATE_RENEWED.cert, servername: 'localhost' });
    await new Promise<void>((resolve, reject) => socket.once('secureConnect', () => resolve()).once('error', reject));
    expect(socket.getPeerCertificate().subject.CN).toBe('centralita test two');
    socket.destroy();
    expect((await before.options()).status).toBe(200);
  });

  test('RFC 5922: a peer whose certificate does not fit is not spoken to', async () => {
    const center = await startCenter();
    const stranger = await startCenter();
    const { port } = stranger.tls.bound;
    expect(await center.agent.request({ method: 'OPTIONS', uri: `sips:127.0.0.1:${port}`, from: { uri: 'sip:a@b' } })).toMatchObject({ status: 503 });
  });
});

describe('WebSocket (RFC 7118)', () => {
  /** @returns the HTTP status of a refused upgrade, or the socket. */
  const open = (url: string, protocols: string[], origin?: string): Promise<WebSocket | number> =>
    new Promise((resolve) => {
      const socket = new WebSocket(url, protocols, { origin });
      socket.on('open', () => resolve(socket));
      socket.on('unexpected-response', (_, response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
    });

  test('the Origin and the subprotocol are checked; other paths are left to others', async () => {
    const center = await startCenter({}, { checkOrigin: (origin) => origin === 'https://center.test' });
    center.http.on('upgrade', (request, socket) => {
      if (request.url === '/feed') socket.end('HTTP/1.1 418 Other\r\nContent-Length: 0\r\n\r\n');
    });
    expect(await open(center.ws, ['sip'], 'https://evil.test')).toBe(403);
    expect(await open(center.ws, ['sip'])).toBe(403);
    expect(await open(center.ws, ['chat'], 'https://center.test')).toBe(400);
    expect(await open(center.ws.replace('/sip', '/feed'), ['sip'], 'https://center.test')).toBe(418);
    const good = await open(`${center.ws}?ticket=1`, ['chat', 'sip'], 'https://center.test');
    expect(good).toBeInstanceOf(WebSocket);
    expect(center.agent.flows()[0]).toMatchObject({ protocol: 'ws', origin: 'https://center.test', path: '/sip?ticket=1' });
    (good as WebSocket).terminate();
  });

  test('design 4: who does not answer pings is dead; who does lives on', async () => {
    const center = await startCenter({}, { pingIntervalMs: 20, pongTimeoutMs: 60 });
    const alive = (await open(center.ws, ['sip'])) as WebSocket;
    const dead = new WebSocket(center.ws, ['sip'], { autoPong: false });
    await new Promise((resolve) => dead.on('open', resolve));
    expect(await center.flowClosed()).toMatchObject({ reason: 'no pong' });
    expect(center.agent.flows()).toHaveLength(1);
    alive.terminate();
  });

  test('RFC 5626: a closed connection ends the calls that were being set up on it', async () => {
    const invites: string[] = [];
    let cancelled: () => void;
    const told = new Promise<void>((resolve) => (cancelled = resolve));
    const center = await startCenter({
      onInvite: (invite) => {
        invite.ringing();
        invite.on('cancelled', ({ by }) => {
          invites.push(by);
          cancelled();
        });
      },
    });
    const phone = await TestPhone.start({ protocol: 'ws', url: center.ws });
    const call = phone.call('center');
    await call.provisional(180);
    await phone.close();
    await told;
    expect(invites).toEqual(['flow-lost']);
    expect(center.agent.stats().dialogs).toBe(0);
  });
});

describe('timers', () => {
  test('a wake-up that throws is contained and told', async () => {
    const real = systemTimers();
    const timers: Timers = { now: () => real.now(), after: (delayMs, run) => real.after(delayMs, run), pending: 0 };
    let told: (what: unknown) => void = () => undefined;
    const fault = new Promise((resolve) => (told = resolve));
    const agent = createUserAgent({ timers, timerValues: { t1: 1 }, onInvite: () => undefined, onFault: (where) => told(where) });
    await agent.listen({ protocol: 'udp', address: '127.0.0.1', port: 0 });
    closing.push(() => agent.close());
    const call = agent.invite({ uri: 'sip:nobody@127.0.0.1:9', from: { uri: 'sip:a@b' }, sdp: undefined });
    call.on('failed', () => {
      throw new Error('a bug above');
    });
    expect(await fault).toBe('timer');
  });
});
