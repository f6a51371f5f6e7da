import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { ConversationPage, ConversationView } from '@centralita/contract';
import { AgentAtWire } from '../support/agent-at-wire.ts';
import { Api } from '../support/api.ts';
import { leadStraightToVentas } from '../support/center.ts';
import { databaseBetween } from '../support/database-between.ts';
import { eventually } from '../support/eventually.ts';
import type { TcpFaultProxy } from '../support/fault-proxy.ts';
import { metric } from '../support/metrics.ts';
import { freePort } from '../support/ports.ts';
import { Product } from '../support/product.ts';
import { wholeCall } from '../support/whole-call.ts';

const CALLS = 4;
/** Design 3: a turn waits for PostgreSQL this long at most, and then for the spool. */
const PATIENCE_MS = 500;
/** Each is committed before what follows from it begins: the caller is answered; is in the queue; the agent is offered the call. */
const TURNS_BEFORE_THE_RING = 3;
/** What a call takes without the fault, on a machine that is busy with other things. */
const OTHERWISE_MS = 1_000;

let product: Product;
let owner: Api;
let carla: AgentAtWire;
let database: TcpFaultProxy;
let metricsPort: number;

before(async () => {
  metricsPort = await freePort();
  product = await Product.start({ arguments: ['--metrics-port', String(metricsPort)] });
  owner = await Api.signIn(product, 'owner');
  await leadStraightToVentas(await Api.signIn(product, 'administrator'));
  carla = await AgentAtWire.start(product, 'agent');
  await carla.takeWork();
  ({ proxy: database } = await databaseBetween(product, metricsPort, () => owner.get('/api/session')));
});
after(async () => {
  await carla?.stop();
  await product?.stop();
  database?.close();
});

describe('PostgreSQL answers slowly', () => {
  let made = 0;
  async function rung(): Promise<readonly number[]> {
    const all: number[] = [];
    for (let turn = 0; turn < CALLS; turn++) all.push(await wholeCall(product, carla, `519999${String(made++).padStart(5, '0')}`));
    return all;
  }

  for (const slowerMs of [400, 1_200]) {
    it(`[fault row 6] by ${slowerMs} ms: an idle agent is rung once three commits are done, each of which takes half a second at most`, async () => {
      database.delayMs = slowerMs / 2;
      const all = await rung();
      const told = all.map((ms) => ms.toFixed(0)).join(', ');
      console.log(`with ${slowerMs} ms more for each answer rung after ${told} ms`);
      assert.ok(Math.max(...all) < TURNS_BEFORE_THE_RING * PATIENCE_MS + OTHERWISE_MS, `rung after ${told} ms`);
    });
  }

  it('[fault row 6] fast again it takes every turn, and the history is whole', async () => {
    database.delayMs = 0;
    console.log(`without delay rung after ${(await rung()).map((ms) => ms.toFixed(0)).join(', ')} ms`);
    await eventually(async () => assert.equal(await metric(metricsPort, 'turns_spooled'), 0));
    await eventually(async () => {
      const { items } = await owner.get<ConversationPage>('/api/conversations?limit=200');
      assert.equal(items.length, made);
      for (const { conversationId } of items) {
        const view = await owner.get<ConversationView>(`/api/conversations/${conversationId}`);
        const seen = view.timeline.map(({ kind }) => kind);
        assert.deepEqual([view.ending, view.endedBy, view.offers.length], ['answered', 'customer', 1], seen.join(', '));
        for (const kind of ['queued', 'offered', 'answered', 'ended']) assert.equal(seen.filter((one) => one === kind).length, 1, seen.join(', '));
      }
    }, 30_000);
  });
});
