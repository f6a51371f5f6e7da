import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { ConversationPage, ConversationView } from '@centralita/contract';
import { AgentAtWire, type WireCall } from '../support/agent-at-wire.ts';
import { Api } from '../support/api.ts';
import { apart, BURST_EVERY_MS, burstsOf, median, onsets } from '../support/bursts.ts';
import { CallerAtWire } from '../support/caller-at-wire.ts';
import { leadStraightToVentas } from '../support/center.ts';
import { openBrowser, type TestBrowser } from '../support/chromium.ts';
import { eventually } from '../support/eventually.ts';
import { FaultyLine } from '../support/fault-proxy.ts';
import { signIn } from '../support/people.ts';
import { Product } from '../support/product.ts';
import { readWav } from '../support/wav.ts';

const ANA = '51999111222';
/** 40 ms, give or take 30. */
const BAD_NETWORK = { dropRatio: 0.05, duplicateRatio: 0, reorderRatio: 0.01, delayMs: 10, jitterMs: 60 };
const BURSTS = 6;
const GOOD_MOS = 3.9;
/** Nothing but the fault makes such a difference: a twentieth of the packets lost takes half a point. */
const CLEARLY_WORSE = 0.2;

let folder: string;
let product: Product;
let owner: Api;
let carla: AgentAtWire;
let ana: CallerAtWire;
let browser: TestBrowser;
const [up, down] = [new FaultyLine({}, 1), new FaultyLine({}, 2)];

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'centralita-network-'));
  product = await Product.start();
  owner = await Api.signIn(product, 'owner');
  await leadStraightToVentas(await Api.signIn(product, 'administrator'));
  carla = await AgentAtWire.start(product, 'agent');
  await carla.takeWork();
  ana = await CallerAtWire.start(product, ANA, { up, down });
});
after(async () => {
  await browser?.close();
  for (const one of [ana, carla]) await one?.stop();
  await product?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function conversation(): Promise<ConversationView> {
  const { items } = await owner.get<ConversationPage>(`/api/conversations?number=${ANA}`);
  return owner.get<ConversationView>(`/api/conversations/${items[0]!.conversationId}`);
}
async function customersMos(): Promise<number> {
  const { participants } = await conversation();
  const mos = participants.find(({ role }) => role === 'customer')?.mos;
  assert.ok(typeof mos === 'number', 'the quality of the call has been measured');
  return mos;
}

/** The recording's two channels and how long it is. */
async function recorded({ conversationId, recordings }: ConversationView): Promise<{ readonly channels: readonly Int16Array[]; readonly ms: number }> {
  const { url } = await owner.post<{ url: string }>(`/api/conversations/${conversationId}/recordings/${recordings[0]!.recordingId}/link`);
  const file = join(folder, 'recording.wav');
  writeFileSync(file, await owner.bytes(url));
  const { rate, channels } = readWav(file);
  return { channels, ms: (channels[0]!.length * 1_000) / rate };
}

describe("a customer's network gets bad in mid-call", () => {
  let call: WireCall;

  it('[fault row 13] with 5 % lost, 40 ± 30 ms and 1 % out of order the call stays, and its quality drops while it lasts', async () => {
    await ana.dial();
    call = await carla.rings();
    burstsOf(ana.voice, 900);
    burstsOf(call.voice, 600);
    call.answer();
    const before = await eventually(async () => {
      const mos = await customersMos();
      assert.ok(mos >= GOOD_MOS, `MOS ${mos} without any fault`);
      return mos;
    });
    [up.faults, down.faults] = [BAD_NETWORK, BAD_NETWORK];
    const heard = { ana: ana.voice.packetsReceived, carla: call.voice.packetsReceived };
    const mos = await eventually(async () => {
      const now = await customersMos();
      assert.ok(now < before - CLEARLY_WORSE, `MOS ${now} with the bad network, ${before} before`);
      return now;
    }, 30_000);
    console.log(`MOS ${before} before, ${mos} with the bad network`);
    // As long as it takes to hear some bursts; the center fills what is lost, so Carla gets every packet, and Ana nineteen of twenty.
    const packets = (BURSTS * BURST_EVERY_MS) / 20;
    await eventually(() => assert.ok(call.voice.packetsReceived - heard.carla > packets), 60_000);
    const share = (ana.voice.packetsReceived - heard.ana) / (call.voice.packetsReceived - heard.carla);
    assert.ok(share > 0.9 && share < 0.99, `Ana got ${share} as many packets as Carla`);
    call.hangUp();
    await ana.call.ended();
  });

  it('[fault row 13] the recording is as long as the talk, its channels are in time with each other, and the page says how good it was', async () => {
    const view = await eventually(async () => {
      const shown = await conversation();
      assert.equal(shown.ending, 'answered');
      assert.deepEqual(shown.recordings.map(({ state }) => state), ['ready']);
      return shown;
    });
    assert.ok(!view.timeline.some(({ kind }) => kind === 'agent-lost'));
    const { channels, ms } = await recorded(view);
    assert.ok(Math.abs(ms - view.talkMs!) <= 200, `${ms} ms of file for ${view.talkMs} ms of talk`);
    const [left, right] = [onsets(channels[0]!), onsets(channels[1]!)];
    const gaps = apart(left, right);
    console.log(`bursts are ${gaps.map((gap) => gap.toFixed(0)).join(', ')} ms apart`);
    assert.ok(gaps.length >= BURSTS && right.length >= BURSTS, `${left.length} and ${right.length} bursts are recorded`);
    // Delay of the network and of the buffer are in Ana's channel and not in Carla's.
    assert.ok(median(gaps) < 150, `the channels are ${median(gaps)} ms apart`);
    browser = await openBrowser({ folder, hertz: 2_300 });
    const page = await signIn(browser, product, 'owner');
    await page.goto(`${product.address}/history/${view.conversationId}`);
    const worst = Math.min(...view.participants.flatMap(({ mos }) => mos ?? []));
    await page.getByText(` · ${worst.toFixed(1).replace('.', ',')}`).first().waitFor();
  });
});
