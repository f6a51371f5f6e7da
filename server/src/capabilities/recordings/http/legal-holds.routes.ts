import { legalHoldList, legalHoldPlaced, legalHoldRequest, type LegalHoldView } from '@centralita/contract';
import { ok } from '@centralita/kernel';
import { z } from 'zod';
import { route, type Route } from '../../../http/route.ts';
import { holdConversation, type LegalHoldDeps, liftHold } from '../application/hold-conversation.ts';
import type { LegalHold } from '../application/ports.ts';

const params = z.object({ conversationId: z.string().max(40) });
const viewOf = (hold: LegalHold): LegalHoldView => ({ ...hold, placedBy: { ...hold.placedBy } });

export function legalHoldRoutes(deps: LegalHoldDeps): readonly Route[] {
  return [
    route({
      method: 'GET',
      url: '/api/legal-holds',
      summary: 'Conversations whose recordings retention leaves alone, newest hold first',
      permission: 'legal-holds:edit',
      schema: { response: legalHoldList },
      handler: async ({ who }) => ok(await deps.read(who.account, (sql) => deps.legalHolds.list(sql))),
      view: (holds) => ({ items: holds.map(viewOf) }),
    }),
    route({
      method: 'PUT',
      url: '/api/conversations/:conversationId/legal-hold',
      summary: 'Keep the recordings of a conversation, however old; says how many there are',
      permission: 'legal-holds:edit',
      schema: { params, body: legalHoldRequest, response: legalHoldPlaced },
      handler: ({ who, params: { conversationId }, body, requestId }) => holdConversation(deps, { account: who.account, actor: who.userId, requestId }, conversationId, body.reason),
      view: ({ hold, recordings }) => ({ ...viewOf(hold), recordings: { ...recordings } }),
    }),
    route({
      method: 'DELETE',
      url: '/api/conversations/:conversationId/legal-hold',
      summary: 'Let retention delete them again',
      permission: 'legal-holds:edit',
      schema: { params },
      handler: ({ who, params: { conversationId }, requestId }) => liftHold(deps, { account: who.account, actor: who.userId, requestId }, conversationId),
    }),
  ];
}
