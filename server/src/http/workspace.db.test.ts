import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Browser, openCenter, type TestCenter } from './testing/center.ts';

let center: TestCenter;
let carla: Browser;
let diego: Browser;
let deviceId: string;
let available: string;

const idOf = (name: string) => center.made.people.find((person) => person.name === name)!.userId;
const floor = () => center.floor.floor;

beforeAll(async () => {
  center = await openCenter();
  [carla, diego] = await Promise.all([center.as('Carla'), center.as('Diego')]);
  const statuses = (await carla.get('/api/session')).list('statuses');
  available = String(statuses.find((status) => status['takesQueueWork'])!['statusId']);
});
afterAll(() => center.close());
afterEach(() => {
  for (const legId of [...floor().switch.legs.keys()]) floor().hangsUp(legId);
  floor().advance(120_000);
});

/** Ana calls the public number and presses 1. */
function anaCalls(name: string): string {
  const leg = floor().arrives(name, '100');
  floor().act(() => floor().switch.finishPlay(leg));
  floor().act(() => floor().switch.press(leg, '1'));
  return leg;
}
const contactOf = (name: string) => {
  const agent = floor().world.agents.get(idOf(name));
  return agent?.state === 'signed-in' ? agent.contact : undefined;
};
const callOf = (name: string) => {
  const contact = contactOf(name);
  return contact && 'callId' in contact ? contact.callId : 'none';
};

describe('POST /api/softphone/registration', () => {
  it('[S2.1] makes a telephone of the browser, with a secret only the switch hears of', async () => {
    const answer = await carla.post('/api/softphone/registration');
    expect(answer).toMatchObject({ status: 201, body: { webSocketPath: '/sip', sipDomain: 'localhost', iceServers: [] } });
    deviceId = answer.text('deviceId');
    expect(center.provisioned.at(-1)).toMatchObject({ deviceId, kind: 'browser', username: answer.text('username'), password: answer.text('password') });
    const { rows } = await center.database.owner.query('select t::text as text from (select * from devices) t union all select t::text from outbox t union all select t::text from audit t');
    expect(JSON.stringify(rows)).not.toContain(answer.text('password'));
    expect(floor().world.deviceSettings.get(deviceId)).toEqual({ userId: idOf('Carla'), kind: 'browser' });
    expect(floor().world.agents.get(idOf('Carla'))?.state).toBe('signed-in');
    floor().online(deviceId);
  });

  it('takes the oldest telephone away when a seventh is opened', async () => {
    const first = await diego.post('/api/softphone/registration');
    for (let i = 0; i < 6; i++) await diego.post('/api/softphone/registration');
    expect(center.removedDevices).toContain(first.text('deviceId'));
    const { rowCount } = await center.database.owner.query('select from devices where user_id = $1', [idOf('Diego')]);
    expect(rowCount).toBe(6);
  });
});

describe('PUT /api/me/status', () => {
  it('[D6, S2.23] is chosen by the person, from the account’s list', async () => {
    expect((await carla.put('/api/me/status', { statusId: available })).status).toBe(204);
    expect(floor().world.agents.get(idOf('Carla'))).toMatchObject({ statusId: available });
    expect((await carla.put('/api/me/status', { statusId: available })).status).toBe(204);
    expect(await carla.put('/api/me/status', { statusId: 'sta_nothing' })).toMatchObject({ status: 400, body: { errors: [{ pointer: '/statusId' }] } });
  });
});

describe('an offer', () => {
  it('is declined by the one it rings for, and by nobody else; then one click returns', async () => {
    anaCalls('ana1');
    const contact = contactOf('Carla');
    const offerId = contact?.kind === 'offered' && contact.by.kind === 'queue' ? contact.by.offerId : 'none';
    expect((await diego.post(`/api/offers/${offerId}/decline`)).status).toBe(409);
    expect((await carla.post(`/api/offers/${offerId}/decline`)).status).toBe(204);
    expect(await carla.post(`/api/offers/${offerId}/decline`)).toMatchObject({ status: 409 });
    expect(floor().world.agents.get(idOf('Carla'))).toMatchObject({ pause: { kind: 'not-answering' } });
    expect((await carla.post('/api/me/return')).status).toBe(204);
  });
});

describe('a call', () => {
  it('[S2.30] is held, resumed, given digits and ended by its agent alone', async () => {
    anaCalls('ana2');
    floor().answers(deviceId);
    const url = `/api/calls/${callOf('Carla')}`;
    expect(await diego.post(`${url}/hold`)).toMatchObject({ status: 409, body: { code: 'not-yours' } });
    expect((await carla.post(`${url}/hold`)).status).toBe(204);
    expect(contactOf('Carla')?.kind).toBe('holding');
    expect(await carla.post(`${url}/digits`, { digits: '12#' })).toMatchObject({ status: 409 });
    expect((await carla.post(`${url}/resume`)).status).toBe(204);
    expect((await carla.post(`${url}/digits`, { digits: '12#' })).status).toBe(204);
    expect(await carla.post(`${url}/digits`, { digits: 'hello' })).toMatchObject({ status: 400, body: { errors: [{ pointer: '/digits' }] } });
    expect(JSON.stringify(floor().events)).not.toContain('12#');
    expect((await carla.post(`${url}/pause-recording`)).status).toBe(204);
    expect((await carla.post(`${url}/resume-recording`)).status).toBe(204);
    expect(await carla.delete('/api/session')).toMatchObject({ status: 409, body: { code: 'not-allowed-now' } });
    expect((await carla.post(`${url}/hang-up`)).status).toBe(204);
    expect(contactOf('Carla')?.kind).toBe('free');
  });

  it('that has ended is refused with a reason', async () => {
    expect(await carla.post('/api/calls/cal_gone/hold')).toMatchObject({ status: 409, body: { code: 'no-live-call' } });
  });
});

describe('after-service', () => {
  it('[S2.27, S2.28] ends when its agent finishes it, once', async () => {
    anaCalls('ana3');
    floor().answers(deviceId);
    floor().advance(5_000);
    await carla.post(`/api/calls/${callOf('Carla')}/hang-up`);
    const agent = floor().world.agents.get(idOf('Carla'));
    const pause = agent?.state === 'signed-in' && agent.pause.kind === 'after-service' ? agent.pause : undefined;
    const url = `/api/after-service/${pause!.afterServiceId}/finish`;
    expect(await diego.post(url)).toMatchObject({ status: 409, body: { code: 'not-yours' } });
    expect((await carla.post(url)).status).toBe(204);
    expect(await carla.post(url)).toMatchObject({ status: 409, body: { code: 'already-ended' } });
  });
});
