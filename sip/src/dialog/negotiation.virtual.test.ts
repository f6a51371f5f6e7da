import { beforeEach, describe, expect, test } from 'vitest';
import { NOTHING, PEER, remains, US, virtualWorld, type VirtualAgent, type VirtualWorld } from '../testing/virtual-agents.ts';
import { SDP_ANSWER, SDP_OFFER } from '../testing/sdp-samples.ts';
import type { TestCall } from '../testing/test-call.ts';

let world: VirtualWorld;
let ana: VirtualAgent;
let carla: VirtualAgent;

const TIMER = { sessionTimer: { expiresSeconds: 180, minSeconds: 90 } };

beforeEach(async () => {
  world = virtualWorld();
  ana = await world.agent(US);
  carla = await world.agent(PEER);
});

const run = (durationMs: number) => world.timers.advance(durationMs);
const lines = (what: string) => world.wire.lines().filter((line) => line.includes(what));

async function talking(options: Parameters<VirtualAgent['call']>[0] = {}): Promise<{ call: TestCall; other: TestCall }> {
  carla.onInvite = (invite) => invite.accept(SDP_ANSWER);
  const call = ana.call(options);
  await run(20);
  await call.answered();
  return { call, other: carla.calls.at(-1)! };
}

async function nothingLeft() {
  await run(64 * 500 + 5_000);
  for (const agent of [ana, carla]) {
    expect(remains(agent.agent.stats())).toEqual(NOTHING);
    expect(agent.faults).toEqual([]);
  }
}

describe('re-INVITE (RFC 3261 14)', () => {
  test.each(['caller', 'callee'] as const)('the %s offers, the other side answers', async (side) => {
    const { call, other } = await talking();
    const [from, to] = side === 'caller' ? [call, other] : [other, call];
    const outcome = from.reinvite(`${SDP_OFFER}a=sendonly\r\n`);
    await run(20);
    expect(await outcome).toMatchObject({ ok: true, sdp: to.sdp });
    expect(to.dialog.remoteSdp).toContain('sendonly');
    expect(from.dialog.localSdp).toContain('sendonly');
    call.bye();
    await nothingLeft();
  });

  test.each(['caller', 'callee'] as const)('without SDP from the %s: the other side offers in its 200, the ACK answers', async (side) => {
    const { call, other } = await talking();
    const [from, to] = side === 'caller' ? [call, other] : [other, call];
    to.answerOffers = false;
    const outcome = from.dialog.reinvite(undefined);
    await run(10);
    const asked = await to.nextOffer();
    expect(asked.sdp).toBeUndefined();
    const answers: unknown[] = [];
    asked.accept('v=0\r\ns=their offer\r\n', (sdp) => answers.push(sdp));
    await run(10);
    const given = await outcome;
    expect(given).toMatchObject({ ok: true, sdp: 'v=0\r\ns=their offer\r\n' });
    if (given.ok) given.ack('v=0\r\ns=our answer\r\n');
    await run(10);
    expect(answers).toEqual(['v=0\r\ns=our answer\r\n']);
    expect(to.dialog.localSdp).toBe('v=0\r\ns=their offer\r\n');
    expect(from.dialog.remoteSdp).toBe('v=0\r\ns=their offer\r\n');
    call.bye();
    await nothingLeft();
  });

  test('14.1, 14.2: glare: both get 491, the owner of the Call-ID waits 2.1 to 4 s, the other 0 to 2 s; both offers are made', async () => {
    const { call, other } = await talking();
    const start = world.timers.now();
    const both = [call.reinvite(), other.reinvite()];
    await run(20);
    expect(lines('491')).toHaveLength(2);
    await run(5_000);
    expect(await Promise.all(both)).toMatchObject([{ ok: true }, { ok: true }]);
    const again = world.wire.log.filter((one) => one.text.startsWith('INVITE') && one.at > start + 20);
    expect(again.map((one) => one.from)).toEqual([`${PEER.address}:5060`, `${US.address}:5060`]);
    expect(again[0]!.at - start).toBeLessThanOrEqual(2_020);
    expect(again[1]!.at - start).toBeGreaterThanOrEqual(2_100);
    call.bye();
    await nothingLeft();
  });

  test('14.2: a second INVITE while the first waits for its answer gets 500 with Retry-After', async () => {
    const { call, other } = await talking();
    other.answerOffers = false;
    void call.reinvite();
    await run(10);
    const first = world.wire.log.findLast((one) => one.text.startsWith('INVITE'))!;
    world.wire.send(first.text.replace(/branch=[^;]+/, 'branch=z9hG4bKsecond').replace(/CSeq: \d+/, 'CSeq: 99'), US, PEER);
    await run(10);
    const refused = world.wire.log.find((one) => one.text.startsWith('SIP/2.0 500'))!;
    expect(refused.text).toMatch(/Retry-After: \d/);
  });

  test('14.1: refused, the session stays as it was', async () => {
    const { call, other } = await talking();
    other.answerOffers = false;
    const outcome = call.reinvite('v=0\r\ns=other\r\n');
    await run(10);
    (await other.nextOffer()).reject(488, 'no G.711');
    await run(10);
    expect(await outcome).toMatchObject({ ok: false, status: 488 });
    expect(call.dialog.localSdp).toBe(SDP_OFFER);
    expect(call.dialog.state).toBe('confirmed');
    call.bye();
    await nothingLeft();
  });

  test('14.1: 481 and a time-out end the dialog', async () => {
    const { call } = await talking();
    world.wire.loses = (text, from) => from.startsWith(PEER.address) && text.startsWith('SIP');
    const outcome = call.reinvite();
    await run(33_000);
    expect(await outcome).toMatchObject({ ok: false, status: 408 });
    expect(await call.ended()).toMatchObject({ by: 'network', why: 'gone' });
  });

  test('offers of ours wait their turn', async () => {
    const { call, other } = await talking();
    const outcomes = [call.reinvite('v=0\r\ns=1\r\n'), call.reinvite('v=0\r\ns=2\r\n'), call.dialog.update('v=0\r\ns=3\r\n')];
    await run(200);
    expect(await Promise.all(outcomes)).toMatchObject([{ ok: true }, { ok: true }, { ok: true }]);
    expect(other.dialog.remoteSdp).toBe('v=0\r\ns=3\r\n');
    expect(lines('491')).toHaveLength(0);
    call.bye();
    await nothingLeft();
  });

  test('12.2.1.1: the remote target follows the Contact of a re-INVITE', async () => {
    const { call, other } = await talking();
    void call.reinvite();
    await run(20);
    const invite = world.wire.log.findLast((one) => one.text.startsWith('INVITE'))!;
    world.wire.send(invite.text.replace(/branch=[^;]+/, 'branch=z9hG4bKmoved').replace(/CSeq: \d+/, 'CSeq: 50').replace(/Contact: <sip:ana@[^>]+>/, 'Contact: <sip:moved@10.0.0.1:5060>'), US, PEER);
    await run(10);
    expect(other.dialog.remoteTarget).toBe('sip:moved@10.0.0.1:5060');
  });
});

