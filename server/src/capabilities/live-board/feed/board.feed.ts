import { createHash } from 'node:crypto';
import { type BoardStatus, type FeedTopic, scopeOf } from '@centralita/contract';
import type { AccountId, QueueId, Role, UserId } from '@centralita/kernel';
import type { FeedScope, FloorEventSeen, RefusedScope, TopicSource } from '../../../feed/topic.ts';
import type { FloorPort } from '../../../http/floor-port.ts';
import type { LiveNames } from '../../../http/names.ts';
import { boardAgent, type BoardFigures, boardQueue, boardTotals, type BoardView, servingOf } from './board-entities.ts';

export interface BoardFeedDeps {
  readonly floor: Pick<FloorPort, 'world'>;
  readonly names: LiveNames;
  readonly activityOf: BoardView['activityOf'];
  readonly figures: (account: AccountId) => BoardFigures;
  readonly lineLimit: (account: AccountId) => number | null;
  readonly party: BoardParty;
  /** Whom and which queues a person reaches with this scope. */
  readonly reach: (account: AccountId, viewer: UserId, scope: 'own' | 'group' | 'queue' | 'account') => Promise<{ readonly userIds: readonly UserId[]; readonly queueIds: readonly QueueId[] }>;
}
type BoardParty = (world: BoardView['world'], account: AccountId, customer: Parameters<BoardView['party']>[0]) => ReturnType<BoardView['party']>;

interface BoardScope extends FeedScope {
  readonly userIds: readonly UserId[];
  readonly queueIds: readonly QueueId[];
}

/** Nothing of these shows on a board, and they are many. */
const UNSEEN: ReadonlySet<string> = new Set(['leg-quality-measured', 'flow-play-entered', 'flow-menu-asked', 'flow-menu-listening', 'position-announced', 'waiting-music-started', 'call-digits-sent']);

/** Topic `board`: the reader's queues and people (S0.19, S0.20), and their totals. */
export function boardFeed(deps: BoardFeedDeps): TopicSource<BoardScope> {
  return boardOf('board', deps, async ({ account, userId, role }) => {
    const scope = scopeOf(role, 'board:read');
    if (!scope) return { refused: 'forbidden' };
    const reach = await deps.reach(account, userId, scope);
    return { account, ...reach, key: scope === 'account' ? 'account' : keyOf(reach.userIds, reach.queueIds) };
  });
}

/** Topic `demo-board`: the same of the account that lives by itself, for whoever may read a board at all. */
export function demoBoardFeed(deps: BoardFeedDeps, demoAccount: () => AccountId | undefined): TopicSource<BoardScope> {
  return boardOf('demo-board', deps, async ({ role, userId }: { readonly role: Role; readonly userId: UserId }) => {
    const account = demoAccount();
    if (!scopeOf(role, 'board:read')) return { refused: 'forbidden' };
    if (!account) return { refused: 'not-found' };
    return { account, ...(await deps.reach(account, userId, 'account')), key: 'account' };
  });
}

function boardOf(topic: FeedTopic, deps: BoardFeedDeps, scope: TopicSource<BoardScope>['scopeOf']): TopicSource<BoardScope> {
  const agents = new AgentTexts();
  return {
    topic,
    isDashboard: true,
    scopeOf: (reader): Promise<BoardScope | RefusedScope> => scope(reader),
    entries: ({ account, userIds, queueIds }) => {
      const entries = new Map<string, string>();
      const world = deps.floor.world(account);
      if (!world) return entries;
      const names = deps.names.of(account);
      const view: BoardView = {
        account,
        world,
        names,
        figures: deps.figures(account),
        activityOf: deps.activityOf,
        party: (customer) => deps.party(world, account, customer),
        lineLimit: deps.lineLimit(account),
      };
      entries.set('totals', JSON.stringify(boardTotals(view, queueIds, userIds)));
      for (const [statusId, { names: called, icon }] of names.statuses) entries.set(`status:${statusId}`, JSON.stringify({ statusId, names: called, icon } satisfies BoardStatus));
      const serving = servingOf(world, world.agentSettings.keys());
      for (const queueId of queueIds) {
        const queue = boardQueue(view, queueId, serving.get(queueId) ?? []);
        if (queue) entries.set(`queue:${queueId}`, JSON.stringify(queue));
      }
      for (const userId of userIds) {
        const text = agents.of(view, userId);
        if (text !== undefined) entries.set(`agent:${userId}`, text);
      }
      return entries;
    },
    touchedBy: ({ type }: FloorEventSeen) => (UNSEEN.has(type) ? undefined : { keys: 'all', atOnce: false }),
  };
}

/**
 * Agents' texts, made anew only when something of that agent changed: with thousands of agents, making them is most of the
 * board's cost. What an agent's entity is made of is immutable, so comparing references is enough.
 */
class AgentTexts {
  readonly #made = new Map<UserId, { readonly parts: readonly unknown[]; readonly text: string | undefined }>();

  of(view: BoardView, userId: UserId): string | undefined {
    const { world, names, figures } = view;
    const agent = world.agents.get(userId);
    const sums = figures.agent(userId);
    const busy = agent?.state === 'signed-in' && (agent.contact.kind !== 'free' || agent.pause.kind === 'after-service');
    // A customer's name may come a moment later, so busy agents are made each time.
    const parts = [names, agent, world.agentSettings.get(userId), figures.answered(sums), figures.averageHandleMs(sums)];
    const made = this.#made.get(userId);
    if (!busy && made && made.parts.every((part, index) => part === parts[index])) return made.text;
    const entity = boardAgent(view, userId);
    const text = entity && JSON.stringify(entity);
    this.#made.set(userId, { parts, text });
    return text;
  }
}

/** Supervisors of the same groups and queues share a channel. */
function keyOf(userIds: readonly UserId[], queueIds: readonly QueueId[]): string {
  return createHash('sha256')
    .update(JSON.stringify([[...userIds].sort(), [...queueIds].sort()]))
    .digest('base64url');
}
