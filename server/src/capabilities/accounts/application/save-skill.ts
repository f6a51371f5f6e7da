import type { Result, SkillId } from '@centralita/kernel';
import type { Editor } from './change-configuration.ts';
import type { ConfigurationDeps, ConfigurationRefusal, Skill } from './ports.ts';

const TAKEN: ConfigurationRefusal = { code: 'name-taken', errors: [{ pointer: '/name', code: 'name-taken', detail: 'another skill has this name' }] };

/** A skill's name is nothing the floor knows: only its id counts there. */
export function createSkill(deps: ConfigurationDeps, editor: Editor, name: string): Promise<Result<Skill, ConfigurationRefusal>> {
  return deps.change(editor, async (sql) => {
    const skillId = deps.drawId('skill');
    if (await deps.skills.nameTaken(sql, name, skillId)) return { ok: false, refusal: TAKEN };
    await deps.skills.insert(sql, skillId, name);
    const after: Skill = { skillId, name, version: 1 };
    return { ok: true, value: { value: after, audit: [{ action: 'skill-created', entity: 'skill', entityId: skillId, after }], floor: [] } };
  });
}

export function renameSkill(deps: ConfigurationDeps, editor: Editor, skillId: SkillId, expectedVersion: number | undefined, name: string): Promise<Result<Skill, ConfigurationRefusal>> {
  return deps.change(editor, async (sql) => {
    const before = await deps.skills.findToChange(sql, skillId);
    if (!before) return { ok: false, refusal: { code: 'not-found' } };
    if (expectedVersion !== undefined && before.version !== expectedVersion) return { ok: false, refusal: { code: 'version-conflict' } };
    if (await deps.skills.nameTaken(sql, name, skillId)) return { ok: false, refusal: TAKEN };
    await deps.skills.rename(sql, skillId, name);
    const after: Skill = { skillId, name, version: before.version + 1 };
    return { ok: true, value: { value: after, audit: [{ action: 'skill-changed', entity: 'skill', entityId: skillId, before, after }], floor: [] } };
  });
}
