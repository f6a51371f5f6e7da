import { assertNever, decided, type Decider, type Decision, type Facts, refused } from '@centralita/kernel';
import type { CallId, ConversationId, Instant, Language, LegId, OfferId, PlayId, QueueId, SegmentId, UserId, WaitingId } from '@centralita/kernel';
import type { FloorQueue, SkillLevel } from '../../accounts/index.ts';

/*
 *   queued ──► in-line ◄── waiting-offered / waiting-back ──► offered
 *                 └──────────── waiting-ended ───────────────────┘──► (gone)
 *
 * One customer in one queue's waiting list. While offered they keep their place and their music.
 */

/** What the customer hears. */
export type Hearing = { readonly kind: 'nothing' } | { readonly kind: 'announcement'; readonly playId: PlayId } | { readonly kind: 'music'; readonly playId: PlayId };

interface WaitingFacts {
  readonly waitingId: WaitingId;
  readonly conversationId: ConversationId;
  readonly callId: CallId;
  readonly legId: LegId;
  readonly segmentId: SegmentId;
  readonly queueId: QueueId;
  /** When this stay in this queue began, for waits and figures. */
  readonly queuedAt: Instant;
  /** From when ageing counts: later queues of an overflow keep the first one's. */
  readonly enqueuedAt: Instant;
  readonly priority: number;
  readonly required: readonly SkillLevel[];
  /** Agents who must not get this customer. */
  readonly excluded: readonly UserId[];
  readonly language: Language;
  readonly music: string;
  readonly hearing: Hearing;
  /** Queues this caller overflowed from, so that a circle of overflows ends in the closing words. */
  readonly visited: readonly QueueId[];
  readonly overflowAt: Instant | null;
  readonly shortAbandonMs: number;
}
export interface InLineWaiting extends WaitingFacts {
  readonly state: 'in-line';
}
export interface OfferedWaiting extends WaitingFacts {
  readonly state: 'offered';
  readonly offerId: OfferId;
}
export type Waiting = InLineWaiting | OfferedWaiting;

interface WaitingEventFacts {
  readonly waitingId: WaitingId;
  readonly conversationId: ConversationId;
  readonly callId: CallId;
  readonly queueId: QueueId;
  readonly at: Instant;
}
export type WaitingEvent =
  | (WaitingEventFacts & {
      readonly type: 'queued';
      readonly legId: LegId;
      readonly segmentId: SegmentId;
      readonly reason: 'flow' | 'overflow' | 'agent-lost';
      readonly enqueuedAt: Instant;
      readonly priority: number;
      readonly required: readonly SkillLevel[];
      readonly language: Language;
      readonly music: string;
      readonly visited: readonly QueueId[];
      readonly overflowAt: Instant | null;
      readonly shortAbandonMs: number;
    })
  | (WaitingEventFacts & { readonly type: 'position-announced'; readonly position: number; readonly estimatedWaitMs: number | null; readonly playId: PlayId })
  | (WaitingEventFacts & { readonly type: 'waiting-music-started'; readonly playId: PlayId })
  | (WaitingEventFacts & { readonly type: 'waiting-relaxed'; readonly step: number; readonly required: readonly SkillLevel[] })
  | (WaitingEventFacts & { readonly type: 'waiting-offered'; readonly offerId: OfferId; readonly agentId: UserId })
  /** The offer came to nothing: back in line, in the same place. */
  | (WaitingEventFacts & { readonly type: 'waiting-back'; readonly offerId: OfferId })
  | (WaitingEventFacts & {
      readonly type: 'waiting-ended';
      readonly segmentId: SegmentId;
      readonly queuedAt: Instant;
      readonly waitMs: number;
      readonly ending: WaitingEnding;
      /** The one who answered, for `answered`. */
      readonly agentId: UserId | null;
      /** The offer that was ringing then. */
      readonly offerId: OfferId | null;
    })
  | (WaitingEventFacts & {
      readonly type: 'overflowed';
      readonly segmentId: SegmentId;
      readonly reason: OverflowReason;
      readonly to: OverflowTarget;
    });

/** `queue-gone`: the queue was deleted. A caller who meets a full queue is queued and overflowed in one turn, so that figures count them. */
export type OverflowReason = 'maximum-wait' | 'maximum-size' | 'queue-gone';
export type OverflowTarget = FloorQueue['overflow'];

export type WaitingEnding = 'answered' | 'abandoned' | 'short-abandon' | 'overflowed' | 'failed';

export type WaitingCommand =
  | {
      readonly type: 'queue';
      readonly waitingId: WaitingId;
      readonly conversationId: ConversationId;
      readonly callId: CallId;
      readonly legId: LegId;
      readonly segmentId: SegmentId;
      readonly queueId: QueueId;
      readonly queue: FloorQueue;
      readonly reason: 'flow' | 'overflow' | 'agent-lost';
      readonly priority: number;
      /** Kept from the first queue of a chain of overflows. */
      readonly enqueuedAt: Instant;
      readonly visited: readonly QueueId[];
    }
  | { readonly type: 'announce'; readonly position: number; readonly estimatedWaitMs: number | null }
  | { readonly type: 'start-music' }
  | { readonly type: 'play-finished'; readonly playId: PlayId }
  | { readonly type: 'relax'; readonly step: number; readonly required: readonly SkillLevel[] }
  | { readonly type: 'offer'; readonly offerId: OfferId; readonly agentId: UserId }
  | { readonly type: 'back'; readonly offerId: OfferId }
  | { readonly type: 'answer'; readonly offerId: OfferId; readonly agentId: UserId }
  | { readonly type: 'leave' }
  | { readonly type: 'fail' }
  | { readonly type: 'overflow'; readonly reason: OverflowReason; readonly to: OverflowTarget };

