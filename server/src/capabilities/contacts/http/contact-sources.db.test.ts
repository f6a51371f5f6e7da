import { randomId } from '@centralita/kernel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Browser, openCenter, type TestCenter } from '../../../http/testing/center.ts';
import { givenAccount } from '../../../storage/testing/database.ts';
import { accountKeysIn } from '../../accounts/storage/account-keys.postgres.ts';
import { createSource } from '../application/save-source.ts';
import { changed, type Provider, removed, send, signedHeaders } from '../testing/provider.ts';

let center: TestCenter;
let fabian: Browser;
let provider: Provider;
let sent = 0;
beforeAll(async () => {
  center = await openCenter();
  fabian = await center.as('Fabián');
  provider = await givenSource('CRM');
});
afterAll(() => center.close());

async function givenSource(name: string): Promise<Provider> {
  const made = await fabian.post('/api/contact-sources', { name });
  return { sourceId: made.text('sourceId'), secret: made.text('secret') };
}
/** A source of another account of the installation. */
async function givenNeighbour(): Promise<Provider> {
  const account = await givenAccount(center.database, 'Otra');
  const { stores } = center.http;
  const accountKeys = accountKeysIn(center.database.app, `${center.folder}/secrets`);
  const made = await createSource({ ...stores, accountKeys, clock: center.clock, drawSourceId: () => randomId('contactSource') }, { account, actor: 'test', requestId: null }, 'CRM');
  if (!made.ok) throw new Error('the source was refused');
  return { sourceId: made.value.source.sourceId, secret: made.value.secret };
}
const fresh = () => `msg_${(sent += 1)}`;
const at = (secondsAgo: number) => new Date(center.clock.at - secondsAgo * 1_000).toISOString();
/** What there is of contacts, and what the source said last: all that a message could have changed. */
async function everything(): Promise<unknown> {
  const read = async (table: string) => (await center.database.owner.query(`select t::text as row from ${table} t order by 1`)).rows;
  return Promise.all(['contacts', 'source_contacts', 'source_messages', 'audit'].map(read));
}
async function contactOf(externalId: string, { sourceId }: Provider = provider): Promise<unknown> {
  const { rows } = await center.database.owner.query(`select c.name, c.numbers from source_contacts s join contacts c using (contact_id) where s.source_id = $1 and s.external_id = $2`, [sourceId, externalId]);
  return rows[0];
}

