import { decided, type Decider, refused } from '@centralita/kernel';
import type { AfterServiceId, ConversationId, Instant, QueueId, SegmentId, UserId } from '@centralita/kernel';
import type { PartyRef } from '../../conversations/index.ts';

/*
 *   after-service-started ──► running ── after-service-ended (by agent | limit | sign-out) ──► (gone)
 *
 * The work after a queue call (S2.27). Its early finish, its limit and a sign-out race to one ending.
 */

export interface AfterService {
  readonly state: 'running';
  readonly afterServiceId: AfterServiceId;
  readonly agentId: UserId;
  readonly conversationId: ConversationId;
  readonly segmentId: SegmentId;
  readonly queueId: QueueId;
  /** Who it was with: the conversation itself may be over. */
  readonly customer: PartyRef;
  readonly startedAt: Instant;
  /** Null: the queue sets no limit (S2.28). */
  readonly endsAt: Instant | null;
}

interface AfterServiceEventFacts {
  readonly afterServiceId: AfterServiceId;
  readonly agentId: UserId;
  readonly conversationId: ConversationId;
  readonly segmentId: SegmentId;
  readonly queueId: QueueId;
  readonly at: Instant;
}
export type AfterServiceEvent =
  | (AfterServiceEventFacts & { readonly type: 'after-service-started'; readonly customer: PartyRef; readonly endsAt: Instant | null })
  | (AfterServiceEventFacts & { readonly type: 'after-service-ended'; readonly reason: 'finished' | 'limit' | 'signed-out'; readonly startedAt: Instant; readonly durationMs: number });

export type AfterServiceCommand =
  | { readonly type: 'start'; readonly afterServiceId: AfterServiceId; readonly agentId: UserId; readonly conversationId: ConversationId; readonly segmentId: SegmentId; readonly queueId: QueueId; readonly customer: PartyRef; readonly limitMs: number | null }
  | { readonly type: 'finish'; readonly agentId: UserId }
  | { readonly type: 'limit-over' }
  | { readonly type: 'sign-out' };

export type AfterServiceRefusal = 'already-ended' | 'not-yours' | 'not-allowed-now';

export const afterService: Decider<AfterService, AfterServiceCommand, AfterServiceEvent, AfterServiceRefusal> = {
  decide(state, command, { now: at }) {
    if (!state) {
      if (command.type !== 'start') return refused('already-ended');
      const { limitMs, ...started } = command;
      return decided({ ...started, type: 'after-service-started', at, endsAt: limitMs === null ? null : at + limitMs });
    }
    if (command.type === 'start') return refused('not-allowed-now');
    if (command.type === 'finish' && command.agentId !== state.agentId) return refused('not-yours');
    const { afterServiceId, agentId, conversationId, segmentId, queueId, startedAt } = state;
    const reason = command.type === 'finish' ? 'finished' : command.type === 'limit-over' ? 'limit' : 'signed-out';
    return decided({ type: 'after-service-ended', afterServiceId, agentId, conversationId, segmentId, queueId, at, reason, startedAt, durationMs: Math.max(0, at - startedAt) });
  },
  evolve(_state, event) {
    if (event.type === 'after-service-ended') return undefined;
    const { afterServiceId, agentId, conversationId, segmentId, queueId, customer, at, endsAt } = event;
    return { state: 'running', afterServiceId, agentId, conversationId, segmentId, queueId, customer, startedAt: at, endsAt };
  },
};
