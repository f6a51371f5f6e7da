import { EVERYTHING } from '../faults/presets.ts';

/** Scenarios that once broke a rule, each with what it was. */
export const KEPT_SEEDS: readonly { readonly what: string; readonly agents: number; readonly seed: number; readonly content: object }[] = [
  {
    what: 'a killed control came back with the position of its last turn, behind what it had acknowledged, got a snapshot instead of the missed events, and a caller whose prompt had ended meanwhile stayed in the menu for ever',
    agents: 20,
    seed: 8,
    content: { faults: EVERYTHING },
  },
];
