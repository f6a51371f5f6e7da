import { applyFeedChange, type FeedMessage } from '@centralita/contract';
import { mulberry32 } from '@centralita/kernel';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { openCenter, type TestCenter } from '../../../http/testing/center.ts';
import { changed, type Provider, removed, send } from '../testing/provider.ts';

let center: TestCenter;
beforeAll(async () => {
  center = await openCenter();
});
afterAll(() => center.close());

const CONTACTS = 20;
const CHANGES = 200;
const LATE_MS = 30_000;
const AT_ONCE = 8;

interface Kept {
  readonly name: string;
  readonly numbers: readonly string[];
}
interface Change {
  readonly id: string;
  readonly at: number;
  readonly externalId: string;
  /** Null: removed. */
  readonly kept: Kept | null;
}
interface Arrival {
  readonly change: Change;
  readonly sentAt: number;
  readonly at: number;
}

type Draw = (below: number) => number;
const drawFrom = (seed: number): Draw => {
  const chance = mulberry32(seed);
  return (below) => Math.floor(chance() * below);
};

/** A provider's changes in their order; every fifth removes. Each eighth has the time of the one before it of the same contact. */
function historyOf(seed: number, draw: Draw, beganAt: number): Change[] {
  const lastOf = new Map<string, number>();
  let at = beganAt;
  return Array.from({ length: CHANGES }, (_, index) => {
    at += draw(200);
    const contact = draw(CONTACTS);
    const externalId = `c-${contact}`;
    const time = draw(8) === 0 ? (lastOf.get(externalId) ?? at) : at;
    lastOf.set(externalId, time);
    const numbers = numbersOf(seed, contact).filter(() => draw(2) === 0);
    return { id: `msg_${String(index).padStart(4, '0')}`, at: time, externalId, kept: draw(5) === 0 ? null : { name: `Cliente ${contact}, ${index}`, numbers } };
  });
}
const numbersOf = (seed: number, contact: number) => Array.from({ length: 4 }, (_, i) => `519${String(seed).padStart(3, '0')}${String(contact).padStart(2, '0')}${i}00`);

/** Each change arrives one to three times, each time up to 30 s late, so that the order of arrival is nearly any. */
function arrivalsOf(history: readonly Change[], draw: Draw): Arrival[] {
  return history
    .flatMap((change) =>
      Array.from({ length: 1 + draw(3) }, () => {
        const at = change.at + draw(LATE_MS);
        return { change, sentAt: change.at + draw(at - change.at + 1), at };
      }),
    )
    .sort((a, b) => a.at - b.at);
}

const bodyOf = ({ at, externalId, kept }: Change) => {
  const time = new Date(at).toISOString();
  return kept ? changed(time, externalId, kept.name, kept.numbers.map((digits) => `+${digits}`)) : removed(time, externalId);
};

async function deliver(provider: Provider, arrivals: readonly Arrival[], draw: Draw, afterEach: () => void): Promise<Set<number>> {
  const statuses = new Set<number>();
  for (let next = 0; next < arrivals.length; ) {
    const together = arrivals.slice(next, next + 1 + draw(AT_ONCE));
    next += together.length;
    center.clock.at = Math.max(center.clock.at, together.at(-1)!.at);
    const answers = await Promise.all(together.map(({ change, sentAt }) => send(center, provider, { id: change.id, body: bodyOf(change), sentAt })));
    for (const { status } of answers) statuses.add(status);
    afterEach();
  }
  return statuses;
}

async function givenProvider(name: string): Promise<Provider> {
  const made = await (await center.as('Fabián')).post('/api/contact-sources', { name });
  return { sourceId: made.text('sourceId'), secret: made.text('secret') };
}

async function contactsOf({ sourceId }: Provider): Promise<Record<string, Kept>> {
  const { rows } = await center.database.owner.query<{ external_id: string } & Kept>(
    `select s.external_id, c.name, c.numbers from source_contacts s join contacts c using (contact_id) where s.source_id = $1`,
    [sourceId],
  );
  return Object.fromEntries(rows.map(({ external_id, name, numbers }) => [external_id, { name, numbers }]));
}
const contactsOfNobody = async () =>
  (await center.database.owner.query(`select * from contacts c where not exists (select from source_contacts s where s.contact_id = c.contact_id) order by contact_id`)).rows;

