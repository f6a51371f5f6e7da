import { conversationTraces, legTrace } from '@centralita/contract';
import { ok, refuse } from '@centralita/kernel';
import { z } from 'zod';
import { route, type Route } from '../../../http/route.ts';

export interface TraceDeps {
  /** The switch's trace of a leg of this account, redacted; null when it no longer has it or never had. */
  readonly traceOf: (account: string, legId: string) => Promise<string | null>;
  /** The legs of a conversation of this account, oldest first; none when it is forgotten or was never here. */
  readonly legsOf: (account: string, conversationId: string) => readonly string[];
}

export function traceRoutes({ traceOf, legsOf }: TraceDeps): readonly Route[] {
  return [
    route({
      method: 'GET',
      url: '/api/traces/:legId',
      summary: 'SIP messages and media statistics of one leg, redacted',
      permission: 'traces:download',
      letGoWith: 'reports',
      schema: { params: z.object({ legId: z.string().regex(/^leg_[0-9a-z]{26}$/) }), response: legTrace },
      handler: async ({ who, params }) => {
        const text = await traceOf(who.account, params.legId);
        return text === null ? refuse({ code: 'not-found' as const }) : ok(text);
      },
      view: (text, { params }) => ({ legId: params.legId, text }),
      headers: (_text, { params }) => ({ 'content-disposition': `attachment; filename="${params.legId}.json"` }),
    }),
    route({
      method: 'GET',
      url: '/api/conversations/:conversationId/traces',
      summary: 'SIP messages and media statistics of every leg of one conversation, redacted',
      permission: 'traces:download',
      letGoWith: 'reports',
      schema: { params: z.object({ conversationId: z.string().regex(/^cnv_[0-9a-z]{26}$/) }), response: conversationTraces },
      handler: async ({ who, params }) => {
        const traces = await Promise.all(legsOf(who.account, params.conversationId).map(async (legId) => ({ legId, text: await traceOf(who.account, legId) })));
        const items = traces.flatMap(({ legId, text }) => (text === null ? [] : [{ legId, text }]));
        return items.length === 0 ? refuse({ code: 'trace-gone' as const }) : ok({ items });
      },
      view: (traces) => traces,
      headers: (_traces, { params }) => ({ 'content-disposition': `attachment; filename="${params.conversationId}.json"` }),
    }),
  ];
}
