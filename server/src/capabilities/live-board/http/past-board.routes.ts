import { type PastBoard, pastBoard, pastBoardQuery } from '@centralita/contract';
import type { Answer } from '../../../http/refusal.ts';
import { route, type Route, type SignedIn } from '../../../http/route.ts';

export interface PastBoardDeps {
  /** What this person would have seen at that instant, of their own account or of the one that lives by itself. */
  readonly boardAt: (who: SignedIn, topic: 'board' | 'demo-board', at: number) => Promise<Answer<PastBoard>>;
}

export function pastBoardRoutes({ boardAt }: PastBoardDeps): readonly Route[] {
  return [
    route({
      method: 'GET',
      url: '/api/board',
      summary: 'The board as it was at an instant that the journal still has',
      permission: 'board:read',
      letGoWith: 'dashboards',
      schema: { query: pastBoardQuery, response: pastBoard },
      handler: ({ who, query }) => boardAt(who, query.topic, query.at),
      view: (board) => board,
    }),
  ];
}
