import type { Result, UserId } from '@centralita/kernel';
import type { SkillLevel } from '../domain/floor-configuration.ts';
import type { Editor } from './change-configuration.ts';
import type { AgentRow, ConfigurationDeps, ConfigurationRefusal, Reach } from './ports.ts';
import { floorAgents } from './save-queue.ts';

/** S0.12, S0.25: nobody below Manager changes their own skills; a supervisor changes those of the own groups' members (S0.15). */
export function changeAgentSkills(
  deps: ConfigurationDeps,
  editor: Editor,
  reach: Reach,
  userId: UserId,
  expectedVersion: number | undefined,
  skills: readonly SkillLevel[],
): Promise<Result<AgentRow, ConfigurationRefusal>> {
  return deps.change(editor, async (sql) => {
    if (userId === reach.viewer && reach.scope !== 'account') return { ok: false, refusal: { code: 'forbidden' } };
    const before = await deps.agents.findToChange(sql, reach, userId);
    if (!before) return { ok: false, refusal: { code: 'not-found' } };
    if (expectedVersion !== undefined && before.version !== expectedVersion) return { ok: false, refusal: { code: 'version-conflict' } };
    const ids = skills.map((skill) => skill.skillId);
    if (new Set(ids).size !== ids.length) return { ok: false, refusal: { code: 'invalid-input', errors: [{ pointer: '/skills', code: 'repeated', detail: 'each skill once' }] } };
    const missing = await deps.skills.missing(sql, ids);
    if (missing.length > 0) return { ok: false, refusal: { code: 'invalid-input', errors: [{ pointer: '/skills', code: 'unknown-skill', detail: missing.join(', ') }] } };
    await deps.agents.replaceSkills(sql, userId, skills);
    const after: AgentRow = { ...before, skills, version: before.version + 1 };
    return {
      ok: true,
      value: {
        value: after,
        audit: [{ action: 'agent-skills-changed', entity: 'user', entityId: userId, before: before.skills, after: skills }],
        floor: await floorAgents(deps, sql, [userId]),
      },
    };
  });
}
