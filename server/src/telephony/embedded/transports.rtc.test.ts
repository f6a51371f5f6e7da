import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ControlSeat } from '../testing/control-seat.ts';
import { EmbeddedHarness } from '../testing/embedded-harness.ts';
import { Telephone } from '../testing/telephone.ts';

let folder: string;
let harness: EmbeddedHarness;
let control: ControlSeat;
const open: Telephone[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'certificate-'));
  const [keyFile, certFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1', '-keyout', keyFile, '-out', certFile], { stdio: 'ignore' });
  const loopback = { address: '127.0.0.1', port: 0 };
  harness = await EmbeddedHarness.start({
    sip: { udp: loopback, tcp: loopback, tls: loopback },
    browserSip: { ...loopback, secure: true },
    browserOrigins: ['https://center.test'],
    tlsCertificate: { certFile, keyFile },
  });
  control = await harness.connect({ epoch: 1, committedSeq: 0 });
});
afterAll(async () => {
  await Promise.all(open.map((phone) => phone.close()));
  await harness.close();
  rmSync(folder, { recursive: true });
});

const ca = (): string => readFileSync(join(folder, 'cert.pem'), 'utf8');

test.each(['tcp', 'tls', 'wss'] as const)('[issue 2.6] a device registers, calls and is called over %s, with sound', async (transport) => {
  const { ports } = harness.process;
  const credential = harness.credential(transport === 'wss' ? 'browser' : 'phone');
  await control.order({ type: 'provision-devices', account: harness.account, devices: [credential] });
  const who = { username: credential.username, password: credential.password, deviceId: credential.deviceId, ca: ca() };
  const phone =
    transport === 'wss'
      ? await Telephone.open({ protocol: 'ws', url: `wss://127.0.0.1:${ports.ws}/sip`, origin: 'https://center.test', media: 'browser', ...who })
      : await Telephone.open({ protocol: transport, server: { address: '127.0.0.1', port: (transport === 'tcp' ? ports.tcp : ports.tls) ?? 0 }, ...who });
  open.push(phone.signInAs(credential.username, credential.password));
  expect((await phone.phone.register()).status).toBe(200);
  await control.fact('device-online', (fact) => fact.deviceId === credential.deviceId);

  const out = await phone.call('200');
  const { legId } = await control.fact('leg-offered', (fact) => fact.dialled === '200');
  await control.order({ type: 'answer-leg', legId });
  await out.answered;
  await control.order({ type: 'play', playId: `pla_${transport}`, legId, items: [{ kind: 'music', name: 'default' }], loop: true });
  await out.hears(harness.musicHertz);
  out.hangUp();
  await control.fact('leg-ended', (fact) => fact.legId === legId);

  const placed = `leg_${transport}`;
  await control.order({ type: 'place-legs', placementId: `plc_${transport}`, account: harness.account, legs: [{ legId: placed, target: { kind: 'device', deviceId: credential.deviceId } }], caller: { number: '' }, ringTimeoutMs: 10_000, labels: { Offer: 'off_1' } });
  const call = await phone.nextCall();
  expect(call.invite?.request.headers.get('X-Centralita-Offer')).toBe('off_1');
  call.answer();
  await control.fact('leg-answered', (fact) => fact.legId === placed);
  await control.order({ type: 'end-leg', legId: placed, cause: 'hung-up' });
  expect(await call.ended).toBe(0);
});

test('[issue 2.6] a call with encrypted sound keeps it when its media process dies', async () => {
  const carrier = await Telephone.open({ protocol: 'tls', server: { address: '127.0.0.1', port: harness.process.ports.tls ?? 0 }, address: '127.0.7.1', ca: ca(), srtp: 'AES_CM_128_HMAC_SHA1_80' });
  open.push(carrier);
  const profile = { servers: ['sip:127.0.7.1;transport=tls'], addressRanges: ['127.0.7.1/32'], dialledFrom: 'request-uri', callerFrom: 'from', numberFormat: { kind: 'e164' }, channelLimit: 2, keepAliveSeconds: 0, outbound: false, srtp: 'sdes' } as const;
  await control.order({ type: 'provision-trunks', account: harness.account, trunks: [{ trunkId: 'trk_sealed', name: 'Sealed', profile }] });
  const call = await carrier.call(harness.number);
  const { legId } = await control.fact('leg-offered', (fact) => fact.from.kind === 'trunk');
  await control.order({ type: 'answer-leg', legId });
  await call.answered;
  const play = (playId: string) => control.order({ type: 'play', playId, legId, items: [{ kind: 'music', name: 'default' }], loop: true });
  await play('pla_sealed');
  await call.hears(harness.musicHertz);
  for (const pid of harness.process.mediaWorkers()) process.kill(pid, 'SIGKILL');
  await control.fact('media-resumed', (fact) => fact.legId === legId);
  await play('pla_sealed_again');
  await call.hears(harness.musicHertz);
  const offers = carrier.phone.trace.filter(({ direction, text }) => direction === 'in' && /^(INVITE|SIP\/2\.0 200)[^]*m=audio/.test(text));
  expect(offers.map(({ text }) => /m=audio \d+ (\S+)/.exec(text)?.[1])).toEqual(['RTP/SAVP', 'RTP/SAVP']);
  call.hangUp();
  await control.fact('leg-ended', (fact) => fact.legId === legId);
});

const hasIpv6 = Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ address }) => address === '::1'));
test.skipIf(!hasIpv6)('[issue 2.6] a customer calls over IPv6, with sound both ways', async () => {
  const place = { address: '::1', port: 0 };
  const sixth = await EmbeddedHarness.start({ sip: { udp: place }, rtp: { address: '::1', portFrom: 29_000, portTo: 29_099 } });
  try {
    const seat = await sixth.connect({ epoch: 1, committedSeq: 0 });
    const ana = await Telephone.open({ protocol: 'udp', server: { address: '::1', port: sixth.process.ports.udp ?? 0 }, address: '::1' });
    open.push(ana);
    const [one, two] = [await ana.call(sixth.number), await ana.call(sixth.number)];
    const legIds = [(await seat.fact('leg-offered')).legId, (await seat.fact('leg-offered')).legId];
    for (const legId of legIds) await seat.order({ type: 'answer-leg', legId });
    await Promise.all([one.answered, two.answered]);
    await seat.order({ type: 'connect', bridgeId: 'brg_six', account: sixth.account, legIds });
    one.say(1_000);
    two.say(700);
    await Promise.all([one.hears(700), two.hears(1_000)]);
  } finally {
    await sixth.close();
  }
});

test('[design 11] a page of another origin gets no WebSocket', async () => {
  const url = `wss://127.0.0.1:${harness.process.ports.ws}/sip`;
  await expect(Telephone.open({ protocol: 'ws', url, origin: 'https://elsewhere.test', ca: ca() })).rejects.toThrow(/40/);
});
