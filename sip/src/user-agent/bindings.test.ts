import { beforeEach, describe, expect, test } from 'vitest';
import { SipRequest } from '../message/sip-message.ts';
import { virtualTimers, type VirtualTimers } from '../testing/virtual-timers.ts';
import type { Flow, Protocol } from '../transport/flow.ts';
import type { ResponseOptions } from './api.ts';
import type { BindingChange, Bindings } from './bindings-api.ts';
import { createBindings } from './bindings.ts';

let timers: VirtualTimers;
let bindings: Bindings;
let changes: string[];

beforeEach(() => {
  timers = virtualTimers();
  changes = [];
  bindings = createBindings(timers, { onChange: (change: BindingChange) => changes.push(`${change.kind} ${change.binding.contact}${change.why ? ` ${change.why}` : ''} left ${change.left}`), minSeconds: 60, maxPerAor: 2 });
});

const flow = (id: string, protocol: Protocol = 'ws'): Flow => ({ id, protocol, local: { address: '', port: 0 }, remote: { address: '', port: 0 }, open: true, close: () => undefined });

let seq = 0;
function register(contacts: string[], options: { flow?: Flow; expires?: string; callId?: string; cseq?: number } = {}) {
  const request = new SipRequest('REGISTER', 'sip:centralita.test');
  request.headers.append('Call-ID', options.callId ?? 'c').append('CSeq', `${options.cseq ?? ++seq} REGISTER`);
  if (options.expires !== undefined) request.headers.append('Expires', options.expires);
  for (const contact of contacts) request.headers.append('Contact', contact);
  let answer: { status: number; parts: ResponseOptions } | undefined;
  bindings.register('carla', { request, flow: options.flow ?? flow('ws:1'), respond: (status, parts = {}) => (answer = { status, parts }), ignore: () => undefined });
  return answer!;
}

describe('the registrar (RFC 3261 10.3, RFC 5626)', () => {
  test('adds, tells how long, refreshes, and forgets at the end', async () => {
    expect(register(['<sip:a@h>;expires=120'])).toMatchObject({ status: 200, parts: { headers: { Contact: ['<sip:a@h>;expires=120'] } } });
    await timers.advance(60_000);
    register(['<sip:a@h>'], { expires: '120' });
    await timers.advance(119_000);
    expect(bindings.find('carla')).toHaveLength(1);
    await timers.advance(2_000);
    expect(changes).toEqual(['added sip:a@h left 1', 'refreshed sip:a@h left 1', 'removed sip:a@h expired left 0']);
    expect(timers.pending).toBe(0);
  });

  test('10.2.2: expires 0 removes one, the star all; the star in company is refused', () => {
    register(['<sip:a@h>', '<sip:b@h>']);
    register(['<sip:a@h>;expires=0']);
    expect(bindings.find('carla').map((one) => one.contact)).toEqual(['sip:b@h']);
    expect(register(['*'], { expires: '60' }).status).toBe(400);
    expect(register(['*', '<sip:c@h>'], { expires: '0' }).status).toBe(400);
    expect(register(['*'], { expires: '0' }).status).toBe(200);
    expect(bindings.count).toBe(0);
  });

  test('10.3: too brief is 423, a query changes nothing, an overtaken request is refused', () => {
    expect(register(['<sip:a@h>;expires=5'])).toMatchObject({ status: 423, parts: { headers: { 'Min-Expires': '60' } } });
    register(['<sip:a@h>'], { cseq: 100 });
    expect(register(['<sip:a@h>;expires=0'], { cseq: 99 }).status).toBe(500);
    expect(register([]).parts.headers).toEqual({ Contact: ['<sip:a@h>;expires=300'] });
    expect(bindings.count).toBe(1);
  });

  test('RFC 5626: what came on a connection goes with it; a device that comes back on another replaces itself', () => {
    const [one, two] = [flow('ws:1'), flow('ws:2')];
    register(['<sip:x@a.invalid>;+sip.instance="<urn:uuid:1>"'], { flow: one });
    register(['<sip:y@b.invalid>;+sip.instance="<urn:uuid:1>"'], { flow: two });
    expect(bindings.find('carla').map((binding) => binding.flow.id)).toEqual(['ws:2']);
    bindings.flowClosed(one);
    expect(bindings.count).toBe(1);
    expect(bindings.onFlow(two)[0]!.aor).toBe('carla');
    bindings.flowClosed(two);
    expect(changes.at(-1)).toBe('removed sip:y@b.invalid connection-lost left 0');
    expect(timers.pending).toBe(0);
  });

  test('the number of bindings is bounded: the oldest makes room', () => {
    for (const name of ['a', 'b', 'c']) register([`<sip:${name}@h>`], { callId: name });
    expect(bindings.find('carla').map((one) => one.contact).toSorted()).toEqual(['sip:b@h', 'sip:c@h']);
    bindings.revoke('carla');
    expect(bindings.count).toBe(0);
  });
});
