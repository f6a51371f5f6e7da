import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { ConversationPage, ConversationView } from '@centralita/contract';
import { AgentAtBrowser } from '../support/agent.ts';
import { Api } from '../support/api.ts';
import { Customer } from '../support/customer.ts';
import { eventually } from '../support/eventually.ts';
import { Product } from '../support/product.ts';

const ANA_HZ = 1_000;
const EVA_HZ = 700;
const CARLA_HZ = 1_900;

let folder: string;
let product: Product;
let owner: Api;
let carla: AgentAtBrowser;
let ana: Customer;
let eva: Customer;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'centralita-switch-'));
  product = await Product.start();
  owner = await Api.signIn(product, 'owner');
  carla = await AgentAtBrowser.start(product, { folder, role: 'agent', hertz: CARLA_HZ });
  ana = await Customer.start(product, { folder, number: '51999555666', hertz: ANA_HZ });
  eva = await Customer.start(product, { folder, number: '51999777888', hertz: EVA_HZ });
});
after(async () => {
  for (const one of [ana, eva]) await one?.stop();
  await carla?.close();
  await product?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function conversationOf(number: string): Promise<ConversationView> {
  const { items } = await owner.get<ConversationPage>(`/api/conversations?number=${number}`);
  assert.equal(items.length, 1);
  return owner.get<ConversationView>(`/api/conversations/${items[0]!.conversationId}`);
}

describe('the switch is killed', () => {
  it('a call ends with the switch, by the network, and the browser registers again by itself', async () => {
    await carla.takeWork();
    await ana.choose('1');
    await carla.answer();
    await ana.untilHears(CARLA_HZ);
    const killed = product.pidOf('switch');
    // The new switch is told whose phones there are later than the browser registers: it does not know her.
    const control = product.pidOf('control');
    process.kill(control, 'SIGSTOP');
    try {
      process.kill(killed, 'SIGKILL');
      await carla.page.getByText('No se pudo conectar', { exact: true }).waitFor();
    } finally {
      process.kill(control, 'SIGCONT');
    }
    const view = await eventually(async () => {
      const view = await conversationOf('51999555666');
      assert.notEqual(view.endedAt, null);
      return view;
    });
    assert.equal(view.ending, 'answered');
    assert.notEqual(view.endedBy, 'customer');
    assert.notEqual(view.endedBy, 'agent');
    assert.notEqual(product.pidOf('switch'), killed);
    // Her phone knows nothing of it yet; the new switch knows nothing of that dialog.
    ana.phone.hangUp();
    await ana.phone.told('CALL_CLOSED');
    assert.ok(view.timeline.some(({ kind }) => kind === 'after-service-started'));
    await carla.page.getByText('Conectado', { exact: true }).waitFor();
  });

  it('the next call is answered', async () => {
    // The page lets go of the call that died with the switch by itself.
    await carla.finishAfterService();
    await eva.choose('1');
    await carla.ringsWith('51999777888');
    await carla.answer();
    await Promise.all([eva.untilHears(CARLA_HZ), carla.untilHears(EVA_HZ)]);
  });
});
