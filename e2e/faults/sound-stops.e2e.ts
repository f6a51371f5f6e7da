import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { ConversationPage, ConversationView } from '@centralita/contract';
import { AgentAtWire } from '../support/agent-at-wire.ts';
import { Api } from '../support/api.ts';
import { CallerAtWire } from '../support/caller-at-wire.ts';
import { leadStraightToVentas } from '../support/center.ts';
import { eventually } from '../support/eventually.ts';
import { FaultyLine } from '../support/fault-proxy.ts';
import { Product } from '../support/product.ts';
import { talk } from '../support/talk.ts';
import { CLEARLY, level, loudness, NOT_AT_ALL, untilAllHear } from '../support/tones.ts';

const ANA = '51999111222';
const BETO = '51999333444';
const ANA_HZ = 1_000;
const BETO_HZ = 700;
const CARLA_HZ = 1_900;
const MUSIC = 500;
/** Packets in six seconds: twice as long as a browser may be silent. */
const LONG = 300;

let product: Product;
let owner: Api;
let carla: AgentAtWire;

before(async () => {
  product = await Product.start();
  owner = await Api.signIn(product, 'owner');
  await leadStraightToVentas(await Api.signIn(product, 'administrator'));
  carla = await AgentAtWire.start(product, 'agent');
  await carla.takeWork();
});
after(async () => {
  await carla?.stop();
  await product?.stop();
});

async function conversationOf(number: string): Promise<ConversationView> {
  const { items } = await owner.get<ConversationPage>(`/api/conversations?number=${number}`);
  assert.equal(items.length, 1);
  return owner.get<ConversationView>(`/api/conversations/${items[0]!.conversationId}`);
}
const times = ({ timeline }: ConversationView, kind: string): number => timeline.filter((entry) => entry.kind === kind).length;

describe('sound stops in one direction in mid-call, and nobody hangs up', () => {
  it("[fault row 14] a browser's: the customer hears music within seconds and the agent again once the sound is back", async () => {
    const line = new FaultyLine();
    const ana = await CallerAtWire.start(product, ANA);
    try {
      const call = await talk([ana, ANA_HZ], [carla, CARLA_HZ], line);
      line.isCut = true;
      await eventually(() => {
        assert.ok(level(ana.voice, CARLA_HZ) < NOT_AT_ALL, 'Ana hears nothing of Carla');
        assert.ok(loudness(ana.voice) > MUSIC, 'Ana hears music');
      });
      await eventually(async () => assert.equal(times(await conversationOf(ANA), 'agent-lost'), 1));
      line.isCut = false;
      await untilAllHear(['Ana', ana.voice, CARLA_HZ], ['Carla', call.voice, ANA_HZ]);
      call.hangUp();
      await ana.call.ended();
      const view = await eventually(async () => {
        const shown = await conversationOf(ANA);
        assert.equal(shown.ending, 'answered');
        return shown;
      });
      const seen = view.timeline.map(({ kind }) => kind).join(', ');
      assert.deepEqual([times(view, 'answered'), times(view, 'agent-lost'), times(view, 'agent-returned'), times(view, 'returned-to-queue'), view.offers.length], [1, 1, 1, 0, 1], seen);
      assert.equal(view.endedBy, 'agent');
    } finally {
      await ana.stop();
    }
  });

  it("[fault row 14] a telephone's: it may be silent, so the call stays; and when it has gone without a word the agent ends it and is free", async () => {
    const line = new FaultyLine();
    const beto = await CallerAtWire.start(product, BETO, { up: line });
    const call = await talk([beto, BETO_HZ], [carla, CARLA_HZ]);
    const answeredAt = performance.now();
    line.isCut = true;
    const heardBefore = { carla: call.voice.packetsReceived, beto: beto.voice.packetsReceived };
    await eventually(() => assert.ok(call.voice.packetsReceived > heardBefore.carla + LONG && beto.voice.packetsReceived > heardBefore.beto + LONG), 30_000);
    assert.ok(level(beto.voice, CARLA_HZ) > CLEARLY, 'Beto still hears Carla, and no music');
    assert.ok(loudness(call.voice) < NOT_AT_ALL, 'Carla hears silence, and no music');
    line.isCut = false;
    await untilAllHear(['Carla', call.voice, BETO_HZ]);

    // The telephone's battery is empty: no sound, no BYE, and no answer to ours.
    await beto.stop();
    await eventually(() => assert.ok(loudness(call.voice) < NOT_AT_ALL));
    call.hangUp();
    const talkedMs = performance.now() - answeredAt;
    const view = await eventually(async () => {
      const shown = await conversationOf(BETO);
      assert.equal(shown.ending, 'answered');
      return shown;
    });
    assert.deepEqual([times(view, 'answered'), times(view, 'agent-lost'), times(view, 'ended'), view.endedBy], [1, 0, 1, 'agent']);
    // From Carla's answer, which was a moment before both were heard, to her hanging up, although nobody answers that BYE.
    assert.ok(view.talkMs! >= talkedMs - 500 && view.talkMs! < talkedMs + 5_000, `${view.talkMs} ms of talk, Carla talked for ${talkedMs}`);
    const eva = await CallerAtWire.start(product, '51999777888');
    try {
      await eva.dial();
      (await carla.rings()).sip.reject(603);
    } finally {
      await eva.stop();
    }
  });
});
