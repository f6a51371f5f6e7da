import { describe, expect, test } from 'vitest';
import { AudioSession, intersect } from './audio-session.ts';
import { patchBrowserSdp, readBrowserSdp, reviseBrowserSdp } from './browser.ts';
import { parseSdp } from './description.ts';

const session = () => new AudioSession({ sessionId: '77', address: '192.0.2.10', port: 20_000 });
const description = (...media: readonly string[]) => ['v=0', 'o=phone 1 1 IN IP4 198.51.100.4', 's=-', 'c=IN IP4 198.51.100.4', 't=0 0', ...media, ''].join('\r\n');
const AUDIO = ['m=audio 4000 RTP/AVP 0 8 101', 'a=rtpmap:101 telephone-event/8000', 'a=fmtp:101 0-15'];

function offered(text: string, wanted: 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive' = 'sendrecv') {
  const taken = session().takeOffer(text, wanted);
  if (!taken.ok) throw new Error(taken.refusal);
  return taken.value;
}
function answered(text: string) {
  const ours = session();
  ours.makeOffer('sendrecv');
  return ours.takeAnswer(text);
}

describe('our offer', () => {
  test('has both laws and telephone events', () => {
    const text = session().makeOffer('sendrecv');
    expect(text).toContain('m=audio 20000 RTP/AVP 8 0 101\r\n');
    expect(text).toContain('c=IN IP4 192.0.2.10\r\n');
    expect(parseSdp(text).ok).toBe(true);
  });

  test('[RFC 3264 8] the version grows when the text changes and only then', () => {
    const ours = session();
    const versions = (['sendrecv', 'sendrecv', 'sendonly', 'sendrecv'] as const).map((direction) => /^o=\S+ \S+ (\d+)/m.exec(ours.makeOffer(direction))![1]);
    expect(versions).toEqual(['1', '1', '2', '3']);
  });

  test('an IPv6 address is named as one', () => {
    expect(new AudioSession({ sessionId: '1', address: '2001:db8::1', port: 2 }).makeOffer('sendrecv')).toContain('c=IN IP6 2001:db8::1');
  });
});

describe('their answer', () => {
  test('[issue 2.6] each side sends with the number the other declared', () => {
    const taken = answered(description('m=audio 4000 RTP/AVP 0 96', 'a=rtpmap:96 telephone-event/8000'));
    expect(taken).toMatchObject({ ok: true, value: { codec: 'PCMU', sendPayload: 0, sendEventPayload: 96, address: '198.51.100.4', port: 4_000, rtcpPort: 4_001, direction: 'sendrecv' } });
    expect(taken.ok && taken.value.receivePayloads).toMatchObject({ 0: 'PCMU', 8: 'PCMA', 101: 'telephone-event', 96: 'telephone-event', 13: 'CN' });
  });

  test('without telephone events there are none', () => {
    const taken = answered(description('m=audio 4000 RTP/AVP 8'));
    expect(taken.ok && taken.value.sendEventPayload).toBeUndefined();
  });

  test('a codec we did not offer, a refused stream, no stream', () => {
    expect(answered(description('m=audio 4000 RTP/AVP 18'))).toEqual({ ok: false, refusal: 'no-common-codec' });
    expect(answered(description('m=audio 0 RTP/AVP 0'))).toEqual({ ok: false, refusal: 'no-common-codec' });
    expect(answered(description())).toEqual({ ok: false, refusal: 'malformed-sdp' });
  });
});

describe('their offer', () => {
  test('is answered with its first G.711 and its numbers', () => {
    const { sdp, agreed } = offered(description('m=audio 4000 RTP/AVP 18 8 0 96 13', 'a=rtpmap:18 G729/8000', 'a=rtpmap:96 telephone-event/8000', 'a=ptime:30'));
    expect(sdp).toContain('m=audio 20000 RTP/AVP 8 13 96\r\n');
    expect(agreed).toMatchObject({ codec: 'PCMA', sendEventPayload: 96, packetMs: 30 });
  });

  test('[issue 2.6] no G.711 is a value', () => {
    expect(session().takeOffer(description('m=audio 4000 RTP/AVP 18 101', 'a=rtpmap:18 G729/8000'), 'sendrecv')).toEqual({ ok: false, refusal: 'no-common-codec' });
    expect(session().takeOffer(description('m=audio 4000 UDP/TLS/RTP/SAVPF 0'), 'sendrecv')).toEqual({ ok: false, refusal: 'no-common-codec' });
  });

  test('[RFC 3264 6] other media are refused by port 0, in their order', () => {
    const { sdp } = offered(description('m=video 5000 RTP/AVP 96', ...AUDIO, 'm=application 9 UDP/BFCP *'));
    expect(sdp.split('\r\n').filter((line) => line.startsWith('m='))).toEqual(['m=video 0 RTP/AVP 96', 'm=audio 20000 RTP/AVP 0 101', 'm=application 0 UDP/BFCP *']);
  });

  test.each([
    ['sendrecv', 'sendrecv', 'sendrecv', false],
    ['sendonly', 'sendrecv', 'recvonly', true],
    ['recvonly', 'sendrecv', 'sendonly', false],
    ['inactive', 'sendrecv', 'inactive', true],
    ['sendrecv', 'sendonly', 'sendonly', false],
    ['sendonly', 'sendonly', 'inactive', true],
  ] as const)('[issue 2.6] they %s, we want %s: we are %s, held %s', (theirs, wanted, ours, held) => {
    const { sdp, agreed } = offered(description(...AUDIO, `a=${theirs}`), wanted);
    expect(agreed).toMatchObject({ direction: ours, held });
    expect(sdp).toContain(`a=${ours}\r\n`);
  });

  test('[RFC 3264 8.4] 0.0.0.0 is a hold: we do not send', () => {
    const { agreed } = offered(description(...AUDIO).replace('c=IN IP4 198.51.100.4', 'c=IN IP4 0.0.0.0'));
    expect(agreed).toMatchObject({ direction: 'recvonly', held: true });
  });

  test('a direction and an address of the session hold for the media without their own', () => {
    const { agreed } = offered(`${description('a=sendonly', ...AUDIO)}c=IN IP4 203.0.113.5/127\r\n`);
    expect(agreed).toMatchObject({ direction: 'recvonly', address: '203.0.113.5' });
  });

  test.each([
    ['ptime:10', 10],
    ['ptime:25', 20],
    ['ptime:60', 60],
    ['ptime:200', 60],
    ['ptime:abc', 20],
    ['maxptime:10', 10],
  ])('%s makes packets of %i ms', (attribute, packetMs) => {
    expect(offered(description(...AUDIO, `a=${attribute}`)).agreed.packetMs).toBe(packetMs);
  });

  test('an own RTCP address is used', () => {
    expect(offered(description(...AUDIO, 'a=rtcp:4100 IN IP4 198.51.100.9')).agreed).toMatchObject({ rtcpPort: 4_100, rtcpAddress: '198.51.100.9' });
  });
});

