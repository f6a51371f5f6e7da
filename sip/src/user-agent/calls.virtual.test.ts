import { beforeEach, describe, expect, test } from 'vitest';
import { NOTHING, PEER, remains, US, virtualWorld, type VirtualAgent, type VirtualWorld } from '../testing/virtual-agents.ts';
import { SDP_ANSWER } from '../testing/sdp-samples.ts';

let world: VirtualWorld;
let ana: VirtualAgent;
let carla: VirtualAgent;

beforeEach(async () => {
  world = virtualWorld();
  ana = await world.agent(US);
  carla = await world.agent(PEER);
});

const run = (durationMs: number) => world.timers.advance(durationMs);
const lines = (what: string) => world.wire.lines().filter((line) => line.includes(what));

async function nothingLeft() {
  await run(64 * 500 + 5_000);
  for (const agent of [ana, carla]) {
    expect(remains(agent.agent.stats())).toEqual(NOTHING);
    expect(agent.faults).toEqual([]);
  }
}

/** A call that is up, seen from both sides. */
async function talking(options: Parameters<VirtualAgent['call']>[0] = {}) {
  carla.onInvite = (invite) => invite.accept(SDP_ANSWER);
  const call = ana.call(options);
  await run(20);
  const other = carla.calls.at(-1)!;
  await call.answered();
  await other.acked();
  return { call, other };
}

describe('a call (RFC 3261 13, 15)', () => {
  test('seven messages: INVITE, 100, 180, 200, ACK, BYE, 200, and nothing is left', async () => {
    carla.onInvite = (invite) => {
      invite.trying();
      invite.ringing();
    };
    const call = ana.call();
    await run(50);
    const other = carla.calls[0]!;
    other.answer();
    await run(50);
    call.bye();
    await run(50);
    expect(await other.ended()).toEqual({ by: 'peer', why: 'bye', reason: undefined });
    expect(await call.ended()).toMatchObject({ by: 'us', why: 'bye' });
    expect(world.wire.log).toHaveLength(7);
    await nothingLeft();
  });

  test('13.3.1.4: a 200 whose ACK is lost is repeated, and the ACK with it; no repeat afterwards', async () => {
    let lost = 0;
    world.wire.loses = (text) => text.startsWith('ACK') && lost++ < 2;
    const call = ana.call();
    carla.onInvite = (invite) => invite.accept(SDP_ANSWER);
    await run(20_000);
    await carla.calls[0]!.acked();
    await call.answered();
    expect(lines('SIP/2.0 200')).toHaveLength(3);
    expect(lines('ACK')).toHaveLength(3);
    call.bye();
    await nothingLeft();
  });

  test('13.3.1.4: whoever has hung up already still ACKs a repeated 200', async () => {
    let acks = 0;
    let byes = 0;
    world.wire.loses = (text) => (text.startsWith('ACK') && acks++ < 1) || (text.startsWith('BYE') && byes++ < 2);
    carla.onInvite = (invite) => invite.accept(SDP_ANSWER);
    const call = ana.call();
    await run(100);
    call.bye();
    await run(700);
    await carla.calls[0]!.acked();
    expect(lines('ACK')).toHaveLength(2);
    await run(1_000);
    expect(await carla.calls[0]!.ended()).toMatchObject({ by: 'peer', why: 'bye' });
    await nothingLeft();
  });

  test('13.3.1.4: a 200 that is never ACKed ends by BYE after 64*T1', async () => {
    world.wire.loses = (text) => text.startsWith('ACK');
    carla.onInvite = (invite) => invite.accept(SDP_ANSWER);
    const call = ana.call();
    await run(33_000);
    expect(await carla.calls[0]!.ended()).toEqual({ by: 'network', why: 'no-ack' });
    expect(await call.ended()).toMatchObject({ by: 'peer', why: 'bye' });
    await nothingLeft();
  });

  test('a BYE stops the repeats of a 200 that was never ACKed', async () => {
    world.wire.loses = (text) => text.startsWith('ACK');
    carla.onInvite = (invite) => invite.accept(SDP_ANSWER);
    const call = ana.call();
    await run(100);
    call.bye();
    await run(100);
    const before = lines('SIP/2.0 200').length;
    await run(20_000);
    expect(lines('SIP/2.0 200')).toHaveLength(before);
    expect(await carla.calls[0]!.ended()).toMatchObject({ by: 'peer', why: 'bye' });
    await nothingLeft();
  });

  test('15.1.1: the called side that hangs up before the ACK waits with its BYE for it', async () => {
    let lost = 0;
    world.wire.loses = (text) => text.startsWith('ACK') && lost++ < 1;
    carla.onInvite = (invite) => invite.accept(SDP_ANSWER);
    const call = ana.call();
    await run(10);
    carla.calls[0]!.bye();
    expect(await carla.calls[0]!.ended()).toMatchObject({ by: 'us', why: 'bye' });
    await run(100);
    expect(lines('BYE')).toHaveLength(0);
    await run(1_000);
    expect(lines('BYE')).toHaveLength(1);
    expect(await call.ended()).toMatchObject({ by: 'peer' });
    await nothingLeft();
  });

  test('15: BYE from both sides at once', async () => {
    const { call, other } = await talking();
    call.bye();
    other.bye();
    await nothingLeft();
    expect(lines('481')).toHaveLength(2);
  });

  test('13.2.2: INVITE without SDP: our 200 offers, the ACK answers; both ways', async () => {
    const { call, other } = await talking({ offerless: true });
    expect(other.incoming!.sdp).toBeUndefined();
    expect(call.dialog.remoteSdp).toBe(SDP_ANSWER);
    expect(other.dialog.remoteSdp).toBe(call.sdp);
    call.bye();
    await nothingLeft();
  });

  test('8.1.1.3: the From of another call, tag and all, gives a From with one tag, ours', async () => {
    await talking();
    const { call } = await talking({ from: carla.calls[0]!.incoming!.from });
    const from = carla.calls[1]!.request.headers.get('From')!;
    expect(from.match(/tag=/g)).toHaveLength(1);
    expect(from).toContain(call.dialog.id.localTag);
  });

  test('12.2.2: a request with an old CSeq is out of order: 500', async () => {
    const { call } = await talking();
    void call.dialog.request('INFO');
    await run(10);
    const info = world.wire.log.findLast((one) => one.text.startsWith('INFO'))!;
    world.wire.send(info.text.replace(/branch=[^;]+/, 'branch=z9hG4bKold').replace(/CSeq: \d+/, 'CSeq: 0'), US, PEER);
    await run(10);
    expect(lines('SIP/2.0 500')).toHaveLength(1);
    call.bye();
    await nothingLeft();
  });
});

