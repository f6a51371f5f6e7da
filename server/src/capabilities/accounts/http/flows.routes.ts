import { flowList, flowRequest, flowView } from '@centralita/contract';
import { ok, refuse } from '@centralita/kernel';
import { z } from 'zod';
import { route, type Route, versionTag } from '../../../http/route.ts';
import type { ConfigurationDeps, Flow } from '../application/ports.ts';
import { removeFlow } from '../application/remove-flow.ts';
import { changeFlow, createFlow } from '../application/save-flow.ts';
import { editorOf } from './queues.routes.ts';

const params = z.object({ flowId: z.string().max(40) });
const tag = (flow: Flow) => versionTag(flow.version);
const viewOf = ({ flowId, version, definition }: Flow) => flowView.parse({ ...definition, flowId, version });

export function flowRoutes(deps: ConfigurationDeps): readonly Route[] {
  return [
    route({
      method: 'GET',
      url: '/api/flows',
      summary: 'Flows, each in its published version',
      permission: 'flows:read',
      schema: { response: flowList },
      handler: async ({ who }) => ok(await deps.read(who.account, (sql) => deps.flows.list(sql))),
      view: (flows) => ({ items: flows.map(viewOf) }),
    }),
    route({
      method: 'GET',
      url: '/api/flows/:flowId',
      summary: 'One flow',
      permission: 'flows:read',
      schema: { params, response: flowView },
      handler: async ({ who, params: { flowId } }) => {
        const flow = await deps.read(who.account, (sql) => deps.flows.find(sql, flowId));
        return flow ? ok(flow) : refuse({ code: 'not-found' as const });
      },
      view: viewOf,
      headers: tag,
    }),
    route({
      method: 'POST',
      url: '/api/flows',
      summary: 'Make and publish a flow',
      permission: 'flows:edit',
      schema: { body: flowRequest, response: flowView },
      status: 201,
      idempotent: true,
      handler: ({ who, body, requestId }) => createFlow(deps, editorOf(who, requestId), body),
      view: viewOf,
      headers: tag,
    }),
    route({
      method: 'PUT',
      url: '/api/flows/:flowId',
      summary: 'Publish the next version of a flow',
      permission: 'flows:edit',
      schema: { params, body: flowRequest, response: flowView },
      versioned: true,
      handler: ({ who, params: { flowId }, body, requestId, expectedVersion }) => changeFlow(deps, editorOf(who, requestId), flowId, expectedVersion, body),
      view: viewOf,
      headers: tag,
    }),
    route({
      method: 'DELETE',
      url: '/api/flows/:flowId',
      summary: 'Retire a flow that no number leads to',
      permission: 'flows:edit',
      schema: { params },
      handler: ({ who, params: { flowId }, requestId }) => removeFlow(deps, editorOf(who, requestId), flowId),
    }),
  ];
}
