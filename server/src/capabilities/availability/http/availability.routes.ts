import { statusChange } from '@centralita/contract';
import { z } from 'zod';
import { askFloor } from '../../../http/floor-answer.ts';
import type { FloorPort } from '../../../http/floor-port.ts';
import { route, type Route } from '../../../http/route.ts';

export function availabilityRoutes({ floor }: { readonly floor: FloorPort }): readonly Route[] {
  return [
    route({
      method: 'PUT',
      url: '/api/me/status',
      summary: 'Choose a status',
      permission: 'workspace:use',
      schema: { body: statusChange },
      handler: async ({ who, body }) => {
        if (!floor.world(who.account)?.statuses.get(body.statusId)) {
          return { ok: false, refusal: { code: 'invalid-input', errors: [{ pointer: '/statusId', code: 'unknown-status', detail: 'the account has no such status' }] } };
        }
        return askFloor(floor, who, { type: 'choose-status', agentId: who.userId, statusId: body.statusId });
      },
    }),
    route({
      method: 'POST',
      url: '/api/me/return',
      summary: 'Come back after not answering',
      permission: 'workspace:use',
      schema: {},
      handler: ({ who }) => askFloor(floor, who, { type: 'return-from-not-answering', agentId: who.userId }),
    }),
    route({
      method: 'POST',
      url: '/api/after-service/:afterServiceId/finish',
      summary: 'Finish after-service early',
      permission: 'workspace:use',
      schema: { params: z.object({ afterServiceId: z.string().max(40) }) },
      handler: ({ who, params }) => askFloor(floor, who, { type: 'finish-after-service', agentId: who.userId, afterServiceId: params.afterServiceId }),
    }),
  ];
}
