import type { NumberId, Result } from '@centralita/kernel';
import type { ConfigurationRefusal, Editor, NumberDeps } from './ports.ts';

export function removeNumber(deps: NumberDeps, editor: Editor, numberId: NumberId): Promise<Result<undefined, ConfigurationRefusal>> {
  return deps.change(editor, async (sql) => {
    const before = await deps.numbers.findToChange(sql, numberId);
    if (!before) return { ok: false, refusal: { code: 'not-found' } };
    const pages = await deps.numbers.usedBy(sql, numberId);
    if (pages.length > 0) return { ok: false, refusal: { code: 'in-use', detail: pages.join(', ') } };
    await deps.numbers.remove(sql, numberId);
    return {
      ok: true,
      value: { value: undefined, audit: [{ action: 'number-removed', entity: 'number', entityId: numberId, before }], floor: [{ entity: 'number', id: numberId, value: null }] },
    };
  });
}
