import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { ConversationPage, ConversationView } from '@centralita/contract';
import { AgentAtBrowser } from '../support/agent.ts';
import { Api } from '../support/api.ts';
import { Customer, SOMETHING } from '../support/customer.ts';
import { eventually } from '../support/eventually.ts';
import { Product } from '../support/product.ts';

const ANA_HZ = 1_000;
const EVA_HZ = 700;
const CARLA_HZ = 1_900;
const DIEGO_HZ = 2_300;

let folder: string;
let product: Product;
let owner: Api;
let carla: AgentAtBrowser;
let diego: AgentAtBrowser;
let ana: Customer;
let eva: Customer;

const carlaAtBrowser = () => AgentAtBrowser.start(product, { folder, role: 'agent', hertz: CARLA_HZ });
const diegoAtBrowser = () => AgentAtBrowser.start(product, { folder, role: 'supervisor', hertz: DIEGO_HZ });

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'centralita-browser-'));
  product = await Product.start();
  owner = await Api.signIn(product, 'owner');
  carla = await carlaAtBrowser();
  diego = await diegoAtBrowser();
  ana = await Customer.start(product, { folder, number: '51999555666', hertz: ANA_HZ });
  eva = await Customer.start(product, { folder, number: '51999777888', hertz: EVA_HZ });
});
after(async () => {
  for (const one of [ana, eva]) await one?.stop();
  for (const one of [carla, diego]) await one?.close();
  await product?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** The newest conversation of that customer. */
async function conversationOf(number: string): Promise<ConversationView> {
  const { items } = await owner.get<ConversationPage>(`/api/conversations?number=${number}`);
  return owner.get<ConversationView>(`/api/conversations/${items[0]!.conversationId}`);
}
const moment = (view: ConversationView, kind: string, nth = 0): number => {
  const found = view.timeline.filter((entry) => entry.kind === kind)[nth];
  assert.ok(found, `${kind} is in ${view.timeline.map((entry) => entry.kind).join(', ')}`);
  return found.at;
};

describe("an agent's browser is lost", () => {
  it('while it rings: another agent is offered the call within 5 s', async () => {
    await carla.takeWork();
    await ana.choose('1');
    await carla.ringsWith('51999555666');
    await diego.takeWork();
    const killedAt = Date.now();
    await carla.kill();
    await diego.ringsWith('51999555666');
    // History is written a moment after the fact.
    const view = await eventually(async () => {
      const shown = await conversationOf('51999555666');
      assert.deepEqual(shown.offers.map(({ agentName }) => agentName), ['Carla', 'Diego']);
      return shown;
    });
    const tookMs = moment(view, 'offered', 1) - killedAt;
    console.log(`offered to another ${tookMs} ms after the kill`);
    assert.ok(tookMs < 5_000, `it took ${tookMs} ms`);
    await diego.answer();
    await ana.untilHears(DIEGO_HZ);
  });

  it('while it talks: the caller hears music, and the agent comes back to the same call within 30 s', async () => {
    await diego.kill();
    await eventually(() => {
      assert.throws(() => ana.hears(DIEGO_HZ));
      assert.ok(ana.loudness() > SOMETHING, 'music plays');
    });
    diego = await diegoAtBrowser();
    await diego.shows('Hablando');
    await Promise.all([ana.untilHears(DIEGO_HZ), diego.untilHears(ANA_HZ)]);
    const view = await eventually(async () => {
      const shown = await conversationOf('51999555666');
      assert.ok(moment(shown, 'agent-returned') > moment(shown, 'agent-lost'));
      return shown;
    });
    assert.equal(view.offers.length, 2);
  });

  it('for longer: the caller returns to the front of the queue, and another agent answers', async () => {
    // Eva waits since before; who was already talking still goes first.
    await eva.choose('1');
    await eventually(async () => assert.equal((await conversationOf('51999777888')).queueName, 'Ventas'));
    await diego.kill();
    await eventually(async () => moment(await conversationOf('51999555666'), 'returned-to-queue'), 45_000);
    const view = await conversationOf('51999555666');
    const awayMs = moment(view, 'returned-to-queue') - moment(view, 'agent-lost', 1);
    assert.ok(awayMs >= 29_000 && awayMs < 33_000, `back in the queue after ${awayMs} ms`);
    // Carla never left her status; with a browser again she is offered the next at once.
    carla = await carlaAtBrowser();
    await carla.ringsWith('51999555666');
    await carla.answer();
    await Promise.all([ana.untilHears(CARLA_HZ), carla.untilHears(ANA_HZ)]);
  });

  it('one row says it all', async () => {
    ana.phone.hangUp();
    await eventually(async () => {
      const view = await conversationOf('51999555666');
      assert.equal(view.ending, 'answered');
      assert.equal(view.endedBy, 'customer');
      assert.deepEqual(view.offers.map(({ agentName }) => agentName), ['Carla', 'Diego', 'Carla']);
    });
  });
});
