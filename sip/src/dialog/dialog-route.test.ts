import { describe, expect, test } from 'vitest';
import { SipRequest, SipResponse } from '../message/sip-message.ts';
import type { LiveFlow } from '../transport/door.ts';
import type { Protocol } from '../transport/flow.ts';
import { DialogRoute } from './dialog-route.ts';

const flow = (protocol: Protocol, address: string, open = true): LiveFlow => ({ id: 'f', protocol, local: { address: '192.0.2.1', port: 5060 }, remote: { address, port: 40_000 }, open, send: () => undefined, close: () => undefined });

function invite(contact: string, recordRoutes: string[] = []): SipRequest {
  const request = new SipRequest('INVITE', 'sip:center@192.0.2.1');
  request.headers.append('From', '<sip:ana@h>;tag=a').append('To', '<sip:center@h>').append('Call-ID', 'c').append('CSeq', '7 INVITE').append('Contact', contact);
  for (const route of recordRoutes) request.headers.append('Record-Route', route);
  return request;
}

describe('RFC 3261 12: routes of a dialog', () => {
  test('12.1.1, 12.1.2: the route set is in order for the callee, reversed for the caller', () => {
    const routes = ['<sip:p1.test;lr>', '<sip:p2.test;lr>'];
    const callee = DialogRoute.ofCallee(invite('<sip:ana@198.51.100.1>', routes), 'tag', flow('udp', '198.51.100.9'));
    expect(callee.request('BYE').headers.all('Route')).toEqual(routes);
    expect(callee.destination()).toEqual({ uri: 'sip:p1.test;lr' });
    const response = new SipResponse(200, 'OK');
    response.headers.append('To', '<sip:center@h>;tag=b').append('Contact', '<sip:x@198.51.100.2>').append('Record-Route', routes.join(', '));
    const caller = DialogRoute.ofCaller(invite('<sip:me@h>'), response, flow('udp', '198.51.100.9'));
    expect(caller.request('BYE').headers.all('Route')).toEqual(routes.toReversed());
    expect(caller.request('BYE')).toMatchObject({ uri: 'sip:x@198.51.100.2', callId: 'c' });
    expect(caller.request('INFO').cseq).toEqual({ number: 10, method: 'INFO' });
  });

  test('12.2.1.1: a strict router becomes the Request-URI, and the target goes last', () => {
    const route = DialogRoute.ofCallee(invite('<sip:ana@198.51.100.1>', ['<sip:strict.test>', '<sip:p2.test;lr>']), 'tag', flow('udp', '198.51.100.9'));
    const bye = route.request('BYE');
    expect(bye.uri).toBe('sip:strict.test');
    expect(bye.headers.all('Route')).toEqual(['<sip:p2.test;lr>', '<sip:ana@198.51.100.1>']);
  });

  test.each([
    ['a public Contact elsewhere is believed', '<sip:a@198.51.100.7>', flow('udp', '198.51.100.9'), 'uri'],
    ['a private Contact of a public source is behind NAT', '<sip:a@192.168.1.5>', flow('udp', '198.51.100.9'), 'flow'],
    ['a private Contact of the same source is believed', '<sip:a@192.168.1.5>', flow('udp', '192.168.1.5'), 'uri'],
    ['RFC 7118: a browser is on its connection', '<sip:a@x.invalid;transport=ws>', flow('ws', '198.51.100.9'), 'flow'],
    ['RFC 5626: a connection that is up is the way', '<sip:a@198.51.100.7;transport=tcp>', flow('tcp', '198.51.100.9'), 'flow'],
    ['one that is gone is not', '<sip:a@198.51.100.7;transport=tcp>', flow('tcp', '198.51.100.9', false), 'uri'],
  ])('%s', (_, contact, way, kind) => {
    expect(Object.keys(DialogRoute.ofCallee(invite(contact), 'tag', way).destination())).toEqual([kind]);
  });
});