describe('contact sources', () => {
  it('show their secret once, and keep it sealed: no list, audit or row has it', async () => {
    const made = await fabian.post('/api/contact-sources', { name: 'Tienda' }, { 'idempotency-key': 'made-once' });
    expect(made).toMatchObject({ status: 201, body: { name: 'Tienda', version: 1 }, headers: { etag: '"1"' } });
    const secret = made.text('secret');
    expect(Buffer.from(secret.replace(/^whsec_/, ''), 'base64')).toHaveLength(32);
    expect(secret).toMatch(/^whsec_/);
    const shown = await fabian.get('/api/contact-sources');
    expect(shown.list('items').map(({ name }) => name)).toEqual(['CRM', 'Tienda']);
    expect(JSON.stringify(shown.body)).not.toContain('secret');
    const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
    for (const table of ['contact_sources', 'audit', 'outbox', 'kept_answers']) {
      const { rows } = await center.database.owner.query(`select t::text as text from ${table} t`);
      for (const form of [secret.slice(6), key.toString('hex')]) expect(JSON.stringify(rows), table).not.toContain(form);
    }
  });

  it('are renamed from the version that was seen, and two have no name in common', async () => {
    const url = `/api/contact-sources/${(await givenSource('Ventas')).sourceId}`;
    expect((await fabian.put(url, { name: 'Ventas' })).status).toBe(428);
    expect(await fabian.put(url, { name: 'crm' }, { 'if-match': '"1"' })).toMatchObject({ status: 409, body: { code: 'name-taken', errors: [{ pointer: '/name' }] } });
    expect(await fabian.put(url, { name: 'Ventas Perú' }, { 'if-match': '"1"' })).toMatchObject({ status: 200, body: { name: 'Ventas Perú', version: 2 } });
    expect((await fabian.put(url, { name: 'Ventas' }, { 'if-match': '"1"' })).status).toBe(412);
    expect(await fabian.post('/api/contact-sources', { name: 'CRM' })).toMatchObject({ status: 409, body: { code: 'name-taken' } });
    expect(await fabian.post('/api/contact-sources', { name: 'a\u0000b' })).toMatchObject({ status: 400, body: { errors: [{ pointer: '/name' }] } });
  });

  it('get a new secret, and what was signed with the one before is refused; a message signed with both is taken', async () => {
    const old = await givenSource('Cambiante');
    const url = `/api/contact-sources/${old.sourceId}/secrets`;
    expect((await fabian.post(url)).status).toBe(428);
    const drawn = await fabian.post(url, undefined, { 'if-match': '"1"' });
    expect(drawn).toMatchObject({ status: 201, body: { version: 2 } });
    const now: Provider = { ...old, secret: drawn.text('secret') };
    const body = changed(at(1), 'ana', 'Ana');
    expect(await send(center, old, { id: fresh(), body })).toMatchObject({ status: 401 });
    expect(await send(center, now, { id: fresh(), body })).toMatchObject({ status: 204 });
    const message = { id: fresh(), body: JSON.stringify(body), sentAt: center.clock.at };
    const both = [old, now].map(({ secret }) => signedHeaders(secret, message)['webhook-signature']).join(' ');
    expect(await send(center, old, message, { headers: { 'webhook-signature': both } })).toMatchObject({ status: 204 });
  });

  it('that are removed take their contacts with them, and no more messages: another source with their customers is heard', async () => {
    const gone = await givenSource('Antigua');
    await send(center, gone, { id: fresh(), body: changed(at(1), 'beto', 'Beto', ['+51999000001']) });
    expect((await fabian.delete(`/api/contact-sources/${gone.sourceId}`)).status).toBe(204);
    expect(await send(center, gone, { id: fresh(), body: removed(at(0), 'beto') })).toMatchObject({ status: 401, code: 'wrong-signature' });
    expect((await center.database.owner.query(`select name from contacts where numbers = '{51999000001}'`)).rows).toEqual([]);
    expect((await center.database.owner.query(`select from source_contacts where source_id = $1`, [gone.sourceId])).rowCount).toBe(0);
    expect((await fabian.delete(`/api/contact-sources/${gone.sourceId}`)).status).toBe(404);
  });

  it('have names of their own, also when two are made at once', async () => {
    const made = await Promise.all(Array.from({ length: 6 }, () => fabian.post('/api/contact-sources', { name: 'A la vez' })));
    expect(made.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409, 409]);
  });

  it('leave a row of the audit for each change', async () => {
    const { sourceId } = await givenSource('Auditada');
    const url = `/api/contact-sources/${sourceId}`;
    await fabian.put(url, { name: 'Auditada dos' }, { 'if-match': '"1"' });
    await fabian.post(`${url}/secrets`, undefined, { 'if-match': '"2"' });
    await fabian.delete(url);
    const entries = (await fabian.get(`/api/audit?entity=contact-source&entityId=${sourceId}`)).list('items');
    expect(entries.map(({ action, before, after }) => ({ action, before, after })).reverse()).toEqual([
      { action: 'contact-source-created', before: null, after: { name: 'Auditada' } },
      { action: 'contact-source-changed', before: { name: 'Auditada' }, after: { name: 'Auditada dos' } },
      { action: 'contact-source-secret-drawn', before: null, after: null },
      { action: 'contact-source-removed', before: { name: 'Auditada dos', contacts: 0 }, after: null },
    ]);
  });
});

