import type { ModelRow } from './model.ts';

/** Rows of the textbook. Waits are the more alike from one call to the next the fuller the center is: those need more days. */
export const ROWS: readonly ModelRow[] = [
  { agents: 5, load: 4, handlingSeconds: 180, days: 8, seed: 1 },
  { agents: 10, load: 8, handlingSeconds: 300, days: 8, seed: 2 },
  { agents: 20, load: 18, handlingSeconds: 240, days: 12, seed: 3 },
  { agents: 50, load: 45, handlingSeconds: 300, days: 6, seed: 4 },
  { agents: 100, load: 95, handlingSeconds: 300, days: 12, seed: 5 },
  { agents: 10, load: 8, handlingSeconds: 300, patienceSeconds: 120, days: 5, seed: 6 },
  { agents: 20, load: 22, handlingSeconds: 240, patienceSeconds: 60, days: 1, seed: 7 },
  { agents: 50, load: 48, handlingSeconds: 300, patienceSeconds: 120, days: 1, seed: 8 },
  { agents: 100, load: 105, handlingSeconds: 300, patienceSeconds: 90, days: 1, seed: 9 },
];
