import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import type { ConversationPage } from '@centralita/contract';
import { AgentAtWire, type WireCall } from '../support/agent-at-wire.ts';
import { Api } from '../support/api.ts';
import { CallerAtWire } from '../support/caller-at-wire.ts';
import { leadStraightToVentas } from '../support/center.ts';
import { eventually } from '../support/eventually.ts';
import { mediaWorkerPids } from '../support/metrics.ts';
import { Product } from '../support/product.ts';
import { talk } from '../support/talk.ts';
import { untilAllHear } from '../support/tones.ts';

const ANA = '51999111222';
const BETO = '51999333444';
const ANA_HZ = 1_000;
const CARLA_HZ = 1_900;
const TURNED_AWAY = 5;

let product: Product;
let owner: Api;
let carla: AgentAtWire;
let ana: CallerAtWire;
let call: WireCall;

const hasPrlimit = spawnSync('prlimit', ['--version']).status === 0;

/** The processes that carry calls: control, the switch and its media workers. */
const processes = (): readonly number[] => [product.pidOf('control'), product.pidOf('switch'), ...mediaWorkerPids(product)];

const limitOf = (pid: number): string => execFileSync('prlimit', ['--pid', String(pid), '--nofile', '--noheadings', '--output', 'SOFT'], { encoding: 'utf8' }).trim();
const setLimit = (pid: number, soft: string): void => void execFileSync('prlimit', ['--pid', String(pid), `--nofile=${soft}:`]);

/** What would be opened next: with this as the limit nothing more can be, and what is open stays. */
function firstFree(pid: number): string {
  const taken = new Set(readdirSync(`/proc/${pid}/fd`).map(Number));
  let free = 0;
  while (taken.has(free)) free += 1;
  return String(free);
}

async function endedConversations(): Promise<Record<string, string | null>> {
  const { items } = await owner.get<ConversationPage>('/api/conversations?limit=200');
  return Object.fromEntries(items.map(({ customer, ending }) => [customer.number, ending]));
}

describe('descriptors run out', { skip: hasPrlimit ? false : 'no prlimit here (package util-linux)' }, () => {
  before(async () => {
    product = await Product.start();
    owner = await Api.signIn(product, 'owner');
    await leadStraightToVentas(await Api.signIn(product, 'administrator'));
    carla = await AgentAtWire.start(product, 'agent');
    await carla.takeWork();
    ana = await CallerAtWire.start(product, ANA);
    call = await talk([ana, ANA_HZ], [carla, CARLA_HZ]);
  });
  after(async () => {
    for (const one of [ana, carla]) await one?.stop();
    await product?.stop();
  });

  it('[fault row 31] new calls get 503 each time, the live one is heard on, nothing falls over, and the next call is answered once there are some again', async () => {
    const before = processes();
    const limits = new Map(before.map((pid) => [pid, limitOf(pid)]));
    for (const pid of before) setLimit(pid, firstFree(pid));
    try {
      for (let turn = 0; turn < TURNED_AWAY; turn++) {
        const turnedAway = await CallerAtWire.start(product, `5199900000${turn}`);
        const status = await turnedAway.tryToDial();
        await turnedAway.stop();
        assert.equal(status, 503);
      }
      const heardBefore = call.voice.packetsReceived;
      await eventually(() => assert.ok(call.voice.packetsReceived > heardBefore + 100));
      await untilAllHear(['Ana', ana.voice, CARLA_HZ], ['Carla', call.voice, ANA_HZ]);
      assert.deepEqual(processes(), before, 'nothing was restarted');
    } finally {
      for (const [pid, limit] of limits) setLimit(pid, limit);
    }
    const beto = await CallerAtWire.start(product, BETO);
    try {
      await beto.dial();
      call.hangUp();
      await ana.call.ended();
      const next = await carla.rings();
      next.voice.say(CARLA_HZ);
      next.answer();
      await untilAllHear(['Beto', beto.voice, CARLA_HZ]);
      await beto.sayGoodbye();
    } finally {
      await beto.stop();
    }
    await eventually(async () => {
      const { [ANA]: anas, [BETO]: betos, ...others } = await endedConversations();
      assert.deepEqual([anas, betos], ['answered', 'answered']);
      assert.deepEqual(others, {}, 'who was turned away is in no history');
    });
    assert.deepEqual(processes(), before, 'nothing was restarted');
  });
});
