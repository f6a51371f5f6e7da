import { createSocket } from 'node:dgram';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SILENCE_BYTE, loudestTone, loudness, writeRtpHeader } from '@centralita/media';
import { MUSIC_HZ, MediaBench } from './testing/media-bench.ts';
import { PlainPhone } from './testing/test-phone.ts';

// Heard is more than half of what was said, not heard less than a quarter: a lost packet or a click on a busy machine is
// neither, and a leak is all of it.
const HEARD = 4_000;
const NOT_HEARD = 2_000;

let bench: MediaBench;
beforeAll(async () => {
  bench = await MediaBench.start(23_000);
});
afterAll(() => bench.close());

describe('plain legs', () => {
  test.each([
    ['PCMU', 10],
    ['PCMA', 20],
    ['PCMA', 30],
    ['PCMU', 60],
  ] as const)('[issue 2.6] a phone with %s in packets of %i ms hears and is heard', async (law, packetMs) => {
    const [one, two] = [`leg_one_${law}${packetMs}`, `leg_two_${law}${packetMs}`];
    const odd = (await bench.plainCaller(one, { law, packetMs, eventPayload: 101 })).say(1_000);
    const usual = (await bench.plainCaller(two, undefined, one)).say(700);
    bench.plane.join(`brg_${law}${packetMs}`, [one, two]);
    expect(await odd.hears(700)).toBeGreaterThan(HEARD);
    expect(await usual.hears(1_000)).toBeGreaterThan(HEARD);
  });

  test('[design 4] our offer; early media is heard one way; the last of several answers is followed', async () => {
    const caller = (await bench.plainCaller('leg_early')).say(1_000);
    const [first, second] = [(await PlainPhone.ring()).say(425), (await PlainPhone.ring()).say(700)];
    const made = await bench.plane.createPlainLeg({ legId: 'leg_placed', near: 'leg_early' });
    if (!made.ok) throw new Error(made.refusal);
    for (const phone of [first, second]) phone.follow(made.value.sdp);
    expect((await bench.plane.applyAnswer('leg_placed', first.sdp())).ok).toBe(true);
    bench.plane.listenEarly('leg_early', 'leg_placed');
    expect(await caller.hears(425)).toBeGreaterThan(HEARD);
    first.fallSilent();
    expect((await bench.plane.applyAnswer('leg_placed', second.sdp())).ok).toBe(true);
    expect(await caller.hears(700)).toBeGreaterThan(HEARD);
    expect(second.packetsReceived).toBe(0);
    bench.plane.join('brg_placed', ['leg_early', 'leg_placed']);
    expect(await second.hears(1_000)).toBeGreaterThan(HEARD);
    first.stop();
    second.stop();
  });

  test('[issue 2.6] hold by the far side: sendonly, inactive and 0.0.0.0 stop our sending, a resume starts it', async () => {
    const phone = await bench.plainCaller('leg_holder');
    const other = (await bench.plainCaller('leg_other', undefined, 'leg_holder')).say(700);
    bench.plane.join('brg_holder', ['leg_holder', 'leg_other']);
    expect(await phone.hears(700)).toBeGreaterThan(HEARD);
    for (const [direction, address] of [['sendonly', undefined], ['inactive', undefined], ['sendrecv', '0.0.0.0']] as const) {
      const held = await bench.plane.applyOffer('leg_holder', phone.sdp(direction, address));
      expect(held.ok && held.value.agreed?.held).toBe(true);
      expect(loudestTone(await phone.hear(200), 700)).toBeLessThan(NOT_HEARD);
      const back = await bench.plane.applyOffer('leg_holder', phone.sdp());
      expect(back.ok && back.value.agreed).toMatchObject({ held: false, direction: 'sendrecv' });
      expect(await phone.hears(700)).toBeGreaterThan(HEARD);
    }
    other.stop();
  });

  test('[issue 2] RTP from a third address is dropped and counted', async () => {
    const ana = (await bench.plainCaller('leg_guarded')).say(1_000);
    const agent = await bench.plainCaller('leg_guard_agent', undefined, 'leg_guarded');
    bench.plane.join('brg_guarded', ['leg_guarded', 'leg_guard_agent']);
    await agent.hear(200);
    const statistics = await bench.plane.statistics('leg_guarded');
    const stranger = createSocket('udp4');
    const packet = Buffer.alloc(172, SILENCE_BYTE.PCMU);
    for (let n = 0; n < 50; n++) {
      writeRtpHeader(packet, 0, false, n, n * 160, 666);
      await new Promise((resolve) => stranger.send(packet, statistics!.localPort, '127.0.0.1', resolve));
    }
    expect(await agent.hears(1_000)).toBeGreaterThan(HEARD);
    const after = await bench.plane.statistics('leg_guarded');
    expect(after!.packetsFromStrangers).toBe(50);
    stranger.close();
    ana.stop();
  });

  test('[issue 2.6] keys in the sound are heard when nobody negotiated telephone events, and made for who has none', async () => {
    const old = await bench.plainCaller('leg_old', { eventPayload: undefined });
    const modern = await bench.plainCaller('leg_modern', undefined, 'leg_old');
    bench.plane.join('brg_old', ['leg_old', 'leg_modern']);
    old.press('7');
    await bench.event('digit', (event) => event.legId === 'leg_old' && event.digit === '7' && event.via === 'in-band');
    await modern.hear(200);
    expect(modern.digits).toEqual([]);

    const heard = old.hear(700, 0);
    modern.press('1');
    const samples = await heard;
    expect(loudestTone(samples, 697, 80)).toBeGreaterThan(4_000);
    expect(loudestTone(samples, 1_209, 80)).toBeGreaterThan(4_000);
  });

  describe('[issue 2.6, design 4] SRTP with keys in the descriptions (RFC 4568)', () => {
    test.each(['AES_CM_128_HMAC_SHA1_80', 'AES_CM_128_HMAC_SHA1_32'] as const)('%s: heard both ways, keys too, through a hold, a new key and numbers that begin anew', async (srtp) => {
      const legId = `leg_${srtp.slice(-2)}`;
      const phone = (await bench.plainCaller(legId, { srtp, eventPayload: 101 })).say(1_000);
      const other = (await bench.plainCaller(`${legId}_other`, undefined, legId)).say(700);
      bench.plane.join(`brg_${legId}`, [legId, `${legId}_other`]);
      const heardBothWays = async () => {
        expect(await phone.hears(700)).toBeGreaterThan(HEARD);
        expect(await other.hears(1_000)).toBeGreaterThan(HEARD);
      };
      await heardBothWays();
      phone.press('5');
      await bench.event('digit', (event) => event.legId === legId && event.digit === '5' && event.via === 'rfc4733');
      const offer = async (direction?: string) => {
        const made = await bench.plane.applyOffer(legId, phone.sdp(direction));
        if (!made.ok) throw new Error(made.refusal);
        phone.follow(made.value.sdp);
        return made.value;
      };
      expect((await offer('sendonly')).agreed?.held).toBe(true);
      await offer();
      await heardBothWays();
      phone.newKey();
      await offer();
      await heardBothWays();
      const refreshed = await bench.plane.makeOffer(legId);
      if (!refreshed.ok) throw new Error(refreshed.refusal);
      expect((await bench.plane.applyAnswer(legId, phone.sdp())).ok).toBe(true);
      await heardBothWays();
      const statistics = await bench.plane.statistics(legId);
      expect(statistics!.packetsLost).toBeLessThan(statistics!.packetsReceived / 10);
      expect(phone.unauthentic).toBe(0);
    });

    test('we offer it to a far side that wants it; another far side gets other keys', async () => {
      const made = await bench.plane.createPlainLeg({ legId: 'leg_sdes_placed', protection: 'sdes' });
      if (!made.ok) throw new Error(made.refusal);
      const keyOf = (sdp: string) => /^a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:(\S{40})\r$/m.exec(sdp)?.[1];
      expect(made.value.sdp).toContain(' RTP/SAVP 8 0 101\r\n');
      const anew = await bench.plane.offerAnew('leg_sdes_placed', 'sdes');
      if (!anew.ok) throw new Error(anew.refusal);
      expect(keyOf(made.value.sdp)).toBeDefined();
      expect(keyOf(anew.value.sdp)).not.toBe(keyOf(made.value.sdp));
      const phone = (await bench.plainPhone({ srtp: 'AES_CM_128_HMAC_SHA1_80', eventPayload: 101 })).say(1_000);
      phone.follow(anew.value.sdp);
      expect((await bench.plane.applyAnswer('leg_sdes_placed', phone.sdp())).ok).toBe(true);
      const other = (await bench.plainCaller('leg_sdes_listener', undefined, 'leg_sdes_placed')).say(700);
      bench.plane.join('brg_sdes_placed', ['leg_sdes_placed', 'leg_sdes_listener']);
      expect(await phone.hears(700)).toBeGreaterThan(HEARD);
      expect(await other.hears(1_000)).toBeGreaterThan(HEARD);
      const plain = await bench.plane.offerAnew('leg_sdes_placed', 'none');
      expect(plain.ok && plain.value.sdp).toMatch(/ RTP\/AVP 8 0 101\r\n(?:(?!a=crypto).)*$/s);
    });

    test('[ASVS 17.2.3] plain RTP from the right address, and forged SRTP, are neither heard nor followed, and counted', async () => {
      const phone = (await bench.plainCaller('leg_sealed', { srtp: 'AES_CM_128_HMAC_SHA1_80', eventPayload: 101 })).say(1_000);
      const listener = await bench.plainCaller('leg_sealed_listener', undefined, 'leg_sealed');
      bench.plane.join('brg_sealed', ['leg_sealed', 'leg_sealed_listener']);
      expect(await listener.hears(1_000)).toBeGreaterThan(HEARD);
      const { localPort } = (await bench.plane.statistics('leg_sealed'))!;
      const forged = Buffer.alloc(182, SILENCE_BYTE.PCMU);
      for (let n = 0; n < 50; n++) {
        writeRtpHeader(forged, 0, false, n, n * 160, 666);
        await phone.sendRaw(forged.subarray(0, n % 2 === 0 ? 172 : 182), localPort);
      }
      expect(await listener.hears(1_000)).toBeGreaterThan(HEARD);
      expect(await bench.plane.statistics('leg_sealed')).toMatchObject({ packetsUnauthentic: 50, packetsFromStrangers: 0 });
    });

    test('who offers or answers otherwise than agreed is refused, and nothing is sent in plain', async () => {
      const plain = await bench.plainPhone();
      const sealed = await bench.plainPhone({ srtp: 'AES_CM_128_HMAC_SHA1_80' });
      expect(await bench.plane.createPlainLeg({ legId: 'leg_no_keys', remoteOffer: plain.sdp(), protection: 'sdes' })).toEqual({ ok: false, refusal: 'protection-mismatch' });
      expect(await bench.plane.createPlainLeg({ legId: 'leg_keys', remoteOffer: sealed.sdp() })).toEqual({ ok: false, refusal: 'protection-mismatch' });
      expect((await bench.plane.createPlainLeg({ legId: 'leg_sdes_offer', protection: 'sdes' })).ok).toBe(true);
      expect(await bench.plane.applyAnswer('leg_sdes_offer', plain.sdp())).toEqual({ ok: false, refusal: 'protection-mismatch' });
      bench.plane.play({ playId: 'pla_sdes', legId: 'leg_sdes_offer', items: [{ kind: 'music', name: 'default' }] });
      await plain.hear(400);
      expect((await bench.plane.statistics('leg_sdes_offer'))!.packetsSent).toBe(0);
      expect(plain.packetsReceived).toBe(0);
    });
  });

  test('no G.711, broken texts, doubled and unknown legs are refusals', async () => {
    const noCodec = 'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 18\r\n';
    expect(await bench.plane.createPlainLeg({ legId: 'leg_g729', remoteOffer: noCodec })).toEqual({ ok: false, refusal: 'no-common-codec' });
    expect(await bench.plane.createPlainLeg({ legId: 'leg_junk', remoteOffer: 'hello' })).toEqual({ ok: false, refusal: 'malformed-sdp' });
    expect((await bench.plane.createPlainLeg({ legId: 'leg_twice' })).ok).toBe(true);
    expect(await bench.plane.createPlainLeg({ legId: 'leg_twice' })).toEqual({ ok: false, refusal: 'leg-exists' });
    expect(await bench.plane.applyAnswer('leg_nobody', noCodec)).toEqual({ ok: false, refusal: 'unknown-leg' });
    bench.plane.closeLeg('leg_nobody');
    bench.plane.hold('leg_nobody', 'default');
  });
});

