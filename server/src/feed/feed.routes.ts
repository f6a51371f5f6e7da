import { feedTicket } from '@centralita/contract';
import { ok } from '@centralita/kernel';
import { route, type Route } from '../http/route.ts';
import type { FeedTickets } from './tickets.ts';

export const FEED_PATH = '/api/feed';

export function feedRoutes({ tickets, reconnectSpreadMs }: { readonly tickets: FeedTickets; readonly reconnectSpreadMs: number }): readonly Route[] {
  return [
    route({
      method: 'POST',
      url: '/api/feed/tickets',
      summary: 'A ticket that opens the live feed once, within half a minute',
      permission: 'session:use',
      schema: { response: feedTicket },
      status: 201,
      handler: async ({ who: { account, userId, role, sessionId } }) => ok(tickets.issue({ account, userId, role, sessionId })),
      view: (ticket) => ({ ticket, path: FEED_PATH, reconnectSpreadMs }),
    }),
  ];
}