describe('[fault row 25] a provider’s history, repeated, reordered, up to 30 s late and partly at once', () => {
  it.each([1, 2, 3, 5, 8, 13])('makes the contacts of the provider, and cards name the caller (seed %i)', async (seed) => {
    const draw = drawFrom(seed);
    // Limits count by address, and six histories within a minute are more than one provider may send.
    const provider = { ...(await givenProvider(`CRM ${seed}`)), address: `192.0.2.${seed}` };
    const own = await contactsOfNobody();
    const history = historyOf(seed, draw, center.clock.at);
    const arrivals = arrivalsOf(history, draw);
    const callerOf = (digits: string) => center.http.stores.callers.caller(center.made.account, `+${digits}`).known?.name ?? null;

    const statuses = await deliver(provider, arrivals, draw, () => callerOf(numbersOf(seed, draw(CONTACTS))[draw(4)]!));

    expect([...statuses]).toEqual([204]);
    expect(arrivals.length).toBeGreaterThan(CHANGES * 1.5);
    const truth = new Map(history.map(({ externalId, kept }) => [externalId, kept]));
    expect(await contactsOf(provider)).toEqual(Object.fromEntries([...truth].filter(([, kept]) => kept !== null)));
    expect(await contactsOfNobody(), 'the center’s own').toEqual(own);
    const { rowCount } = await center.database.owner.query('select from source_messages where source_id = $1', [provider.sourceId]);
    expect(rowCount).toBe(CHANGES);
    const named = new Map([...truth.values()].flatMap((kept) => (kept ? kept.numbers.map((digits) => [digits, kept.name] as const) : [])));
    for (let contact = 0; contact < CONTACTS; contact += 1) {
      for (const digits of numbersOf(seed, contact)) await expect.poll(() => callerOf(digits), { message: digits }).toBe(named.get(digits) ?? null);
    }
  });
});

describe('[fault row 25] the incoming card', () => {
  it('names the caller of whom a message came before, and an open one follows the next message', async () => {
    const provider = await givenProvider('CRM of the card');
    const { floor } = center.floor;
    const carla = await center.as('Carla');
    const statuses = (await carla.get('/api/session')).list('statuses');
    floor.online((await carla.post('/api/softphone/registration')).text('deviceId'));
    await carla.put('/api/me/status', { statusId: statuses.find((status) => status['takesQueueWork'])!['statusId'] });
    const card = await openFeed((await carla.post('/api/feed/tickets')).text('ticket'));
    const time = (secondsAgo: number) => new Date(center.clock.at - secondsAgo * 1_000).toISOString();

    await send(center, provider, { id: 'card-1', body: changed(time(9), 'ana', 'Ana Quispe', ['+51944000001']) });
    floor.world.personal.put('per_ana', '+51944000001');
    const leg = floor.arrives('ana', '100');
    floor.act(() => floor.switch.finishPlay(leg));
    floor.act(() => floor.switch.press(leg, '1'));
    center.floor.tell();
    await expect.poll(card.caller, { timeout: 5_000 }).toBe('Ana Quispe');
    await send(center, provider, { id: 'card-2', body: changed(time(8), 'ana', 'Ana Quispe de Rojas', ['+51944000001']) });
    await expect.poll(card.caller, { timeout: 5_000 }).toBe('Ana Quispe de Rojas');
    await send(center, provider, { id: 'card-3', body: removed(time(7), 'ana') });
    await expect.poll(card.caller, { timeout: 5_000 }).toBeNull();
    card.close();
  });
});

/** What Carla's page knows of the call that rings. */
async function openFeed(ticket: string): Promise<{ caller(): string | null | undefined; close(): void }> {
  await center.app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = center.app.server.address() as AddressInfo;
  const socket = new WebSocket(`ws://127.0.0.1:${port}/api/feed?ticket=${ticket}`, { origin: `http://127.0.0.1:${port}` });
  let state: Record<string, unknown> = {};
  socket.on('message', (data: Buffer) => {
    const message = JSON.parse(String(data)) as FeedMessage;
    if (message.type === 'snapshot') state = { ...message.state };
    if (message.type === 'change') state = applyFeedChange(state, message);
  });
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'subscribe', topic: 'me' }));
  return { caller: () => (state['offer'] as { caller: { name: string | null } } | undefined)?.caller.name, close: () => socket.close() };
}
