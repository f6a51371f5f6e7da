import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { ConversationPage, ConversationView, QueueRequest, QueueView } from '@centralita/contract';
import { AgentAtBrowser } from '../support/agent.ts';
import { Api } from '../support/api.ts';
import { Customer } from '../support/customer.ts';
import { eventually } from '../support/eventually.ts';
import { Product } from '../support/product.ts';
import { whereIs } from '../support/prompts.ts';

/** A prompt that was said fits to 1.00 and another to some 0.3; a packet that the busy machine plays late costs a part of it. */
const SAID = 0.6;

let folder: string;
let product: Product;
let fabian: Api;
let carla: AgentAtBrowser;
let ana: Customer;
let beto: Customer;
let eva: Customer;
let late: Customer;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'centralita-overflow-'));
  product = await Product.start();
  fabian = await Api.signIn(product, 'administrator');
  carla = await AgentAtBrowser.start(product, { folder, role: 'agent', hertz: 1_900 });
  const customer = (number: string) => Customer.start(product, { folder, number, hertz: 1_000 });
  [ana, beto, eva, late] = [await customer('51999111222'), await customer('51999333444'), await customer('51999555666'), await customer('51999777888')];
});
after(async () => {
  for (const one of [ana, beto, eva, late]) await one?.stop();
  await carla?.close();
  await product?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** These were said to the customer, in this order. */
async function untilTold(customer: Customer, ...prompts: string[]): Promise<void> {
  await eventually(() => assert.ok(whereIs(prompts.at(-1)!, customer.phone.heard()).likeness > SAID, `${prompts.at(-1)} is heard`), 40_000);
  const heard = customer.phone.heard();
  const fits = prompts.map((name) => ({ name, ...whereIs(name, heard) }));
  const seen = fits.map(({ name, at, likeness }) => `${name} ${likeness.toFixed(2)} at ${at.toFixed(1)} s`).join(', ');
  assert.ok(fits.every(({ likeness }) => likeness > SAID), seen);
  assert.deepEqual(fits.map(({ at }) => at).sort((a, b) => a - b), fits.map(({ at }) => at), seen);
}

async function change(name: string, change: (queues: readonly QueueView[]) => Partial<QueueRequest>): Promise<void> {
  const { items } = await fabian.get<{ items: QueueView[] }>('/api/queues');
  const { queueId, version: _version, ...queue } = items.find((one) => one.name === name)!;
  await fabian.put(`/api/queues/${queueId}`, { ...queue, ...change(items) });
}

async function conversationOf(number: string): Promise<ConversationView> {
  const { items } = await fabian.get<ConversationPage>(`/api/conversations?number=${number}`);
  return fabian.get<ConversationView>(`/api/conversations/${items[0]!.conversationId}`);
}

describe('who waits is told how things stand, and a full queue sends callers on', () => {
  it('an administrator sets how many may wait, how long, and where they go instead', async () => {
    await change('Ventas', (queues) => ({ maximumSize: 2, overflow: { kind: 'queue', queueId: queues.find(({ name }) => name === 'Posventa')!.queueId } }));
    await change('Posventa', () => ({ maximumWaitMs: 12_000, overflow: { kind: 'message', prompt: 'closing' } }));
  });

  it('[S0.5] the first who waits hears that they are next, the second their place, both how long it may take', async () => {
    await carla.takeWork();
    await ana.choose('1');
    await carla.answer();
    await beto.choose('1');
    await untilTold(beto, 'greeting', 'you-are-next', 'estimated-wait-is', 'number-3', 'minutes');
    await eva.choose('1');
    await untilTold(eva, 'greeting', 'you-are-number', 'number-2', 'in-the-queue', 'estimated-wait-is', 'number-6', 'minutes');
    assert.ok(whereIs('closing', eva.phone.heard()).likeness < SAID, 'what was not said is not heard');
  });

  it('[S4.7] the third goes to the other queue, waits there as long as they may, hears the closing words and is hung up', async () => {
    await late.choose('1');
    await untilTold(late, 'greeting', 'you-are-next', 'closing');
    await late.phone.told('CALL_CLOSED');
    const view = await eventually(async () => {
      const view = await conversationOf('51999777888');
      assert.equal(view.ending, 'overflowed');
      return view;
    });
    assert.equal(view.endedBy, 'center');
    assert.equal(view.agentName, null);
    const steps = view.timeline.map(({ kind }) => kind).filter((kind) => kind === 'queued' || kind === 'overflowed');
    assert.deepEqual(steps, ['queued', 'overflowed', 'queued', 'overflowed']);
  });

  it('nobody else lost their place by it', async () => {
    ana.phone.hangUp();
    await carla.finishAfterService();
    await carla.ringsWith('Beto Ríos');
    await carla.answer();
  });
});
