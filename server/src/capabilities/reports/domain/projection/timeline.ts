import type { ReportedEvent } from '../floor-events.ts';
import type { FactValue } from './rows.ts';

interface Sentence {
  readonly kind: string;
  readonly facts: Readonly<Record<string, FactValue>>;
}

const say = (kind: string, facts: Readonly<Record<string, FactValue>> = {}): Sentence => ({ kind, facts });

/**
 * What a person reads of an event in the conversation's timeline. Facts ending in `Ref` are references to personal values,
 * those ending in `Id` name agents and queues: reading puts the values and the names beside them.
 */
export function sentenceOf(event: ReportedEvent): Sentence | undefined {
  switch (event.type) {
    case 'conversation-started':
      return event.owner.kind === 'flow'
        ? say('entered', { direction: event.direction, numberId: event.numberId })
        : say('dialed', { direction: event.direction, agentId: event.owner.agentId, dialledRef: event.dialled, colleagueId: event.colleagueId });
    case 'flow-play-entered':
      return say('greeting-played', { prompts: event.items.flatMap((item) => (item.kind === 'prompt' ? [item.name] : [])).join(', ') });
    case 'flow-menu-chosen':
      return say('menu-digit', { digitRef: event.digit, label: event.label });
    case 'flow-menu-missed':
      return say('menu-timed-out', { reason: event.reason, attempt: event.attempt, digitRef: event.digit });
    case 'queued':
      return say(event.reason === 'agent-lost' ? 'returned-to-queue' : 'queued', { queueId: event.queueId, reason: event.reason, priority: event.priority });
    case 'position-announced':
      return say('position-announced', { queueId: event.queueId, position: event.position, estimatedWaitMs: event.estimatedWaitMs });
    case 'waiting-relaxed':
      return say('relaxed', { queueId: event.queueId, step: event.step, required: event.required.length });
    case 'overflowed':
      return say('overflowed', {
        queueId: event.queueId,
        reason: event.reason,
        toQueueId: event.to.kind === 'queue' ? event.to.queueId : null,
        prompt: event.to.kind === 'message' ? event.to.prompt : null,
      });
    case 'offer-made':
      return say('offered', { offerId: event.offerId, agentId: event.agentId, queueId: event.queueId, waitedMs: event.waitedMs, selection: event.selection, skillLevel: event.rank.skillLevel, idleMs: event.rank.idleMs });
    case 'offer-declined':
    case 'offer-expired':
      return say(event.type, { offerId: event.offerId, agentId: event.agentId, ringMs: event.ringMs, by: event.by });
    case 'offer-withdrawn':
      return say('offer-withdrawn', { offerId: event.offerId, agentId: event.agentId, ringMs: event.ringMs, by: event.by, reason: event.reason });
    case 'conversation-answered':
      return say('answered', { agentId: event.agentId, queueId: event.queueId, waitMs: event.waitMs });
    case 'call-held':
      return say('held', { agentId: event.agentId });
    case 'call-resumed':
      return say('resumed', { agentId: event.agentId, heldMs: event.heldMs });
    case 'call-agent-lost':
      return say('agent-lost', { agentId: event.agentId, cause: event.cause });
    case 'call-agent-returned':
      return say('agent-returned', { agentId: event.agentId, awayMs: event.awayMs });
    case 'call-rang':
      return say('ringing');
    case 'recording-begun':
      return say('recording-started', { recordingId: event.recordingId });
    case 'recording-paused':
      return say('recording-paused', { recordingId: event.recordingId, agentId: event.agentId });
    case 'recording-continued':
      return say('recording-resumed', { recordingId: event.recordingId, agentId: event.agentId });
    case 'conversation-ended':
      return say('ended', { by: event.by, ending: event.ending });
    case 'after-service-started':
      return say('after-service-started', { agentId: event.agentId, queueId: event.queueId, endsAt: event.endsAt });
    case 'after-service-ended':
      return say('after-service-ended', { agentId: event.agentId, reason: event.reason, durationMs: event.durationMs });
    default:
      return undefined;
  }
}
