import type { FlowId, Result } from '@centralita/kernel';
import type { FloorFlow } from '../domain/floor-configuration.ts';
import type { Editor, Sql } from './change-configuration.ts';
import type { ConfigurationDeps, ConfigurationRefusal, Flow, FlowDefinition } from './ports.ts';

export function createFlow(deps: ConfigurationDeps, editor: Editor, definition: FlowDefinition): Promise<Result<Flow, ConfigurationRefusal>> {
  return deps.change(editor, (sql) => saveVersion(deps, sql, editor, { flowId: deps.drawId('flow'), version: 1, definition }, undefined));
}

/** Makes and publishes the next version; callers already in the flow stay in theirs. */
export function changeFlow(deps: ConfigurationDeps, editor: Editor, flowId: FlowId, expectedVersion: number | undefined, definition: FlowDefinition): Promise<Result<Flow, ConfigurationRefusal>> {
  return deps.change(editor, async (sql) => {
    const before = await deps.flows.findToChange(sql, flowId);
    if (!before) return { ok: false, refusal: { code: 'not-found' } };
    if (expectedVersion !== undefined && before.version !== expectedVersion) return { ok: false, refusal: { code: 'version-conflict' } };
    return saveVersion(deps, sql, editor, { flowId, version: before.version + 1, definition }, before);
  });
}

async function saveVersion(deps: ConfigurationDeps, sql: Sql, editor: Editor, flow: Flow, before: Flow | undefined) {
  const queues = await deps.queues.list(sql, { viewer: editor.actor, scope: 'account' });
  const errors = deps.validateFlow(flow.definition, { queueIds: new Set(queues.map((queue) => queue.queueId)) });
  if (errors.length > 0) return { ok: false as const, refusal: { code: 'flow-invalid' as const, errors } };
  await deps.flows.insertVersion(sql, flow, editor.actor);
  return {
    ok: true as const,
    value: {
      value: flow,
      audit: [{ action: before ? 'flow-changed' : 'flow-created', entity: 'flow', entityId: flow.flowId, before, after: flow }],
      floor: [{ entity: 'flow' as const, id: flow.flowId, value: floorFlow(flow) }],
    },
  };
}

export function floorFlow({ version, definition: { name: _name, ...steps } }: Flow): FloorFlow {
  return { version, ...steps };
}
