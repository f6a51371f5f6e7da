import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook as Verifier } from 'standardwebhooks';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Browser, openCenter, type TestCenter } from '../../../http/testing/center.ts';
import { PostgresJournal } from '../../../storage/journal.postgres.ts';
import { givenAccount } from '../../../storage/testing/database.ts';
import { receiverOver } from '../../../wiring/webhook-receiver.ts';
import { accountKeysIn } from '../../accounts/storage/account-keys.postgres.ts';
import { createProjector, historyReachesIn, projectionsIn } from '../../reports/index.ts';
import { TurnScript } from '../../reports/testing/turns.ts';
import { ATTEMPTS_LIMIT, collectNews, sendDue, WebhookLines } from '../index.ts';
import type { DeliveryTable } from '../application/ports.ts';
import { deliveriesIn, removeOldDeliveries } from '../storage/deliveries.postgres.ts';

interface Received {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}
interface Said {
  readonly type: string;
  readonly timestamp: string;
  readonly data: Readonly<Record<string, unknown>> & { readonly revision: number };
}

const receiver = receiverOver({ allowed: ['127.0.0.0/8'] });
const received: Received[] = [];
let answers: (request: Received) => { readonly status: number; readonly headers?: Record<string, string> };
let changes = 0;
let center: TestCenter;
let fabian: Browser;
let server: http.Server;
let url: string;
let script: TurnScript;
let append: () => Promise<void>;
let deliveries: DeliveryTable;

