import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ConversationView, SessionView } from '@centralita/contract';
import { mulberry32 } from '@centralita/kernel';
import { AgentAtWire } from './agent-at-wire.ts';
import { Api } from './api.ts';
import { CallerAtWire } from './caller-at-wire.ts';
import { CallsWhileKilling, historyOf, overtaken, wrongIn } from './calls-while-killing.ts';
import { changeQueue, leadStraightToVentas } from './center.ts';
import { eventually } from './eventually.ts';
import { allConversations } from './history.ts';
import { Product } from './product.ts';
import { talk } from './talk.ts';
import { heardThroughout } from './tones.ts';

const ANA = '51999111222';
const ANA_HZ = 1_000;
const ELENA_HZ = 1_900;
/** Control is up again a second or two after a kill: about a third of the kills come before it has begun to work. */
const KILL_WITHIN_MS = 4_000;

/**
 * Kills control so many times, each at a moment that the seed draws, while customers call without a pause and Ana talks with Elena
 * the whole time. @throws what was lost, doubled, overtaken or not heard
 */
export async function survivesKillsOfControl(kills: number, seed: number): Promise<void> {
  const product = await Product.start();
  const calls = new CallsWhileKilling(product, seed);
  const closing: { stop(): Promise<void> }[] = [];
  try {
    const elena = await AgentAtWire.start(product, 'manager');
    const ana = await CallerAtWire.start(product, ANA);
    closing.push(elena, ana);
    await threeServeVentas(product, elena);
    const call = await talk([ana, ANA_HZ], [elena, ELENA_HZ]);
    const since = performance.now();

    await calls.start(['agent', 'supervisor']);
    await killControl(product, kills, mulberry32(seed));
    await calls.finish();
    if (calls.broken.length > 0) throw new Error(`${calls.broken.join('; ')}\n${await timelinesOf(product, calls.broken.join(' '))}\n${calls.messagesAbout(calls.broken.join(' '))}`);
    const talkedMs = Math.floor(performance.now() - since);
    for (const [who, voice, hertz] of [['Ana', ana.voice, ELENA_HZ], ['Elena', call.voice, ANA_HZ]] as const) {
      const { share, longestGapMs } = heardThroughout(voice, talkedMs, hertz);
      console.log(`${who} heard the other in ${(100 * share).toFixed(1)} % of ${(talkedMs / 1_000).toFixed(0)} s, ${longestGapMs} ms not at the longest`);
      // Clicks of a busy machine hide the tone for moments. Control is away for a third of the time: that would show.
      assert.ok(share > 0.85 && longestGapMs <= 2_000, `${who} heard the other in ${share} of the time, ${longestGapMs} ms not`);
    }
    call.hangUp();
    await ana.call.ended();
    await checkHistory(product, calls);
  } catch (cause) {
    console.error(product.logs());
    console.error(`with the seed ${seed}`, cause);
    throw cause;
  } finally {
    await calls.stop();
    for (const one of closing) await one.stop();
    await product.stop();
  }
}

/** Elena is made an agent of Ventas and takes work before the others do, so that the long call is hers. */
async function threeServeVentas(product: Product, elena: AgentAtWire): Promise<void> {
  const admin = await Api.signIn(product, 'administrator');
  await leadStraightToVentas(admin);
  const members = [];
  for (const role of ['agent', 'supervisor', 'manager']) members.push({ userId: (await (await Api.signIn(product, role)).get<SessionView>('/api/session')).userId, priority: 1 });
  await changeQueue(admin, 'Ventas', { afterServiceLimitMs: 0, requiredSkills: [], members, announceEveryMs: 0 });
  await elena.takeWork();
}

async function killControl(product: Product, kills: number, random: () => number): Promise<void> {
  const startedAt = performance.now();
  for (let kill = 1, last = 0; kill <= kills; kill++) {
    last = await eventually(() => {
      const pid = product.pidOf('control');
      assert.notEqual(pid, last, 'control was not started again');
      return pid;
    });
    // The fault itself: any moment of its life will do, also while it starts.
    await delay(random() * KILL_WITHIN_MS);
    process.kill(last, 'SIGKILL');
    if (kill % 50 === 0) console.log(`${kill} kills in ${((performance.now() - startedAt) / 1_000).toFixed(0)} s`);
  }
}

/** Of the calls whose numbers a failure names. */
async function timelinesOf(product: Product, failure: string): Promise<string> {
  const owner = await eventually(() => Api.signIn(product, 'owner'));
  const named = (await allConversations(owner)).filter(({ customer }) => failure.includes(customer.number));
  const views = await Promise.all(named.map(({ conversationId }) => owner.get<ConversationView>(`/api/conversations/${conversationId}`)));
  return views.map(({ customer, timeline, agentName }) => `${customer.number} (${agentName}): ${timeline.map(({ kind, at, facts }) => `${kind} ${new Date(at).toISOString().slice(14, 23)}${facts['cause'] === undefined ? '' : ` (${String(facts['cause'])})`}`).join(', ')}`).join('\n');
}

async function checkHistory(product: Product, calls: CallsWhileKilling): Promise<void> {
  const owner = await eventually(() => Api.signIn(product, 'owner'));
  const made = [...calls.calls.values()];
  await eventually(async () => {
    const views = await historyOf(owner);
    const theirs = views.filter(({ customer }) => customer.number !== ANA);
    const wrong = made.flatMap((one) => wrongIn(one, theirs.filter(({ customer }) => customer.number === one.number)));
    assert.deepEqual({ wrong, overtaken: overtaken(theirs) }, { wrong: [], overtaken: [] });
    assert.equal(views.length - theirs.length, 1, 'the long call is there once');
    assert.ok(theirs.every(({ customer }) => calls.calls.has(customer.number ?? '')), 'nobody is there who has not called');
  }, 60_000);
  assert.deepEqual(calls.broken, []);
  const count = (fits: (one: (typeof made)[number]) => boolean): number => made.filter(fits).length;
  console.log(`${made.length} calls: ${count(({ talkMs }) => talkMs !== undefined)} answered by an agent, ${count(({ status }) => status !== 200)} refused`);
  const alarms = [...readFileSync(join(product.folder, 'data/logs/control.log'), 'utf8').matchAll(/"alarm":"([^"]+)"/g)].map(([, name]) => name);
  assert.deepEqual([...new Set(alarms)], []);
}
