import type { ConversationEnding, ConversationId, Instant, LegId, QueueId } from '@centralita/kernel';
import type { FloorQueue } from '../../../capabilities/accounts/index.ts';
import { FRONT_PRIORITY, type OverflowReason, type OverflowTarget } from '../../../capabilities/routing/index.ts';
import { isLegAnswered } from '../look-up.ts';
import type { Turn } from '../turn.ts';

interface Entry {
  readonly queueId: QueueId;
  readonly reason: 'flow' | 'overflow' | 'agent-lost';
  /** Kept over a chain of overflows, so that ageing goes on. */
  readonly enqueuedAt?: Instant;
  readonly visited?: readonly QueueId[];
}

/** Puts a caller into a queue's waiting list; a full queue overflows at once, a deleted one says the closing words. */
export function enterQueue(turn: Turn, conversationId: ConversationId, entry: Entry): void {
  const conversation = turn.world.conversations.get(conversationId);
  const legId = customerLegOf(turn, conversation?.callId);
  if (!conversation || legId === undefined) return;
  const { queueId, reason, visited = [], enqueuedAt = turn.at } = entry;
  const queue = turn.world.queues.get(queueId);
  if (!queue) return sayClosing(turn, conversationId, DEFAULT_CLOSING, 'overflowed', queueId);
  const full = isFull(turn, queueId, queue) && reason !== 'agent-lost';
  const waitingId = turn.draw('waiting');
  const segmentId = turn.draw('segment');
  const priority = reason === 'agent-lost' ? FRONT_PRIORITY : queue.priority;
  turn.waiting(waitingId, { type: 'queue', waitingId, conversationId, callId: conversation.callId, legId, segmentId, queueId, queue, reason, priority, enqueuedAt, visited });
  turn.conversation(conversationId, { type: 'wait', waitingId, segmentId, queueId, reason });
  if (full) overflow(turn, waitingId, 'maximum-size');
}

/** Sends a waiting caller on: to the overflow queue, unless they have been there, or to closing words. */
export function overflow(turn: Turn, waitingId: string, reason: OverflowReason): string | undefined {
  const one = turn.world.waiting.get(waitingId);
  if (!one) return 'not-waiting';
  const visited = [...one.visited, one.queueId];
  const to = reachableTarget(turn, turn.world.queues.get(one.queueId)?.overflow, visited);
  const refusal = turn.waiting(waitingId, { type: 'overflow', reason, to });
  if (refusal !== undefined) return refusal;
  if (to.kind === 'queue') enterQueue(turn, one.conversationId, { queueId: to.queueId, reason: 'overflow', enqueuedAt: one.enqueuedAt, visited });
  else sayClosing(turn, one.conversationId, to.prompt, 'overflowed', one.queueId);
  return undefined;
}

const DEFAULT_CLOSING = 'closing';

function reachableTarget(turn: Turn, target: OverflowTarget | undefined, visited: readonly QueueId[]): OverflowTarget {
  if (!target) return { kind: 'message', prompt: DEFAULT_CLOSING };
  if (target.kind === 'queue' && (visited.includes(target.queueId) || !turn.world.queues.has(target.queueId))) return { kind: 'message', prompt: DEFAULT_CLOSING };
  return target;
}

/** Says last words and hangs up; the conversation then ends as `ending`. */
function sayClosing(turn: Turn, conversationId: ConversationId, prompt: string, ending: ConversationEnding, queueId: QueueId): void {
  const conversation = turn.world.conversations.get(conversationId);
  const legId = customerLegOf(turn, conversation?.callId);
  if (!conversation || legId === undefined) return;
  const flowRunId = turn.draw('flowRun');
  const language = turn.world.queues.get(queueId)?.language ?? turn.world.flows.values().next().value?.language ?? 'es';
  turn.conversation(conversationId, { type: 'close', flowRunId, ending, queueId });
  turn.flowRun(flowRunId, { type: 'say-closing', flowRunId, conversationId, callId: conversation.callId, legId, prompt, language, answered: isLegAnswered(turn.world, legId) });
}

function customerLegOf(turn: Turn, callId: string | undefined): LegId | undefined {
  const call = callId === undefined ? undefined : turn.world.calls.get(callId);
  return call?.state === 'open' ? call.customerLegId : undefined;
}

const isFull = (turn: Turn, queueId: QueueId, queue: FloorQueue): boolean => queue.maximumSize !== null && (turn.world.indexes.waitingByQueue.get(queueId)?.size ?? 0) >= queue.maximumSize;
