import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { receiverOver } from './webhook-receiver.ts';

const LOOPBACK = ['127.0.0.0/8'];
let server: http.Server;
let port: number;
let asked = 0;

beforeAll(async () => {
  server = http.createServer((request, response) => {
    asked += 1;
    if (request.url === '/moved') return void response.writeHead(302, { location: `http://127.0.0.1:${port}/inside` }).end();
    if (request.url === '/endless') {
      response.writeHead(200);
      const more = setInterval(() => response.write(Buffer.alloc(65_536)), 1);
      return void response.on('close', () => clearInterval(more));
    }
    if (request.url === '/silent') return;
    if (request.url === '/drip') return void response.writeHead(200).write('a');
    if (request.url === '/broken') return void request.socket.destroy();
    response.writeHead(request.url === '/patience' ? 429 : 204, { 'retry-after': '7' }).end();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => new Promise((closed) => server.close(closed)));

const here = (path: string, host = '127.0.0.1') => `http://${host}:${port}${path}`;

it('tells what the receiver answered, and when it wants to be asked again', async () => {
  const receiver = receiverOver({ allowed: LOOPBACK });
  expect(await receiver.post(here('/'), {}, '{}')).toMatchObject({ status: 204 });
  expect(await receiver.post(here('/patience'), {}, '{}')).toEqual({ status: 429, retryAfterMs: 7_000 });
  expect(await receiver.post(here('/broken'), {}, '{}')).toEqual({ failure: 'broken' });
  expect(await receiver.post('http://127.0.0.1:1/', {}, '{}')).toEqual({ failure: 'refused' });
  receiver.close();
});

it('follows nobody elsewhere, and reads no endless answer', async () => {
  const receiver = receiverOver({ allowed: LOOPBACK });
  asked = 0;
  expect(await receiver.post(here('/moved'), {}, '{}')).toMatchObject({ status: 302 });
  expect(asked).toBe(1);
  const closed = new Promise((done) => server.once('request', (_request, response) => response.on('close', done)));
  expect(await receiver.post(here('/endless'), {}, '{}')).toMatchObject({ status: 200 });
  await closed;
  receiver.close();
});

it('gives up whoever never answers, and keeps nobody waiting for whoever never ends, though all are on one machine', async () => {
  const receiver = receiverOver({ allowed: LOOPBACK, answerMs: 300 });
  const silent = Array.from({ length: 8 }, () => receiver.post(here('/silent'), {}, '{}'));
  const dripping = await Promise.all(Array.from({ length: 8 }, () => receiver.post(here('/drip'), {}, '{}')));
  expect(dripping).toEqual(dripping.map(() => ({ status: 200 })));
  expect(await receiver.post(here('/'), {}, '{}')).toMatchObject({ status: 204 });
  expect(await Promise.all(silent)).toEqual(silent.map(() => ({ failure: 'time-out' })));
  receiver.close();
});

it('reaches no public address of this machine itself', async () => {
  const receiver = receiverOver({ allowed: [], own: () => ['192.0.2.1', '8.8.4.4', '2001:4860:4860::8844'], resolve: async () => ['8.8.4.4'] });
  for (const host of ['8.8.4.4', '[::ffff:8.8.4.4]', '[2001:4860:4860:0::8844]']) expect(receiver.refuses(new URL(`https://${host}/`)), host).toBe('private-address');
  expect(await receiver.post('https://crm.example/', {}, '{}')).toEqual({ failure: 'address-not-allowed' });
  receiver.close();
});

it.each(['127.0.0.1', '[::1]', '0.0.0.0', '10.1.2.3', '172.16.0.1', '192.168.1.1', '169.254.169.254', '[fe80::1]', '[fd00::1]', '[::ffff:127.0.0.1]', '2130706433', '0x7f.1', '[64:ff9b::7f00:1]', '100.64.0.1', '224.0.0.1'])(
  'reaches no address of ours, however it is written: %s',
  async (host) => {
    const receiver = receiverOver({ allowed: [] });
    const url = `https://${host}:${port}/`;
    expect(receiver.refuses(new URL(url))).toBe('private-address');
    expect(await receiver.post(url, {}, '{}')).toEqual({ failure: 'address-not-allowed' });
    receiver.close();
  },
);

it('looks at what a name leads to when it connects, at every address of it', async () => {
  const leadsTo = async (...addresses: string[]) => {
    const receiver = receiverOver({ allowed: [], resolve: async () => addresses });
    const reply = await receiver.post(`https://crm.example:${port}/`, {}, '{}');
    receiver.close();
    return reply;
  };
  asked = 0;
  expect(await leadsTo('127.0.0.1')).toEqual({ failure: 'address-not-allowed' });
  expect(await leadsTo('192.0.2.10', '127.0.0.1')).toEqual({ failure: 'address-not-allowed' });
  expect(await leadsTo()).toEqual({ failure: 'unresolved' });
  expect(asked).toBe(0);
});

it('is connected to the very address that was looked at, though the name leads elsewhere the next time', async () => {
  const answers = [['127.0.0.1'], ['10.0.0.1']];
  let questions = 0;
  const receiver = receiverOver({ allowed: LOOPBACK, resolve: async () => answers[Math.min(questions++, 1)]! });
  expect(await receiver.post(here('/', 'crm.example'), {}, '{}')).toMatchObject({ status: 204 });
  expect(questions).toBe(1);
  receiver.close();
});

it('goes over plain HTTP only where the operator allowed it', async () => {
  const resolve = async () => ['192.0.2.10'];
  const strict = receiverOver({ allowed: [], resolve });
  expect(strict.refuses(new URL('http://crm.example/'))).toBe('https-required');
  expect(await strict.post('http://crm.example/', {}, '{}')).toEqual({ failure: 'address-not-allowed' });
  const office = receiverOver({ allowed: ['10.0.0.0/8'], resolve });
  expect(office.refuses(new URL('http://10.0.0.5/'))).toBeUndefined();
  expect(office.refuses(new URL('http://192.0.2.10/'))).toBe('https-required');
  expect(await office.post('http://crm.example/', {}, '{}')).toEqual({ failure: 'address-not-allowed' });
  for (const url of ['https://a:b@crm.example/', 'https://crm.example/#part']) expect(office.refuses(new URL(url))).toBe('credentials');
  strict.close();
  office.close();
});

it('gives up a certificate that nobody vouches for', async () => {
  const receiver = receiverOver({ allowed: LOOPBACK });
  expect(await receiver.post(`https://127.0.0.1:${port}/`, {}, '{}')).toEqual({ failure: 'tls' });
  receiver.close();
});
