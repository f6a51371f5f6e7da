import type { WhatIfQuestion } from '@centralita/contract';
import type { Scenario } from '../scenario/scenario.ts';
import type { Hire } from '../world/account.ts';
import { FIRST, SECOND, SKILL, SKILL_LEVEL } from './scenario-of.ts';

/** Of any number of them from the first on, and of those with and without the skill alike, the wanted shares. */
export function staffOf({ skill, secondQueue }: WhatIfQuestion, { agents, agentHabits }: Scenario): Hire[] {
  const skilled = spread(skill?.agentsShare ?? 1);
  const both = { true: spread(secondQueue?.agentsShare ?? 0), false: spread(secondQueue?.agentsShare ?? 0) };
  const [first, second] = secondQueue?.goesFirst ? [2, 1] : [1, 2];
  return Array.from({ length: agents }, () => {
    const hasSkill = skilled();
    const skills: Hire['skills'] = hasSkill ? { [SKILL]: SKILL_LEVEL } : {};
    // Whoever serves the first queue alone is asked before those who would rather serve the second.
    const serves = both[`${hasSkill}`]() ? [{ queue: FIRST, priority: first }, { queue: SECOND, priority: second }] : [{ queue: FIRST, priority: 1 }];
    return { serves, skills, phones: 1, shift: agentHabits.shifts[0]! };
  });
}

/** Says yes to the wanted share of its calls, evenly. */
function spread(share: number): () => boolean {
  let asked = 0;
  return () => Math.round(++asked * share) > Math.round((asked - 1) * share);
}
