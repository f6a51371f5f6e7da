import { HOUR_MS } from '@centralita/kernel';
import { ATTEMPTS_LIMIT } from '@centralita/server/capabilities/integrations/index.ts';
import { expect, test } from 'vitest';
import { EVERYTHING } from '../faults/presets.ts';
import { simulate } from '../run.ts';
import { readScenario } from '../scenario/read-scenario.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Center } from '../world/center.ts';
import type { WayHabits } from './other-system.ts';
import { SimulatedWebhooks } from './webhooks.ts';

const AGENTS = 6;
const TIDY: WayHabits = { answerLost: 0, late: 0, stumbles: 0 };
const UNTIDY: WayHabits = { answerLost: 0.1, late: 0.3, stumbles: 0.05 };

interface Told {
  readonly habits: WayHabits;
  readonly waitingLimit?: number;
  readonly faults?: object;
  /** Asked after each step. */
  readonly during?: (center: Center, webhooks: SimulatedWebhooks) => void;
}

/** A day that another system is told of, and then as long as it takes to tell it everything. */
async function toldDay(seed: number, { habits, waitingLimit = 10_000, faults = {}, during = () => {} }: Told) {
  let webhooks: SimulatedWebhooks | undefined;
  const { center } = await simulate(scenario(seed, faults), {
    afterStep: (at) => {
      webhooks ??= new SimulatedWebhooks(at, habits, waitingLimit);
      webhooks.follow();
      during(at, webhooks);
    },
  });
  return { center, webhooks: webhooks! };
}

function scenario(seed: number, faults: object): Scenario {
  const read = readScenario({ faults }, { agents: AGENTS, seed, days: 1 });
  if ('problems' in read) throw new Error(read.problems.join('\n'));
  return read.scenario;
}

/** What the other system believes at the end, and what the journal says. */
function expectTold({ messages, other, endings }: SimulatedWebhooks): void {
  expect(messages.in('delivered').length).toBe(messages.all.size);
  expect(other.counts).toMatchObject({ forged: 0, tooOld: 0 });
  expect(new Map(Array.from(other.known, ([id, { ending }]) => [id, ending]))).toEqual(endings);
}

const awayFor = (fromHour: number, hours: number) => (center: Center, { other }: SimulatedWebhooks) => {
  const hour = (center.time.now() - center.days[0]!.from) / HOUR_MS;
  other.up = hour < fromHour || hour >= fromHour + hours;
};

test('[fault row 26] the other system is away for an hour: it is asked seldom, hears everything afterwards, and not a turn of the center is another one', { timeout: 60_000 }, async () => {
  const away = awayFor(11, 1);
  let waitingThreeQuartersLater: number | undefined;
  const { center, webhooks } = await toldDay(261, {
    habits: TIDY,
    during: (at, here) => {
      away(at, here);
      if (at.time.now() >= at.days[0]!.from + 12.75 * HOUR_MS) waitingThreeQuartersLater ??= here.messages.waiting;
    },
  });
  const { messages, other, endings } = webhooks;
  expect(messages.mostWaiting).toBeGreaterThan(100);
  expect(other.counts.refused).toBeGreaterThan(10);
  expect(other.counts.refused).toBeLessThan(30);
  expect(waitingThreeQuartersLater).toBeLessThan(5);
  await webhooks.drain(HOUR_MS);
  expectTold(webhooks);
  expect(webhooks.gaveUp).toBe(0);
  expect(endings.size).toBeGreaterThan(500);
  const { center: without } = await simulate(scenario(261, {}));
  expect({ turns: center.journal.lastSeq, counted: center.ledger.counted }).toEqual({ turns: without.journal.lastSeq, counted: without.ledger.counted });
});

test('[fault row 26] what there is no room for waits in the journal, and nothing of it is lost', { timeout: 60_000 }, async () => {
  const { webhooks } = await toldDay(262, { habits: TIDY, waitingLimit: 20, during: awayFor(10, 4) });
  // One reading of the journal goes beyond the limit, the next waits.
  expect(webhooks.messages.mostWaiting).toBeLessThan(20 + 500);
  await webhooks.drain(4 * HOUR_MS);
  expectTold(webhooks);
  expect(webhooks.messages.all.size).toBeGreaterThan(1_000);
});

test.each([251, 252, 253])('[fault row 25] messages twice, in any order and half a minute late, while control is killed and PostgreSQL comes and goes: the other system ends with the truth (seed %i)', { timeout: 60_000 }, async (seed) => {
  const { webhooks } = await toldDay(seed, { habits: UNTIDY, faults: EVERYTHING });
  await webhooks.drain(12 * HOUR_MS);
  const { counts } = webhooks.other;
  expect(counts.duplicates).toBeGreaterThan(100);
  expect(counts.overtaken).toBeGreaterThan(20);
  expect(webhooks.failures).toBeGreaterThan(0);
  expectTold(webhooks);
});

test('[fault row 26] messages that a receiver never digests are given up after a day and keep nobody back; sent again they arrive', { timeout: 60_000 }, async () => {
  const isIndigestible = (conversationId: string) => /7[a-f]$/.test(conversationId);
  const { webhooks, center } = await toldDay(263, { habits: TIDY, during: (_center, { other }) => (other.indigestible = isIndigestible) });
  const { messages, other } = webhooks;
  const beforeDrain = messages.in('waiting');
  expect(beforeDrain.every(({ conversationId }) => isIndigestible(conversationId))).toBe(true);
  await webhooks.drain(40 * HOUR_MS);
  const dead = messages.in('dead');
  expect(dead.length).toBeGreaterThan(5);
  expect(messages.waiting).toBe(0);
  expect(webhooks.gaveUp).toBeGreaterThan(0);
  expect(new Set(dead.map(({ attempts }) => attempts))).toEqual(new Set([ATTEMPTS_LIMIT]));
  other.indigestible = () => false;
  messages.sendDeadAgain(center.time.now());
  await webhooks.drain(HOUR_MS);
  expectTold(webhooks);
});
