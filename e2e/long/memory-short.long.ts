import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { AgentAtWire, type WireCall } from '../support/agent-at-wire.ts';
import { Api } from '../support/api.ts';
import { CallerAtWire } from '../support/caller-at-wire.ts';
import { leadStraightToVentas } from '../support/center.ts';
import { openBrowser, type TestBrowser } from '../support/chromium.ts';
import { eventually } from '../support/eventually.ts';
import { LargeFlows } from '../support/large-flows.ts';
import { metric } from '../support/metrics.ts';
import { signIn } from '../support/people.ts';
import { freePort } from '../support/ports.ts';
import { Product } from '../support/product.ts';
import { talk } from '../support/talk.ts';
import { heardThroughout, untilAllHear } from '../support/tones.ts';

const ANA_HZ = 1_000;
const CARLA_HZ = 1_900;
/** Control needs some 42 MB of heap for itself; 100 large flows more are too much. */
const HEAP_MB = 76;
const WITHIN_MS = 120_000;

let folder: string;
let product: Product;
let metricsPort: number;
let browser: TestBrowser;
let diego: Page;
let manager: Api;
let carla: AgentAtWire;
let ana: CallerAtWire;
let call: WireCall;
let flows: LargeFlows;
let control: number;

const isLetGo = async (what: string): Promise<boolean> => (await metric(metricsPort, `let_go{what="${what}"}`)) === 1;

/** A little more, until it is let go. */
async function fillUntilLetGo(what: string): Promise<void> {
  const until = performance.now() + WITHIN_MS;
  while (!(await isLetGo(what))) {
    assert.ok(performance.now() < until, `${what} are not let go`);
    await flows.add();
  }
}

async function theCallIsHeard(): Promise<void> {
  const heardBefore = call.voice.packetsReceived;
  await eventually(() => assert.ok(call.voice.packetsReceived > heardBefore + 100));
  // A machine that is busy with other things clips a moment of it.
  await eventually(() => {
    for (const [voice, hertz] of [[ana.voice, CARLA_HZ], [call.voice, ANA_HZ]] as const) {
      const { share } = heardThroughout(voice, 1_500, hertz);
      assert.ok(share > 0.8, `${hertz} Hz is heard in ${share} of the last second and a half`);
    }
  });
}

describe('memory runs short', () => {
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'centralita-memory-'));
    metricsPort = await freePort();
    product = await Product.start({ arguments: ['--metrics-port', String(metricsPort)], environment: { NODE_OPTIONS: `--max-old-space-size=${HEAP_MB}` } });
    const admin = await Api.signIn(product, 'administrator');
    manager = await Api.signIn(product, 'manager');
    await leadStraightToVentas(admin);
    flows = new LargeFlows(admin);
    carla = await AgentAtWire.start(product, 'agent');
    await carla.takeWork();
    ana = await CallerAtWire.start(product, '51999111222');
    call = await talk([ana, ANA_HZ], [carla, CARLA_HZ]);
    browser = await openBrowser({ folder, hertz: CARLA_HZ });
    diego = await signIn(browser, product, 'supervisor');
    await diego.getByRole('link', { name: 'En vivo' }).click();
    await diego.getByRole('table', { name: 'Agentes' }).getByText('Carla').first().waitFor();
    control = product.pidOf('control');
  });
  after(async () => {
    await browser?.close();
    for (const one of [ana, carla]) await one?.stop();
    await product?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('[fault row 29] dashboards are let go first, and the supervisor is told why', async () => {
    await fillUntilLetGo('dashboards');
    await diego.getByText('El panel está en pausa').waitFor();
    await diego.getByText('Falta memoria: los paneles y los informes se detienen').waitFor();
    assert.equal(await manager.statusOf(`/api/board?topic=board&at=${Date.now() - 1_000}`), 503);
    assert.equal(await manager.statusOf('/api/conversations'), 200);
    await theCallIsHeard();
  });

  it('[fault row 29] reports next, while new calls are still answered', async () => {
    await fillUntilLetGo('reports');
    assert.equal(await manager.statusOf('/api/conversations'), 503);
    const beto = await CallerAtWire.start(product, '51999333444');
    assert.equal(await beto.tryToDial(), 200);
    await beto.sayGoodbye();
    await beto.stop();
    await theCallIsHeard();
  });

  it('[fault row 29] new calls last: 503 with Retry-After, and the live one is heard by a control that never fell', async () => {
    await fillUntilLetGo('calls');
    await eventually(async () => assert.equal(await metric(metricsPort, 'switch_admitting'), 0));
    const turnedAway = await CallerAtWire.start(product, '51999555666');
    assert.equal(await turnedAway.tryToDial(), 503);
    await turnedAway.stop();
    await theCallIsHeard();
    await diego.getByText('Hay más trabajo del que la máquina puede llevar').waitFor();
    assert.equal(product.pidOf('control'), control);
  });

  it('[fault row 29] everything comes back by itself once there is memory again, and the call was one call', async () => {
    await flows.removeAll();
    await eventually(async () => assert.deepEqual([await isLetGo('calls'), await isLetGo('reports'), await isLetGo('dashboards')], [false, false, false]), WITHIN_MS);
    await diego.getByRole('table', { name: 'Agentes' }).getByText('Carla').first().waitFor();
    assert.equal(await diego.getByText('Falta memoria').count(), 0);
    await eventually(async () => assert.equal(await metric(metricsPort, 'switch_admitting'), 1));
    call.hangUp();
    await ana.call.ended();
    const next = await CallerAtWire.start(product, '51999777888');
    await next.dial();
    const offered = await carla.rings();
    offered.voice.say(CARLA_HZ);
    offered.answer();
    await untilAllHear(['the next one', next.voice, CARLA_HZ]);
    await next.sayGoodbye();
    await next.stop();
    assert.equal(product.pidOf('control'), control, 'it never fell');
    await eventually(async () => {
      const { items } = await manager.get<{ items: { customer: { number: string }; ending: string | null }[] }>('/api/conversations?limit=50');
      const endings = Object.fromEntries(items.map(({ customer, ending }) => [customer.number, ending]));
      assert.deepEqual([endings['51999111222'], endings['51999777888'], endings['51999555666']], ['answered', 'answered', undefined]);
    });
  });
});
