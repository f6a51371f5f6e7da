import { beforeEach, describe, expect, test } from 'vitest';
import { NOTHING, PEER, remains, US, virtualWorld, type VirtualWorld } from '../testing/virtual-agents.ts';
import { SDP_OFFER } from '../testing/sdp-samples.ts';
import type { SipRequest } from '../message/sip-message.ts';

let world: VirtualWorld;
beforeEach(() => {
  world = virtualWorld();
});

let serial = 0;
/** A request of a peer without a stack. */
function text(method: string, extra: { branch?: string; callId?: string; toTag?: string; cseq?: number; uri?: string; fromTag?: string; headers?: string[]; body?: string } = {}): string {
  const cseq = extra.cseq ?? 1;
  const head = [
    `${method} ${extra.uri ?? `sip:center@${US.address}`} SIP/2.0`,
    `Via: SIP/2.0/UDP ${PEER.address}:${PEER.port};branch=${extra.branch ?? `z9hG4bKpeer${serial++}`}`,
    `From: <sip:peer@${PEER.address}>;tag=${extra.fromTag ?? 'peer'}`,
    `To: <sip:center@${US.address}>${extra.toTag ? `;tag=${extra.toTag}` : ''}`,
    `Call-ID: ${extra.callId ?? 'call-1'}`,
    `CSeq: ${cseq} ${method}`,
    `Contact: <sip:peer@${PEER.address}:${PEER.port}>`,
    ...(extra.headers ?? []),
    ...(extra.body ? ['Content-Type: application/sdp'] : []),
    `Content-Length: ${extra.body?.length ?? 0}`,
  ];
  return `${head.join('\r\n')}\r\n\r\n${extra.body ?? ''}`;
}

describe('client transactions (RFC 3261 17.1)', () => {
  test('17.1.1.2: timer A doubles from T1, timer B gives up after 64*T1 with 408', async () => {
    const center = await world.agent();
    const peer = world.peer();
    const call = center.call();
    await world.timers.advance(40_000);
    expect(peer.times('INVITE')).toEqual([0, 500, 1_500, 3_500, 7_500, 15_500, 31_500]);
    expect(await call.failed()).toMatchObject({ status: 408 });
    expect(remains(center.agent.stats())).toEqual(NOTHING);
  });

  test('17.1.2.2: timer E doubles up to T2, timer F gives up after 64*T1', async () => {
    const center = await world.agent();
    const peer = world.peer();
    const outcome = center.agent.request({ method: 'OPTIONS', uri: `sip:${PEER.address}`, from: { uri: 'sip:center@center.test' } });
    await world.timers.advance(40_000);
    expect(peer.times('OPTIONS')).toEqual([0, 500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500]);
    expect(await outcome).toMatchObject({ status: 408 });
  });

  test('17.1.1.3: a negative final is ACKed with the branch of the INVITE, again for every repeat, until timer D', async () => {
    const center = await world.agent();
    const peer = world.peer();
    let busy = '';
    peer.onMessage = (message) => {
      if (message.kind !== 'request' || message.method !== 'INVITE') return;
      const { headers } = message;
      busy = `SIP/2.0 486 Busy Here\r\nVia: ${headers.get('Via')}\r\nFrom: ${headers.get('From')}\r\nTo: ${headers.get('To')};tag=b\r\nCall-ID: ${message.callId}\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n`;
      peer.say(busy, US);
    };
    const call = center.call();
    await world.timers.advance(100);
    expect(await call.failed()).toMatchObject({ status: 486, reason: 'Busy Here' });
    peer.say(busy, US);
    await world.timers.advance(100);
    const [invite, ...acks] = peer.heard.map((one) => one.message as SipRequest);
    expect(acks.map((ack) => ack.method)).toEqual(['ACK', 'ACK']);
    expect(acks[0]!.via!.branch).toBe(invite!.via!.branch);
    expect(acks[0]!.toTag).toBe('b');
    await world.timers.advance(31_700);
    expect(center.agent.stats().transactions.inviteClient).toBe(1);
    await world.timers.advance(200);
    expect(remains(center.agent.stats())).toEqual(NOTHING);
  });
});

