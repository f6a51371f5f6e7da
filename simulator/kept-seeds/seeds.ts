/** Every fault there was when the seed was kept: a seed lives through the same day only with the same faults. */
const FAULTS = { controlKilled: 4, controlFrozen: 1, databaseAway: 1, commitUnknown: 2, tornTail: 0.3, spoiltSnapshot: 0.2, duplicated: 0.02, linkDelayMs: 40, linkCut: 3, deviceFlaps: 2, trunkDown: 1, poison: 0.001 } as const;

/** Scenarios that once broke a rule, each with what it was. */
export const KEPT_SEEDS: readonly { readonly what: string; readonly agents: number; readonly seed: number; readonly content: object }[] = [
  {
    what: 'a killed control came back with the position of its last turn, behind what it had acknowledged, got a snapshot instead of the missed events, and a caller whose prompt had ended meanwhile stayed in the menu for ever',
    agents: 20,
    seed: 8,
    content: { faults: FAULTS },
  },
  {
    what: 'a maximum wait ran out while an agent was ringing, control came back with its clock two hours earlier, and when the agent declined nobody looked at the wait any more: the caller would have waited for ever',
    agents: 12,
    seed: 6,
    content: { faults: { controlKilled: 6, clockJumps: 0.5, linkDelayMs: 20 } },
  },
];
