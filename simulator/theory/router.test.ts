import { expect, test } from 'vitest';
import { runModel } from './model.ts';
import { ROWS } from './rows.ts';

/** The rows that settle quickly; `node simulator/theory/main.ts` runs them all. */
const QUICK = ROWS.filter(({ agents, patienceSeconds }) => (patienceSeconds === undefined ? agents === 5 : agents <= 20));

test.each(QUICK)('the real router is the textbook’s: $agents agents, $load erlangs, patience $patienceSeconds', { timeout: 120_000 }, async (row) => {
  const { measured, abandoned, waitSeconds, offered } = await runModel(row);
  expect(offered).toBeGreaterThan(5_000);
  for (const { what, theory, mean, error } of measured) expect({ what, off: Math.abs(mean - theory) / error <= 3 }).toEqual({ what, off: true });
  // Exact in expectation; in a sample both sides move together, so that their difference is small.
  if (row.patienceSeconds !== undefined) expect(abandoned * row.patienceSeconds).toBeCloseTo(waitSeconds, 0);
});
