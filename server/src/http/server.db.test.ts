import fs from 'node:fs';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { selfSignedCertificate } from '../config/self-signed.ts';
import type { HealthDeps } from './health.routes.ts';
import { openCenter, type TestCenter } from './testing/center.ts';

const logged: string[] = [];
let health: ReturnType<HealthDeps['health']> = { takesCalls: true, storageAway: false };
let letGo: readonly string[] = [];
let center: TestCenter;
let web: string;
beforeAll(async () => {
  web = fs.mkdtempSync(path.join(os.tmpdir(), 'web-'));
  fs.mkdirSync(path.join(web, 'assets'));
  fs.writeFileSync(path.join(web, 'index.html'), '<!doctype html><title>Centralita</title>');
  fs.writeFileSync(path.join(web, 'assets/app-1a2b.js'), 'export {}');
  const logger = pino({ level: 'trace' }, new Writable({ write: (chunk, _encoding, done) => (logged.push(String(chunk)), done()) }));
  center = await openCenter({ webFolder: web, connectOrigins: ['ws://localhost:8088'], bodyLimitBytes: 4_096 }, { logger, traceOf: () => Promise.reject(new Error('the switch said no')), health: () => health, isLetGo: (what) => letGo.includes(what) });
});
afterAll(async () => {
  await center.close();
  fs.rmSync(web, { recursive: true });
});

describe('health', () => {
  it('is 200 while a new call would be taken, and 503 with the reason when not', async () => {
    expect(await center.stranger().get('/api/health')).toMatchObject({ status: 200, body: { status: 'up', storage: 'here' } });
    health = { takesCalls: true, storageAway: true };
    expect(await center.stranger().get('/api/health')).toMatchObject({ status: 200, body: { storage: 'away' } });
    for (const because of ['switch-away', 'overloaded'] as const) {
      health = { takesCalls: false, because };
      expect(await center.stranger().get('/api/health')).toMatchObject({ status: 503, body: { code: because } });
    }
    health = { takesCalls: true, storageAway: false };
  });
});

describe('[fault row 29] while memory is short', () => {
  it('boards of the past answer 503 first, then what is read back, with when to ask again; sign-in and whatever calls need go on', async () => {
    const olga = await center.as('Olga');
    const statuses = async (urls: readonly string[]) => Promise.all(urls.map(async (url) => (await olga.get(url)).status));
    const dashboards = [`/api/board?topic=board&at=${Date.now()}`];
    const reports = ['/api/conversations', '/api/audit', '/api/what-if/days?queueId=que_x', '/api/traces/leg_x'];
    const needed = ['/api/session', '/api/queues', '/api/agents'];
    const before = await statuses([...dashboards, ...reports]);
    expect(before).not.toContain(503);
    letGo = ['dashboards'];
    expect(await statuses([...dashboards, ...reports])).toEqual([503, ...before.slice(1)]);
    letGo = ['dashboards', 'reports'];
    expect(await statuses([...dashboards, ...reports])).toEqual([503, 503, 503, 503, 503]);
    expect(await statuses(needed)).toEqual([200, 200, 200]);
    expect(await olga.get('/api/conversations')).toMatchObject({ headers: { 'retry-after': '15' }, body: { code: 'overloaded', retryAfterSeconds: 15 } });
    expect(await center.stranger().get('/api/conversations'), 'who may not is told so').toMatchObject({ status: 401 });
    expect(await (await center.as('Diego')).get('/api/session')).toMatchObject({ status: 200 });
    letGo = [];
    expect(await statuses([...dashboards, ...reports])).toEqual(before);
  });
});

