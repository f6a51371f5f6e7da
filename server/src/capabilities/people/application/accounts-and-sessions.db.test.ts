import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCenter, type TestCenter } from '../../../http/testing/center.ts';
import { readOutbox } from '../../../storage/outbox.postgres.ts';
import { accountKeysIn } from '../../accounts/storage/account-keys.postgres.ts';
import { createDemoAccount, createLiveDemoAccount, endExpiredSessions, listDevicesForSwitch } from '../index.ts';
import { accountWriter } from '../storage/account-writer.postgres.ts';
import { expiredSessionsIn } from '../storage/sessions.postgres.ts';
import { argonPasswords } from './passwords.ts';

let center: TestCenter;
beforeAll(async () => {
  center = await openCenter();
});
afterAll(() => center.close());

const accountKeys = () => accountKeysIn(center.database.app, `${center.folder}/secrets`);
const creating = () => ({ change: center.http.stores.change, writer: accountWriter, passwords: argonPasswords, accountKeys: accountKeys() });
const count = async (sql: string) => Number((await center.database.owner.query<{ count: number }>(sql)).rows[0]!.count);

describe('the demo account', () => {
  it('is made once', async () => {
    const kept: unknown[] = [];
    expect(await createDemoAccount(creating(), (people) => kept.push(people))).toEqual({ ok: false, refusal: { code: 'already-there' } });
    expect(kept).toEqual([]);
    expect(await count(`select count(*) from accounts where slug = 'demo'`)).toBe(1);
  });

  it('[S0.2] has one person of each role, each with a password of its own', () => {
    expect(center.made.people.map(({ name, role }) => [name, role])).toEqual([['Carla', 'agent'], ['Diego', 'supervisor'], ['Elena', 'manager'], ['Fabián', 'administrator'], ['Olga', 'owner']]);
    const passwords = [...center.passwords.values()];
    expect(new Set(passwords).size).toBe(5);
    for (const password of passwords) expect(password).toMatch(/^([a-z2-9]{5}-){3}[a-z2-9]{5}$/);
  });

  it('leads the public number through greeting and menu to two queues that Carla serves', () => {
    const { world } = center.floor.floor;
    const [number] = [...world.numbers.values()].filter((one) => one.number === '100');
    expect(number).toMatchObject({ public: true, trunkId: null });
    expect(world.flows.get(number!.flowId)).toMatchObject({ start: 'answer', steps: { menu: { options: { 1: { label: 'Ventas' }, 2: { label: 'Posventa' } } } } });
    const carla = center.made.people.find((person) => person.name === 'Carla')!.userId;
    expect(world.agentSettings.get(carla)!.queues).toHaveLength(2);
    expect(world.statuses.get(world.agentSettings.get(carla)!.initialStatusId)).toEqual({ takesQueueWork: false });
  });
});

describe('the account that lives by itself', () => {
  it('has agents with telephones and nobody who can sign in', async () => {
    const made = await createLiveDemoAccount(creating());
    if (!made.ok) throw new Error('it was there already');
    const { account, people } = made.value;
    expect(people).toHaveLength(12);
    expect(await count(`select count(*) from users where account = '${account}' and password_hash <> '!'`)).toBe(0);
    expect((await center.stranger().post('/api/session', { email: people[0]!.email, password: '!' })).status).toBe(401);
    const devices = await listDevicesForSwitch({ read: center.http.stores.read, devices: center.http.stores.devices, accountKeys: accountKeys(), clock: center.clock }, account);
    expect(devices).toHaveLength(12);
    expect(new Set(devices.map((device) => device.password)).size).toBe(12);
    const { rows } = await readOutbox(center.database.floor, account, 0);
    expect(new Set(rows.map((row) => row.entity))).toEqual(new Set(['status', 'queue', 'flow', 'trunk', 'number', 'agent', 'device']));
    expect(JSON.stringify(rows)).not.toContain(devices[0]!.password);
  });
});

describe('a session that ran out', () => {
  it('ends: the person leaves the floor, and their telephones are gone', async () => {
    const carla = await center.as('Carla');
    const device = await carla.post('/api/softphone/registration');
    await center.stranger().post('/api/public/demo/guest-calls');
    const guest = center.provisioned.at(-1)!.deviceId;
    await center.database.owner.query(`update sessions set expires_at = now() - interval '1 minute'`);
    center.clock.at += 61_000;
    const { stores, sessions } = center.http;
    const deps = {
      ...stores,
      sessions,
      accountKeys: accountKeys(),
      switch: { provisionDevice: async () => ({ accepted: true }), removeDevice: async (_account: string, deviceId: string) => void center.removedDevices.push(deviceId) },
      floor: center.floor,
      clock: center.clock,
      softphoneLifetimeMs: 1,
      expired: expiredSessionsIn(center.database.app),
    };
    expect(await endExpiredSessions(deps, center.made.account)).toBeGreaterThan(0);
    expect(center.removedDevices).toEqual(expect.arrayContaining([device.text('deviceId'), guest]));
    expect(center.floor.floor.world.agents.get(center.made.people[0]!.userId)?.state).toBe('signed-out');
    expect((await carla.get('/api/session')).status).toBe(401);
    expect(await endExpiredSessions(deps, center.made.account)).toBe(0);
  });
});