describe('CANCEL (RFC 3261 9)', () => {
  test('9.1: not before a provisional; then 487, and nothing is left', async () => {
    carla.onInvite = (invite) => invite.ringing();
    world.wire.latencyMs = 100;
    const call = ana.call();
    call.cancel('SIP ;cause=200 ;text="Call completed elsewhere"');
    await run(50);
    expect(lines('CANCEL')).toHaveLength(0);
    await run(1_000);
    expect(await call.failed()).toMatchObject({ status: 487 });
    expect((await carla.calls[0]!.cancelled()).reason).toContain('elsewhere');
    await nothingLeft();
  });

  test('9.1: a 200 that crosses the CANCEL is ACKed and ended by BYE', async () => {
    carla.onInvite = (invite) => invite.ringing();
    world.wire.latencyMs = 50;
    const call = ana.call();
    await run(150);
    call.cancel();
    carla.calls[0]!.answer();
    await run(500);
    expect(await call.failed()).toMatchObject({ status: 487 });
    expect(await carla.calls[0]!.ended()).toMatchObject({ by: 'peer', why: 'bye' });
    expect(lines('ACK')).toHaveLength(1);
    expect(lines('BYE')).toHaveLength(1);
    await nothingLeft();
  });

  test('9.1: cancelled while the only answer is the 200', async () => {
    carla.onInvite = (invite) => {
      invite.accept(SDP_ANSWER);
    };
    const call = ana.call();
    call.cancel();
    await run(500);
    expect(await call.failed()).toMatchObject({ status: 487 });
    expect(await carla.calls[0]!.ended()).toMatchObject({ by: 'peer' });
    await nothingLeft();
  });

  test('9.1: a peer that never answers the cancelled INVITE is given up after 64*T1', async () => {
    const silent = world.peer({ address: '10.0.0.9', port: 5060 });
    silent.onMessage = (message) => {
      if (message.kind === 'request' && message.method === 'INVITE') silent.say(`SIP/2.0 180 Ringing\r\nVia: ${message.headers.get('Via')}\r\nFrom: ${message.headers.get('From')}\r\nTo: ${message.headers.get('To')};tag=s\r\nCall-ID: ${message.callId}\r\nCSeq: 1 INVITE\r\n\r\n`, US);
    };
    const call = ana.call({ uri: 'sip:silent@10.0.0.9' });
    await run(100);
    call.cancel();
    await run(33_000);
    expect(await call.failed()).toMatchObject({ status: 487 });
    await nothingLeft();
  });
});

