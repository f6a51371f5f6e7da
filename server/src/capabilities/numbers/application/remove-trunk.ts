import type { Result, TrunkId } from '@centralita/kernel';
import type { ConfigurationRefusal, Editor, NumberDeps } from './ports.ts';

export function removeTrunk(deps: NumberDeps, editor: Editor, trunkId: TrunkId): Promise<Result<undefined, ConfigurationRefusal>> {
  return deps.change(editor, async (sql) => {
    const before = await deps.trunks.findToChange(sql, trunkId);
    if (!before) return { ok: false, refusal: { code: 'not-found' } };
    const numbers = await deps.trunks.usedBy(sql, trunkId);
    if (numbers.length > 0) return { ok: false, refusal: { code: 'in-use', detail: numbers.join(', ') } };
    await deps.trunks.remove(sql, trunkId);
    return {
      ok: true,
      value: {
        value: undefined,
        audit: [{ action: 'trunk-removed', entity: 'trunk', entityId: trunkId, before: before.settings }],
        floor: [{ entity: 'trunk', id: trunkId, value: null }],
      },
    };
  });
}