describe('[fault row 25] the door for messages', () => {
  const refused = { status: 401, code: 'wrong-signature' };

  it('refuses in one way whatever is not signed by its source, and nothing is written', async () => {
    const neighbour = await givenNeighbour();
    const body = changed(at(1), 'intruso', 'Intruso', ['+51999000002']);
    const before = await everything();
    const message = () => ({ id: fresh(), body });
    const forged = { ...provider, secret: `whsec_${Buffer.alloc(32).toString('base64')}` };
    const attacks: Record<string, Promise<{ body: Readonly<Record<string, unknown>> }>> = {
      'another secret': send(center, forged, message()),
      'another account’s secret': send(center, { ...provider, secret: neighbour.secret }, message()),
      'our secret at another account’s source': send(center, { ...neighbour, secret: provider.secret }, message()),
      'an unknown source': send(center, { ...provider, sourceId: 'src_unknown' }, message()),
      'a source that none can be': send(center, { ...provider, sourceId: 'x'.repeat(60) }, message()),
      'sent ten minutes ago': send(center, provider, { ...message(), sentAt: center.clock.at - 600_000 }),
      'sent in ten minutes': send(center, provider, { ...message(), sentAt: center.clock.at + 600_000 }),
      'an older message with today’s time': send(center, provider, message(), { headers: { 'webhook-timestamp': String(Math.floor(center.clock.at / 1_000) - 1) } }),
      'another id': send(center, provider, message(), { headers: { 'webhook-id': 'msg_other' } }),
      'the same JSON with spaces': send(center, provider, message(), { altered: JSON.stringify(body, undefined, 1) }),
      'the same JSON escaped': send(center, provider, message(), { altered: JSON.stringify(body).replace('Intruso', '\\u0049ntruso') }),
      'another body': send(center, provider, message(), { altered: JSON.stringify(changed(at(1), 'intruso', 'Otro')) }),
      'no body': send(center, provider, message(), { altered: '' }),
      'no JSON, not signed': send(center, forged, { id: fresh(), body: 'not json' }),
      'no headers': send(center, provider, message(), { headers: { 'webhook-id': undefined, 'webhook-timestamp': undefined, 'webhook-signature': undefined } }),
    };
    for (const [name, attack] of Object.entries(attacks)) {
      const { body: problem, ...answer } = await attack;
      expect(answer, name).toEqual(refused);
      expect({ ...problem, requestId: '' }, name).toEqual({ type: 'urn:centralita:problem:wrong-signature', title: 'La firma del mensaje no es válida, o ya no lo es.', status: 401, code: 'wrong-signature', requestId: '' });
    }
    expect(await everything()).toEqual(before);
  });

  it('knows no address that PostgreSQL could not read', async () => {
    expect(await send(center, { ...provider, sourceId: '%00' }, { id: fresh(), body: '{}' })).toMatchObject({ status: 404, code: 'not-found' });
    expect(await fabian.get('/api/conversations/a%00b')).toMatchObject({ status: 404, body: { code: 'not-found' } });
  });

  it('takes a message up to five minutes old', async () => {
    expect(await send(center, provider, { id: fresh(), body: changed(at(299), 'tarde', 'Tarde'), sentAt: center.clock.at - 299_000 })).toMatchObject({ status: 204 });
    expect(await contactOf('tarde')).toEqual({ name: 'Tarde', numbers: [] });
  });

  it('says of a signed message where it is wrong, and writes nothing', async () => {
    const before = await everything();
    const right = changed(at(1), 'ana', 'Ana', ['+51999000003']);
    const data = (changes: object) => ({ ...right, data: { ...right.data, ...changes } });
    const cases: readonly (readonly [string, object, string])[] = [
      ['an unknown type', { ...right, type: 'contact.merged' }, '/type'],
      ['no type', { ...right, type: undefined }, '/type'],
      ['no data', { ...right, data: undefined }, '/data'],
      ['no externalId', data({ externalId: undefined }), '/data/externalId'],
      ['an empty externalId', data({ externalId: ' ' }), '/data/externalId'],
      ['a long externalId', data({ externalId: 'x'.repeat(201) }), '/data/externalId'],
      ['a name that PostgreSQL cannot keep', data({ name: 'A\u0000na' }), '/data/name'],
      ['half a character', data({ name: 'Ana \ud83d' }), '/data/name'],
      ['a long name', data({ name: 'x'.repeat(121) }), '/data/name'],
      ['a number that is none', data({ numbers: ['+51999000003', '999-000'] }), '/data/numbers/1'],
      ['a number of too many digits', data({ numbers: ['+1234567890123456'] }), '/data/numbers/0'],
      ['too many numbers', data({ numbers: Array.from({ length: 21 }, (_, i) => `+519990000${10 + i}`) }), '/data/numbers'],
      ['a time that is none', { ...right, timestamp: 'yesterday' }, '/timestamp'],
      ['a day that is none', { ...right, timestamp: '2026-02-30T08:46:02Z' }, '/timestamp'],
      ['an hour that is none', { ...right, timestamp: '2026-02-20T24:46:02Z' }, '/timestamp'],
      ['a time without a zone', { ...right, timestamp: '2026-11-23T08:46:02' }, '/timestamp'],
      ['a time before all', { ...right, timestamp: '0000-01-01T00:00:00Z' }, '/timestamp'],
      ['a time in the future', { ...right, timestamp: at(-600) }, '/timestamp'],
    ];
    for (const [name, body, pointer] of cases) expect(await send(center, provider, { id: fresh(), body }), name).toMatchObject({ status: 400, code: 'invalid-input', body: { errors: [{ pointer }] } });
    for (const body of ['not json', '', '[]', 'null', '{"type":']) expect(await send(center, provider, { id: fresh(), body }), body).toMatchObject({ status: 400, code: 'invalid-input' });
    expect(await everything()).toEqual(before);
  });

  it('takes 64 kB and no byte more, before it looks at the signature', async () => {
    const body = JSON.stringify(changed(at(1), 'grande', 'Grande'));
    const whole = body + ' '.repeat(65_536 - body.length);
    expect(await send(center, provider, { id: fresh(), body: whole })).toMatchObject({ status: 204 });
    expect(await send(center, provider, { id: fresh(), body: `${whole} ` })).toMatchObject({ status: 413, code: 'too-large' });
  });

  it('asks for no Origin, cookie or kind of content, and leaves out what it does not know', async () => {
    const body = { ...changed(at(1), 'libre', 'Libre', ['+51999000004', '+51999000004']), colour: 'blue' };
    expect(await send(center, provider, { id: fresh(), body }, { headers: { 'content-type': undefined } })).toMatchObject({ status: 204 });
    expect(await send(center, provider, { id: fresh(), body }, { headers: { 'content-type': 'text/plain', origin: 'https://crm.example' } })).toMatchObject({ status: 204 });
    expect(await contactOf('libre')).toEqual({ name: 'Libre', numbers: ['51999000004'] });
  });

  it('looks at 1,200 signatures a minute from one address, and one provider takes nothing from another', async () => {
    const stranger = { sourceId: 'src_unknown', secret: provider.secret, address: '192.0.2.1' };
    const ask = () => send(center, stranger, { id: fresh(), body: '{}' });
    for (let asked = 0; asked < 1_200; asked += 40) {
      const statuses = (await Promise.all(Array.from({ length: 40 }, ask))).map(({ status }) => status);
      expect(new Set(statuses), `${asked} asked`).toEqual(new Set([401]));
    }
    expect(await ask()).toMatchObject({ status: 429, code: 'rate-limited' });
    expect(await send(center, provider, { id: fresh(), body: changed(at(1), 'libre', 'Libre') })).toMatchObject({ status: 204 });
  });
});

