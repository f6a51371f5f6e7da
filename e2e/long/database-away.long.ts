import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { ConversationView, SessionView } from '@centralita/contract';
import { AgentAtWire } from '../support/agent-at-wire.ts';
import { Api } from '../support/api.ts';
import { leadStraightToVentas } from '../support/center.ts';
import { databaseBetween } from '../support/database-between.ts';
import { eventually } from '../support/eventually.ts';
import type { TcpFaultProxy } from '../support/fault-proxy.ts';
import { allConversations } from '../support/history.ts';
import { metric } from '../support/metrics.ts';
import { freePort } from '../support/ports.ts';
import { Product } from '../support/product.ts';
import { wholeCall } from '../support/whole-call.ts';

const AWAY_MS = 600_000;
/** From the INVITE: nothing is waited for but a disk, on a machine that is busy with other things. */
const RUNG_WITHIN_MS = 1_500;

let product: Product;
let manager: Api;
let carla: AgentAtWire;
let database: TcpFaultProxy;
let open: () => Promise<TcpFaultProxy>;
let metricsPort: number;
let made = 0;

before(async () => {
  metricsPort = await freePort();
  product = await Product.start({ arguments: ['--metrics-port', String(metricsPort)] });
  manager = await Api.signIn(product, 'manager');
  await leadStraightToVentas(await Api.signIn(product, 'administrator'));
  carla = await AgentAtWire.start(product, 'agent');
  await carla.takeWork();
  ({ proxy: database, open } = await databaseBetween(product, metricsPort, async () => {
    await manager.get('/api/session');
    await carla.api.get('/api/session');
  }));
});
after(async () => {
  await carla?.stop();
  await product?.stop();
  database?.close();
});

const oneCall = (): Promise<number> => wholeCall(product, carla, `519999${String(made++).padStart(5, '0')}`);

describe('PostgreSQL is away for ten minutes', () => {
  it('[fault row 5] calls are routed and heard, people work on, what is read back and new sign-ins are refused at once', async () => {
    const { statuses } = await carla.api.get<SessionView>('/api/session');
    database.close();
    const from = performance.now();
    const rung: number[] = [];
    let spooled = 0;
    while (performance.now() - from < AWAY_MS) {
      rung.push(await oneCall());
      const known = await metric(metricsPort, 'turns_spooled');
      assert.ok(known > spooled, `${known} turns in the spool, after ${spooled}`);
      spooled = known;
    }
    console.log(`${rung.length} calls; rung after ${rung.toSorted((a, b) => a - b)[rung.length >> 1]!.toFixed(0)} ms, ${Math.max(...rung).toFixed(0)} at most; ${spooled} turns in the spool`);
    assert.ok(Math.max(...rung.slice(1)) < RUNG_WITHIN_MS, `rung after ${rung.map((ms) => ms.toFixed(0)).join(', ')} ms`);
    for (const { statusId } of statuses.toSorted((a, b) => Number(a.takesQueueWork) - Number(b.takesQueueWork))) await carla.api.set('/api/me/status', { statusId });
    assert.equal(await manager.statusOf('/api/conversations'), 503);
    await assert.rejects(Api.signIn(product, 'owner'), /503/);
    assert.ok((await metric(metricsPort, 'storage_away')) === 1);
  });

  it('[fault row 5] back again it learns of every call, each once', async () => {
    database = await open();
    await eventually(async () => assert.equal(await metric(metricsPort, 'turns_spooled'), 0), 60_000);
    await oneCall();
    await eventually(async () => {
      const items = await allConversations(manager);
      assert.equal(items.length, made);
      assert.equal(new Set(items.map(({ customer }) => customer.number)).size, made);
      for (const { conversationId } of items) {
        const view = await manager.get<ConversationView>(`/api/conversations/${conversationId}`);
        assert.deepEqual([view.ending, view.endedBy, view.offers.length], ['answered', 'customer', 1]);
      }
    }, 60_000);
  });
});
