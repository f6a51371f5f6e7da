import type { FlowId, Result } from '@centralita/kernel';
import type { Editor } from './change-configuration.ts';
import type { ConfigurationDeps, ConfigurationRefusal } from './ports.ts';

/** A flow that a number leads to stays. Its versions are kept: calls of the past name them. */
export function removeFlow(deps: ConfigurationDeps, editor: Editor, flowId: FlowId): Promise<Result<undefined, ConfigurationRefusal>> {
  return deps.change(editor, async (sql) => {
    const before = await deps.flows.find(sql, flowId);
    if (!before) return { ok: false, refusal: { code: 'not-found' } };
    const users = await deps.flows.usedBy(sql, flowId);
    if (users.length > 0) return { ok: false, refusal: { code: 'in-use', detail: users.join(', ') } };
    await deps.flows.retire(sql, flowId);
    return {
      ok: true,
      value: { value: undefined, audit: [{ action: 'flow-removed', entity: 'flow', entityId: flowId, before }], floor: [{ entity: 'flow', id: flowId, value: null }] },
    };
  });
}