describe('UPDATE (RFC 3311)', () => {
  test('5: in an early dialog, after a reliable answer, by the caller', async () => {
    const call = ana.call();
    await run(10);
    const other = carla.calls[0]!;
    other.progress();
    await run(20);
    const early = (await call.provisional(183)).dialog!;
    const outcome = early.update('v=0\r\ns=new\r\n');
    await run(20);
    expect(await outcome).toMatchObject({ ok: true, sdp: SDP_ANSWER });
    expect(other.dialog.remoteSdp).toBe('v=0\r\ns=new\r\n');
    other.answer();
    await run(20);
    await call.answered();
    call.bye();
    await nothingLeft();
  });

  test('5.2: an UPDATE with an offer while theirs is unanswered gets 500, while ours is out 491', async () => {
    const call = ana.call({ reliability: 'off' });
    await run(10);
    carla.calls[0]!.ring();
    await run(10);
    const early = (await call.provisional(180)).dialog!;
    const invite = world.wire.log[0]!;
    const update = invite.text.replace('INVITE sip', 'UPDATE sip').replace('1 INVITE', '2 UPDATE').replace(/branch=[^;]+/, 'branch=z9hG4bKup').replace(/^To: .*$/m, `To: <sip:x@h>;tag=${early.id.remoteTag}`);
    world.wire.send(update, US, PEER);
    await run(10);
    expect(lines('SIP/2.0 500')).toHaveLength(1);
    carla.calls[0]!.answer();
    await run(20);
    await call.answered();
    call.bye();
    await nothingLeft();
  });
});

