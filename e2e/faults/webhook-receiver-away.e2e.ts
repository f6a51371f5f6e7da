import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { after, before, it } from 'node:test';
import type { WebhookDeliveryPage, WebhookList } from '@centralita/contract';
import { AgentAtWire } from '../support/agent-at-wire.ts';
import { Api } from '../support/api.ts';
import { CallerAtWire } from '../support/caller-at-wire.ts';
import { leadStraightToVentas } from '../support/center.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/ports.ts';
import { Product } from '../support/product.ts';
import { talk } from '../support/talk.ts';

const ANA = '51999111222';
const EVENTS = ['conversation.started', 'conversation.queued', 'conversation.answered', 'conversation.ended'];

let product: Product;
let administrator: Api;
let carla: AgentAtWire;
let ana: CallerAtWire | undefined;
let port: number;
let crm: Server | undefined;
const received: { readonly headers: IncomingHttpHeaders; readonly body: string }[] = [];

before(async () => {
  port = await freePort();
  product = await Product.start({ arguments: ['--webhooks-to', '127.0.0.1/32'] });
  administrator = await Api.signIn(product, 'administrator');
  await leadStraightToVentas(administrator);
  carla = await AgentAtWire.start(product, 'agent');
  await carla.takeWork();
});
after(async () => {
  await new Promise((closed) => (crm ? crm.close(closed) : closed(undefined)));
  await ana?.stop();
  await carla?.stop();
  await product?.stop();
});

/** From the headers and bytes alone, as any receiver would (Standard Webhooks 1.0). */
function signatureOf(secret: string, headers: IncomingHttpHeaders, body: string): string {
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  return `v1,${createHmac('sha256', key).update(`${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`).digest('base64')}`;
}

it('[fault row 26] another system is away and control is killed: calls go on, and it hears of each event once it is back', async () => {
  const { secret, webhookId } = await administrator.post<{ secret: string; webhookId: string }>('/api/webhooks', { url: `http://127.0.0.1:${port}/hook`, events: EVENTS });
  ana = await CallerAtWire.start(product, ANA);
  const call = await talk([ana, 1_000], [carla, 1_900]);
  await eventually(async () => {
    const { items } = await administrator.get<WebhookList>('/api/webhooks');
    assert.ok(items[0]!.failingSince !== null && items[0]!.waiting === 3, JSON.stringify(items[0]));
  });
  process.kill(product.pidOf('control'), 'SIGKILL');
  call.hangUp();
  await ana.call.ended();
  crm = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((listening) => crm!.listen(port, '127.0.0.1', listening));
  // The last attempt before may have been held by whoever was killed: a minute at most.
  await eventually(() => assert.ok(new Set(received.map(({ headers }) => headers['webhook-id'])).size === EVENTS.length, `${received.length} of ${EVENTS.length}`), 90_000);
  const said = received.map(({ headers, body }) => {
    assert.equal(headers['webhook-signature'], signatureOf(secret, headers, body));
    return JSON.parse(body) as { type: string; data: { revision: number; customer: { number: string }; ending: string | null; agentId: string | null } };
  });
  assert.deepEqual([...new Set(said.map(({ type }) => type))].sort(), [...EVENTS].sort());
  const last = said.reduce((latest, one) => (one.data.revision > latest.data.revision ? one : latest));
  assert.deepEqual([last.type, last.data.ending, last.data.customer.number.replace(/\D/g, '')], ['conversation.ended', 'answered', ANA]);
  const { items } = await eventually(async () => {
    const log = await administrator.get<WebhookDeliveryPage>(`/api/webhooks/${webhookId}/deliveries`);
    assert.deepEqual(log.items.map(({ state }) => state), EVENTS.map(() => 'delivered'));
    return log;
  });
  assert.ok(items.some(({ attempts }) => attempts > 1));
});
