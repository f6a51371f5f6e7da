import { expect, test } from 'vitest';
import { Chance } from '../chance/chance.ts';
import { simulate } from '../run.ts';
import { readScenario } from '../scenario/read-scenario.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { EVERYTHING } from './presets.ts';

function scenario(content: object, agents: number, seed: number): Scenario {
  const read = readScenario(content, { agents, seed, days: 1 });
  if ('problems' in read) throw new Error(read.problems.join('\n'));
  return read.scenario;
}

test('[fault 1] control is killed 500 times, between any two steps: nothing is lost, nothing is doubled', { timeout: 120_000 }, async () => {
  const chance = new Chance(11, 'kills');
  const faults = { linkDelayMs: 40, duplicated: 0.02, controlKilled: 0.001, controlDownFor: { kind: 'uniform', from: 0.05, to: 8 }, tornTail: 0.2, spoiltSnapshot: 0.2 };
  const { center, faults: happened } = await simulate(scenario({ faults }, 12, 11), {
    afterStep: (_center, both) => {
      if (chance.happens(0.009)) both.kill();
    },
  });
  expect(happened.counts.get('control killed')).toBeGreaterThanOrEqual(500);
  expect(happened.counts.get('killed with turns in flight')).toBeGreaterThan(20);
  expect(center.restoredAlike).toBeGreaterThan(300);
  expect(center.ledger.counted.answered).toBeGreaterThan(500);
});

/** Rows 1, 2, 4, 5, 7, 12, 15 to 18, 20, 21, 24 and 33 of the fault matrix, all in one day, again and again. */
test.each([21, 22])('[faults] a day of 200 agents with every fault at once (seed %i)', { timeout: 300_000 }, async (seed) => {
  const { center, faults } = await simulate(scenario({ faults: EVERYTHING, customers: { leaveAtAnswer: 0.02, lostBye: 0.01 } }, 200, seed));
  expect(center.customers.calls).toBeGreaterThan(20_000);
  for (const what of ['control killed', 'control frozen', 'frozen control replaced', 'PostgreSQL away', 'commit unknown', 'torn tail', 'spoilt snapshot', 'link cut', 'device flaps', 'trunk down']) expect({ what, happened: (faults.counts.get(what) ?? 0) > 0 }).toEqual({ what, happened: true });
  expect(center.alarms.get('turn-threw')).toBeGreaterThan(0);
});

test.each([31, 32])('[fault 22] the wall clock is off by two hours at every other restart: nothing lasts less than nothing (seed %i)', { timeout: 60_000 }, async (seed) => {
  const { center, faults } = await simulate(scenario({ faults: { controlKilled: 6, clockJumps: 0.5, linkDelayMs: 20 } }, 12, seed));
  expect(faults.counts.get('clock jumped')).toBeGreaterThan(10);
  expect(center.ledger.counted.answered).toBeGreaterThan(300);
});

test('the same seed lives through the same day, to the last turn', { timeout: 60_000 }, async () => {
  const dayOf = async (seed: number) => {
    const { center, faults } = await simulate(scenario({ faults: EVERYTHING }, 8, seed));
    return { turns: center.journal.lastSeq, steps: center.steps, counted: center.ledger.counted, faults: [...faults.counts] };
  };
  const first = await dayOf(41);
  expect(await dayOf(41)).toEqual(first);
  expect(await dayOf(42)).not.toEqual(first);
});
