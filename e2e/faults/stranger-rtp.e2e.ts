import assert from 'node:assert/strict';
import { createSocket, type Socket } from 'node:dgram';
import { after, before, describe, it } from 'node:test';
import type { ConversationPage } from '@centralita/contract';
import { encodeG711, RTP_HEADER_BYTES, toneSource, writeRtpHeader } from '@centralita/media';
import { AgentAtWire, type WireCall } from '../support/agent-at-wire.ts';
import { Api } from '../support/api.ts';
import { CallerAtWire } from '../support/caller-at-wire.ts';
import { leadStraightToVentas } from '../support/center.ts';
import { eventually } from '../support/eventually.ts';
import { Product } from '../support/product.ts';
import { toneOverTime } from '../support/wav.ts';

const ANA = '51999111222';
const ANA_HZ = 1_000;
const CARLA_HZ = 1_900;
const STRANGER_HZ = 1_500;
const PACKETS = 200;
const CLEARLY = 4_000;
const NOT_AT_ALL = 100;

let product: Product;
let owner: Api;
let carla: AgentAtWire;
let ana: CallerAtWire;
let call: WireCall;
let stranger: Socket;

before(async () => {
  product = await Product.start();
  owner = await Api.signIn(product, 'owner');
  await leadStraightToVentas(await Api.signIn(product, 'administrator'));
  carla = await AgentAtWire.start(product, 'agent');
  await carla.takeWork();
  ana = await CallerAtWire.start(product, ANA);
  stranger = createSocket('udp4');
  await new Promise<void>((resolve) => stranger.bind(0, '127.0.0.66', resolve));
});
after(async () => {
  stranger?.close();
  for (const one of [ana, carla]) await one?.stop();
  await product?.stop();
});

/** The middle tenth of the last second that came. */
const level = (voice: { heard(ms: number): Int16Array }, hertz: number): number => toneOverTime(voice.heard(1_000), 8_000, hertz).sort((a, b) => a - b)[5] ?? 0;

/** The loudest tenth: nothing of it may be heard, not even for a moment. */
const loudest = (voice: { heard(ms: number): Int16Array }, ms: number, hertz: number): number => Math.max(...toneOverTime(voice.heard(ms), 8_000, hertz));

/** What the trace of the customer's leg says of its media. */
async function customersMedia(): Promise<Record<string, number>> {
  const { items } = await owner.get<ConversationPage>(`/api/conversations?number=${ANA}`);
  const traces = await owner.get<{ items: { text: string }[] }>(`/api/conversations/${items[0]!.conversationId}/traces`);
  const media = traces.items.map(({ text }) => Object.fromEntries([...text.matchAll(/^(\w+): ([\d.]+)$/gm)].map(([, name, value]) => [name!, Number(value)])));
  return media.find(({ localPort }) => localPort === ana.centersRtpPort)!;
}

describe('sound from a third address', () => {
  before(async () => {
    ana.voice.say(ANA_HZ);
    await ana.dial();
    call = await carla.rings();
    call.voice.say(CARLA_HZ);
    call.answer();
    await bothHear();
  });

  async function bothHear(): Promise<void> {
    await eventually(() => {
      assert.ok(level(ana.voice, CARLA_HZ) > CLEARLY, 'Ana hears Carla');
      assert.ok(level(call.voice, ANA_HZ) > CLEARLY, 'Carla hears Ana');
    });
  }

  it('[issue 2, faults] is dropped and counted: nobody hears it, and it draws nothing to itself', async () => {
    let drawn = 0;
    stranger.on('message', () => (drawn += 1));
    const before = (await customersMedia())['packetsFromStrangers'];
    const tone = toneSource(STRANGER_HZ, 16_000);
    const frame = new Int16Array(160);
    const heardBefore = call.voice.packetsReceived;
    // The worst of strangers knows Ana's stream and says each of her packets again with sound of their own: only where it comes
    // from tells them apart. A packet for each of hers, for four seconds.
    await new Promise<void>((resolve) => {
      let sent = 0;
      ana.voice.onSaid = () => {
        tone(frame);
        const packet = Buffer.alloc(RTP_HEADER_BYTES + frame.length);
        const { ssrc, timestamp } = ana.voice.sender;
        writeRtpHeader(packet, 0, false, (ana.voice.nextSequence - 1) & 0xffff, (timestamp - frame.length) >>> 0, ssrc);
        encodeG711('PCMU', frame, 0, frame.length, packet, RTP_HEADER_BYTES);
        stranger.send(packet, ana.centersRtpPort, '127.0.0.1');
        if (++sent < PACKETS) return;
        ana.voice.onSaid = undefined;
        resolve();
      };
    });
    const sinceMs = 20 * (call.voice.packetsReceived - heardBefore);
    assert.ok(sinceMs > 3_000, 'Carla heard on meanwhile');
    assert.ok(loudest(call.voice, sinceMs, STRANGER_HZ) < NOT_AT_ALL, `Carla hears the stranger at ${loudest(call.voice, sinceMs, STRANGER_HZ)}`);
    await bothHear();
    const counted = await eventually(async () => {
      const media = await customersMedia();
      assert.equal(media['packetsFromStrangers'], before! + PACKETS);
      return media;
    });
    console.log(`${counted['packetsFromStrangers']} packets from strangers, ${counted['packetsReceived']} from Ana`);
    assert.equal(drawn, 0, 'nothing of the call is sent to the stranger');
  });
});
