import { ERROR_TEXTS, SECTIONS_OF_ROLE } from '@centralita/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCenter, type TestCenter } from '../../../http/testing/center.ts';

let center: TestCenter;
beforeAll(async () => {
  center = await openCenter();
});
afterAll(() => center.close());

const emailOf = (name: string) => center.made.people.find((person) => person.name === name)!.email;

describe('GET /api/session', () => {
  it('requires sign-in', async () => {
    const answer = await center.stranger().get('/api/session');
    expect(answer).toMatchObject({ status: 401, body: { code: 'not-signed-in', title: ERROR_TEXTS.es['not-signed-in'] } });
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.text('requestId')).toMatch(/^req_/);
  });

  it('answers in the language that is asked for', async () => {
    const answer = await center.stranger().get('/api/session', { 'accept-language': 'fr;q=0.9, en-GB;q=0.8, es;q=0.1' });
    expect(answer.text('title')).toBe(ERROR_TEXTS.en['not-signed-in']);
  });

  it.each(['Carla', 'Diego', 'Elena', 'Fabián', 'Olga'] as const)('[S0.2, S0.3, S0.13, S0.52] shows %s exactly the sections of the role', async (name) => {
    const browser = await center.as(name);
    const { status, body } = await browser.get('/api/session');
    expect(status).toBe(200);
    const { role } = center.made.people.find((person) => person.name === name)!;
    expect(body).toMatchObject({ name, role, sections: SECTIONS_OF_ROLE[role], account: { slug: 'demo', name: 'Ferretería Central' } });
  });

  it('[S3.5, D6] offers the seven statuses, of which Available alone takes queue work', async () => {
    const answer = await (await center.as('Carla')).get('/api/session');
    expect(answer.list('statuses')).toHaveLength(7);
    expect(answer.list('statuses').filter((status) => status.takesQueueWork).map((status) => status.name)).toEqual(['Disponible']);
  });
});

describe('POST /api/session', () => {
  it('sets a cookie that scripts cannot read and other sites cannot send', async () => {
    const answer = await center.stranger().post('/api/session', { email: emailOf('Carla'), password: center.passwords.get('Carla') });
    expect(answer.headers['set-cookie']).toMatch(/^centralita=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=\d+$/);
  });

  it('answers the same to a wrong password and to an unknown person', async () => {
    const wrong = await center.stranger().post('/api/session', { email: emailOf('Diego'), password: 'x' });
    const unknown = await center.stranger().post('/api/session', { email: 'nadie@demo.centralita.invalid', password: 'x' });
    for (const answer of [wrong, unknown]) expect(answer).toMatchObject({ status: 401, body: { code: 'wrong-credentials' } });
    expect({ ...wrong.body, requestId: '' }).toEqual({ ...unknown.body, requestId: '' });
  });

  it('refuses requests from other sites, and from nowhere', async () => {
    for (const origin of ['http://evil.example', 'https://localhost:8080', '']) {
      const answer = await center.stranger().post('/api/session', { email: emailOf('Carla'), password: center.passwords.get('Carla') }, { origin });
      expect(answer).toMatchObject({ status: 403, body: { code: 'wrong-origin' } });
    }
  });

  it('names the field that is wrong by a JSON pointer', async () => {
    const answer = await center.stranger().post('/api/session', { email: 'not an address', password: '' });
    expect(answer.status).toBe(400);
    expect(answer.list('errors').map((error) => error['pointer'])).toEqual(['/email', '/password']);
  });

  it('slows guessing down after five wrong passwords, and forgets a right one', async () => {
    const guess = (password: string) => center.stranger().post('/api/session', { email: emailOf('Elena'), password });
    for (let i = 0; i < 5; i++) expect((await guess('x')).status).toBe(401);
    const sixth = await guess(center.passwords.get('Elena')!);
    expect(sixth).toMatchObject({ status: 429, body: { code: 'sign-in-throttled', retryAfterSeconds: 1 } });
    expect(sixth.headers['retry-after']).toBe('1');
    center.clock.at += 1_001;
    expect((await guess(center.passwords.get('Elena')!)).status).toBe(201);
    expect((await guess('x')).status).toBe(401);
  });

  it('[design 11] remembers guesses over a restart, by digests', async () => {
    const guess = (password: string) => center.stranger().post('/api/session', { email: emailOf('Fabián'), password });
    for (let i = 0; i < 5; i++) expect((await guess('x')).status).toBe(401);
    await center.restart();
    expect(await guess(center.passwords.get('Fabián')!)).toMatchObject({ status: 429, body: { code: 'sign-in-throttled' } });
    const { rows } = await center.database.owner.query(`select count(*) as count, max(octet_length(who)) as bytes from sign_in_failures`);
    expect(rows).toEqual([{ count: expect.any(Number), bytes: 32 }]);
    center.clock.at += 1_001;
    expect((await guess(center.passwords.get('Fabián')!)).status).toBe(201);
  });

  it('keeps only a hash of the token', async () => {
    const browser = await center.as('Olga');
    const token = browser.cookie.split('=')[1]!;
    const { rows } = await center.database.owner.query(`select encode(token_hash, 'base64') as text from sessions`);
    expect(JSON.stringify(rows)).not.toContain(token);
  });
});

describe('DELETE /api/session', () => {
  it('ends the session at once, everywhere its cookie is', async () => {
    const browser = await center.as('Carla');
    const cookie = browser.cookie;
    expect((await browser.delete('/api/session')).status).toBe(204);
    const copy = center.stranger();
    copy.cookie = cookie;
    expect((await copy.get('/api/session')).status).toBe(401);
  });

  it('is refused during a call, and takes the telephones of this sign-in away', async () => {
    const browser = await center.as('Carla');
    const softphone = await browser.post('/api/softphone/registration');
    expect(softphone.text('username')).toMatch(/^u-/);
    expect((await browser.delete('/api/session')).status).toBe(204);
    expect(center.removedDevices).toContain(softphone.body['deviceId']);
    const { rowCount } = await center.database.owner.query('select from devices where device_id = $1', [softphone.body['deviceId']]);
    expect(rowCount).toBe(0);
  });
});

describe('a blocked person', () => {
  it('is out at the next request', async () => {
    const browser = await center.as('Diego');
    await center.database.owner.query(`update users set blocked_at = now() where name = 'Diego'`);
    expect((await browser.get('/api/session')).status).toBe(401);
    const again = await center.stranger().post('/api/session', { email: emailOf('Diego'), password: center.passwords.get('Diego') });
    expect(again).toMatchObject({ status: 401, body: { code: 'wrong-credentials' } });
    await center.database.owner.query('update users set blocked_at = null');
  });
});

