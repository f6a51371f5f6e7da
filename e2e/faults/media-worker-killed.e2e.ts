import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { AgentAtBrowser } from '../support/agent.ts';
import { Customer } from '../support/customer.ts';
import { eventually } from '../support/eventually.ts';
import { Product } from '../support/product.ts';

const ANA_HZ = 1_000;
const CARLA_HZ = 1_900;

let folder: string;
let product: Product;
let carla: AgentAtBrowser;
let ana: Customer;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'centralita-worker-'));
  product = await Product.start({ arguments: ['--media-workers', '1'] });
  carla = await AgentAtBrowser.start(product, { folder, role: 'agent', hertz: CARLA_HZ });
  ana = await Customer.start(product, { folder, number: '51999555666', hertz: ANA_HZ });
});
after(async () => {
  await ana?.stop();
  await carla?.close();
  await product?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** The only media worker: the switch's child that runs its program. */
function workerPid(): number {
  const pid = product.pidOf('switch');
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number);
  const found = children.find((child) => readFileSync(`/proc/${child}/cmdline`, 'utf8').includes('media/worker'));
  assert.ok(found, 'a media worker runs');
  return found;
}

describe('the only media worker is killed', () => {
  it('[fault 3] the telephone is offered a new place, the browser is rung back, and both talk again in the same call', async () => {
    await carla.takeWork();
    await ana.choose('1');
    await carla.answer();
    await Promise.all([ana.untilHears(CARLA_HZ), carla.untilHears(ANA_HZ)]);
    const killed = workerPid();
    process.kill(killed, 'SIGKILL');
    await eventually(() => assert.notEqual(workerPid(), killed));
    const heardUntilNow = ana.phone.heard().length;
    // Two seconds of new sound, the last of them with Carla in it: what was heard before the kill proves nothing.
    await eventually(() => assert.ok(ana.phone.heard().length > heardUntilNow + 16_000), 20_000);
    await Promise.all([ana.untilHears(CARLA_HZ), carla.untilHears(ANA_HZ)]);
    await carla.hangUp();
    await carla.finishAfterService();
  });
});