describe('pages', () => {
  it('are the application at every path of its own, never cached', async () => {
    for (const url of ['/', '/history/cnv_1?x=1']) {
      const answer = await center.stranger().get(url);
      expect(answer).toMatchObject({ status: 200, headers: { 'cache-control': 'no-cache' } });
      expect(String(answer.raw)).toContain('Centralita');
    }
  });

  it('find their assets, which never change, and no page where an asset is missing', async () => {
    expect(await center.stranger().get('/assets/app-1a2b.js')).toMatchObject({ status: 200, headers: { 'cache-control': 'public, max-age=31536000, immutable' } });
    expect(await center.stranger().get('/assets/gone.js')).toMatchObject({ status: 404, body: { code: 'not-found' } });
    expect(await center.stranger().get('/api/nothing')).toMatchObject({ status: 404, body: { code: 'not-found' } });
  });

  it('run only scripts of ours, reach only us and the switch, and stand in nobody’s frame', async () => {
    const { headers } = await center.stranger().get('/');
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("connect-src 'self' ws://localhost:8088");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe-eval');
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer', 'permissions-policy': expect.stringContaining('microphone=(self)') as string });
  });
});

describe('refusals', () => {
  it('say what is too large or not JSON, without a stack', async () => {
    const carla = await center.as('Carla');
    expect(await carla.put('/api/me/status', { statusId: 'x'.repeat(5_000) })).toMatchObject({ status: 413, body: { code: 'too-large' } });
    expect(await carla.request('PUT', '/api/me/status', 'not json', { 'content-type': 'application/json' })).toMatchObject({ status: 400, body: { code: 'invalid-input' } });
  });

  it('of a fault of ours say nothing of it, and the log says all but the person', async () => {
    const answer = await (await center.as('Fabián')).get('/api/traces/leg_00000000000000000000000000');
    expect(answer).toMatchObject({ status: 500, body: { code: 'internal' } });
    expect(JSON.stringify(answer.body)).not.toContain('switch said');
    expect(logged.join('')).toContain('the switch said no');
    expect(logged.join('')).toContain(answer.text('requestId'));
  });
});

describe('the log', () => {
  it('has no number, name, address of a person, password, cookie or ticket in it', async () => {
    const browser = await center.as('Carla');
    await browser.get('/api/conversations?number=51999111222');
    const ticket = (await browser.post('/api/feed/tickets')).text('ticket');
    const text = logged.join('');
    for (const secret of ['51999111222', center.passwords.get('Carla')!, browser.cookie.split('=')[1]!, ticket, 'carla@', 'Carla', 'Ana Torres']) expect(text).not.toContain(secret);
    expect(text).toContain('"route":"/api/conversations"');
  });
});

describe('beyond localhost', () => {
  it('answers TLS, with a cookie bound to this host, and takes a renewed certificate', async () => {
    const { certificatePem, keyPem } = selfSignedCertificate(['localhost'], new Date(Date.now() - 60_000), 10);
    const secure = await openCenter({ secure: true }, { certificate: { cert: certificatePem, key: keyPem } });
    try {
      await secure.app.listen({ host: '127.0.0.1', port: 0 });
      const port = (secure.app.server.address() as AddressInfo).port;
      const ask = (ca: string) =>
        new Promise<{ status: number; headers: object }>((done, failed) => {
          https.get({ host: '127.0.0.1', servername: 'localhost', port, path: '/api/session', ca, agent: false }, (response) => done({ status: response.statusCode!, headers: response.resume().headers })).on('error', failed);
        });
      expect(await ask(certificatePem)).toMatchObject({ status: 401, headers: { 'strict-transport-security': 'max-age=15552000' } });
      const renewed = selfSignedCertificate(['localhost'], new Date(Date.now() - 60_000), 20);
      secure.http.useCertificate({ cert: renewed.certificatePem, key: renewed.keyPem });
      expect((await ask(renewed.certificatePem)).status).toBe(401);
      const signedIn = await secure.stranger().post('/api/session', { email: 'carla@demo.centralita.invalid', password: secure.passwords.get('Carla') }, { origin: 'https://localhost:8080' });
      expect(signedIn.headers['set-cookie']).toMatch(/^__Host-centralita=.*; Secure$/);
    } finally {
      await secure.close();
    }
  });
});