describe('server transactions (RFC 3261 17.2)', () => {
  test('17.2.1: a negative final is repeated at T1 doubling to T2 until the ACK; timer I then ends it', async () => {
    const center = await world.agent();
    const peer = world.peer();
    center.onInvite = (invite) => invite.reject(603);
    peer.say(text('INVITE', { branch: 'z9hG4bKone', body: SDP_OFFER }), US);
    await world.timers.advance(9_000);
    expect(peer.times('603')).toEqual([0, 500, 1_500, 3_500, 7_500]);
    peer.say(text('ACK', { branch: 'z9hG4bKone', toTag: peer.heard[0]!.message.toTag }), US);
    await world.timers.advance(4_000);
    expect(peer.times('603')).toHaveLength(5);
    await world.timers.advance(1_100);
    expect(remains(center.agent.stats())).toEqual(NOTHING);
  });

  test('17.2.1: without any ACK timer H ends it after 64*T1', async () => {
    const center = await world.agent();
    const peer = world.peer();
    center.onInvite = (invite) => invite.reject(404);
    peer.say(text('INVITE', { body: SDP_OFFER }), US);
    await world.timers.advance(32_100);
    expect(remains(center.agent.stats())).toEqual(NOTHING);
  });

  test('17.2.3: an INVITE again gets the last provisional again, and is one call', async () => {
    const center = await world.agent();
    const peer = world.peer();
    center.onInvite = (invite) => invite.ringing();
    for (let i = 0; i < 3; i++) peer.say(text('INVITE', { branch: 'z9hG4bKsame', body: SDP_OFFER }), US);
    await world.timers.advance(10);
    expect(center.calls).toHaveLength(1);
    expect(peer.times('180')).toHaveLength(3);
  });

  test('17.2.2: a request again gets the same answer until timer J', async () => {
    const center = await world.agent();
    const peer = world.peer();
    const ask = text('OPTIONS', { branch: 'z9hG4bKopt' });
    peer.say(ask, US);
    await world.timers.advance(1_000);
    peer.say(ask, US);
    await world.timers.advance(1_000);
    expect(peer.heard[0]!.message.toTag).toBe(peer.heard[1]!.message.toTag);
    await world.timers.advance(31_000);
    expect(remains(center.agent.stats())).toEqual(NOTHING);
  });

  test('8.2.2.2: the same request over another path is a merge: 482', async () => {
    const center = await world.agent();
    const peer = world.peer();
    center.onInvite = (invite) => invite.ringing();
    peer.say(text('INVITE', { branch: 'z9hG4bKa', body: SDP_OFFER }), US);
    peer.say(text('INVITE', { branch: 'z9hG4bKb', body: SDP_OFFER }), US);
    await world.timers.advance(10);
    expect(peer.times('482')).toHaveLength(1);
    expect(center.calls).toHaveLength(1);
  });

  test('16.3: a request of ours that comes back to us is a loop: 482', async () => {
    const center = await world.agent();
    const call = center.call({ uri: `sip:x@${US.address}:${US.port}` });
    await world.timers.advance(100);
    expect(await call.failed()).toMatchObject({ status: 482 });
  });

  test.each([
    ['16.3: no hop left', 'INVITE', { headers: ['Max-Forwards: 0'], body: SDP_OFFER }, '483'],
    ['11: OPTIONS with no hop left has arrived', 'OPTIONS', { headers: ['Max-Forwards: 0'] }, '200'],
    ['12.2.2: a BYE to no dialog of ours', 'BYE', { toTag: 'gone' }, '481'],
    ['12.2.2: a re-INVITE to no dialog of ours', 'INVITE', { toTag: 'gone', body: SDP_OFFER }, '481'],
    ['9.2: a CANCEL of nothing', 'CANCEL', {}, '481'],
    ['8.2.1: a method that nobody knows', 'NEWMETHOD', {}, '405'],
    ['8.2.2.3: an extension that we do not know', 'INVITE', { headers: ['Require: nothingSupportsThis'], body: SDP_OFFER }, '420'],
    ['RFC 4028 9: a session interval that is too short', 'INVITE', { headers: ['Supported: timer', 'Session-Expires: 60'], body: SDP_OFFER }, '422'],
  ])('%s', async (_, method, extra, status) => {
    const center = await world.agent(US, { sessionTimer: { expiresSeconds: 1_800, minSeconds: 90 } });
    const peer = world.peer();
    peer.say(text(method, extra), US);
    await world.timers.advance(10);
    expect(peer.heard[0]!.message).toMatchObject({ status: Number(status) });
    expect(center.faults).toEqual([]);
  });

  test('design 11: a request that is not admitted gets no answer at all', async () => {
    const center = await world.agent(US, { admit: () => 'drop' });
    const peer = world.peer();
    for (const method of ['OPTIONS', 'INVITE', 'CANCEL', 'BYE', 'REGISTER']) peer.say(text(method), US);
    peer.say(text('INVITE').replace('CSeq: 1 INVITE', 'CSeq: abcdefg'), US);
    await world.timers.advance(1_000);
    expect(peer.heard).toEqual([]);
    expect(remains(center.agent.stats())).toEqual(NOTHING);
  });

  test('an overload is answered by 503 with Retry-After, and the maps stay bounded', async () => {
    const center = await world.agent(US, { maxTransactions: 3 });
    const peer = world.peer();
    center.onInvite = (invite) => invite.ringing();
    for (let i = 0; i < 5; i++) peer.say(text('INVITE', { callId: `c${i}`, body: SDP_OFFER }), US);
    await world.timers.advance(10);
    expect(peer.times('503')).toHaveLength(2);
    expect(peer.heard.find(({ message }) => message.kind === 'response' && message.status === 503)!.message.headers.get('Retry-After')).toBe('5');
  });

  test('RFC 3581: without rport the answer goes to the port of Via, with it to the source', async () => {
    await world.agent();
    const elsewhere = { address: PEER.address, port: 40_000 };
    const source = world.peer(elsewhere);
    const named = world.peer();
    source.say(text('OPTIONS'), US);
    source.say(text('OPTIONS', { callId: 'two' }).replace(';branch', ';rport;branch'), US);
    await world.timers.advance(10);
    expect(named.heard).toHaveLength(1);
    expect(source.heard).toHaveLength(1);
    expect(source.heard[0]!.message.via!.params.get('rport')).toBe('40000');
    expect(source.heard[0]!.message.via!.params.get('received')).toBe(PEER.address);
  });
});
