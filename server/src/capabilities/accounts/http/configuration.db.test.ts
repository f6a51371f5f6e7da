import { queueSettings } from '@centralita/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Browser, openCenter, type TestCenter } from '../../../http/testing/center.ts';

let center: TestCenter;
let fabian: Browser;
let elena: Browser;
let diego: Browser;
beforeAll(async () => {
  center = await openCenter();
  [fabian, elena, diego] = await Promise.all([center.as('Fabián'), center.as('Elena'), center.as('Diego')]);
});
afterAll(() => center.close());

const personId = (name: string) => center.made.people.find((person) => person.name === name)!.userId;
const queue = (name: string, settings: object = {}) => ({ ...queueSettings.parse({ name }), ...settings });
const rowsOf = async (sql: string) => (await center.database.owner.query<Record<string, unknown>>(sql)).rows;

describe('queues', () => {
  it('are made, with their audit and what the floor is told, in one transaction', async () => {
    const made = await fabian.post('/api/queues', { ...queue('Garantías'), members: [{ userId: personId('Carla'), priority: 3 }] });
    expect(made).toMatchObject({ status: 201, body: { name: 'Garantías', members: [{ userId: personId('Carla'), priority: 3 }], version: 1 } });
    expect(made.headers['etag']).toBe('"1"');
    const queueId = made.text('queueId');
    expect(await rowsOf(`select actor, action, request_id from audit where entity_id = '${queueId}'`)).toEqual([{ actor: personId('Fabián'), action: 'queue-created', request_id: made.headers['x-request-id'] }]);
    const world = center.floor.floor.world;
    expect(world.queues.get(queueId)).toMatchObject({ selection: 'longest-idle', priority: 50 });
    expect(world.queues.get(queueId)).not.toHaveProperty('name');
    expect(world.agentSettings.get(personId('Carla'))!.queues).toContainEqual({ queueId, priority: 3 });
  });

  it('are changed from the version that was seen, and only from it', async () => {
    const list = await fabian.get('/api/queues');
    const ventas = list.list('items').find((item) => item['name'] === 'Ventas')!;
    const url = `/api/queues/${String(ventas['queueId'])}`;
    expect(await fabian.put(url, queue('Ventas'))).toMatchObject({ status: 428, body: { code: 'version-required' } });
    expect(await fabian.put(url, queue('Ventas', { priority: 60 }), { 'if-match': '"1"' })).toMatchObject({ status: 200, body: { version: 2, priority: 60 } });
    expect(await fabian.put(url, queue('Ventas', { priority: 70 }), { 'if-match': '"1"' })).toMatchObject({ status: 412, body: { code: 'version-conflict' } });
    expect((await fabian.get(url)).body).toMatchObject({ priority: 60, members: ventas['members'] });
  });

  it('that something leads to stay', async () => {
    const list = await fabian.get('/api/queues');
    const posventa = list.list('items').find((item) => item['name'] === 'Posventa')!;
    expect(await fabian.delete(`/api/queues/${String(posventa['queueId'])}`)).toMatchObject({ status: 409, body: { code: 'in-use', detail: 'Entrada' } });
  });

  it('refuse a name that is taken, members nobody knows, and overflowing into themselves', async () => {
    expect(await fabian.post('/api/queues', queue('ventas'))).toMatchObject({ status: 409, body: { code: 'name-taken' } });
    expect(await fabian.post('/api/queues', { ...queue('X'), members: [{ userId: 'usr_nobody' }] })).toMatchObject({ status: 400, body: { errors: [{ pointer: '/members' }] } });
    expect(await fabian.post('/api/queues', queue('X', { requiredSkills: [{ skillId: 'skl_no', level: 1 }] }))).toMatchObject({ status: 400, body: { errors: [{ code: 'unknown-skill' }] } });
    expect(await rowsOf(`select from queues where name = 'X'`)).toEqual([]);
    expect(await rowsOf(`select from audit where after ->> 'name' = 'X'`)).toEqual([]);
  });

  it('made twice with one Idempotency-Key are made once', async () => {
    const key = { 'idempotency-key': 'one' };
    const [first, second] = [await fabian.post('/api/queues', queue('Una vez'), key), await fabian.post('/api/queues', queue('Una vez'), key)];
    expect(second).toMatchObject({ status: 201, body: first.body });
    expect(await fabian.post('/api/queues', queue('Otra'), key)).toMatchObject({ status: 400, body: { code: 'invalid-input' } });
    expect(await rowsOf(`select from queues where name = 'Una vez'`)).toHaveLength(1);
  });

  it('[S0.20] are seen by a supervisor only where they were assigned', async () => {
    expect((await diego.get('/api/queues')).list('items').map((item) => item['name'])).toEqual(['Posventa', 'Ventas']);
    const garantias = (await fabian.get('/api/queues')).list('items').find((item) => item['name'] === 'Garantías')!;
    expect((await diego.get(`/api/queues/${String(garantias['queueId'])}`)).status).toBe(404);
  });

  it('of another account do not exist', async () => {
    await center.database.owner.query(`insert into accounts (account, slug, name, time_zone, language) values ('acc_other', 'other', 'Otra', 'America/Lima', 'es')`);
    await center.database.owner.query(`insert into queues (queue_id, account, name, settings) values ('que_other', 'acc_other', 'Ajena', '{}')`);
    expect((await fabian.get('/api/queues/que_other')).status).toBe(404);
    expect((await fabian.put('/api/queues/que_other', queue('Mía'), { 'if-match': '*' })).status).toBe(404);
    expect(await rowsOf(`select name from queues where queue_id = 'que_other'`)).toEqual([{ name: 'Ajena' }]);
  });
});

