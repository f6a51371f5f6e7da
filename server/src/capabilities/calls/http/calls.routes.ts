import { digitsRequest } from '@centralita/contract';
import { z } from 'zod';
import { askFloor, personal } from '../../../http/floor-answer.ts';
import type { FloorPort } from '../../../http/floor-port.ts';
import { route, type Route } from '../../../http/route.ts';

const params = z.object({ callId: z.string().max(40) });

/** What the agent in a call may ask for; the machine knows whose call it is and what it allows now. */
const ACTIONS = [
  { url: '/api/calls/:callId/hold', type: 'hold-call', summary: 'Put the other side on hold' },
  { url: '/api/calls/:callId/resume', type: 'resume-call', summary: 'Come back from hold' },
  { url: '/api/calls/:callId/hang-up', type: 'hang-up', summary: 'End the call' },
  { url: '/api/calls/:callId/pause-recording', type: 'pause-recording', summary: 'Record silence from here on' },
  { url: '/api/calls/:callId/resume-recording', type: 'resume-recording', summary: 'Record sound again' },
] as const;

export function callRoutes({ floor }: { readonly floor: FloorPort }): readonly Route[] {
  return [
    ...ACTIONS.map(({ url, type, summary }) =>
      route({
        method: 'POST',
        url,
        summary,
        permission: 'workspace:use',
        schema: { params },
        handler: ({ who, params: { callId } }) => askFloor(floor, who, { type, agentId: who.userId, callId }),
      }),
    ),
    route({
      method: 'POST',
      url: '/api/calls/:callId/digits',
      summary: 'Send digits to the other side',
      permission: 'workspace:use',
      schema: { params, body: digitsRequest },
      handler: ({ who, params: { callId }, body }) => {
        const digits = personal(body.digits);
        return askFloor(floor, who, { type: 'send-digits', agentId: who.userId, callId, digits: digits.ref }, digits.values);
      },
    }),
  ];
}
