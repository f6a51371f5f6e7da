import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { ConversationPage } from '@centralita/contract';
import { TestPhone } from '@centralita/sip/testing';
import type { Page } from 'playwright-core';
import { Baresip } from '../support/baresip.ts';
import { hearInPage, openBrowser, type TestBrowser } from '../support/chromium.ts';
import { eventually } from '../support/eventually.ts';
import { ask, becomeAvailable, signIn } from '../support/people.ts';
import { freePort } from '../support/ports.ts';
import { Product } from '../support/product.ts';
import { toneOverTime } from '../support/wav.ts';

const CARRIER_HZ = 1_000;
const CARLA_HZ = 1_900;
/** As in the main job's test: noise suppression takes a steady tone down, codec noise is some tens. */
const CLEARLY = 300;

let folder: string;
let tlsPort: number;
let product: Product;
let browser: TestBrowser;
/** baresip, which takes and makes calls by TLS and SRTP alone. */
let carrier: Baresip;
let fabian: Page;
let carla: Page;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'centralita-encrypted-'));
  const [key, certificate, both] = [join(folder, 'key.pem'), join(folder, 'certificate.pem'), join(folder, 'both.pem')];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1', '-keyout', key, '-out', certificate], { stdio: 'ignore' });
  writeFileSync(both, readFileSync(key, 'utf8') + readFileSync(certificate, 'utf8'));
  tlsPort = await freePort();
  product = await Product.start({ arguments: ['--tls-cert', certificate, '--tls-key', key, '--sip-tls-port', String(tlsPort)], environment: { NODE_EXTRA_CA_CERTS: certificate } });
  carrier = await Baresip.start({ folder: join(folder, 'carrier'), user: '51999111222', hertz: CARRIER_HZ, secure: both });
  browser = await openBrowser({ folder, hertz: CARLA_HZ, ownCertificate: true });
  fabian = await signIn(browser, product, 'administrator');
  carla = await signIn(browser, product, 'agent');
  await becomeAvailable(carla);
});
after(async () => {
  await carrier?.stop();
  await browser?.close();
  await product?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Root mean square; prompts are louder, comfort noise is not. */
const SOMETHING = 300;
const loudness = (samples: Int16Array): number => Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
const carrierHears = (): number => toneOverTime(carrier.heard().subarray(-8_000), 8_000, CARLA_HZ).sort((a, b) => a - b)[5] ?? 0;

async function bothHear(): Promise<void> {
  await carla.getByText('Hablando').first().waitFor();
  await eventually(() => assert.ok(carrierHears() > CLEARLY, `the carrier hears Carla at ${carrierHears()}`), 30_000);
  await eventually(async () => {
    const heard = await hearInPage(carla, [CARRIER_HZ]);
    assert.ok(heard[CARRIER_HZ]! > -60, `Carla hears the carrier at ${heard[CARRIER_HZ]} dB`);
  }, 30_000);
}

async function finish(): Promise<void> {
  await carla.getByRole('button', { name: 'Colgar' }).first().click();
  await carrier.told('CALL_CLOSED');
}

describe('[issue 2.6] a trunk over TLS with SRTP', () => {
  it('takes no server without TLS', async () => {
    const refused = ask(fabian, 'POST', '/api/trunks', { name: 'Cifrada', servers: ['sip:127.0.0.1:5060'], addressRanges: ['127.0.0.1/32'], srtp: 'sdes' });
    await assert.rejects(refused, /400 .*"\/servers\/0".*tls-required/);
  });

  it('[S2.1, S2.12] carries a call that an agent makes, with sound both ways', async () => {
    await ask(fabian, 'POST', '/api/trunks', { name: 'Cifrada', servers: [`sip:${carrier.address}`], addressRanges: ['127.0.0.1/32'], numberFormat: { kind: 'digits' }, keepAliveSeconds: 0, outbound: true, srtp: 'sdes' });
    await carla.getByRole('textbox', { name: 'Número o extensión' }).fill('+51999111222');
    await carla.keyboard.press('Enter');
    await bothHear();
    await finish();
    await carla.getByText('Todo listo para la próxima llamada').waitFor();
  });

  it('[S0.5] brings a customer through menu and queue to an agent, keys pressed and all', async () => {
    carrier.dial(`sip:100@127.0.0.1:${tlsPort};transport=tls`);
    await eventually(() => assert.ok(loudness(carrier.heard().subarray(-8_000)) > SOMETHING, 'the greeting is heard'), 30_000);
    carrier.press('1');
    await carla.getByRole('button', { name: /Contestar/ }).first().click();
    await bothHear();
    await finish();
  });

  it('refuses a caller in plain from the same address, and one who offers keys without TLS', async () => {
    const phone = await TestPhone.start({ protocol: 'udp', server: { address: '127.0.0.1', port: product.sipPort }, username: '51999111222' });
    const offer = (protocol: string, ...lines: string[]) => ['v=0', 'o=phone 1 1 IN IP4 127.0.0.1', 's=-', 'c=IN IP4 127.0.0.1', 't=0 0', `m=audio 40000 ${protocol} 0`, ...lines, ''].join('\r\n');
    const key = `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${Buffer.alloc(30, 7).toString('base64')}`;
    for (const sdp of [offer('RTP/AVP'), offer('RTP/SAVP', key)]) {
      const { status } = await phone.call(`sip:100@127.0.0.1:${product.sipPort}`, { sdp }).failed(15_000);
      assert.equal(status, 488);
    }
    await phone.close();
  });

  it('leaves no key in the trace of a call', async () => {
    const items = await eventually(async () => {
      const page = await ask<ConversationPage>(fabian, 'GET', '/api/conversations');
      assert.deepEqual(page.items.map(({ direction, ending }) => [direction, ending]), [['inbound', 'answered'], ['outbound', 'answered']]);
      return page.items;
    });
    for (const { conversationId } of items) {
      const traces = await ask<{ items: { text: string }[] }>(fabian, 'GET', `/api/conversations/${conversationId}/traces`);
      const text = traces.items.map((one) => one.text).join('\n');
      assert.equal(text.match(/RTP\/SAVP /g)?.length, 2, 'an offer and an answer');
      assert.equal(text.match(/a=crypto:…/g)?.length, 2);
      assert.doesNotMatch(text, /inline/);
      // What came of the media of both legs. Besides its sound baresip sends a word in plain now and then, RTCP's PING and BYE.
      const counted = (name: string): number[] => [...text.matchAll(new RegExp(`^${name}: (\\d+)$`, 'gm'))].map(([, count]) => Number(count));
      const [received, unauthentic] = [counted('packetsReceived'), counted('packetsUnauthentic')];
      assert.deepEqual([received.length, unauthentic.length], [2, 2]);
      for (const [leg, packets] of received.entries()) assert.ok(packets > 30 && unauthentic[leg]! <= 1 + packets / 25, `${unauthentic[leg]} of ${packets} packets were not authentic`);
    }
  });
});