describe('plays', () => {
  test('a prompt is heard alone, ends with an event, and the bridge is heard again', async () => {
    const ana = await bench.plainCaller('leg_prompt');
    const agent = (await bench.plainCaller('leg_prompt_agent', undefined, 'leg_prompt')).say(700);
    bench.plane.join('brg_prompt', ['leg_prompt', 'leg_prompt_agent']);
    await ana.hear(100);
    const heard = ana.hear(700, 0);
    bench.plane.play({ playId: 'pla_1', legId: 'leg_prompt', items: [{ kind: 'prompt', name: 'greeting', language: 'es' }] });
    expect(loudestTone(await heard, 880)).toBeGreaterThan(3_000);
    await bench.event('play-finished', (event) => event.playId === 'pla_1' && event.reason === 'completed');
    expect(await ana.hears(700)).toBeGreaterThan(HEARD);
    agent.stop();
  });

  test('a digit ends a play that asks for it; another play replaces one; stop stops; a missing sound fails with an alarm', async () => {
    const ana = await bench.plainCaller('leg_menu');
    const music = { kind: 'music', name: 'default' } as const;
    bench.plane.play({ playId: 'pla_menu', legId: 'leg_menu', items: [music], loop: true, stopOnDigit: true });
    expect(await ana.hears(MUSIC_HZ)).toBeGreaterThan(3_000);
    ana.press('1');
    await bench.event('play-finished', (event) => event.playId === 'pla_menu' && event.reason === 'digit');
    expect(loudness(await ana.hear(200))).toBeLessThan(20);

    bench.plane.play({ playId: 'pla_old', legId: 'leg_menu', items: [music] });
    bench.plane.play({ playId: 'pla_new', legId: 'leg_menu', items: [music] });
    await bench.event('play-finished', (event) => event.playId === 'pla_old' && event.reason === 'replaced');
    bench.plane.stopPlay('pla_new');
    await bench.event('play-finished', (event) => event.playId === 'pla_new' && event.reason === 'stopped');

    bench.plane.play({ playId: 'pla_none', legId: 'leg_menu', items: [{ kind: 'prompt', name: 'nothing', language: 'es' }] });
    await bench.event('play-finished', (event) => event.playId === 'pla_none' && event.reason === 'failed');
    await bench.event('alarm', (event) => event.name === 'sound-missing' && event.detail.includes('es/nothing'));
  });

  test('a digit by SIP INFO counts as one by RTP', async () => {
    await bench.plainCaller('leg_info');
    const other = await bench.plainCaller('leg_info_other', undefined, 'leg_info');
    bench.plane.join('brg_info', ['leg_info', 'leg_info_other']);
    bench.plane.digitByInfo('leg_info', '9', 160);
    await bench.event('digit', (event) => event.legId === 'leg_info' && event.via === 'info');
    await other.hear(300, 200);
    expect(other.digits).toEqual(['9']);
  });

  test('digits we send arrive', async () => {
    const far = await bench.plainCaller('leg_far');
    bench.plane.sendDigits('leg_far', '12#');
    await far.hear(900, 0);
    expect(far.digits.join('')).toBe('12#');
  });
});