describe('forks (RFC 3261 13.2.2.4, 12.1)', () => {
  test('two early dialogs, two 200: the first wins, the second is ACKed, then ended by BYE', async () => {
    const proxy = world.peer({ address: '10.0.0.8', port: 5060 });
    const say = (invite: string, status: string, tag: string) => {
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(invite)![1]!.trim();
      proxy.say(`SIP/2.0 ${status}\r\nVia: ${field('Via')}\r\nFrom: ${field('From')}\r\nTo: ${field('To')};tag=${tag}\r\nCall-ID: ${field('Call-ID')}\r\nCSeq: 1 INVITE\r\nContact: <sip:${tag}@10.0.0.8:5060>\r\nContent-Type: application/sdp\r\nContent-Length: ${SDP_ANSWER.length}\r\n\r\n${SDP_ANSWER}`, US);
    };
    const call = ana.call({ uri: 'sip:fork@10.0.0.8' });
    await run(10);
    const invite = world.wire.log[0]!.text;
    say(invite, '183 Session Progress', 'one');
    say(invite, '180 Ringing', 'two');
    await run(10);
    expect(ana.agent.stats().dialogs).toBe(2);
    say(invite, '200 OK', 'two');
    await run(10);
    expect((await call.answered()).dialog.id.remoteTag).toBe('two');
    expect(ana.agent.stats().dialogs).toBe(1);
    say(invite, '200 OK', 'one');
    say(invite, '200 OK', 'three');
    await run(10);
    const sent = proxy.heard.map(({ message }) => (message.kind === 'request' ? `${message.method} ${message.toTag}` : ''));
    expect(sent.filter((line) => line.startsWith('ACK'))).toEqual(['ACK two', 'ACK one', 'ACK three']);
    expect(sent.filter((line) => line.startsWith('BYE'))).toEqual(['BYE one', 'BYE three']);
    expect(call.dialog.state).toBe('confirmed');
    say(invite, '200 OK', 'two');
    await run(10);
    expect(proxy.heard.filter(({ message }) => message.kind === 'request' && message.method === 'ACK' && message.toTag === 'two')).toHaveLength(2);
  });
});

describe('reliable provisionals (RFC 3262)', () => {
  test('3, 4: a 183 with SDP is acknowledged by PRACK and is the answer; the 200 has no other', async () => {
    const call = ana.call();
    await run(10);
    carla.calls[0]!.progress();
    await run(20);
    expect(await call.provisional(183)).toMatchObject({ reliable: true, sdpIs: 'answer', sdp: SDP_ANSWER });
    expect(lines('PRACK')).toHaveLength(1);
    carla.calls[0]!.answer();
    await run(20);
    expect(await call.answered()).toMatchObject({ sdp: SDP_ANSWER, sdpIs: 'answer' });
    call.bye();
    await nothingLeft();
  });

  test('3: repeated at T1 doubling while the PRACK is lost; a 200 with its SDP open waits', async () => {
    let lose = true;
    world.wire.loses = (text) => text.startsWith('PRACK') && lose;
    const call = ana.call();
    await run(10);
    carla.calls[0]!.progress();
    carla.calls[0]!.answer();
    await run(3_000);
    expect(lines('SIP/2.0 183').length).toBeGreaterThan(2);
    expect(world.wire.log.filter((one) => one.text.startsWith('SIP/2.0 200') && one.text.includes('INVITE\r\n'))).toHaveLength(0);
    lose = false;
    await run(5_000);
    await call.answered();
    call.bye();
    await nothingLeft();
  });

  test('5: an INVITE without SDP gets the offer in a 183, its PRACK answers', async () => {
    const call = ana.call({ offerless: true, reliability: 'required' });
    await run(10);
    const answers: unknown[] = [];
    carla.calls[0]!.incoming!.on('early-answer', (event) => answers.push(event.sdp));
    carla.calls[0]!.progress();
    await run(20);
    expect(await call.provisional(183)).toMatchObject({ sdpIs: 'offer' });
    expect(answers).toEqual([call.sdp]);
    carla.calls[0]!.answer();
    await run(20);
    await call.answered();
    call.bye();
    await nothingLeft();
  });

  test('3: without any PRACK the INVITE is refused after 64*T1', async () => {
    world.wire.loses = (text) => text.startsWith('PRACK');
    const call = ana.call();
    await run(10);
    carla.calls[0]!.progress();
    await run(33_000);
    expect(await call.failed()).toMatchObject({ status: 504 });
    await nothingLeft();
  });

  test('a peer without 100rel gets a plain 183, again and again if wished', async () => {
    const call = ana.call({ reliability: 'off' });
    await run(10);
    carla.calls[0]!.progress();
    await run(10);
    expect(await call.provisional(183)).toMatchObject({ reliable: false, sdpIs: 'preview' });
    expect(lines('PRACK')).toHaveLength(0);
    carla.calls[0]!.reject(486);
    await nothingLeft();
  });
});

describe('lost datagrams', () => {
  test('15 % lost on both ways: 200 calls, every one answered and ended, nothing is left', async () => {
    let seed = 7;
    const chance = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
    world.wire.loses = () => chance() < 0.15;
    carla.onInvite = (invite) => {
      invite.ringing();
      invite.accept(SDP_ANSWER);
    };
    const outcomes: string[] = [];
    for (let i = 0; i < 200; i++) {
      const call = ana.call();
      void call.answered().then(() => {
        outcomes.push('answered');
        world.timers.after(1_000, () => call.bye());
      });
      await run(50);
    }
    await run(80_000);
    expect(outcomes).toHaveLength(200);
    await nothingLeft();
  });
});