describe('session timers (RFC 4028)', () => {
  async function timed(anaTimer: typeof TIMER | object, carlaTimer: typeof TIMER | object) {
    world = virtualWorld();
    ana = await world.agent(US, anaTimer);
    carla = await world.agent(PEER, carlaTimer);
  }

  test('7.4: the caller refreshes at half of the interval by UPDATE, and the call lives on', async () => {
    await timed(TIMER, TIMER);
    const { call } = await talking();
    await run(400_000);
    expect(lines('UPDATE').length).toBe(4);
    expect(lines('UPDATE').every((line) => line.startsWith(US.address))).toBe(true);
    expect(call.dialog.state).toBe('confirmed');
    call.bye();
    await nothingLeft();
  });

  test('9: a peer without session timers is not refreshed by force', async () => {
    await timed(TIMER, { sessionTimer: false });
    const { call } = await talking();
    await run(400_000);
    expect(lines('UPDATE')).toHaveLength(0);
    call.bye();
    await nothingLeft();
  });

  test('10: without a refresh the call ends by BYE a little before the interval does', async () => {
    await timed(TIMER, TIMER);
    const { call, other } = await talking();
    world.wire.loses = (_, from) => from.startsWith(US.address);
    await run(147_000);
    expect(other.dialog.state).toBe('confirmed');
    await run(2_000);
    expect(await other.ended()).toEqual({ by: 'network', why: 'expired' });
    expect(lines(`${PEER.address}:5060>${US.address}:5060 BYE`).length).toBeGreaterThan(0);
    expect(await call.ended()).toMatchObject({ by: 'network', why: 'gone' });
    await nothingLeft();
  });

  test('6, 8.1: 422 is met with a longer interval', async () => {
    await timed(TIMER, { sessionTimer: { expiresSeconds: 1_800, minSeconds: 600 } });
    const { call, other } = await talking();
    expect(lines('422')).toHaveLength(1);
    expect(other.request.headers.get('Session-Expires')).toBe('600');
    expect(other.request.headers.get('Min-SE')).toBe('600');
    expect(other.request.cseq!.number).toBe(2);
    call.bye();
    await nothingLeft();
  });

  test('9: the callee refreshes when the caller asks for it', async () => {
    await timed(TIMER, TIMER);
    const invite = { headers: { 'X-Test': '1' } };
    world.wire.loses = () => false;
    const original = world.wire.send.bind(world.wire);
    world.wire.send = (text, from, to) => original(text.startsWith('INVITE') ? text.replace('Session-Expires: 180', 'Session-Expires: 180;refresher=uas') : text, from, to);
    const { call } = await talking(invite);
    await run(100_000);
    expect(lines('UPDATE').map((line) => line.slice(0, 8))).toEqual([PEER.address]);
    call.bye();
    await nothingLeft();
  });

  test('7.4: a peer that allows no UPDATE is refreshed by re-INVITE with the same SDP', async () => {
    await timed(TIMER, TIMER);
    const original = world.wire.send.bind(world.wire);
    world.wire.send = (text, from, to) => original(text.replace('OPTIONS, UPDATE, PRACK', 'OPTIONS, PRACK'), from, to);
    const { call, other } = await talking();
    await run(95_000);
    expect(lines('INVITE sip')).toHaveLength(2);
    expect((await other.nextOffer()).sdp).toBe(SDP_OFFER);
    call.bye();
    await nothingLeft();
  });
});

describe('transfer and digits', () => {
  test('RFC 3515: a REFER is asked, accepted, and its progress told by NOTIFY', async () => {
    const { call, other } = await talking();
    const asked = other.dialog.refer('sip:beto@center.test?Replaces=abc%40h%3Bto-tag%3Dt1%3Bfrom-tag%3Df1', { 'Referred-By': '<sip:carla@center.test>' });
    await run(10);
    const refer = await call.nextRefer();
    expect(refer.target.sip!.user).toBe('beto');
    expect(refer.replaces).toEqual({ callId: 'abc@h', localTag: 't1', remoteTag: 'f1', earlyOnly: false });
    expect(refer.referredBy).toBe('<sip:carla@center.test>');
    const report = refer.accept();
    await run(10);
    expect(await asked).toBe(202);
    report.notify(200);
    report.notify(486);
    await run(10);
    const [first, last] = [await other.nextRequest(), await other.nextRequest()];
    expect(first.request.body).toBe('SIP/2.0 100 Trying\r\n');
    expect(last.request.body).toBe('SIP/2.0 200 OK\r\n');
    expect(last.request.headers.get('Subscription-State')).toMatch(/^terminated/);
    call.bye();
    await nothingLeft();
  });

  test('RFC 3515 2.4.2: a REFER without its target is 400, one that is not wanted is refused', async () => {
    const { call, other } = await talking();
    const broken = other.dialog.request('REFER');
    const unwanted = other.dialog.refer('sip:beto@center.test');
    await run(10);
    (await call.nextRefer()).reject(603);
    await run(10);
    expect(await Promise.all([broken, unwanted])).toEqual([400, 603]);
    call.bye();
    await nothingLeft();
  });

  test('RFC 3891: a dialog is found by the Replaces of its other side', async () => {
    const { call, other } = await talking();
    const third = ana.call({ headers: { Replaces: call.dialog.replacesValue() } });
    await run(10);
    const replaces = carla.calls.at(-1)!.incoming!.replaces!;
    expect(carla.agent.findDialog(replaces)?.id).toEqual(other.dialog.id);
    await third.answered();
    call.bye();
    third.bye();
    await nothingLeft();
  });

  test('INFO with application/dtmf-relay', async () => {
    const { call, other } = await talking();
    const status = call.sendDtmfInfo('5');
    await run(10);
    expect((await other.nextInfo()).request.body).toContain('Signal=5');
    expect(await status).toBe(200);
    call.bye();
    await nothingLeft();
  });
});