describe('browser legs', () => {
  test('[design 2] no RTP for the time given is a stall, its return is told', async () => {
    const phone = (await bench.browserCallee('leg_stalls')).say(700);
    await phone.hear(200);
    phone.fallSilent();
    await bench.event('media-stalled', (event) => event.legId === 'leg_stalls');
    phone.fallSilent(false);
    await bench.event('media-resumed', (event) => event.legId === 'leg_stalls');
  });

  test('a hold or refresh by re-INVITE is answered from the kept text, an ICE restart refused', async () => {
    const phone = await bench.browserCaller('leg_refresh');
    const offer = phone.currentOffer();
    const held = await bench.plane.applyOffer('leg_refresh', offer.replace('a=sendrecv', 'a=sendonly'));
    expect(held.ok && held.value.agreed).toMatchObject({ held: true, direction: 'recvonly' });
    expect(held.ok && held.value.sdp).toContain('a=recvonly');
    const back = await bench.plane.applyOffer('leg_refresh', offer);
    expect(back.ok && back.value.sdp).toContain('a=sendrecv');
    expect(await bench.plane.applyOffer('leg_refresh', offer.replace(/ice-ufrag:\S+/, 'ice-ufrag:other'))).toEqual({ ok: false, refusal: 'ice-restart' });
    const ours = await bench.plane.makeOffer('leg_refresh', 'sendrecv');
    expect(ours.ok && ours.value.sdp).toContain('a=setup:actpass');
  });

  test('odd texts are refusals and the worker lives on', async () => {
    const made = await bench.plane.createBrowserLeg({ legId: 'leg_odd' });
    if (!made.ok) throw new Error(made.refusal);
    const broken = [
      'v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=ice-ufrag:x\r\na=fingerprint:sha-256 zz\r\n',
      made.value.sdp.replace(/a=fingerprint:.*\r\n/, ''),
      made.value.sdp.slice(0, 200),
      '',
    ];
    for (const text of broken) expect((await bench.plane.applyAnswer('leg_odd', text)).ok).toBe(false);
    expect((await bench.plane.createBrowserLeg({ legId: 'leg_odd_offer', remoteOffer: broken[0]! })).ok).toBe(false);
    expect(bench.plane.load().workers[0]!.up).toBe(true);
  });

  test('the public address is written into the candidates', async () => {
    const made = await bench.plane.createBrowserLeg({ legId: 'leg_public', advertisedAddress: '203.0.113.7' });
    expect(made.ok && made.value.sdp).toMatch(/a=candidate:.* 203\.0\.113\.7 23900 typ host/);
  });
});
