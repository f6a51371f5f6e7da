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
import { TcpFaultProxy } from '../support/fault-proxy.ts';
import { Product } from '../support/product.ts';

const DIEGO_HZ = 2_300;
const ANA = '51999555666';

let folder: string;
let product: Product;
let owner: Api;
/** Carla's way to the center: pages and feed, and her telephone's WebSocket. */
let cables: readonly TcpFaultProxy[];
let carla: AgentAtBrowser;
let diego: AgentAtBrowser;
let ana: Customer;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'centralita-cut-'));
  product = await Product.start();
  owner = await Api.signIn(product, 'owner');
  const ports = [product.httpPort, product.webSocketPort];
  cables = await Promise.all(ports.map((port) => TcpFaultProxy.open({ port })));
  const through = new Map(ports.map((port, index) => [port, cables[index]!.port]));
  carla = await AgentAtBrowser.start(product, { folder, role: 'agent', hertz: 1_900, through });
  diego = await AgentAtBrowser.start(product, { folder, role: 'supervisor', hertz: DIEGO_HZ });
  ana = await Customer.start(product, { folder, number: ANA, hertz: 1_000 });
});
after(async () => {
  await ana?.stop();
  for (const one of [carla, diego]) await one?.kill();
  for (const cable of cables ?? []) cable.close();
  await product?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function conversation(): Promise<ConversationView> {
  const { items } = await owner.get<ConversationPage>(`/api/conversations?number=${ANA}`);
  return owner.get<ConversationView>(`/api/conversations/${items[0]!.conversationId}`);
}

describe("the network of an agent's browser is cut without a close", () => {
  it('[issue 2, faults] while it rings: another agent is offered the call within 12 s', async () => {
    await carla.takeWork();
    await ana.choose('1');
    await carla.ringsWith(ANA);
    await diego.takeWork();
    for (const cable of cables) cable.cut();
    const cutAt = Date.now();
    await diego.ringsWith(ANA);
    const view = await eventually(async () => {
      const shown = await conversation();
      assert.deepEqual(shown.offers.map(({ agentName }) => agentName), ['Carla', 'Diego']);
      return shown;
    });
    const tookMs = view.timeline.filter(({ kind }) => kind === 'offered')[1]!.at - cutAt;
    console.log(`offered to another ${tookMs} ms after the cut`);
    assert.ok(tookMs < 12_000, `it took ${tookMs} ms`);
    // Carla was not asked in vain: her network is gone, she is not one who does not answer.
    assert.deepEqual(view.timeline.filter(({ kind }) => kind.startsWith('offer-')).map(({ kind }) => kind), ['offer-withdrawn']);
    await diego.answer();
    await ana.untilHears(DIEGO_HZ);
  });

  it('once the cable is back, the agent takes work again by themselves', async () => {
    for (const cable of cables) cable.heal();
    ana.phone.hangUp();
    await diego.finishAfterService();
    const eva = await Customer.start(product, { folder, number: '51999777888', hertz: 700 });
    try {
      await diego.kill();
      await eva.choose('1');
      await carla.ringsWith('51999777888');
    } finally {
      await eva.stop();
    }
  });
});
