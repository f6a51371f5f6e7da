import { PERMISSIONS, scopeOf, SECTIONS_OF_ROLE } from '@centralita/contract';
import { ROLES, type Role } from '@centralita/kernel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Route } from './route.ts';
import { type Browser, openCenter, type TestCenter } from './testing/center.ts';

let center: TestCenter;
const people = new Map<Role, Browser>();
const NAMES = { agent: 'Carla', supervisor: 'Diego', manager: 'Elena', administrator: 'Fabián', owner: 'Olga' } as const;

beforeAll(async () => {
  center = await openCenter();
  for (const role of ROLES) people.set(role, await center.as(NAMES[role]));
});
afterAll(() => center.close());

/** Ids that nothing has. Whoever may gets beyond the permission, to any answer but 401 and 403. */
const asked = (browser: Browser, { method, url }: Route) => browser.request(method, url.replace(/:legId/, 'leg_00000000000000000000000000').replace(/:\w+/g, 'nothing-here'), method === 'GET' ? undefined : {});

describe('[S0.1] every route × every role is as the permission table says', () => {
  it('for whoever has not signed in', async () => {
    for (const route of center.http.routes) {
      const { status, body } = await asked(center.stranger(), route);
      if (route.signed) expect({ route: route.url, status, code: body['code'] }).toEqual({ route: route.url, status: 401, code: 'wrong-signature' });
      else if (route.permission === 'public') expect([401, 403], `${route.method} ${route.url}`).not.toContain(body['code'] === 'wrong-credentials' ? 200 : status);
      else expect({ route: `${route.method} ${route.url}`, status, code: body['code'] }).toEqual({ route: `${route.method} ${route.url}`, status: 401, code: 'not-signed-in' });
    }
  });

  it.each(ROLES)('for the role %s', async (role) => {
    for (const route of center.http.routes) {
      // It would end this person's session; its own test is in people.
      if (route.permission === 'public' || (route.method === 'DELETE' && route.url === '/api/session')) continue;
      const { status, body } = await asked(people.get(role)!, route);
      const name = `${role}: ${route.method} ${route.url} → ${status} ${String(body['code'] ?? '')}`;
      expect(status, name).not.toBe(401);
      expect(body['code'] === 'forbidden', name).toBe(scopeOf(role, route.permission) === undefined);
      expect(status, name).toBeLessThan(500);
    }
  });

  it('names every permission at some route, or in the feed', () => {
    const used = new Set(center.http.routes.map((route) => route.permission));
    for (const permission of Object.keys(PERMISSIONS)) expect(used, permission).toContain(permission);
  });
});

describe('[design 11] the Origin of a request', () => {
  it('is asked of every route that changes something, but of those whose messages are signed', async () => {
    const signed: string[] = [];
    for (const { method, url, signed: signerOf } of center.http.routes) {
      if (method === 'GET') continue;
      for (const origin of ['https://stranger.example', undefined]) {
        const answer = await center.app.inject({ method, url: url.replace(/:\w+/g, 'nothing-here'), headers: { host: 'localhost:8080', ...(origin !== undefined && { origin }) }, payload: {} });
        expect({ url, status: answer.statusCode, code: answer.json<{ code: string }>().code }).toEqual({ url, ...(signerOf ? { status: 401, code: 'wrong-signature' } : { status: 403, code: 'wrong-origin' }) });
      }
      if (signerOf) signed.push(`${method} ${url}`);
    }
    expect(signed).toEqual(['POST /api/contact-sources/:sourceId/messages']);
  });
});

describe('the permission table', () => {
  it('[S0.13] gives an agent nothing beyond Workspace and the own conversations', () => {
    const held = Object.keys(PERMISSIONS).filter((permission) => scopeOf('agent', permission as keyof typeof PERMISSIONS) !== undefined);
    expect(held).toEqual(['session:use', 'workspace:use', 'conversations:read', 'conversations:write-notes']);
    for (const permission of held) expect(scopeOf('agent', permission as keyof typeof PERMISSIONS)).toBe('own');
    expect(SECTIONS_OF_ROLE.agent).toEqual(['workspace']);
  });

  it('[S0.24, S0.33, S0.39] keeps flows, numbers, trunks and integrations from supervisors and managers', () => {
    for (const role of ['supervisor', 'manager'] as const) {
      for (const permission of ['flows:edit', 'numbers:edit', 'trunks:edit', 'integrations:read', 'integrations:edit'] as const) expect(scopeOf(role, permission)).toBeUndefined();
    }
    expect(scopeOf('manager', 'skills:edit')).toBe('account');
    expect(scopeOf('supervisor', 'agents:edit-skills')).toBe('group');
  });
});

describe('the second lock', () => {
  it('shows the role `app` no row of any account-bound table without an account', async () => {
    const { rows } = await center.database.owner.query<{ name: string }>(
      `select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'account'
       where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and has_table_privilege('app', c.oid, 'select') order by 1`,
    );
    expect(rows.length).toBeGreaterThan(20);
    for (const { name } of rows) expect((await center.database.app.query(`select from ${name}`)).rowCount, name).toBe(0);
    expect((await center.database.owner.query('select from users')).rowCount).toBe(5);
  });
});

describe('a method that an address does not have', () => {
  it('is answered 405 with those it has', async () => {
    const answer = await center.stranger().request('PATCH', '/api/session', {});
    expect(answer).toMatchObject({ status: 405, body: { code: 'method-not-allowed' } });
    expect(answer.headers['allow']).toBe('POST, GET, DELETE');
  });
});