describe('skills', () => {
  it('[S0.33] are made, renamed and removed by a manager', async () => {
    const made = await elena.post('/api/skills', { name: 'Pintura' });
    expect(made).toMatchObject({ status: 201, body: { name: 'Pintura', version: 1 } });
    const url = `/api/skills/${made.text('skillId')}`;
    expect(await elena.put(url, { name: 'Pinturas' }, { 'if-match': '"1"' })).toMatchObject({ status: 200, body: { name: 'Pinturas', version: 2 } });
    expect((await elena.delete(url)).status).toBe(204);
    const ventas = (await elena.get('/api/skills')).list('items').find((item) => item['name'] === 'Ventas')!;
    expect(await elena.delete(`/api/skills/${String(ventas['skillId'])}`)).toMatchObject({ status: 409, body: { code: 'in-use' } });
  });

  it('[S0.15] of the own group’s people are changed by a supervisor, and reach the floor', async () => {
    const agents = await diego.get('/api/agents');
    const carla = agents.list('items').find((item) => item['name'] === 'Carla')!;
    const [skill] = carla['skills'] as { skillId: string }[];
    const changed = await diego.put(`/api/agents/${personId('Carla')}/skills`, { skills: [{ skillId: skill!.skillId, level: 5 }] }, { 'if-match': `"${String(carla['version'])}"` });
    expect(changed).toMatchObject({ status: 200, body: { skills: [{ level: 5 }] } });
    expect(center.floor.floor.world.agentSettings.get(personId('Carla'))!.skills).toEqual([{ skillId: skill!.skillId, level: 5 }]);
  });

  it('[S0.25] of oneself are closed to a supervisor', async () => {
    expect(await diego.put(`/api/agents/${personId('Diego')}/skills`, { skills: [] }, { 'if-match': '*' })).toMatchObject({ status: 403, body: { code: 'forbidden' } });
  });

  it('[S0.24] of people beyond the own groups do not exist for a supervisor', async () => {
    await center.database.owner.query(`delete from group_members where user_id = $1`, [personId('Olga')]);
    expect((await diego.put(`/api/agents/${personId('Olga')}/skills`, { skills: [] }, { 'if-match': '*' })).status).toBe(404);
  });
});

describe('flows', () => {
  it('[S0.39] get a new version with each change; the one before stays as it was', async () => {
    const [entrada] = (await fabian.get('/api/flows')).list('items');
    const { flowId, version, ...definition } = entrada as { flowId: string; version: number };
    expect(version).toBe(1);
    const changed = await fabian.put(`/api/flows/${flowId}`, { ...definition, name: 'Entrada nueva' }, { 'if-match': '"1"' });
    expect(changed).toMatchObject({ status: 200, body: { version: 2, name: 'Entrada nueva' } });
    expect(await rowsOf('select version, name from flows order by version')).toEqual([
      { version: 1, name: 'Entrada' },
      { version: 2, name: 'Entrada nueva' },
    ]);
    expect(center.floor.floor.world.flows.get(flowId)!.version).toBe(2);
    expect(await fabian.delete(`/api/flows/${flowId}`)).toMatchObject({ status: 409, body: { code: 'in-use', detail: '100' } });
  });

  it('with a step that leads nowhere are refused, and say where', async () => {
    const answer = await fabian.post('/api/flows', { name: 'Rota', language: 'es', start: 'a', steps: { a: { kind: 'answer', next: 'b' } } });
    expect(answer).toMatchObject({ status: 422, body: { code: 'flow-invalid', errors: [{ pointer: '/steps/a/next', code: 'step-missing' }] } });
  });

  it('are made for the queues of this account only', async () => {
    const steps = { a: { kind: 'answer', next: 'q' }, q: { kind: 'queue', queueId: 'que_other' } };
    expect(await fabian.post('/api/flows', { name: 'Ajena', language: 'es', start: 'a', steps })).toMatchObject({ status: 422, body: { errors: [{ code: 'queue-unknown' }] } });
  });
});