beforeAll(async () => {
  center = await openCenter({}, { webhooks: { receiver, changed: () => void (changes += 1) } });
  fabian = await center.as('Fabián');
  server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const came = { headers: request.headers as Record<string, string>, body: Buffer.concat(chunks).toString() };
      received.push(came);
      const { status, headers = {} } = answers(came);
      response.writeHead(status, headers).end();
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook?tenant=7`;
  const { database, made } = center;
  deliveries = deliveriesIn(database.app);
  const journal = new PostgresJournal(database.floor);
  const epoch = await journal.takeLease(made.account, 'test');
  const projector = createProjector({ store: projectionsIn(database.floor), readTurns: (of, after) => journal.readTurns(of, after) });
  script = new TurnScript(made.account, center.clock.at - 3_600_000).opening().signIn('usr_carla');
  let appended = 0;
  append = async () => {
    const turns = script.turns.slice(appended);
    appended = script.turns.length;
    await journal.appendTurns(turns.map((turn) => ({ ...turn, epoch, deciderVersion: 1, input: null, seed: `seed-${turn.seq}`, effects: [], timers: [], closedEffects: [], personal: {} })));
    await projector.start(made.account);
  };
  await append();
});
afterAll(async () => {
  receiver.close();
  await new Promise((closed) => server.close(closed));
  await center.close();
});
beforeEach(async () => {
  await center.database.owner.query('delete from webhooks');
  received.length = 0;
  answers = () => ({ status: 204 });
});

const ALL = ['conversation.started', 'conversation.queued', 'conversation.answered', 'conversation.ended'];
let calls = 0;

async function made(settings: object = {}): Promise<{ webhookId: string; secret: string; path: string }> {
  const answer = await fabian.post('/api/webhooks', { url, events: ALL, ...settings });
  expect(answer).toMatchObject({ status: 201 });
  return { webhookId: answer.text('webhookId'), secret: answer.text('secret'), path: `/api/webhooks/${answer.text('webhookId')}` };
}

/** Ana calls, Carla answers and they talk: four events. */
async function aCall(): Promise<string> {
  const n = ++calls;
  await center.database.floor.query('insert into journal_personal (account, ref, value, seq) values ($1, $2, $3, 1)', [center.made.account, `per_number_${n}`, `+5198765432${n % 10}`]);
  script.enters(n).offered(n, 'usr_carla').answers(n, 'usr_carla').talksAndLeaves(n, 'usr_carla');
  await append();
  return `cnv_${n}`;
}

const lineDeps = () => ({
  deliveries,
  receiver,
  accountKeys: accountKeysIn(center.database.app, `${center.folder}/secrets`),
  now: () => center.clock.at,
  draw: () => 0.5,
  onGaveUp: () => void (gaveUp += 1),
  readTurns: (account: string, after: number) => new PostgresJournal(center.database.floor).readTurns(account, after),
  historyReaches: historyReachesIn(center.database.floor),
});
let gaveUp = 0;

async function tell(webhookId: string): Promise<number | undefined> {
  await collectNews(lineDeps(), center.made.account);
  return sendDue(lineDeps(), center.made.account, webhookId);
}

const said = (): Said[] => received.map(({ body }) => JSON.parse(body) as Said);
const logOf = async (path: string, query = '') => (await fabian.get(`${path}/deliveries${query}`)).list('items');

describe('a webhook', () => {
  it('is told of everything that happens from then on, signed, each event once', async () => {
    await aCall();
    const { webhookId, secret } = await made();
    const conversationId = await aCall();
    await tell(webhookId);
    await tell(webhookId);
    expect(said().map(({ type }) => type).sort()).toEqual([...ALL].sort());
    for (const { headers, body } of received) expect(new Verifier(secret).verify(body, headers)).toEqual(JSON.parse(body));
    const last = said().find(({ type }) => type === 'conversation.ended')!;
    expect(last.data).toMatchObject({ conversationId, direction: 'inbound', customer: { number: '+51987654322', name: null }, queueId: 'que_ventas', agentId: 'usr_carla', waitMs: 7_000, ending: 'answered', endedBy: 'customer', menuPath: ['Ventas'] });
    expect(new Date(last.timestamp).getTime()).toBe(new Date(String(last.data['endedAt'])).getTime());
    expect(Math.max(...said().map(({ data }) => data.revision))).toBe(last.data.revision);
    expect(new Set(received.map(({ headers }) => headers['webhook-id'])).size).toBe(4);
  });

  it('hears only of what it asks for', async () => {
    const { webhookId } = await made({ events: ['conversation.ended'] });
    await aCall();
    await tell(webhookId);
    expect(said().map(({ type }) => type)).toEqual(['conversation.ended']);
  });

  it('shows its secret once, and nothing keeps it in the clear', async () => {
    const { secret } = await made();
    const list = await fabian.get('/api/webhooks');
    expect(list.list('items')).toMatchObject([{ url, events: ALL, active: true, stopped: null, failingSince: null, backoffUntil: null, waiting: 0, dead: 0, version: 1 }]);
    expect(JSON.stringify(list.body)).not.toContain(secret);
    for (const table of ['webhooks', 'audit', 'outbox', 'kept_answers']) {
      const { rows } = await center.database.owner.query(`select t::text as text from ${table} t`);
      expect(JSON.stringify(rows), table).not.toContain(secret);
    }
    const { rows } = await center.database.owner.query<{ after: { origin: string } }>(`select after from audit where entity = 'webhook' order by id desc limit 1`);
    expect(rows[0]!.after.origin).toBe(new URL(url).origin);
    expect(JSON.stringify(rows)).not.toContain('/hook');
  });

  it('is refused at its field', async () => {
    const refusedAt = async (body: object, pointer: string, code?: string) => expect(await fabian.post('/api/webhooks', { url, events: ALL, ...body })).toMatchObject({ status: 400, body: { code: 'invalid-input', errors: [{ pointer, ...(code && { code }) }] } });
    await refusedAt({ url: 'ftp://crm.example/' }, '/url');
    await refusedAt({ url: 'crm.example' }, '/url');
    await refusedAt({ url: 'https://[nowhere/' }, '/url', 'no-address');
    await refusedAt({ url: 'https://192.168.1.20/hook' }, '/url', 'private-address');
    await refusedAt({ url: 'https://user:word@crm.example/' }, '/url', 'credentials');
    await refusedAt({ events: [] }, '/events');
    await refusedAt({ events: ['conversation.began'] }, '/events/0');
    expect((await fabian.get('/api/webhooks')).list('items')).toEqual([]);
  });

  it('that is not active hears nothing, not even afterwards', async () => {
    const { webhookId, path } = await made();
    const paused = await fabian.put(path, { url, events: ALL, active: false }, { 'if-match': '"1"' });
    expect(paused).toMatchObject({ status: 200, body: { active: false, version: 2 } });
    await aCall();
    await tell(webhookId);
    expect(await fabian.put(path, { url, events: ALL, active: true }, { 'if-match': '"1"' })).toMatchObject({ status: 412 });
    await fabian.put(path, { url, events: ALL, active: true }, { 'if-match': '"2"' });
    const conversationId = await aCall();
    await tell(webhookId);
    expect(new Set(said().map(({ data }) => data['conversationId']))).toEqual(new Set([conversationId]));
  });

  it('has a new secret, and signs with the old one too for a day', async () => {
    const { webhookId, secret, path } = await made({ events: ['conversation.ended'] });
    const drawn = (await fabian.post(`${path}/secret`)).text('secret');
    expect(drawn).not.toBe(secret);
    await aCall();
    await tell(webhookId);
    for (const known of [secret, drawn]) expect(new Verifier(known).verify(received[0]!.body, received[0]!.headers)).toBeTruthy();
    center.clock.at += 25 * 3_600_000;
    await fabian.post(`${path}/test`);
    await tell(webhookId);
    center.clock.at -= 25 * 3_600_000;
    expect(received[1]!.headers['webhook-signature']!.split(' ')).toHaveLength(1);
  });

  it('gets a test message, and is one of 20 at most', async () => {
    const { webhookId, path } = await made();
    const before = changes;
    expect((await fabian.post(`${path}/test`)).status).toBe(204);
    expect(changes).toBe(before + 1);
    await tell(webhookId);
    expect(said()).toMatchObject([{ type: 'webhook.test', data: {} }]);
    expect(await fabian.post('/api/webhooks', { url, events: ALL })).toMatchObject({ status: 409, body: { code: 'name-taken', errors: [{ pointer: '/url' }] } });
    for (let n = 1; n < 20; n++) await made({ url: `${url}&n=${n}`, active: false });
    expect(await fabian.post('/api/webhooks', { url: `${url}&n=20`, events: ALL })).toMatchObject({ status: 409, body: { code: 'in-use' } });
  });

  it('goes with all its messages, and is nobody else’s', async () => {
    const { webhookId, path } = await made();
    await aCall();
    await collectNews(lineDeps(), center.made.account);
    const other = await givenAccount(center.database);
    expect(await deliveries.readers(other)).toEqual([]);
    expect(await deliveries.line(other, webhookId)).toBeUndefined();
    expect(await deliveries.take(other, webhookId, 10, center.clock.at, center.clock.at + 1)).toEqual([]);
    expect((await fabian.delete(path)).status).toBe(204);
    expect((await fabian.get(`${path}/deliveries`)).status).toBe(404);
    expect((await center.database.owner.query('select from webhook_deliveries')).rowCount).toBe(0);
    expect((await fabian.delete(path)).status).toBe(404);
  });
});

describe('[fault row 26] a receiver that does not take messages', () => {
  it('is tried again later each time, as it asks, and every attempt is in the log', async () => {
    const { webhookId, path } = await made({ events: ['conversation.ended'] });
    await aCall();
    answers = () => ({ status: 503, headers: { 'retry-after': '120' } });
    const { at } = center.clock;
    expect(await tell(webhookId)).toBe(at + 120_000);
    expect(await logOf(path)).toMatchObject([{ type: 'conversation.ended', state: 'waiting', attempts: 1, lastAttemptAt: at, lastStatus: 503, lastFailure: 'status', dueAt: at + 120_000 }]);
    expect(await tell(webhookId)).toBe(at + 120_000);
    expect(received).toHaveLength(1);
    answers = () => ({ status: 204 });
    center.clock.at = at + 120_000;
    expect(await tell(webhookId)).toBeUndefined();
    expect(received.map(({ headers }) => headers['webhook-id'])).toEqual([received[0]!.headers['webhook-id'], received[0]!.headers['webhook-id']]);
    expect(await logOf(path)).toMatchObject([{ state: 'delivered', attempts: 2, lastStatus: 204, lastFailure: null, dueAt: null }]);
  });

  it('rests after three rounds in which nothing came through, then is asked with one message', async () => {
    const { webhookId } = await made();
    await aCall();
    answers = () => ({ status: 500 });
    const { at } = center.clock;
    for (const posts of [4, 8, 12]) {
      center.clock.at = (await tell(webhookId))!;
      expect(received).toHaveLength(posts);
    }
    // Five seconds, thirty, and two minutes after their third attempt; the line itself rests for five seconds.
    const third = at + 35_000;
    expect((await fabian.get('/api/webhooks')).list('items')).toMatchObject([{ failingSince: at, backoffUntil: third + 5_000, waiting: 4 }]);
    expect(center.clock.at).toBe(third + 120_000);
    await tell(webhookId);
    expect(received).toHaveLength(13);
    answers = () => ({ status: 200 });
    center.clock.at += 3_600_000;
    await tell(webhookId);
    expect((await fabian.get('/api/webhooks')).list('items')).toMatchObject([{ failingSince: null, backoffUntil: null, waiting: 0 }]);
    expect(new Set(received.map(({ headers }) => headers['webhook-id'])).size).toBe(4);
  });

  it('gives a message up after its last attempt; sent again by a person it arrives', async () => {
    const { webhookId, path } = await made({ events: ['conversation.ended'] });
    await aCall();
    answers = () => ({ status: 500 });
    gaveUp = 0;
    for (let next = await tell(webhookId); next !== undefined; next = await tell(webhookId)) center.clock.at = next;
    expect(received).toHaveLength(ATTEMPTS_LIMIT);
    expect(gaveUp).toBe(1);
    const [dead] = await logOf(path, '?state=dead');
    expect(dead).toMatchObject({ attempts: ATTEMPTS_LIMIT, dueAt: null });
    answers = () => ({ status: 204 });
    expect(await fabian.post(`${path}/resend`, { which: 'message', deliveryId: 'msg_none' })).toMatchObject({ status: 404 });
    expect(await fabian.post(`${path}/resend`, { deliveryId: dead!['deliveryId'] })).toMatchObject({ status: 400 });
    expect(await fabian.post(`${path}/resend`, { which: 'dead', occurredSince: center.clock.at })).toMatchObject({ status: 200, body: { messages: 0 } });
    expect(await fabian.post(`${path}/resend`, { which: 'dead', occurredSince: 0 })).toMatchObject({ status: 200, body: { messages: 1 } });
    center.clock.at += 3_600_000;
    await tell(webhookId);
    expect(await logOf(path)).toMatchObject([{ state: 'delivered', attempts: 1 }]);
    expect(await fabian.post(`${path}/resend`, { which: 'message', deliveryId: dead!['deliveryId'] })).toMatchObject({ body: { messages: 1 } });
    await tell(webhookId);
    expect(received.at(-1)!.headers['webhook-id']).toBe(dead!['deliveryId']);
  });

  it('that answers 410, or nothing good for three days, is not asked again until somebody makes it active', async () => {
    const { webhookId, path } = await made({ events: ['conversation.ended'] });
    await aCall();
    answers = () => ({ status: 410 });
    expect(await tell(webhookId)).toBeUndefined();
    expect((await fabian.get('/api/webhooks')).list('items')).toMatchObject([{ active: false, stopped: 'gone', waiting: 1 }]);
    expect(await fabian.put(path, { url, events: ['conversation.ended'], active: true }, { 'if-match': '*' })).toMatchObject({ body: { active: true, stopped: null, failingSince: null } });
    answers = () => ({ status: 500 });
    center.clock.at = (await tell(webhookId))!;
    await tell(webhookId);
    expect((await fabian.get('/api/webhooks')).list('items')).toMatchObject([{ active: true, stopped: null, failingSince: center.clock.at }]);
    for (let days = 0; days < 3; days++) {
      center.clock.at += 24 * 3_600_000;
      await tell(webhookId);
    }
    expect((await fabian.get('/api/webhooks')).list('items')).toMatchObject([{ active: false, stopped: 'failing' }]);
    const { length } = received;
    center.clock.at += 24 * 3_600_000;
    await tell(webhookId);
    expect(received).toHaveLength(length);
  });

  it('never hears of it twice that control was killed between its answer and the note of it: the id is the same', async () => {
    const { webhookId } = await made({ events: ['conversation.ended'] });
    await aCall();
    const killed = { ...lineDeps(), deliveries: { ...deliveries, record: () => Promise.reject(new Error('killed')) } };
    await collectNews(killed, center.made.account);
    await expect(sendDue(killed, center.made.account, webhookId)).rejects.toThrow('killed');
    const next = (await tell(webhookId))!;
    expect(received).toHaveLength(1);
    center.clock.at = next;
    await tell(webhookId);
    expect(received).toHaveLength(2);
    expect(received[1]!.headers['webhook-id']).toBe(received[0]!.headers['webhook-id']);
    expect(received[1]!.body).toBe(received[0]!.body);
  });
});

describe('what a person changes while messages are on their way', () => {
  it('is not undone by what comes of them: the new address is neither stopped nor held back', async () => {
    const { webhookId, path } = await made({ events: ['conversation.ended'] });
    await aCall();
    let moved: Promise<unknown> | undefined;
    answers = () => {
      moved ??= fabian.put(path, { url: `${url}&new=1`, events: ['conversation.ended'], active: true }, { 'if-match': '"1"' });
      return { status: 410 };
    };
    // The answer of the old address is noted when the change is done.
    const late = { ...lineDeps(), deliveries: { ...deliveries, record: async (...noted: Parameters<DeliveryTable['record']>) => deliveries.record(...(await moved, noted)) } };
    await collectNews(late, center.made.account);
    await sendDue(late, center.made.account, webhookId);
    expect((await fabian.get('/api/webhooks')).list('items')).toMatchObject([{ url: `${url}&new=1`, active: true, stopped: null, failingSince: null, waiting: 1 }]);
  });

  it('needs the version that was stopped, and says whether it is active', async () => {
    const { webhookId, path } = await made({ events: ['conversation.ended'] });
    await aCall();
    answers = () => ({ status: 410 });
    await tell(webhookId);
    expect(await fabian.put(path, { url, events: ALL, active: true }, { 'if-match': '"1"' })).toMatchObject({ status: 412 });
    expect(await fabian.put(path, { url, events: ALL }, { 'if-match': '"2"' })).toMatchObject({ status: 400, body: { errors: [{ pointer: '/active' }] } });
    for (const action of ['test', 'resend']) expect(await fabian.post(`${path}/${action}`, { which: 'dead', occurredSince: 0 }), action).toMatchObject({ status: 409, body: { code: 'not-allowed-now' } });
  });

  it('days with nothing to send are no days of failure', async () => {
    const { webhookId, path } = await made({ events: ['conversation.ended'] });
    await aCall();
    answers = () => ({ status: 500 });
    for (let next = await tell(webhookId); next !== undefined; next = await tell(webhookId)) center.clock.at = next;
    center.clock.at += 4 * 24 * 3_600_000;
    await fabian.post(`${path}/test`);
    await tell(webhookId);
    expect((await fabian.get('/api/webhooks')).list('items')).toMatchObject([{ active: true, failingSince: center.clock.at, waiting: 1, dead: 1 }]);
  });
});

describe('the log', () => {
  it('is read page by page, newest first', async () => {
    const { webhookId, path } = await made();
    await aCall();
    await aCall();
    await tell(webhookId);
    const revisions: number[] = [];
    let query = '?limit=3';
    for (;;) {
      const page = await fabian.get(`${path}/deliveries${query}`);
      revisions.push(...page.list('items').map((item) => Number(item['revision'])));
      if (page.body['nextCursor'] === null) break;
      query = `?limit=3&cursor=${page.text('nextCursor')}`;
    }
    expect(revisions).toHaveLength(8);
    expect(revisions).toEqual([...revisions].sort((a, b) => b - a));
    expect((await fabian.get(`${path}/deliveries?cursor=abc`)).status).toBe(400);
  });

  it('is shortened by retention', async () => {
    const { webhookId, path } = await made();
    await aCall();
    await tell(webhookId);
    const { at } = center.clock;
    expect(await removeOldDeliveries(center.database.app, center.made.account, { delivered: at - 30 * 24 * 3_600_000, others: 0 })).toBe(0);
    expect(await removeOldDeliveries(center.database.app, center.made.account, { delivered: at, others: 0 })).toBe(4);
    expect(await logOf(path)).toEqual([]);
  });
});

it('lines that failed after they had added messages send those, though nothing more happens', async () => {
  const { now: _now, ...deps } = lineDeps();
  const { account } = center.made;
  await made({ events: ['conversation.ended'] });
  let asked = 0;
  const failing: DeliveryTable = { ...deliveries, readers: async (of) => (++asked === 3 ? Promise.reject(new Error('the database is away')) : deliveries.readers(of)) };
  const planned: (() => void)[] = [];
  const plan = (_ms: number, run: () => void) => {
    planned.push(run);
    return () => undefined;
  };
  const lines = new WebhookLines({ ...deps, deliveries: failing, clock: { now: () => center.clock.at, plan }, onFailure: () => undefined });
  const came = new Promise<void>((arrived) => {
    answers = () => {
      arrived();
      return { status: 204 };
    };
  });
  lines.look(account);
  await lines.settled();
  await aCall();
  lines.moved(account);
  await lines.settled();
  expect([asked, received.length, planned.length]).toEqual([3, 0, 1]);
  planned[0]!();
  await came;
  await lines.close();
});

it('lines hear of the first webhook of an account that had none', async () => {
  const { now: _now, ...deps } = lineDeps();
  const { account } = center.made;
  let making: Promise<unknown> | undefined;
  // It is made while the account is being found to have none.
  const slow: DeliveryTable = {
    ...deliveries,
    readers: async (of) => {
      const found = await deliveries.readers(of);
      making ??= made({ events: ['conversation.ended'] }).then(() => lines.look(account));
      await making;
      return found;
    },
  };
  const lines = new WebhookLines({ ...deps, deliveries: slow, clock: { now: () => center.clock.at }, onFailure: () => undefined });
  lines.look(account);
  await lines.settled();
  await aCall();
  lines.moved(account);
  await lines.settled();
  expect(said().map(({ type }) => type)).toEqual(['conversation.ended']);
  await lines.close();
});

it('lines send by themselves what history has, and end what is on its way before they close', async () => {
  const failures: unknown[] = [];
  const { now: _now, ...deps } = lineDeps();
  const lines = new WebhookLines({ ...deps, clock: { now: () => center.clock.at }, onFailure: (_account, error) => void failures.push(error) });
  const { account } = center.made;
  await made({ events: ['conversation.ended'] });
  const came = new Promise<void>((arrived) => {
    answers = () => {
      arrived();
      return { status: 204 };
    };
  });
  lines.look(account);
  await aCall();
  lines.moved(account);
  await came;
  await lines.close();
  expect(failures).toEqual([]);
  expect((await fabian.get('/api/webhooks')).list('items')).toMatchObject([{ waiting: 0 }]);
});
