import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { ConversationPage, ConversationView } from '@centralita/contract';
import { Api } from '../support/api.ts';
import { CallerAtWire } from '../support/caller-at-wire.ts';
import { changeFlow } from '../support/center.ts';
import { eventually } from '../support/eventually.ts';
import { Product } from '../support/product.ts';
import { whereIs } from '../support/prompts.ts';

const ANA = '51999111222';
const BETO = '51999333444';
const SAID = 0.6;

let product: Product;
let owner: Api;

before(async () => {
  product = await Product.start();
  owner = await Api.signIn(product, 'owner');
});
after(() => product?.stop());

async function conversationOf(number: string): Promise<ConversationView> {
  const { items } = await owner.get<ConversationPage>(`/api/conversations?number=${number}`);
  return owner.get<ConversationView>(`/api/conversations/${items[0]!.conversationId}`);
}

async function call(number: string, during: (caller: CallerAtWire) => Promise<void>): Promise<ConversationView> {
  const caller = await CallerAtWire.start(product, number);
  try {
    await caller.dial();
    await during(caller);
    return await eventually(async () => {
      const view = await conversationOf(number);
      assert.notEqual(view.endedAt, null);
      return view;
    });
  } finally {
    await caller.stop();
  }
}

describe('[S0.5] a number whose flow says that the store is closed', () => {
  before(async () => {
    await changeFlow(await Api.signIn(product, 'administrator'), () => ({
      start: 'answer',
      steps: { answer: { kind: 'answer', next: 'words' }, words: { kind: 'play', items: [{ kind: 'prompt', name: 'closing' }], next: 'end' }, end: { kind: 'hang-up' } },
    }));
  });

  it('the caller hears the closing words and is hung up; the call ends as closed, by the center', async () => {
    const view = await call(ANA, async (caller) => {
      await caller.call.ended(20_000);
      const { likeness } = whereIs('closing', caller.voice.heard(20_000));
      assert.ok(likeness > SAID, `the closing words fit to ${likeness.toFixed(2)}`);
    });
    assert.deepEqual({ ending: view.ending, endedBy: view.endedBy, queueName: view.queueName, agentName: view.agentName }, { ending: 'closed', endedBy: 'center', queueName: null, agentName: null });
    assert.deepEqual(view.recordings, []);
  });

  it('who hangs up before the words are over left by themselves', async () => {
    const view = await call(BETO, async (caller) => {
      await eventually(() => assert.ok(caller.voice.packetsReceived > 25, 'the words have begun'));
      caller.hangUp();
    });
    assert.deepEqual({ ending: view.ending, endedBy: view.endedBy }, { ending: 'left-in-menu', endedBy: 'customer' });
  });

  it('both are found in the history by how they ended', async () => {
    const numbers = async (ending: string) => (await owner.get<ConversationPage>(`/api/conversations?ending=${ending}`)).items.map(({ customer }) => customer.number);
    assert.deepEqual(await numbers('closed'), [ANA]);
    assert.deepEqual(await numbers('left-in-menu'), [BETO]);
  });
});
