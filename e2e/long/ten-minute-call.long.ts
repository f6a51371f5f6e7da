import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type ConversationPage, type ConversationView } from '@centralita/contract';
import { AgentAtWire } from '../support/agent-at-wire.ts';
import { Api } from '../support/api.ts';
import { apart, BURST_EVERY_MS, burstsOf, LOUD, median, onsets } from '../support/bursts.ts';
import { CallerAtWire } from '../support/caller-at-wire.ts';
import { leadStraightToVentas } from '../support/center.ts';
import { eventually } from '../support/eventually.ts';
import { FaultyLine } from '../support/fault-proxy.ts';
import { Product } from '../support/product.ts';
import type { Voice } from '../support/voice.ts';
import { readWav } from '../support/wav.ts';

const ANA = '51999111222';
const TALK_MS = 600_000;
const FRAME_MS = 20;
const BAD_NETWORK = { dropRatio: 0.05, jitterMs: 40 };

let folder: string;
let product: Product;
let owner: Api;
let carla: AgentAtWire;
let ana: CallerAtWire;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'centralita-long-'));
  product = await Product.start();
  owner = await Api.signIn(product, 'owner');
  await leadStraightToVentas(await Api.signIn(product, 'administrator'));
  carla = await AgentAtWire.start(product, 'agent');
  await carla.takeWork();
  ana = await CallerAtWire.start(product, ANA, { skewPpm: 100, up: new FaultyLine(BAD_NETWORK, 1), down: new FaultyLine(BAD_NETWORK, 2) });
});
after(async () => {
  for (const one of [ana, carla]) await one?.stop();
  await product?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** When the bursts of the other side came, in ms since each was said; taken as packets come, before any buffer of ours. */
function delaysHeardBy(voice: Voice): readonly number[] {
  const delays: number[] = [];
  let quietPackets = 100;
  voice.onSound = (samples) => {
    const first = samples.findIndex((sample) => Math.abs(sample) > LOUD);
    if (first < 0) quietPackets += 1;
    else {
      // The packet was sent when its last sample had been spoken.
      if (quietPackets > 50) delays.push((performance.now() - (FRAME_MS - first / 8) + BURST_EVERY_MS) % BURST_EVERY_MS);
      quietPackets = 0;
    }
  };
  return delays;
}

describe('a 10-minute call with 100 ppm of clock skew each way, 5 % loss and 40 ms jitter, through the real processes', () => {
  it('[issue 2, done] delay does not grow, the channels stay within 40 ms of each other, the file is as long as the talk', async () => {
    await ana.dial();
    const call = await carla.rings({ skewPpm: -100, up: new FaultyLine(BAD_NETWORK, 3), down: new FaultyLine(BAD_NETWORK, 4) });
    burstsOf(ana.voice, 900);
    burstsOf(call.voice, 600);
    const heardByAna = delaysHeardBy(ana.voice);
    const heardByCarla = delaysHeardBy(call.voice);
    call.answer();
    // The call itself takes its ten minutes: nothing happens in it that could be waited for.
    await new Promise((resolve) => setTimeout(resolve, TALK_MS));
    ana.hangUp();
    const view = await eventually(async () => {
      const { items } = await owner.get<ConversationPage>(`/api/conversations?number=${ANA}`);
      const shown = await owner.get<ConversationView>(`/api/conversations/${items[0]!.conversationId}`);
      assert.equal(shown.ending, 'answered');
      const what = `${JSON.stringify(shown.recordings)} ${shown.timeline.map(({ kind, at }) => `${kind} ${at - shown.startedAt}`).join(', ')}`;
      assert.deepEqual(shown.recordings.map(({ state }) => state), ['ready'], what);
      return shown;
    }, 30_000);

    for (const [who, delays] of [['Ana', heardByAna], ['Carla', heardByCarla]] as const) {
      assert.ok(delays.length > 110, `${who} heard ${delays.length} bursts`);
      const [early, late] = [median(delays.slice(2, 22)), median(delays.slice(-20))];
      console.log(`${who} hears after ${early.toFixed(0)} ms in the first two minutes and after ${late.toFixed(0)} ms in the last two, ${delays.length} bursts`);
      assert.ok(Math.abs(late - early) < 40, `${who}: the delay went from ${early} to ${late} ms`);
    }
    const { recordingId, durationMs } = view.recordings[0]!;
    const { url } = await owner.post<{ url: string }>(`/api/conversations/${view.conversationId}/recordings/${recordingId}/link`);
    const file = join(folder, 'recording.wav');
    writeFileSync(file, await owner.bytes(url));
    const { rate, channels } = readWav(file);
    const fileMs = (channels[0]!.length * 1_000) / rate;
    console.log(`the file is ${fileMs} ms long, the talk ${view.talkMs} ms`);
    assert.equal(Math.round(fileMs), durationMs);
    assert.ok(Math.abs(fileMs - view.talkMs!) <= 100, `${fileMs} ms of file for ${view.talkMs} ms of talk`);

    const [left, right] = [onsets(channels[0]!), onsets(channels[1]!)];
    assert.ok(left.length > 110 && right.length > 110, `${left.length} and ${right.length} bursts are recorded`);
    const gaps = apart(left, right);
    // A burst whose first packet was lost begins 20 ms later on its side; one that is missing has its neighbour 5 s away.
    const far = gaps.filter((ms) => ms > 40).length;
    console.log(`the channels are ${median(gaps).toFixed(1)} ms apart in the middle, ${Math.max(...gaps.filter((ms) => ms < 1_000)).toFixed(1)} ms at most; ${far} of ${gaps.length} bursts beyond 40 ms`);
    for (const part of [gaps.slice(0, 24), gaps.slice(-24)]) assert.ok(median(part) < 40, `${median(part)} ms apart`);
    assert.ok(far / gaps.length < 0.1, `${far} of ${gaps.length} bursts are more than 40 ms apart`);
  });
});
