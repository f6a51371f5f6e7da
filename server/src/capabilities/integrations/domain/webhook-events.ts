import type { ConversationId, Instant, WebhookEvent } from '@centralita/kernel';
import type { ConversationEvent } from '../../conversations/index.ts';

/** Something that other systems are told of. */
export interface Happened {
  readonly type: WebhookEvent;
  readonly conversationId: ConversationId;
  readonly at: Instant;
  /** Grows with each event of the account: whoever keeps the highest for a conversation has its latest news. */
  readonly revision: number;
}

const TOLD: Partial<Record<ConversationEvent['type'], WebhookEvent>> = {
  'conversation-started': 'conversation.started',
  'conversation-queued': 'conversation.queued',
  'conversation-answered': 'conversation.answered',
  'conversation-ended': 'conversation.ended',
};

/** Far more than a turn has: its cascade is bounded. */
const EVENTS_PER_TURN = 10_000;

/** The last revision of turn `seq`, and of any before it. */
export const revisionAfter = (seq: number): number => (seq + 1) * EVENTS_PER_TURN - 1;

/** @param turn a committed one, its events in today's shape */
export function happenedIn(turn: { readonly seq: number; readonly events: readonly { readonly type: string }[] }): Happened[] {
  return turn.events.flatMap((event, index) => {
    if (!isTold(event)) return [];
    const { conversationId, at } = event;
    return [{ type: TOLD[event.type]!, conversationId, at, revision: turn.seq * EVENTS_PER_TURN + index }];
  });
}

const isTold = (event: { readonly type: string }): event is ConversationEvent => event.type in TOLD;