test.each([
  ['empty', ''],
  ['no version', 'o=- 1 1 IN IP4 1.2.3.4\r\n'],
  ['no origin', 'v=0\r\ns=-\r\n'],
  ['a line that is none', 'v=0\r\no=- 1 1 IN IP4 1.2.3.4\r\nhello\r\n'],
  ['a port that is none', description('m=audio x RTP/AVP 0')],
  ['a port too high', description('m=audio 70000 RTP/AVP 0')],
  ['no formats', description('m=audio 4000 RTP/AVP')],
  ['an address that is none', description().replace('IN IP4', 'IN')],
  ['far too long', `${description()}${'a=x\r\n'.repeat(20_000)}`],
])('%s is malformed', (_name, text) => {
  expect(parseSdp(text)).toEqual({ ok: false, refusal: 'malformed-sdp' });
});

test('intersection of directions', () => {
  expect(intersect('sendonly', 'recvonly')).toBe('inactive');
  expect(intersect('sendrecv', 'recvonly')).toBe('recvonly');
});

describe('browsers', () => {
  const NATIVE = [
    'v=0',
    'o=rtc 1 0 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    'a=group:BUNDLE 0',
    'a=group:LS 0',
    'a=fingerprint:sha-256 00:11',
    'm=audio 41000 UDP/TLS/RTP/SAVPF 8 0',
    'c=IN IP4 10.0.0.5',
    'a=mid:0',
    'a=sendrecv',
    'a=rtpmap:0 PCMU/8000/1',
    'a=rtpmap:8 PCMA/8000/1',
    'a=rtpmap:101 telephone-event/8000',
    'a=setup:actpass',
    'a=ice-ufrag:abcd',
    'a=candidate:1 1 UDP 2114977791 10.0.0.5 41000 typ host',
    'a=candidate:2 1 UDP 2114977535 172.17.0.1 41000 typ host',
    '',
  ].join('\r\n');

  test('telephone events get onto the m= line, and the LS group goes', () => {
    const text = patchBrowserSdp(NATIVE, [0, 8, 101]);
    expect(text).toContain('m=audio 41000 UDP/TLS/RTP/SAVPF 0 8 101\r\n');
    expect(text).not.toContain('group:LS');
    expect(text).toContain('group:BUNDLE');
  });

  test('[design 4] the public address takes the place of the local ones, once', () => {
    const text = patchBrowserSdp(NATIVE, [8], '203.0.113.1');
    expect(text.match(/a=candidate:.*/g)).toEqual(['a=candidate:1 1 UDP 2114977791 203.0.113.1 41000 typ host']);
    expect(text).not.toContain('10.0.0.5');
  });

  test('what a browser’s text says', () => {
    expect(readBrowserSdp(patchBrowserSdp(NATIVE, [8, 0, 101]))).toEqual({
      ok: true,
      value: { mid: '0', laws: ['PCMA', 'PCMU'], payloads: { PCMU: 0, PCMA: 8 }, eventPayload: 101, iceUfrag: 'abcd', direction: 'sendrecv', held: false },
    });
    expect(readBrowserSdp(NATIVE.replace(/SAVPF .*/, 'SAVPF 111'))).toEqual({ ok: false, refusal: 'no-common-codec' });
    expect(readBrowserSdp(NATIVE.replace('a=ice-ufrag:abcd\r\n', ''))).toEqual({ ok: false, refusal: 'malformed-sdp' });
  });

  test('a later exchange changes version, direction and set-up role, nothing else', () => {
    const text = reviseBrowserSdp(NATIVE, 3, 'recvonly', 'passive');
    expect(text).toContain('o=rtc 1 3 IN IP4');
    expect(text).toContain('a=recvonly\r\n');
    expect(text).toContain('a=setup:passive\r\n');
    expect(text.split('\r\n').length).toBe(NATIVE.split('\r\n').length);
  });
});