describe('[fault row 25] a message', () => {
  it('that is repeated changes nothing, whatever it says, and is answered alike', async () => {
    const id = fresh();
    expect(await send(center, provider, { id, body: changed(at(9), 'repe', 'Primera', ['+51999000005']) })).toMatchObject({ status: 204 });
    const once = await everything();
    expect(await send(center, provider, { id, body: changed(at(9), 'repe', 'Primera', ['+51999000005']) })).toMatchObject({ status: 204 });
    expect(await send(center, provider, { id, body: changed(at(1), 'repe', 'Segunda') })).toMatchObject({ status: 204 });
    expect(await everything()).toEqual(once);
    expect(await contactOf('repe')).toEqual({ name: 'Primera', numbers: ['51999000005'] });
  });

  it('that is repeated at once is one', async () => {
    const id = fresh();
    // Each says something of another contact, so that any two that are taken show.
    const answers = await Promise.all(Array.from({ length: 8 }, (_, i) => send(center, provider, { id, body: changed(at(1), `octo-${i}`, 'Octo') })));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 204));
    expect((await center.database.owner.query(`select from source_contacts where external_id like 'octo-%'`)).rowCount).toBe(1);
    expect((await center.database.owner.query(`select from contacts where name = 'Octo'`)).rowCount).toBe(1);
  });

  it('of one source says nothing of another’s with the same ids', async () => {
    const other = await givenSource('Otra tienda');
    const id = fresh();
    await send(center, provider, { id, body: changed(at(1), 'comun', 'De CRM') });
    await send(center, other, { id, body: changed(at(5), 'comun', 'De la tienda') });
    await send(center, other, { id: fresh(), body: removed(at(0), 'comun') });
    expect(await contactOf('comun')).toEqual({ name: 'De CRM', numbers: [] });
    expect(await contactOf('comun', other)).toBeUndefined();
  });

  it('that is older than what is known changes nothing, to the microsecond', async () => {
    const second = at(5).slice(0, 19);
    await send(center, provider, { id: fresh(), body: changed(`${second}.000002Z`, 'micro', 'Después') });
    await send(center, provider, { id: fresh(), body: changed(`${second}.000001Z`, 'micro', 'Antes') });
    await send(center, provider, { id: fresh(), body: removed(at(60), 'micro') });
    expect(await contactOf('micro')).toMatchObject({ name: 'Después' });
  });

  it('that is older than the removal does not bring the contact back; a later one does', async () => {
    await send(center, provider, { id: fresh(), body: removed(at(5), 'ido') });
    await send(center, provider, { id: fresh(), body: changed(at(6), 'ido', 'Ido') });
    expect(await contactOf('ido')).toBeUndefined();
    await send(center, provider, { id: fresh(), body: changed(at(4), 'ido', 'De vuelta', ['+51999000006']) });
    expect(await contactOf('ido')).toEqual({ name: 'De vuelta', numbers: ['51999000006'] });
    const removal = { id: fresh(), body: removed(at(3), 'ido') };
    await send(center, provider, removal);
    expect(await contactOf('ido')).toBeUndefined();
    expect((await center.database.owner.query(`select from contacts where numbers @> '{51999000006}'`)).rowCount).toBe(0);
    const [entry] = (await fabian.get('/api/audit?actor=contact-source')).list('items');
    expect(entry).toMatchObject({ action: 'contact-removed', entity: 'contact', before: { sourceId: provider.sourceId }, after: null });
  });

  it('with the time of another: the greater id holds, in whatever order they come', async () => {
    for (const [externalId, order] of [['par-1', ['A', 'a', 'b']], ['par-2', ['b', 'a', 'A']], ['par-3', ['a', 'b', 'A']]] as const) {
      const time = at(5);
      for (const letter of order) await send(center, provider, { id: `${externalId}-${letter}`, body: changed(time, externalId, letter) });
      expect(await contactOf(externalId), externalId).toMatchObject({ name: 'b' });
    }
  });

  it('touches no contact that its source did not make', async () => {
    await center.database.owner.query(`insert into contacts (contact_id, account, name, numbers, created_at) values ('con_own', $1, 'Propia', '{51999000007}', '2020-01-01')`, [center.made.account]);
    await send(center, provider, { id: fresh(), body: changed(at(3), 'con_own', 'Ajena', ['+51999000007']) });
    await send(center, provider, { id: fresh(), body: removed(at(2), 'con_own') });
    expect((await center.database.owner.query(`select name, numbers, version from contacts where contact_id = 'con_own'`)).rows).toEqual([{ name: 'Propia', numbers: ['51999000007'], version: 1 }]);
  });

  it('names the caller of the next card, whoever was looked up before', async () => {
    const { callers } = center.http.stores;
    const name = (number: string) => callers.caller(center.made.account, number).known?.name ?? null;
    const [old, now] = ['+51 999 000 008', '+51 999 000 009'];
    await callers.caller(center.made.account, old);
    await send(center, provider, { id: fresh(), body: changed(at(5), 'carmen', 'Carmen', ['+51999000008']) });
    await expect.poll(() => name(old)).toBe('Carmen');
    await send(center, provider, { id: fresh(), body: changed(at(4), 'carmen', 'Carmen Rojas', ['+51999000009']) });
    await expect.poll(() => [name(old), name(now)]).toEqual([null, 'Carmen Rojas']);
    await send(center, provider, { id: fresh(), body: removed(at(3), 'carmen') });
    await expect.poll(() => [name(old), name(now)]).toEqual([null, null]);
  });

  it('whose source is removed while it comes is refused as a moment later', async () => {
    const leaving = await givenSource('Se va');
    const remover = await center.database.owner.connect();
    await remover.query('begin');
    await remover.query('delete from contact_sources where source_id = $1', [leaving.sourceId]);
    const answer = send(center, leaving, { id: fresh(), body: changed(at(1), 'ana', 'Nadie') });
    await expect.poll(async () => (await center.database.app.query(`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`)).rowCount).toBe(1);
    await remover.query('commit');
    remover.release();
    expect(await answer).toMatchObject({ status: 401, code: 'wrong-signature' });
    expect((await center.database.owner.query(`select from contacts where name = 'Nadie'`)).rowCount).toBe(0);
  });

  it.each([
    ['as its id is noted', 'insert on source_messages'],
    ['as its change is noted', 'insert on source_contacts'],
    ['as its contact is written', 'insert on contacts'],
    ['as its contact is named', 'update on source_contacts'],
  ])('that dies %s leaves nothing half, and its repeat does it', async (_moment, when) => {
    const message = { id: fresh(), body: changed(at(1), `muere ${when}`, 'Muere', ['+51999000010']) };
    const before = await everything();
    expect(await whileDying(when, () => send(center, provider, message))).toMatchObject({ status: 503, code: 'storage-away' });
    expect(await everything()).toEqual(before);
    expect(await send(center, provider, message)).toMatchObject({ status: 204 });
    expect(await contactOf(`muere ${when}`)).toEqual({ name: 'Muere', numbers: ['51999000010'] });
  });

  it.each([['as the contact goes', 'delete on contacts'], ['as the audit is written', 'insert on audit']])('of a removal that dies %s leaves nothing half, and its repeat does it', async (_moment, when) => {
    await send(center, provider, { id: fresh(), body: changed(at(2), when, 'Queda') });
    const message = { id: fresh(), body: removed(at(1), when) };
    const before = await everything();
    expect(await whileDying(when, () => send(center, provider, message))).toMatchObject({ status: 503 });
    expect(await everything()).toEqual(before);
    expect(await send(center, provider, message)).toMatchObject({ status: 204 });
    expect(await contactOf(when)).toBeUndefined();
  });
});

/** Whoever does this to that table loses the connection in the middle of it, as when the server is killed. */
async function whileDying<T>(when: string, work: () => Promise<T>): Promise<T> {
  const { owner } = center.database;
  const table = when.split(' ').at(-1)!;
  await owner.query(`create function die() returns trigger language plpgsql as $$ begin perform pg_terminate_backend(pg_backend_pid(), 5000); return null; end $$`);
  await owner.query(`create trigger die after ${when} for each row execute function die()`);
  try {
    return await work();
  } finally {
    await owner.query(`drop trigger die on ${table}`);
    await owner.query(`drop function die()`);
  }
}