export type WaitingRefusal = 'not-waiting' | 'not-allowed-now' | 'not-due' | 'other-play';

export const waiting: Decider<Waiting, WaitingCommand, WaitingEvent, WaitingRefusal> = {
  decide(state, command, facts) {
    if (!state) return command.type === 'queue' ? begin(command, facts.now) : refused('not-waiting');
    const at = facts.now;
    switch (command.type) {
      case 'queue':
        return refused('not-allowed-now');
      case 'announce':
        return decided({ ...which(state, at), type: 'position-announced', position: command.position, estimatedWaitMs: command.estimatedWaitMs, playId: facts.draw('play') });
      case 'start-music':
        return state.hearing.kind === 'nothing' ? decided(music(state, facts)) : refused('not-allowed-now');
      case 'play-finished':
        return state.hearing.kind !== 'nothing' && state.hearing.playId === command.playId ? decided(music(state, facts)) : refused('other-play');
      case 'relax':
        return decided({ ...which(state, at), type: 'waiting-relaxed', step: command.step, required: command.required });
      case 'offer':
        return state.state === 'in-line' ? decided({ ...which(state, at), type: 'waiting-offered', offerId: command.offerId, agentId: command.agentId }) : refused('not-allowed-now');
      case 'back':
        return isOffered(state, command.offerId) ? decided({ ...which(state, at), type: 'waiting-back', offerId: command.offerId }) : refused('not-allowed-now');
      case 'answer':
        return isOffered(state, command.offerId) ? decided(ended(state, at, 'answered', command.agentId)) : refused('not-allowed-now');
      case 'leave':
        return decided(ended(state, at, at - state.queuedAt < state.shortAbandonMs ? 'short-abandon' : 'abandoned', null));
      case 'fail':
        return decided(ended(state, at, 'failed', null));
      case 'overflow':
        return overflow(state, command, at);
      default:
        return assertNever(command);
    }
  },
  evolve(state, event) {
    switch (event.type) {
      case 'queued': {
        const { type: _, at, reason: __, ...queued } = event;
        return { state: 'in-line', ...queued, queuedAt: at, excluded: [], hearing: { kind: 'nothing' } };
      }
      case 'position-announced':
        return state && { ...state, hearing: { kind: 'announcement', playId: event.playId } };
      case 'waiting-music-started':
        return state && { ...state, hearing: { kind: 'music', playId: event.playId } };
      case 'waiting-relaxed':
        return state && { ...state, required: event.required };
      case 'waiting-offered':
        return state && { ...state, state: 'offered', offerId: event.offerId };
      case 'waiting-back':
        return state && inLine(state);
      case 'waiting-ended':
        return undefined;
      case 'overflowed':
        return state;
      default:
        return assertNever(event);
    }
  },
};

function begin(command: Extract<WaitingCommand, { type: 'queue' }>, at: Instant): Decision<WaitingEvent, WaitingRefusal> {
  const { queue, type: _, ...queued } = command;
  return decided({
    ...queued,
    type: 'queued',
    at,
    required: queue.requiredSkills,
    language: queue.language,
    music: queue.music,
    overflowAt: queue.maximumWaitMs === null ? null : at + queue.maximumWaitMs,
    shortAbandonMs: queue.shortAbandonMs,
  });
}

/** Nobody is overflowed away from an agent who is being rung: the deadline is looked at again when the offer has ended. */
function overflow(state: Waiting, command: Extract<WaitingCommand, { type: 'overflow' }>, at: Instant): Decision<WaitingEvent, WaitingRefusal> {
  if (command.reason === 'maximum-wait' && (state.overflowAt === null || at < state.overflowAt)) return refused('not-due');
  if (command.reason === 'maximum-wait' && state.state === 'offered') return refused('not-allowed-now');
  return decided<WaitingEvent>(
    { ...which(state, at), type: 'overflowed', segmentId: state.segmentId, reason: command.reason, to: command.to },
    ended(state, at, 'overflowed', null),
  );
}

const isOffered = (state: Waiting, offerId: OfferId): boolean => state.state === 'offered' && state.offerId === offerId;

const music = (state: Waiting, facts: Facts): WaitingEvent => ({ ...which(state, facts.now), type: 'waiting-music-started', playId: facts.draw('play') });

function inLine(state: Waiting): Waiting {
  if (state.state === 'in-line') return state;
  const { offerId: _, ...rest } = state;
  return { ...rest, state: 'in-line' };
}

const which = ({ waitingId, conversationId, callId, queueId }: Waiting, at: Instant): WaitingEventFacts => ({ waitingId, conversationId, callId, queueId, at });

const ended = (state: Waiting, at: Instant, ending: WaitingEnding, agentId: UserId | null): WaitingEvent => ({
  ...which(state, at),
  type: 'waiting-ended',
  segmentId: state.segmentId,
  queuedAt: state.queuedAt,
  waitMs: Math.max(0, at - state.queuedAt),
  ending,
  agentId,
  offerId: state.state === 'offered' ? state.offerId : null,
});
