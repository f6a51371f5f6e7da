import { z } from 'zod';
import { askFloor } from '../../../http/floor-answer.ts';
import type { FloorPort } from '../../../http/floor-port.ts';
import { route, type Route } from '../../../http/route.ts';

export function offerRoutes({ floor }: { readonly floor: FloorPort }): readonly Route[] {
  return [
    route({
      method: 'POST',
      url: '/api/offers/:offerId/decline',
      summary: 'Decline the queue call that rings',
      permission: 'workspace:use',
      schema: { params: z.object({ offerId: z.string().max(40) }) },
      handler: ({ who, params }) => askFloor(floor, who, { type: 'decline-offer', agentId: who.userId, offerId: params.offerId }),
    }),
  ];
}
