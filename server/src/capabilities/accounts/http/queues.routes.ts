import { type QueueRequest, queueList, queueRequest, type QueueView, queueView } from '@centralita/contract';
import { ok, refuse } from '@centralita/kernel';
import { z } from 'zod';
import { route, type Route, type SignedIn, versionTag } from '../../../http/route.ts';
import type { ConfigurationDeps, Queue, Reach } from '../application/ports.ts';
import { removeQueue } from '../application/remove-queue.ts';
import { changeQueue, createQueue, type QueueChange } from '../application/save-queue.ts';
import { showQueue } from '../application/show-queue.ts';

const params = z.object({ queueId: z.string().max(40) });
const tag = (queue: Queue) => versionTag(queue.version);

export function queueRoutes(deps: ConfigurationDeps): readonly Route[] {
  return [
    route({
      method: 'GET',
      url: '/api/queues',
      summary: 'Queues the reader reaches',
      permission: 'queues:read',
      schema: { response: queueList },
      handler: async ({ who }) => ok(await deps.read(who.account, (sql) => deps.queues.list(sql, reachOf(who)))),
      view: (queues) => ({ items: queues.map(viewOf) }),
    }),
    route({
      method: 'GET',
      url: '/api/queues/:queueId',
      summary: 'One queue',
      permission: 'queues:read',
      schema: { params, response: queueView },
      handler: async ({ who, params: { queueId } }) => {
        const queue = await showQueue(deps, who.account, reachOf(who), queueId);
        return queue ? ok(queue) : refuse({ code: 'not-found' as const });
      },
      view: viewOf,
      headers: tag,
    }),
    route({
      method: 'POST',
      url: '/api/queues',
      summary: 'Make a queue',
      permission: 'queues:edit',
      schema: { body: queueRequest, response: queueView },
      status: 201,
      idempotent: true,
      handler: ({ who, body, requestId }) => createQueue(deps, editorOf(who, requestId), changeOf(body)),
      view: viewOf,
      headers: tag,
    }),
    route({
      method: 'PUT',
      url: '/api/queues/:queueId',
      summary: 'Change a queue',
      permission: 'queues:edit',
      schema: { params, body: queueRequest, response: queueView },
      versioned: true,
      handler: ({ who, params: { queueId }, body, requestId, expectedVersion }) => changeQueue(deps, editorOf(who, requestId), queueId, expectedVersion, changeOf(body)),
      view: viewOf,
      headers: tag,
    }),
    route({
      method: 'DELETE',
      url: '/api/queues/:queueId',
      summary: 'Remove a queue that nothing leads to',
      permission: 'queues:edit',
      schema: { params },
      handler: ({ who, params: { queueId }, requestId }) => removeQueue(deps, editorOf(who, requestId), queueId),
    }),
  ];
}

export const editorOf = (who: SignedIn, requestId: string) => ({ account: who.account, actor: who.userId, requestId });
export const reachOf = (who: SignedIn): Reach => ({ viewer: who.userId, scope: who.scope });

function changeOf({ members, ...settings }: QueueRequest): QueueChange {
  return { settings, members };
}

function viewOf({ queueId, settings, members, version }: Queue): QueueView {
  return queueView.parse({ ...settings, queueId, members, version });
}
