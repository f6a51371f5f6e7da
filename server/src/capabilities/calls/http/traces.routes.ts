import { legTrace } from '@centralita/contract';
import { ok, refuse } from '@centralita/kernel';
import { z } from 'zod';
import { route, type Route } from '../../../http/route.ts';

export interface TraceDeps {
  /** The switch's trace of a leg of this account, redacted; null when it no longer has it or never had. */
  readonly traceOf: (account: string, legId: string) => Promise<string | null>;
}

export function traceRoutes({ traceOf }: TraceDeps): readonly Route[] {
  return [
    route({
      method: 'GET',
      url: '/api/traces/:legId',
      summary: 'SIP messages and media statistics of one leg, redacted',
      permission: 'traces:download',
      schema: { params: z.object({ legId: z.string().regex(/^leg_[0-9a-z]{26}$/) }), response: legTrace },
      handler: async ({ who, params }) => {
        const text = await traceOf(who.account, params.legId);
        return text === null ? refuse({ code: 'not-found' as const }) : ok(text);
      },
      view: (text, { params }) => ({ legId: params.legId, text }),
      headers: (_text, { params }) => ({ 'content-disposition': `attachment; filename="${params.legId}.json"` }),
    }),
  ];
}
