import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { AgentAtWire, type WireCall } from '../support/agent-at-wire.ts';
import { Api } from '../support/api.ts';
import { CallerAtWire } from '../support/caller-at-wire.ts';
import { leadStraightToVentas } from '../support/center.ts';
import { eventually } from '../support/eventually.ts';
import { mediaWorkerPids, metric } from '../support/metrics.ts';
import { freePort } from '../support/ports.ts';
import { Product } from '../support/product.ts';
import { talk } from '../support/talk.ts';
import { heardThroughout, untilAllHear } from '../support/tones.ts';

const ANA_HZ = 1_000;
const CARLA_HZ = 1_900;
/** With Ana's and Carla's legs as many as are taken however late the audio runs. */
const WAITING = 6;
/** Later than a machine that is busy with other tests makes it, and still not heard. */
const LATE_MS = 40;
const TURN_MS = 80;

let product: Product;
let carla: AgentAtWire;
let metricsPort: number;
let ana: CallerAtWire;
let call: WireCall;
const waiting: CallerAtWire[] = [];
let feed = (): void => {};

/** As a quota of half a processor does it (cgroup `cpu.max`), but on every machine: the media worker runs, and then may not. */
function starve(): void {
  const [worker] = mediaWorkerPids(product);
  let stopped = false;
  const turn = setInterval(() => {
    stopped = !stopped;
    process.kill(worker!, stopped ? 'SIGSTOP' : 'SIGCONT');
  }, TURN_MS);
  feed = () => {
    clearInterval(turn);
    process.kill(worker!, 'SIGCONT');
    feed = () => {};
  };
}

describe('the processor has no time for audio', () => {
  before(async () => {
    metricsPort = await freePort();
    product = await Product.start({ arguments: ['--metrics-port', String(metricsPort), '--media-workers', '1', '--media-late-ms', String(LATE_MS)] });
    await leadStraightToVentas(await Api.signIn(product, 'administrator'));
    carla = await AgentAtWire.start(product, 'agent');
    await carla.takeWork();
    ana = await CallerAtWire.start(product, '51999111222');
    call = await talk([ana, ANA_HZ], [carla, CARLA_HZ]);
    for (let one = 0; one < WAITING; one++) {
      waiting.push(await CallerAtWire.start(product, `5199900000${one}`));
      await waiting.at(-1)!.dial();
    }
  });
  after(async () => {
    feed();
    for (const one of [ana, ...waiting, carla]) await one?.stop();
    await product?.stop();
  });

  it('[fault row 30] new calls get 503 while audio runs late, live ones stay and are heard, an alarm and the metrics say why, and calls are taken again afterwards', async () => {
    starve();
    await eventually(async () => {
      assert.equal(await metric(metricsPort, 'switch_admitting'), 0);
      assert.ok((await metric(metricsPort, 'switch_tick_late_seconds')) > LATE_MS / 1_000);
      assert.equal(await metric(metricsPort, 'alarms_total{alarm="overloaded"}'), 1);
    }, 60_000);
    const late = await metric(metricsPort, 'switch_tick_late_seconds');
    const turnedAway = await CallerAtWire.start(product, '51999333444');
    const status = await turnedAway.tryToDial();
    await turnedAway.stop();
    assert.equal(status, 503);
    // Some seconds more of the live call under the same conditions.
    const heardBefore = call.voice.packetsReceived;
    await eventually(() => assert.ok(call.voice.packetsReceived > heardBefore + 150), 60_000);
    const heard = { ana: heardThroughout(ana.voice, 3_000, CARLA_HZ), carla: heardThroughout(call.voice, 3_000, ANA_HZ) };
    console.log(`audio runs ${(1_000 * late).toFixed(0)} ms late; of the last 3 s Ana heard ${heard.ana.share}, Carla ${heard.carla.share}`);
    feed();
    for (const { share } of [heard.ana, heard.carla]) assert.ok(share > 0.5, `the live call was heard in ${share} of the time`);
    await eventually(async () => assert.equal(await metric(metricsPort, 'switch_admitting'), 1), 60_000);
    const next = await CallerAtWire.start(product, '51999555666');
    try {
      await next.dial();
    } finally {
      await next.stop();
    }
    await untilAllHear(['Ana', ana.voice, CARLA_HZ], ['Carla', call.voice, ANA_HZ]);
    for (const one of waiting) assert.equal(one.call.dialog.state, 'confirmed', 'who waited still waits');
  });
});
