import type { ConversationEnding, LegCause, LegId, UserId } from '@centralita/kernel';
import { type Contact, NO_PAUSE } from '../../../capabilities/availability/index.ts';
import type { FloorEventOf } from '../events.ts';
import { enterQueue } from '../steps/enter-queue.ts';
import { ringElsewhere } from '../steps/ring-back.ts';
import type { Turn } from '../turn.ts';
import { type Reaction, when } from './reaction.ts';

/** What a call's changes mean for the conversation, the people in it, its recording and its other legs. */
export const CALL_REACTIONS: readonly Reaction[] = [
  when('call-connected', connected),
  when(['call-held', 'call-resumed'], (turn, event) => void turn.agent(event.agentId, { type: 'engage', contact: contactOf(turn, event.callId, event.type === 'call-held' ? 'holding' : 'talking') })),
  when('call-agent-lost', (turn, event) => {
    turn.agent(event.agentId, { type: 'engage', contact: contactOf(turn, event.callId, 'talking') });
    ringElsewhere(turn, event.callId, event.agentId);
  }),
  when(['call-agent-returned', 'call-leg-replaced'], (turn, event) => {
    for (const legId of agentLegs(turn, event.callId, event.agentId)) {
      const takenOver = event.type === 'call-leg-replaced' && legId === event.oldLegId;
      if (legId !== event.agentLegId && !takenOver) turn.leg(legId, { type: 'dismiss', cause: 'replaced' });
    }
  }),
  when('call-released', released),
  when('call-ended', ended),
];

function connected(turn: Turn, event: FloorEventOf<'call-connected'>): void {
  const { callId, conversationId, agentId, other, offerId, queueId, recordingId } = event;
  const call = turn.world.calls.get(callId);
  turn.conversation(conversationId, { type: 'answer', agentId, offerId });
  turn.agent(agentId, { type: 'engage', contact: contactOf(turn, callId, 'talking') });
  if (other.kind === 'agent') turn.agent(other.agentId, { type: 'engage', contact: contactOf(turn, callId, 'talking') });
  if (recordingId !== null && call && other.kind === 'customer') {
    turn.recording(recordingId, { type: 'begin', recordingId, callId, conversationId, bridgeId: call.bridgeId, customerLegId: other.legId, agentId, queueId });
  }
}

function released(turn: Turn, { callId, conversationId, agentId, queueId, recordingId }: FloorEventOf<'call-released'>): void {
  if (recordingId !== null) turn.recording(recordingId, { type: 'stop' });
  for (const legId of agentLegs(turn, callId, agentId)) turn.leg(legId, { type: 'dismiss', cause: 'media-lost' });
  turn.conversation(conversationId, { type: 'lose-agent' });
  enterQueue(turn, conversationId, { queueId, reason: 'agent-lost' });
}

function ended(turn: Turn, event: FloorEventOf<'call-ended'>): void {
  const { callId, conversationId } = event;
  for (const legId of turn.world.indexes.legsByCall.get(callId) ?? []) turn.leg(legId, { type: 'dismiss', cause: causeFor(event, turn, legId) });
  if (event.recordingId !== null) turn.recording(event.recordingId, { type: 'stop' });
  const conversation = turn.world.conversations.get(conversationId);
  let unanswered: ConversationEnding = endingOf(event.cause);
  if (conversation?.state === 'in-flow') {
    turn.flowRun(conversation.flowRunId, { type: 'caller-left', by: event.by });
    unanswered = event.by === 'center' ? 'closed' : event.cause === 'switch-lost' ? 'failed' : 'left-in-menu';
  }
  if (conversation?.state === 'waiting') unanswered = leaveQueue(turn, conversation.waitingId, event);
  turn.conversation(conversationId, { type: 'end', by: event.by, unanswered });
  // After a queue call the agent goes straight into after-service, which follows the talk's end; all others are free now.
  const after = event.queueId === null ? [event.agentId, event.otherAgentId] : [event.otherAgentId];
  for (const agentId of after) if (agentId !== null) turn.agent(agentId, { type: 'disengage', callId, pause: NO_PAUSE });
}

function leaveQueue(turn: Turn, waitingId: string, event: FloorEventOf<'call-ended'>): ConversationEnding {
  const failed = event.cause === 'switch-lost';
  const one = turn.world.waiting.get(waitingId);
  turn.waiting(waitingId, { type: failed ? 'fail' : 'leave' });
  if (failed) return 'failed';
  return one && turn.at - one.queuedAt < one.shortAbandonMs ? 'short-abandon' : 'abandoned';
}

/** How a dialled conversation ends when nobody answered. */
function endingOf(cause: LegCause): ConversationEnding {
  if (cause === 'busy' || cause === 'declined') return 'busy';
  return cause === 'no-answer' || cause === 'cancelled' || cause === 'hung-up' ? 'no-answer' : 'failed';
}

/** The one who dialled hears why it came to nothing; those still ringing are cancelled. */
function causeFor(event: FloorEventOf<'call-ended'>, turn: Turn, legId: LegId): LegCause {
  const leg = turn.world.legs.get(legId);
  if (leg?.state === 'placed' || leg?.state === 'ringing') return 'cancelled';
  return event.endedIn === 'dialing' ? event.cause : 'hung-up';
}

export function contactOf(turn: Turn, callId: string, kind: 'talking' | 'holding'): Exclude<Contact, { kind: 'free' }> {
  const call = turn.world.calls.get(callId);
  const queueId = call && 'queueId' in call ? call.queueId : null;
  return { kind, callId, conversationId: call?.conversationId ?? '', queueId };
}

function agentLegs(turn: Turn, callId: string, agentId: UserId): LegId[] {
  return [...(turn.world.indexes.legsByCall.get(callId) ?? [])].filter((legId) => {
    const role = turn.world.legs.get(legId)?.role;
    return role !== undefined && role.kind !== 'customer' && role.agentId === agentId;
  });
}
