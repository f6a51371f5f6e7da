import { RawClient } from '@centralita/sip/testing';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { ControlSeat } from '../testing/control-seat.ts';
import { EmbeddedHarness } from '../testing/embedded-harness.ts';
import { Telephone } from '../testing/telephone.ts';

let harness: EmbeddedHarness;
let control: ControlSeat;
beforeAll(async () => {
  harness = await EmbeddedHarness.start();
  control = await harness.connect({ epoch: 1, committedSeq: 0 });
});
afterAll(() => harness.close());

const opened: Telephone[] = [];
const open = async (...options: Parameters<typeof Telephone.open>): Promise<Telephone> => {
  const phone = await Telephone.open(...options);
  opened.push(phone);
  return phone;
};
afterAll(() => Promise.all(opened.map((phone) => phone.close())));

describe('registrar', () => {
  test('takes the right password over UDP and WebSocket, tells who is online, and forgets who goes', async () => {
    for (const kind of ['phone', 'browser'] as const) {
      const phone = await harness.device(control, kind);
      expect((await phone.phone.register(0)).status).toBe(200);
      expect((await control.fact('device-offline', (fact) => fact.deviceId === phone.deviceId)).reason).toBe('unregistered');
    }
  });

  test('a phone that does not register is online where it was said to be, until its address is taken away', async () => {
    const desk = harness.credential('phone');
    await control.order({ type: 'provision-devices', account: harness.account, devices: [{ ...desk, contact: 'sip:desk@127.0.2.3:5062' }] });
    await control.fact('device-online', (fact) => fact.deviceId === desk.deviceId);
    await control.order({ type: 'provision-devices', account: harness.account, devices: [desk] });
    expect((await control.fact('device-offline', (fact) => fact.deviceId === desk.deviceId)).reason).toBe('unregistered');
  });

  test('a browser that is gone without a word is offline at once', async () => {
    const browser = await harness.device(control, 'browser');
    await browser.close();
    expect((await control.fact('device-offline', (fact) => fact.deviceId === browser.deviceId)).reason).toBe('connection-lost');
  });

  test('[issue 2, faults] a browser that is gone while it rings ends its leg at once', async () => {
    const browser = await harness.device(control, 'browser');
    await control.order({ type: 'place-legs', placementId: 'plc_gone', account: harness.account, legs: [{ legId: 'leg_gone', target: { kind: 'device', deviceId: browser.deviceId } }], caller: { number: '' }, ringTimeoutMs: 30_000 });
    const call = await browser.nextCall();
    call.ring();
    await control.fact('leg-ringing', (fact) => fact.legId === 'leg_gone');
    await browser.close();
    expect(await control.fact('leg-ended', (fact) => fact.legId === 'leg_gone')).toMatchObject({ by: 'network', cause: 'unreachable' });
  });

  test('answers the same to a wrong password and to an unknown user', async () => {
    const known = harness.credential('phone');
    await control.order({ type: 'provision-devices', account: harness.account, devices: [known] });
    const shapes = [];
    for (const username of [known.username, 'nobody']) {
      const phone = await open({ protocol: 'udp', server: harness.udp, address: '127.0.2.1', username, password: 'wrong' });
      const { status, response } = await phone.phone.register();
      shapes.push([status, response?.headers.list('WWW-Authenticate').map((value) => value.replace(/nonce="[^"]*"/, ''))]);
    }
    expect(shapes[0]).toEqual(shapes[1]);
    expect(shapes[0]?.[0]).toBe(401);
  });

  test('[design 11] ten wrong digests ban a source, and no other', async () => {
    const known = harness.credential('phone');
    await control.order({ type: 'provision-devices', account: harness.account, devices: [known] });
    const guesser = await open({ protocol: 'udp', server: harness.udp, address: '127.0.2.2', username: known.username, password: 'wrong' });
    for (let i = 0; i < 10; i++) expect((await guesser.phone.register()).status).toBe(401);
    const silenced = await RawClient.open({ protocol: 'udp', to: harness.udp, from: '127.0.2.2' });
    const heard = await RawClient.open({ protocol: 'udp', to: harness.udp, from: '127.0.2.3' });
    const register = (from: string) => `REGISTER sip:center SIP/2.0\r\nVia: SIP/2.0/UDP ${from};rport;branch=z9hG4bK${from}\r\nFrom: <sip:x@center>;tag=1\r\nTo: <sip:x@center>\r\nCall-ID: ${from}\r\nCSeq: 1 REGISTER\r\nContact: <sip:x@${from}>\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n`;
    silenced.send(register('127.0.2.2'));
    heard.send(register('127.0.2.3'));
    expect(await heard.next('a challenge')).toContain('401');
    expect(silenced.received).toHaveLength(0);
    silenced.close();
    heard.close();
  });
});

describe('who may call', () => {
  test('strangers who dial anything but the open number are not answered at all', async () => {
    const stranger = await harness.telephone();
    const call = await stranger.call('+34999999999');
    const open = await stranger.call(harness.number);
    const { legId } = await control.fact('leg-offered');
    await control.order({ type: 'end-leg', legId, cause: 'busy' });
    expect(await open.ended).toBe(486);
    const [first] = stranger.phone.trace;
    const answers = stranger.phone.trace.filter((entry) => entry.direction === 'in');
    expect(answers.length).toBeGreaterThan(0);
    expect(answers.filter((entry) => entry.callId === first?.callId)).toEqual([]);
    call.stop();
  });

  test('a device is challenged and then offered with its own name; its caller cannot be made up', async () => {
    const phone = await harness.device(control, 'phone');
    const call = await phone.call('200', { from: { uri: 'sip:boss@center', displayName: 'The Boss' } });
    const offered = await control.fact('leg-offered', (fact) => fact.dialled === '200');
    expect(offered).toMatchObject({ from: { kind: 'device', deviceId: phone.deviceId }, caller: { number: expect.stringMatching(/^user/) } });
    call.hangUp();
    expect(await control.fact('leg-ended', (fact) => fact.legId === offered.legId)).toMatchObject({ cause: 'cancelled' });
  });

  test('[issue 2.7] a guest reaches one number, once, and cannot transfer', async () => {
    const guest = await harness.device(control, 'guest');
    expect(await (await guest.call('200')).ended).toBe(403);
    const call = await guest.call(harness.number);
    const { legId, from } = await control.fact('leg-offered', (fact) => fact.dialled === harness.number);
    expect(from).toEqual({ kind: 'guest', deviceId: guest.deviceId });
    await control.order({ type: 'answer-leg', legId });
    await call.answered;
    expect(await call.dialog!.refer('sip:200@center')).toBe(403);
    expect(await (await guest.call(harness.number)).ended).toBe(403);
    call.hangUp();
    await control.fact('leg-ended', (fact) => fact.legId === legId);
    expect(control.count('transfer-requested')).toBe(0);
  });

  test('no G.711 in the offer: 488 and an alarm', async () => {
    const phone = await harness.telephone();
    const g729 = 'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 40000 RTP/AVP 18\r\na=rtpmap:18 G729/8000\r\n';
    const call = phone.phone.call(harness.number, { sdp: g729 });
    expect((await call.failed()).status).toBe(488);
    expect((await control.fact('alarm', (fact) => fact.name === 'no-common-codec')).detail).not.toContain('+34');
  });

  test('an INVITE without an offer gets ours, and sound flows by the ACK’s answer', async () => {
    const phone = await harness.telephone();
    const call = await phone.call(harness.number, { withoutOffer: true });
    const { legId } = await control.fact('leg-offered', (fact) => fact.dialled === harness.number);
    await control.order({ type: 'answer-leg', legId });
    await call.answered;
    await control.order({ type: 'play', playId: 'pla_offerless', legId, items: [{ kind: 'music', name: 'default' }], loop: true });
    await call.hears(harness.musicHertz);
    call.hangUp();
    await control.fact('leg-ended', (fact) => fact.legId === legId);
  });
});

describe('transfers', () => {
  test('a phone’s REFER is told and not done; ending its leg is success', async () => {
    const phone = await harness.device(control, 'phone');
    const call = await phone.call('300');
    const { legId } = await control.fact('leg-offered', (fact) => fact.dialled === '300');
    await control.order({ type: 'answer-leg', legId });
    await call.answered;
    expect(await call.dialog!.refer('sip:301@center')).toBe(202);
    expect(await control.fact('transfer-requested')).toMatchObject({ legId, target: '301' });
    await control.order({ type: 'end-leg', legId, cause: 'hung-up' });
    await call.ended;
    const sipfrags = phone.phone.trace.filter((entry) => entry.direction === 'in' && entry.text.startsWith('NOTIFY')).map((entry) => /SIP\/2\.0 (\d+)/.exec(entry.text.split('\r\n\r\n')[1] ?? '')?.[1]);
    expect(sipfrags).toEqual(['100', '200']);
  });

  test('INVITE with Replaces from a device offers to take the old leg’s place; from anybody else it is refused', async () => {
    const phone = await harness.device(control, 'phone');
    const old = await phone.call('400');
    const { legId } = await control.fact('leg-offered', (fact) => fact.dialled === '400');
    await control.order({ type: 'answer-leg', legId });
    await old.answered;
    const fresh = await phone.call('400', { headers: { Replaces: old.dialog!.replacesValue() } });
    const offered = await control.fact('replacement-offered');
    expect(offered.oldLegId).toBe(legId);
    await control.order({ type: 'replace-leg', oldLegId: legId, newLegId: offered.legId });
    await fresh.answered;
    expect(await old.ended).toBe(0);
    const stranger = await harness.telephone();
    const taken = await stranger.call(harness.number, { headers: { Replaces: fresh.dialog!.replacesValue() } });
    expect(await taken.ended).toBe(403);
    fresh.hangUp();
    await control.fact('leg-ended', (fact) => fact.legId === offered.legId);
  });
});

test('a trace of a leg shows its messages and media, after the call too, and nobody’s number', async () => {
  const call = await (await harness.telephone()).call(harness.number, { from: { uri: 'sip:+34600123456@127.0.0.1', displayName: 'Ana García' } });
  const { legId } = await control.fact('leg-offered', (fact) => fact.dialled === harness.number);
  await control.order({ type: 'answer-leg', legId });
  await call.answered;
  const trace = () => (control.port as { trace?(legId: string): Promise<string | null> }).trace?.(legId);
  expect(await trace()).toMatch(/INVITE sip:x+01@[\s\S]*200 OK[\s\S]*packetsSent/);
  call.hangUp();
  await control.fact('leg-ended', (fact) => fact.legId === legId);
  await vi.waitFor(async () => expect(await trace()).toMatch(/BYE[\s\S]*packetsSent: \d+\npacketsReceived: \d/));
  expect(await trace()).not.toMatch(/34600123|34910000|Ana/);
});
