import type { Result, SkillId } from '@centralita/kernel';
import type { Editor } from './change-configuration.ts';
import type { ConfigurationDeps, ConfigurationRefusal } from './ports.ts';

/** A skill that a queue asks for or an agent has stays. */
export function removeSkill(deps: ConfigurationDeps, editor: Editor, skillId: SkillId): Promise<Result<undefined, ConfigurationRefusal>> {
  return deps.change(editor, async (sql) => {
    const before = await deps.skills.findToChange(sql, skillId);
    if (!before) return { ok: false, refusal: { code: 'not-found' } };
    const users = await deps.skills.usedBy(sql, skillId);
    if (users.length > 0) return { ok: false, refusal: { code: 'in-use', detail: users.join(', ') } };
    await deps.skills.remove(sql, skillId);
    return { ok: true, value: { value: undefined, audit: [{ action: 'skill-removed', entity: 'skill', entityId: skillId, before }], floor: [] } };
  });
}
