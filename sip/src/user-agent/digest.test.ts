import { describe, expect, test } from 'vitest';
import { SipRequest, SipResponse } from '../message/sip-message.ts';
import { virtualTimers } from '../testing/virtual-timers.ts';
import type { DigestServer } from './auth-api.ts';
import { answerChallenge } from './digest-client.ts';
import { createDigestServer } from './digest-server.ts';
import { digestResponse } from './digest.ts';

const REALM = 'centralita.test';
const passwordOf = (username: string) => (username === 'carla' ? 'secret' : undefined);

function setUp(options: { nonceLifetimeMs?: number; maxNonces?: number } = {}) {
  const timers = virtualTimers();
  return { timers, server: createDigestServer({ realm: REALM, timers, ...options }) };
}

const register = () => new SipRequest('REGISTER', 'sip:centralita.test');

function challenged(server: DigestServer, only?: 'SHA-256' | 'MD5'): SipResponse {
  const response = new SipResponse(401, 'Unauthorized');
  for (const value of server.challenge()) if (!only || value.includes(`algorithm=${only}`)) response.headers.append('WWW-Authenticate', value);
  return response;
}

function signed(server: DigestServer, password = 'secret', username = 'carla', only?: 'SHA-256' | 'MD5'): SipRequest {
  const request = register();
  const [name, value] = answerChallenge(challenged(server, only), request, { username, password })!;
  request.headers.append(name, value);
  return request;
}

describe('digest (RFC 3261 22, RFC 7616, RFC 8760)', () => {
  test('RFC 7616 3.9.1: the examples of the standard', () => {
    const fields = new Map([
      ['username', 'Mufasa'],
      ['realm', 'http-auth@example.org'],
      ['uri', '/dir/index.html'],
      ['nonce', '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v'],
      ['nc', '00000001'],
      ['cnonce', 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ'],
      ['qop', 'auth'],
    ]);
    expect(digestResponse('MD5', fields, 'GET', 'Circle of Life')).toBe('8ca523f5e9506fed4657c9700eebdbec');
    expect(digestResponse('SHA-256', fields, 'GET', 'Circle of Life')).toBe('753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1');
  });

  test('SHA-256 is offered first and MD5 last: browser libraries take the last one and know MD5 only', () => {
    const values = setUp().server.challenge();
    expect(values.map((value) => /algorithm=([\w-]+)/.exec(value)![1])).toEqual(['SHA-256', 'MD5']);
  });

  test.each(['SHA-256', 'MD5'] as const)('%s is accepted with the right password', (algorithm) => {
    const { server } = setUp();
    expect(server.verify(signed(server, 'secret', 'carla', algorithm), passwordOf)).toEqual({ outcome: 'accepted', username: 'carla', algorithm, nonceEchoed: true });
  });

  test('the client picks SHA-256 when both are offered', () => {
    const { server } = setUp();
    expect(server.verify(signed(server), passwordOf)).toMatchObject({ algorithm: 'SHA-256' });
  });

  test('RFC 7616 3.4: the same count again is a replay', () => {
    const { server } = setUp();
    const request = signed(server);
    expect(server.verify(request, passwordOf).outcome).toBe('accepted');
    expect(server.verify(request, passwordOf)).toEqual({ outcome: 'replayed', username: 'carla', nonceEchoed: true });
  });

  test('a replay of a nonce whose count was forgotten is stale, never accepted', () => {
    const { server, timers } = setUp({ maxNonces: 2 });
    const copied = signed(server);
    expect(server.verify(copied, passwordOf).outcome).toBe('accepted');
    void timers.advance(5);
    for (let i = 0; i < 2; i++) server.verify(signed(server), passwordOf);
    expect(server.verify(copied, passwordOf).outcome).toBe('stale');
  });

  test('an old nonce with the right password is stale, with the wrong one wrong', async () => {
    const { server, timers } = setUp({ nonceLifetimeMs: 1_000 });
    const [right, wrong] = [signed(server), signed(server, 'guess')];
    await timers.advance(1_001);
    expect(server.verify(right, passwordOf)).toMatchObject({ outcome: 'stale', nonceEchoed: true });
    expect(server.verify(wrong, passwordOf)).toMatchObject({ outcome: 'wrong', nonceEchoed: true });
    expect(server.challenge(true)[0]).toContain('stale=true');
  });

  test('design 11: a failure tells whether a nonce of ours came back; unknown users look like wrong passwords', () => {
    const { server } = setUp();
    expect(server.verify(signed(server, 'guess'), passwordOf)).toEqual({ outcome: 'wrong', username: 'carla', nonceEchoed: true });
    expect(server.verify(signed(server, 'guess', 'nobody'), passwordOf)).toEqual({ outcome: 'wrong', username: 'nobody', nonceEchoed: true });
    expect(server.verify(signed(setUp().server, 'guess'), passwordOf)).toEqual({ outcome: 'wrong', username: 'carla', nonceEchoed: false });
    expect(server.verify(register(), passwordOf)).toEqual({ outcome: 'missing', nonceEchoed: false });
  });

  test.each([
    ['no qop', (text: string) => text.replace('qop=auth, ', '')],
    ['a count that is none', (text: string) => text.replace('nc=00000001', 'nc=xyz')],
    ['another target', (text: string) => text.replace('uri="sip:centralita.test"', 'uri="sip:elsewhere.test"')],
    ['an empty user', (text: string) => text.replace('username="carla"', 'username=""')],
    ['an unknown algorithm', (text: string) => text.replace('SHA-256', 'SHA-512')],
  ])('broken: %s', (_, spoil) => {
    const { server } = setUp();
    const request = signed(server);
    request.headers.set('Authorization', spoil(request.headers.get('Authorization')!));
    expect(server.verify(request, passwordOf).outcome).toBe('malformed');
  });

  test('RFC 4475 3.3.8: another scheme counts as no answer', () => {
    const request = register();
    request.headers.append('Authorization', 'NoOneKnowsThisScheme opaque-data=here');
    expect(setUp().server.verify(request, passwordOf).outcome).toBe('missing');
  });
});
