import { expect, test } from 'vitest';
import { simulate } from '../run.ts';
import { readScenario } from '../scenario/read-scenario.ts';
import { KEPT_SEEDS } from './seeds.ts';

test.each(KEPT_SEEDS)('seed $seed holds: $what', { timeout: 60_000 }, async ({ agents, seed, content }) => {
  const read = readScenario(content, { agents, seed, days: 1 });
  if ('problems' in read) throw new Error(read.problems.join('\n'));
  const { center } = await simulate(read.scenario);
  expect(center.ledger.counted.answered).toBeGreaterThan(500);
});
