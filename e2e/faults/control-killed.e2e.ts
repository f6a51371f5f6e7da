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

const [ANA_HZ, BETO_HZ, EVA_HZ, LATE_HZ] = [1_000, 1_300, 700, 500];
const [CARLA_HZ, DIEGO_HZ] = [1_900, 2_300];

let folder: string;
let product: Product;
let owner: Api;
let carla: AgentAtBrowser;
let diego: AgentAtBrowser;
/** Ana and Beto talk, Eva waits; the fourth dials while control is away. */
let ana: Customer;
let beto: Customer;
let eva: Customer;
let late: Customer;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'centralita-control-'));
  product = await Product.start();
  owner = await Api.signIn(product, 'owner');
  carla = await AgentAtBrowser.start(product, { folder, role: 'agent', hertz: CARLA_HZ });
  diego = await AgentAtBrowser.start(product, { folder, role: 'supervisor', hertz: DIEGO_HZ });
  const customer = (number: string, hertz: number) => Customer.start(product, { folder, number, hertz });
  ana = await customer('51999111222', ANA_HZ);
  beto = await customer('51999333444', BETO_HZ);
  eva = await customer('51999555666', EVA_HZ);
  late = await customer('51999777888', LATE_HZ);
});
after(async () => {
  for (const one of [ana, beto, eva, late]) await one?.stop();
  for (const one of [carla, diego]) await one?.close();
  await product?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const history = async () => (await owner.get<ConversationPage>('/api/conversations')).items;
const waiting = async () => (await history()).filter(({ queueName, agentName, endedAt }) => queueName === 'Ventas' && agentName === null && endedAt === null).length;

describe('control is killed under live calls', () => {
  it('two calls talk and one waits', async () => {
    await carla.takeWork();
    await ana.choose('1');
    await carla.answer();
    await diego.takeWork();
    await beto.choose('1');
    await diego.answer();
    await eva.choose('1');
    await Promise.all([ana.untilHears(CARLA_HZ), beto.untilHears(DIEGO_HZ)]);
    await eventually(async () => assert.equal(await waiting(), 1));
  });

  it('audio goes on while it is away, and a call that comes meanwhile is answered when it is back', async () => {
    const before = { ana: ana.phone.heard().length, beto: beto.phone.heard().length };
    const killed = product.pidOf('control');
    const killedAt = performance.now();
    process.kill(killed, 'SIGKILL');
    const routes = late.reachMenu();
    await Promise.all([carla.untilHears(ANA_HZ), diego.untilHears(BETO_HZ)]);
    await routes;
    late.phone.press('1');
    console.log(`a new call is answered ${((performance.now() - killedAt) / 1_000).toFixed(1)} s after the kill`);
    assert.notEqual(product.pidOf('control'), killed);

    for (const [who, customer, since, hertz] of [['Ana', ana, before.ana, CARLA_HZ], ['Beto', beto, before.beto, DIEGO_HZ]] as const) {
      const { heard, of } = customer.tenthsWith(hertz, since);
      // A click of the busy machine or the start of the microphone's file hides the tone for a moment; control's absence would for seconds.
      assert.ok(of >= 10 && heard >= 0.85 * of, `${who} heard the agent in ${heard} of ${of} tenths of a second`);
    }
  });

  it('the call that waited keeps its place and is answered before the later one', async () => {
    await eventually(async () => assert.equal(await waiting(), 2));
    ana.phone.hangUp();
    await carla.finishAfterService();
    await carla.ringsWith('51999555666');
    await carla.answer();
    await carla.untilHears(EVA_HZ);
    await eva.untilHears(CARLA_HZ);
  });

  it('an agent hangs up as if nothing had happened, and takes the next', async () => {
    await diego.hangUp();
    await beto.phone.told('CALL_CLOSED');
    await diego.finishAfterService();
    await diego.ringsWith('51999777888');
    await diego.answer();
    await late.untilHears(DIEGO_HZ);
  });

  it('a control that falls again begins where the last one had come to, not ever further back', async () => {
    /** Told by each control, by its process: the most turns of an account that it replayed, and whether it has kept what came of them. */
    const told = (pid: number) => {
      const lines = product.controlLog().filter((line) => line.pid === pid);
      return { replayed: Math.max(...lines.flatMap(({ msg, turns }) => (msg === 'turns replayed' ? [Number(turns)] : []))), kept: lines.some(({ msg }) => msg === 'a snapshot of what was replayed') };
    };
    const falls = async (pid: number): Promise<number> => {
      process.kill(pid, 'SIGKILL');
      await eventually(() => assert.notEqual(product.pidOf('control'), pid));
      const next = product.pidOf('control');
      await eventually(() => assert.ok(told(next).kept));
      await eventually(async () => assert.equal((await fetch(new URL('/api/health', product.address))).status, 200));
      return next;
    };
    const second = product.pidOf('control');
    await eventually(() => assert.ok(told(second).kept));
    const made = (await history()).length;
    const third = await falls(second);
    const fourth = await falls(third);
    console.log(`turns replayed: ${told(second).replayed}, ${told(third).replayed}, ${told(fourth).replayed}`);
    assert.ok(told(fourth).replayed < told(second).replayed, 'what happened since the last start alone');
    await eventually(async () => assert.equal((await history()).length, made));
  });

  it('each call is in the history once, with one answer, one after-service and one recording', async () => {
    eva.phone.hangUp();
    late.phone.hangUp();
    await carla.finishAfterService();
    await diego.finishAfterService();
    await eventually(async () => {
      const items = await history();
      assert.equal(items.length, 4);
      assert.deepEqual(items.map(({ ending }) => ending), ['answered', 'answered', 'answered', 'answered']);
      const views = await Promise.all(items.map(({ conversationId }) => owner.get<ConversationView>(`/api/conversations/${conversationId}`)));
      for (const { timeline, recordings, offers } of views) {
        const times = (kind: string) => timeline.filter((entry) => entry.kind === kind).length;
        const seen = timeline.map(({ kind }) => kind).join(', ');
        assert.deepEqual([times('queued'), times('answered'), times('ended'), times('after-service-started'), times('after-service-ended')], [1, 1, 1, 1, 1], seen);
        assert.equal(offers.length, 1, seen);
        assert.deepEqual(recordings.map(({ state }) => state), ['ready']);
      }
    });
  });
});
