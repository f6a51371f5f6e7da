import { createDigestServer, createUserAgent, systemTimers, type IncomingInvite, type UserAgent } from '@centralita/sip';
import { TEST_CERTIFICATE } from '@centralita/sip/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ControlSeat } from '../testing/control-seat.ts';
import { EmbeddedHarness } from '../testing/embedded-harness.ts';
import type { Trunk } from '../port/index.ts';

let harness: EmbeddedHarness;
let control: ControlSeat;
beforeAll(async () => {
  harness = await EmbeddedHarness.start({}, TEST_CERTIFICATE.cert);
  control = await harness.connect({ epoch: 1, committedSeq: 0 });
});
afterAll(() => harness.close());

const dial = async (trunks: readonly Trunk[], caller: string): Promise<string> => {
  const legId = ControlSeat.newId('leg');
  await control.order({ type: 'provision-trunks', account: harness.account, trunks });
  const target = { kind: 'number', number: '+34600000009', trunkIds: trunks.map((trunk) => trunk.trunkId) } as const;
  await control.order({ type: 'place-legs', placementId: ControlSeat.newId('plc'), account: harness.account, legs: [{ legId, target }], caller: { number: caller }, ringTimeoutMs: 20_000, labels: { Offer: 'off_1' } });
  return legId;
};

describe('trunks', () => {
  test('an incoming call is known by its address, its number by the profile, its caller by what the network asserts', async () => {
    const { trunk, phone } = await harness.carrier(control, { callerFrom: 'p-asserted-identity', numberFormat: { kind: 'national', countryCode: '34', prefix: '' } });
    const call = await phone.call('910000001', { headers: { 'P-Asserted-Identity': '<tel:+34600000007>' } });
    const offered = await control.fact('leg-offered');
    expect(offered).toMatchObject({ from: { kind: 'trunk', trunkId: trunk.trunkId }, dialled: harness.number, caller: { number: '+34600000007' } });
    expect((await control.settle()).legs[0]).toMatchObject({ dialled: harness.number });
    call.hangUp();
    await control.fact('leg-ended', (fact) => fact.legId === offered.legId);
  });

  test('a withheld caller has no number and no name', async () => {
    const { phone } = await harness.carrier(control, { callerFrom: 'p-asserted-identity' });
    const call = await phone.call(harness.number, { headers: { 'P-Asserted-Identity': '"Beto" <sip:+34600000007@carrier>', Privacy: 'id' } });
    const offered = await control.fact('leg-offered');
    expect(offered.caller).toEqual({ number: '' });
    call.hangUp();
    await control.fact('leg-ended', (fact) => fact.legId === offered.legId);
  });

  test('a number with no owner gets 404', async () => {
    const { phone } = await harness.carrier(control);
    expect(await (await phone.call('+34999999999')).ended).toBe(404);
  });

  test('the channel limit counts calls in and out', async () => {
    const { phone } = await harness.carrier(control, { channelLimit: 1 });
    const first = await phone.call(harness.number);
    const { legId } = await control.fact('leg-offered');
    expect(await (await phone.call(harness.number)).ended).toBe(503);
    first.hangUp();
    await control.fact('leg-ended', (fact) => fact.legId === legId);
  });

  test('numbers and callers go out in the trunk’s format, and labels do not', async () => {
    const { trunk, phone } = await harness.carrier(control, { numberFormat: { kind: 'digits' } });
    const legId = await dial([trunk], harness.number);
    const { invite } = await phone.nextCall();
    expect(invite?.requestUser).toBe('34600000009');
    expect(invite?.from.sip?.user).toBe('34910000001');
    expect(invite?.assertedIdentity?.sip?.user).toBe('34910000001');
    expect(invite?.request.headers.get('X-Centralita-Offer')).toBeUndefined();
    await control.order({ type: 'end-leg', legId, cause: 'cancelled' });
    const withheld = await dial([trunk], '');
    const second = await phone.nextCall();
    expect(second.invite?.from.uri).toBe('sip:anonymous@anonymous.invalid');
    expect(second.invite?.request.headers.get('Privacy')).toBe('id');
    await control.order({ type: 'end-leg', legId: withheld, cause: 'cancelled' });
    await control.fact('leg-ended', (fact) => fact.legId === withheld);
  });

  test('a server that refuses for now, or is not there, is left for the next one; the called party’s own answer is final', async () => {
    const one = await harness.carrier(control);
    const other = await harness.carrier(control);
    const dead = { ...one.trunk, trunkId: 'trk_dead', profile: { ...one.trunk.profile, servers: ['sip:127.0.3.1:9', ...one.trunk.profile.servers] } };
    const legId = await dial([dead, other.trunk], harness.number);
    // UDP to a closed port comes back as an ICMP error or as silence; both lead on within the time a caller waits.
    const refused = await one.phone.nextCall();
    refused.decline(503);
    const taken = await other.phone.nextCall();
    taken.decline(486);
    expect(await control.fact('leg-ended', (fact) => fact.legId === legId)).toMatchObject({ cause: 'busy', sipStatus: 486 });
    expect(control.count('leg-ended', (fact) => fact.legId === legId)).toBe(1);
  });

  test('OPTIONS keep-alive tells when a trunk comes up', async () => {
    const { trunk } = await harness.carrier(control, { keepAliveSeconds: 30 });
    await control.fact('trunk-up', (fact) => fact.trunkId === trunk.trunkId);
    expect((await control.settle()).trunks).toEqual([{ trunkId: trunk.trunkId, account: harness.account, up: true }]);
  });

  test('a trunk that asks for it is registered with digest, and taken off again', async () => {
    const carrier = await openRegistrar('secret');
    const { trunk } = await harness.carrier(control);
    const registration = { registrar: carrier.uri, username: 'center', password: 'secret', expiresSeconds: 600 };
    await control.order({ type: 'provision-trunks', account: harness.account, trunks: [{ ...trunk, trunkId: 'trk_registered', profile: { ...trunk.profile, registration } }] });
    await control.fact('trunk-up', (fact) => fact.trunkId === 'trk_registered');
    await control.order({ type: 'provision-trunks', account: harness.account, trunks: [] });
    expect(await carrier.granted(2)).toEqual(['600', '0']);
    await carrier.agent.close();
  });
});

