import type { WhatIfQuestion } from '@centralita/contract';
import type { Scenario } from '../scenario/scenario.ts';
import type { Hire } from '../world/account.ts';
import { FIRST, SECOND, SKILL, SKILL_LEVEL } from './scenario-of.ts';

/**
 * Of any number of them from the first on, the wanted shares within one person; the second queue's among those with the skill and
 * among those without. Whoever comes first has the skill: a queue that nobody can serve is no question.
 */
export function staffOf({ skill, secondQueue }: WhatIfQuestion, { agents, agentHabits }: Scenario): Hire[] {
  const hasSkill = spread(skill?.agentsShare ?? 1, 1);
  const skilledServeBoth = spread(secondQueue?.agentsShare ?? 0);
  const othersServeBoth = spread(secondQueue?.agentsShare ?? 0);
  const [first, second] = secondQueue?.goesFirst ? [2, 1] : [1, 2];
  return Array.from({ length: agents }, () => {
    const isSkilled = hasSkill();
    const servesBoth = isSkilled ? skilledServeBoth() : othersServeBoth();
    const skills: Hire['skills'] = isSkilled ? { [SKILL]: SKILL_LEVEL } : {};
    return {
      // Whoever serves the first queue alone is asked before those who would rather serve the second.
      serves: servesBoth ? [{ queue: FIRST, priority: first }, { queue: SECOND, priority: second }] : [{ queue: FIRST, priority: 1 }],
      skills,
      phones: 1,
      shift: agentHabits.shifts[0]!,
    };
  });
}

/** Says yes to the wanted share of its calls, evenly, and to the first `atLeast` of them. */
function spread(share: number, atLeast = 0): () => boolean {
  let asked = 0;
  let said = 0;
  return () => {
    const wanted = Math.max(atLeast, Math.round(++asked * share));
    if (said === wanted) return false;
    said += 1;
    return true;
  };
}
