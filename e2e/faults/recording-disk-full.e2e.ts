import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { ConversationPage, ConversationView } from '@centralita/contract';
import { AgentAtBrowser } from '../support/agent.ts';
import { AgentAtWire, type WireCall } from '../support/agent-at-wire.ts';
import { Api } from '../support/api.ts';
import { CallerAtWire } from '../support/caller-at-wire.ts';
import { leadStraightToVentas } from '../support/center.ts';
import { eventually } from '../support/eventually.ts';
import { Product } from '../support/product.ts';
import { fillDisk, recordingsOnSmallDisk } from '../support/small-disk.ts';
import { readWav, toneOverTime } from '../support/wav.ts';

const ANA = '51999111222';
const BETO = '51999333444';
const CUSTOMER_HZ = 1_000;
const CARLA_HZ = 1_900;
const CLEARLY = 4_000;
const BANNER = 'No queda espacio para grabar. Las llamadas siguen, sin grabación.';
/** A second of a call is 32 kB. The first call's last second fits into what is left; its encryption, or another call, does not. */
const LEFT_BYTES = 100_000;
const FIRST_CALL_BYTES = 300_000;

const through = recordingsOnSmallDisk();

let folder: string;
let product: Product;
let owner: Api;
let carla: AgentAtWire;
let diego: AgentAtBrowser;
let ana: CallerAtWire;
let beto: CallerAtWire;
let emptyDisk: () => Promise<void>;

async function conversationOf(number: string): Promise<ConversationView> {
  const { items } = await owner.get<ConversationPage>(`/api/conversations?number=${number}`);
  return owner.get<ConversationView>(`/api/conversations/${items[0]!.conversationId}`);
}

/** The middle tenth of the last second that came. */
const level = (voice: { heard(ms: number): Int16Array }, hertz: number): number => toneOverTime(voice.heard(1_000), 8_000, hertz).sort((a, b) => a - b)[5] ?? 0;

async function talk(caller: CallerAtWire): Promise<WireCall> {
  caller.voice.say(CUSTOMER_HZ);
  await caller.dial();
  const call = await carla.rings();
  call.voice.say(CARLA_HZ);
  call.answer();
  await untilBothHear(caller, call);
  return call;
}

async function untilBothHear(caller: CallerAtWire, call: WireCall): Promise<void> {
  await eventually(() => {
    assert.ok(level(caller.voice, CARLA_HZ) > CLEARLY, 'the customer hears Carla');
    assert.ok(level(call.voice, CUSTOMER_HZ) > CLEARLY, 'Carla hears the customer');
  });
}

describe('the disk of the recordings is full', { skip: through ? false : 'neither root nor a user namespace may mount a small disk here' }, () => {
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'centralita-disk-'));
    product = await Product.start({ through });
    owner = await Api.signIn(product, 'owner');
    await leadStraightToVentas(await Api.signIn(product, 'administrator'));
    carla = await AgentAtWire.start(product, 'agent');
    await carla.takeWork();
    diego = await AgentAtBrowser.start(product, { folder, role: 'supervisor', hertz: 2_300 });
    [ana, beto] = [await CallerAtWire.start(product, ANA), await CallerAtWire.start(product, BETO)];
  });
  after(async () => {
    for (const one of [ana, beto, carla]) await one?.stop();
    await diego?.close();
    await product?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('[issue 2, faults] a whole recording that cannot be encrypted is not called complete; the alarm and the banner show', async () => {
    const call = await talk(ana);
    const incoming = product.ownPath('recordings/incoming');
    const written = (): number => Math.max(0, ...readdirSync(incoming).map((name) => statSync(join(incoming, name)).size));
    await eventually(() => assert.ok(written() > FIRST_CALL_BYTES), 30_000);
    emptyDisk = await fillDisk(product.ownPath('recordings'), LEFT_BYTES);
    call.hangUp();
    await ana.call.ended();
    await diego.page.getByText(BANNER).waitFor();
    assert.match(readFileSync(join(product.folder, 'data/logs/control.log'), 'utf8'), /"alarm":"recording-disk-full"/);
    const view = await eventually(async () => {
      const shown = await conversationOf(ANA);
      assert.equal(shown.ending, 'answered');
      return shown;
    });
    assert.deepEqual(view.recordings.map(({ state }) => state), ['running']);
  });

  it('[issue 2, faults] calls go on: both hear each other before, while and after their recording fails', async () => {
    const call = await talk(beto);
    const failed = await eventually(async () => {
      const { recordings } = await conversationOf(BETO);
      assert.deepEqual(recordings.map(({ state, failure }) => ({ state, failure })), [{ state: 'failed', failure: 'disk-full' }]);
      return recordings[0]!.recordingId;
    }, 30_000);
    const packets = beto.voice.packetsReceived;
    await eventually(() => assert.ok(beto.voice.packetsReceived > packets + 100));
    await untilBothHear(beto, call);
    call.hangUp();
    await beto.call.ended();
    const view = await eventually(async () => {
      const shown = await conversationOf(BETO);
      assert.equal(shown.ending, 'answered');
      return shown;
    });
    assert.deepEqual(view.recordings.map(({ recordingId, state }) => ({ recordingId, state })), [{ recordingId: failed, state: 'failed' }]);
    assert.ok(await diego.page.getByText(BANNER).isVisible());
  });

  it('once there is space the banner goes, the whole recording is ready and whole, and the broken one stays failed', async () => {
    await emptyDisk();
    await diego.page.getByText(BANNER).waitFor({ state: 'detached' });
    const view = await eventually(async () => {
      const shown = await conversationOf(ANA);
      assert.equal(shown.recordings[0]?.state, 'ready');
      return shown;
    });
    const { conversationId, recordings, talkMs } = view;
    assert.ok(Math.abs(recordings[0]!.durationMs! - talkMs!) <= 200, `${recordings[0]!.durationMs} ms of file for ${talkMs} ms of talk`);
    const { url } = await owner.post<{ url: string }>(`/api/conversations/${conversationId}/recordings/${recordings[0]!.recordingId}/link`);
    const file = join(folder, 'ana.wav');
    writeFileSync(file, await owner.bytes(url));
    const { rate, channels } = readWav(file);
    assert.ok(Math.abs((channels[0]!.length * 1_000) / rate - recordings[0]!.durationMs!) < 1, 'all of it is there');
    for (const [channel, hertz] of [CUSTOMER_HZ, CARLA_HZ].entries()) {
      // A buffer that catches up plays up to a hundredth faster or slower: a steady tone comes out as much higher or lower.
      const around = [0.99, 0.995, 1, 1.005, 1.01].map((factor) => toneOverTime(channels[channel]!, rate, hertz * factor));
      const tenths = around[0]!.map((_, at) => Math.max(...around.map((one) => one[at]!))).slice(10, -5);
      assert.ok(tenths.filter((one) => one > CLEARLY / 4).length > 0.9 * tenths.length, `channel ${channel} holds its tone from beginning to end: ${tenths.map(Math.round).join(' ')}`);
    }
    assert.equal((await conversationOf(BETO)).recordings[0]!.state, 'failed');
    const incoming = [...readdirSync(product.ownPath('recordings/incoming')), ...readdirSync(product.ownPath('recordings/claimed'))];
    assert.deepEqual(incoming, [], 'no clear sound is left behind');
  });
});