describe('[issue 2.6] trunks with encrypted sound', () => {
  const keyIn = (invite: IncomingInvite) => /^a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:(\S{40})/m.exec(invite.sdp ?? '')?.[1];

  test('a carrier that refuses for now is left for the next, which is told keys of its own, or none where it wants plain sound', async () => {
    const [one, two] = [await openSecureCarrier(), await openSecureCarrier()];
    const plain = await harness.carrier(control);
    const sealed = (trunkId: string, servers: readonly string[]): Trunk => ({ ...plain.trunk, trunkId, profile: { ...plain.trunk.profile, addressRanges: [], servers, srtp: 'sdes' } });
    const legId = await dial([sealed('trk_one', [one.uri]), sealed('trk_two', [two.uri]), plain.trunk], harness.number);
    const first = await one.invited();
    first.reject(503);
    const second = await two.invited();
    second.reject(503);
    const third = await plain.phone.nextCall();
    expect(keyIn(first)).toBeDefined();
    expect(keyIn(second)).toBeDefined();
    expect(keyIn(second)).not.toBe(keyIn(first));
    expect(third.invite?.sdp).toMatch(/m=audio \d+ RTP\/AVP /);
    expect(third.invite?.sdp).not.toContain('crypto');
    third.answer();
    await control.fact('leg-answered', (fact) => fact.legId === legId);
    await control.order({ type: 'play', playId: 'pla_after_sealed', legId, items: [{ kind: 'music', name: 'default' }], loop: true });
    await third.hears(harness.musicHertz);
    await control.order({ type: 'end-leg', legId, cause: 'hung-up' });
    for (const carrier of [one, two]) await carrier.agent.close();
  });

  test('a server that is not reached over TLS is never asked, an answer in plain is hung up on, and alarms say so', async () => {
    const carrier = await openSecureCarrier();
    const plain = await harness.carrier(control);
    const sealed = (servers: readonly string[]): Trunk => ({ ...plain.trunk, profile: { ...plain.trunk.profile, servers, srtp: 'sdes' } });
    const nowhere = await dial([sealed(plain.trunk.profile.servers)], harness.number);
    expect(await control.fact('leg-ended', (fact) => fact.legId === nowhere)).toMatchObject({ cause: 'unreachable' });
    await control.fact('alarm', (fact) => fact.name === 'trunk-misconfigured');
    const legId = await dial([sealed([carrier.uri])], harness.number);
    (await carrier.invited()).accept('v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 40000 RTP/AVP 0\r\n');
    expect(await control.fact('leg-ended', (fact) => fact.legId === legId)).toMatchObject({ cause: 'failed' });
    await control.fact('alarm', (fact) => fact.name === 'protection-mismatch' && fact.detail.startsWith('outgoing call'));
    const incoming = await plain.phone.call(harness.number);
    expect(await incoming.ended).toBe(488);
    await control.fact('alarm', (fact) => fact.name === 'protection-mismatch' && fact.detail.startsWith('incoming call'));
    await carrier.agent.close();
  });
});

/** A carrier over TLS whose calls are in the test's hands. */
async function openSecureCarrier(): Promise<{ readonly agent: UserAgent; readonly uri: string; invited(): Promise<IncomingInvite> }> {
  const waiting = Promise.withResolvers<IncomingInvite>();
  const agent = createUserAgent({ onInvite: (invite) => waiting.resolve(invite) });
  const { bound } = await agent.listen({ protocol: 'tls', address: '127.0.0.1', port: 0, ...TEST_CERTIFICATE });
  return { agent, uri: `sip:127.0.0.1:${bound.port};transport=tls`, invited: () => waiting.promise };
}

/** The carrier's registrar: digest, and the Expires of each REGISTER that showed the right password. */
async function openRegistrar(password: string): Promise<{ readonly agent: UserAgent; readonly uri: string; granted(count: number): Promise<readonly string[]> }> {
  const digest = createDigestServer({ realm: 'carrier', timers: systemTimers() });
  const granted: string[] = [];
  let heard = () => {};
  const agent = createUserAgent({
    onInvite: (invite) => invite.reject(480),
    onRequest: (incoming) => {
      if (digest.verify(incoming.request, () => password).outcome !== 'accepted') return incoming.respond(401, { headers: { 'WWW-Authenticate': digest.challenge() } });
      const expires = incoming.request.headers.get('Expires') ?? '';
      incoming.respond(200, { headers: { Expires: expires } });
      granted.push(expires);
      heard();
    },
  });
  const { bound } = await agent.listen({ protocol: 'udp', address: '127.0.4.1', port: 0 });
  return {
    agent,
    uri: `sip:127.0.4.1:${bound.port}`,
    async granted(count) {
      while (granted.length < count) await new Promise<void>((resolve) => (heard = resolve));
      return granted;
    },
  };
}
