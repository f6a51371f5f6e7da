import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCenter, type TestCenter } from '../../../http/testing/center.ts';

let center: TestCenter;
beforeAll(async () => {
  center = await openCenter();
});
afterAll(() => center.close());

const call = (headers: Record<string, string> = {}, slug = 'demo') => center.stranger().post(`/api/public/${slug}/guest-calls`, undefined, headers);

describe('the call page', () => {
  it('shows whom one calls, without sign-in', async () => {
    expect(await center.stranger().get('/api/public/demo')).toMatchObject({ status: 200, body: { accountName: 'Ferretería Central', open: true, recordingNotice: true, numberShown: '100' } });
    expect((await center.stranger().get('/api/public/no-such-page')).status).toBe(404);
  });

  it('gives a credential that reaches only the center’s number, for a minute', async () => {
    const answer = await call();
    expect(answer).toMatchObject({ status: 201, body: { target: '100', expiresAt: center.clock.at + 60_000, webSocketPath: '/sip' } });
    expect(center.provisioned.at(-1)).toMatchObject({ kind: 'guest', onlyNumber: '100', username: answer.text('username'), expiresAt: center.clock.at + 60_000 });
    expect(answer.text('password').length).toBeGreaterThanOrEqual(32);
  });

  it('repeated with one Idempotency-Key is one call', async () => {
    const key = { 'idempotency-key': 'press-once' };
    const [first, second] = [await call(key), await call(key)];
    expect(second.body).toEqual(first.body);
  });

  it('takes so many calls a minute from one address', async () => {
    center.clock.at += 61_000;
    await center.database.owner.query('update call_pages set calls_per_address_per_minute = 2');
    expect([(await call()).status, (await call()).status]).toEqual([201, 201]);
    const third = await call();
    expect(third).toMatchObject({ status: 429, body: { code: 'rate-limited', retryAfterSeconds: 60 } });
  });

  it('[design 11] counts them over a restart, and each address by itself', async () => {
    center.clock.at += 20_000;
    await center.restart();
    expect(await call()).toMatchObject({ status: 429, body: { retryAfterSeconds: 40 } });
    await center.database.owner.query(`update devices set guest_address = '192.0.2.7' where kind = 'guest'`);
    expect((await call()).status).toBe(201);
  });

  it('counts a crowd at once as one after another', async () => {
    center.clock.at += 61_000;
    const statuses = (await Promise.all(Array.from({ length: 8 }, () => call()))).map(({ status }) => status);
    expect(statuses.sort()).toEqual([201, 201, 429, 429, 429, 429, 429, 429]);
  });

  it('takes so many calls at once in all', async () => {
    center.clock.at += 61_000;
    await center.database.owner.query('update call_pages set calls_at_once = 1');
    expect((await call()).status).toBe(201);
    expect(await call()).toMatchObject({ status: 503, body: { code: 'overloaded' } });
  });

  it('can be switched off', async () => {
    await center.database.owner.query('update call_pages set open = false');
    expect(await call()).toMatchObject({ status: 403, body: { code: 'call-page-closed' } });
  });
});
