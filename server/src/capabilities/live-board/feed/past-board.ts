import type { PastBoard, PastWaiting } from '@centralita/contract';
import type { Instant, QueueId, UserId } from '@centralita/kernel';
import { boardAgent, boardQueue, boardTotals, type BoardView, servingOf } from './board-entities.ts';

/** The board of a state of the past, for whoever reaches these people and queues: the entities of the live one, with their conversations. */
export function pastBoard(view: BoardView, { at, firstAt, userIds, queueIds }: { readonly at: Instant; readonly firstAt: Instant; readonly userIds: readonly UserId[]; readonly queueIds: readonly QueueId[] }): PastBoard {
  const { world, names } = view;
  const serving = servingOf(world, world.agentSettings.keys());
  return {
    at,
    firstAt,
    totals: boardTotals(view, queueIds, userIds),
    queues: queueIds.flatMap((queueId) => boardQueue(view, queueId, serving.get(queueId) ?? []) ?? []),
    agents: userIds.flatMap((userId) => {
      const agent = boardAgent(view, userId);
      return agent ? [{ ...agent, conversationId: conversationOf(view, userId) }] : [];
    }),
    statuses: [...names.statuses].map(([statusId, { names: called, icon }]) => ({ statusId, names: called, icon })),
    waiting: queueIds.flatMap((queueId) => waitingOf(view, queueId)).sort((a, b) => a.queuedAt - b.queuedAt),
  };
}

/** What the person was busy with; null while nothing was. */
function conversationOf({ world }: BoardView, userId: UserId): string | null {
  const agent = world.agents.get(userId);
  if (agent?.state !== 'signed-in') return null;
  if (agent.contact.kind !== 'free') return agent.contact.conversationId;
  return agent.pause.kind === 'after-service' ? (world.afterServices.get(agent.pause.afterServiceId)?.conversationId ?? null) : null;
}

function waitingOf({ world, names, party }: BoardView, queueId: QueueId): PastWaiting[] {
  return [...(world.indexes.waitingByQueue.get(queueId) ?? [])].flatMap((waitingId) => {
    const waiting = world.waiting.get(waitingId);
    const customer = waiting && world.conversations.get(waiting.conversationId)?.customer;
    return customer ? [{ waitingId, conversationId: waiting.conversationId, queueId, queueName: names.queues.get(queueId)?.name ?? '', customer: party(customer), queuedAt: waiting.queuedAt }] : [];
  });
}
