import { trunkSettings } from '@centralita/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accountKeysIn } from '../../accounts/storage/account-keys.postgres.ts';
import { type Browser, openCenter, type TestCenter } from '../../../http/testing/center.ts';
import { listForSwitch } from '../application/list-for-switch.ts';

const lines: string[] = [];
let center: TestCenter;
let fabian: Browser;
beforeAll(async () => {
  center = await openCenter({}, { provisioning: { device: async () => ({ accepted: true }), removeDevice: async () => undefined, lines: async (account) => void lines.push(account) } });
  fabian = await center.as('Fabián');
});
afterAll(() => center.close());

const registration = { registrar: 'sip:carrier.example', username: 'ferreteria', password: 'hunter2-of-the-carrier', expiresSeconds: 300 };
const trunk = (name: string, settings: object = {}) => trunkSettings.parse({ name, servers: ['sip:carrier.example'], addressRanges: ['192.0.2.0/24'], registration, ...settings });
const deps = () => ({ ...center.http.stores, accountKeys: accountKeysIn(center.database.app, `${center.folder}/secrets`), drawId: () => '' });

describe('trunks', () => {
  it('keep their password sealed: no answer, audit, outbox or row shows it, and the switch gets it', async () => {
    const made = await fabian.post('/api/trunks', trunk('Operador'));
    expect(made).toMatchObject({ status: 201, body: { name: 'Operador', registration: { ...registration, password: '' }, up: null } });
    for (const table of ['trunks', 'audit', 'outbox', 'kept_answers']) {
      const { rows } = await center.database.owner.query(`select t::text as text from ${table} t`);
      expect(JSON.stringify(rows), table).not.toContain(registration.password);
    }
    const { trunks } = await listForSwitch(deps(), center.made.account);
    expect(trunks).toMatchObject([{ name: 'Operador', profile: { registration } }]);
    expect(lines).toContain(center.made.account);
  });

  it('keep the password they have when it is left empty', async () => {
    const [kept] = (await fabian.get('/api/trunks')).list('items');
    const url = `/api/trunks/${String(kept!['trunkId'])}`;
    const changed = await fabian.put(url, trunk('Operador', { registration: { ...registration, password: '' }, channelLimit: 12 }), { 'if-match': '"1"' });
    expect(changed).toMatchObject({ status: 200, body: { channelLimit: 12, version: 2 } });
    expect((await listForSwitch(deps(), center.made.account)).trunks[0]!.profile.registration!.password).toBe(registration.password);
  });
});

describe('a trunk with encrypted sound', () => {
  it('[issue 2.6] is refused at the field where its keys would travel without TLS', async () => {
    const registered = { srtp: 'sdes', servers: ['sips:one.carrier.example', 'sip:two.carrier.example;transport=tls'] };
    const errors = (pointer: string) => ({ status: 400, body: { code: 'invalid-input', errors: [{ pointer, code: 'tls-required' }] } });
    expect(await fabian.post('/api/trunks', trunk('Cifrada', { srtp: 'sdes', registration: null }))).toMatchObject(errors('/servers/0'));
    expect(await fabian.post('/api/trunks', trunk('Cifrada', { ...registered, servers: [...registered.servers, 'sip:three.carrier.example;transport=tlsx'], registration: null }))).toMatchObject(errors('/servers/2'));
    expect(await fabian.post('/api/trunks', trunk('Cifrada', registered))).toMatchObject(errors('/registration/registrar'));
    const made = await fabian.post('/api/trunks', trunk('Cifrada', { ...registered, registration: null }));
    expect(made).toMatchObject({ status: 201, body: { srtp: 'sdes' } });
    expect((await listForSwitch(deps(), center.made.account)).trunks.find(({ name }) => name === 'Cifrada')!.profile.srtp).toBe('sdes');
    const url = `/api/trunks/${made.text('trunkId')}`;
    expect(await fabian.put(url, trunk('Cifrada', { srtp: 'sdes', registration: null }), { 'if-match': '"1"' })).toMatchObject(errors('/servers/0'));
    expect(await fabian.put(url, trunk('Cifrada', { registration: null }), { 'if-match': '"1"' })).toMatchObject({ status: 200, body: { srtp: 'none' } });
    expect((await fabian.delete(url)).status).toBe(204);
  });
});

describe('numbers', () => {
  it('[S0.41] lead to a flow, and are told to floor and switch', async () => {
    const [flow] = (await fabian.get('/api/flows')).list('items');
    const [operator] = (await fabian.get('/api/trunks')).list('items');
    const made = await fabian.post('/api/numbers', { number: '+5117001000', flowId: flow!['flowId'], trunkId: operator!['trunkId'], public: false });
    expect(made.status).toBe(201);
    expect(center.floor.floor.world.numbers.get(made.text('numberId'))).toMatchObject({ number: '+5117001000', public: false });
    expect(await fabian.delete(`/api/trunks/${String(operator!['trunkId'])}`)).toMatchObject({ status: 409, body: { code: 'in-use' } });
    expect(await fabian.post('/api/numbers', { number: '+5117001000', flowId: flow!['flowId'], trunkId: operator!['trunkId'] })).toMatchObject({ status: 409, body: { code: 'name-taken' } });
    expect((await fabian.delete(`/api/numbers/${made.text('numberId')}`)).status).toBe(204);
  });

  it('that are public belong to one account of the installation', async () => {
    await center.database.owner.query(`insert into accounts (account, slug, name, time_zone, language) values ('acc_other', 'other', 'Otra', 'America/Lima', 'es')`);
    await center.database.owner.query(`insert into numbers (number_id, account, number, flow_id, public) values ('num_other', 'acc_other', '900', 'flo_x', true)`);
    const [flow] = (await fabian.get('/api/flows')).list('items');
    expect(await fabian.post('/api/numbers', { number: '900', flowId: flow!['flowId'], trunkId: null, public: true })).toMatchObject({ status: 409, body: { code: 'name-taken' } });
    expect((await fabian.post('/api/numbers', { number: '900', flowId: flow!['flowId'], trunkId: null, public: false })).status).toBe(201);
  });
});
