import type { QueueId, Result } from '@centralita/kernel';
import type { Editor } from './change-configuration.ts';
import type { ConfigurationDeps, ConfigurationRefusal } from './ports.ts';
import { floorAgents } from './save-queue.ts';

/** A queue that a flow or another queue leads to stays; otherwise callers would fall into nothing. */
export function removeQueue(deps: ConfigurationDeps, editor: Editor, queueId: QueueId): Promise<Result<undefined, ConfigurationRefusal>> {
  return deps.change(editor, async (sql) => {
    const before = await deps.queues.findToChange(sql, queueId);
    if (!before) return { ok: false, refusal: { code: 'not-found' } };
    const users = await deps.queues.usedBy(sql, queueId);
    if (users.length > 0) return { ok: false, refusal: { code: 'in-use', detail: users.join(', ') } };
    const left = await deps.queues.replaceMembers(sql, queueId, []);
    await deps.queues.markDeleted(sql, queueId);
    return {
      ok: true,
      value: {
        value: undefined,
        audit: [{ action: 'queue-removed', entity: 'queue', entityId: queueId, before }],
        floor: [...(await floorAgents(deps, sql, left)), { entity: 'queue', id: queueId, value: null }],
      },
    };
  });
}
