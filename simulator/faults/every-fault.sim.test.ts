import { expect, test } from 'vitest';
import { simulate } from '../run.ts';
import { readScenario } from '../scenario/read-scenario.ts';
import { EVERYTHING } from './presets.ts';

const SEEDS = [21, 22, 23, 24, 25];
const INTERACTIONS = 100_000;
const HAPPENED = ['control killed', 'control frozen', 'frozen control replaced', 'PostgreSQL away', 'commit unknown', 'torn tail dropped', 'spoilt snapshot', 'link cut', 'device flaps', 'browser reloaded', 'trunk down', 'names dead'];

/** Days of 200 agents with everything at once, and every rule asked after every step. A snapshot each three minutes: one each minute was a third of the time. */
test(`[faults 1, 2, 4, 5, 7, 12, 15 to 18, 20 to 24, 33] at least ${INTERACTIONS} interactions of ${SEEDS.length} seeds, with every fault at once`, { timeout: 600_000 }, async () => {
  const interactions: number[] = [];
  for (const seed of SEEDS) {
    const read = readScenario({ faults: { ...EVERYTHING, snapshotEverySeconds: 180 }, customers: { leaveAtAnswer: 0.02, lostBye: 0.01 } }, { agents: 200, seed, days: 1 });
    if ('problems' in read) throw new Error(read.problems.join('\n'));
    const { center, faults } = await simulate(read.scenario).catch((error: unknown) => Promise.reject(new Error(`seed ${seed}`, { cause: error })));
    for (const what of HAPPENED) expect({ seed, what, happened: (faults.counts.get(what) ?? 0) > 0 }).toEqual({ seed, what, happened: true });
    expect(center.alarms.get('turn-threw')).toBeGreaterThan(0);
    expect(center.network.crossed).toBeGreaterThan(100);
    interactions.push(center.customers.calls);
  }
  expect(interactions.reduce((sum, calls) => sum + calls, 0)).toBeGreaterThanOrEqual(INTERACTIONS);
});
