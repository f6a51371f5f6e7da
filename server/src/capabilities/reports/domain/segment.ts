import type { Instant, QueueId, SegmentId, UserId } from '@centralita/kernel';
import type { WaitingEnding } from '../../routing/index.ts';
import type { ReportedEvent, ReportedEventOf } from './floor-events.ts';

/**
 * One stay in one queue, with the talk and the after-service that followed: the unit every queue figure counts. A
 * conversation that overflows, or comes back after its agent was lost, has several.
 */
export interface SegmentFacts {
  readonly queueId: QueueId;
  readonly agentId: UserId | null;
  readonly queuedAt: Instant;
  /** The queue's service-level threshold when the customer entered it, so that a later change rewrites no past figure. */
  readonly thresholdMs: number | null;
  /** Null while waiting. */
  readonly waitMs: number | null;
  readonly answeredAt: Instant | null;
  /** When the agent's talk was over. */
  readonly leftAt: Instant | null;
  /** From the answer to the end of the talk, holds included. */
  readonly connectedMs: number;
  readonly holdMs: number;
  readonly afterServiceMs: number;
  readonly ending: WaitingEnding | null;
}

export const beginSegment = ({ queueId, at }: ReportedEventOf<'queued'>, thresholdMs: number | null): SegmentFacts => ({
  queueId,
  agentId: null,
  queuedAt: at,
  thresholdMs,
  waitMs: null,
  answeredAt: null,
  leftAt: null,
  connectedMs: 0,
  holdMs: 0,
  afterServiceMs: 0,
  ending: null,
});

/** Which segment an event is about: named by itself, or the latest of its conversation. */
export function segmentOf(event: ReportedEvent): { readonly segmentId: SegmentId | null } | { readonly latestOf: string } | undefined {
  switch (event.type) {
    case 'waiting-ended':
    case 'conversation-answered':
    case 'conversation-agent-left':
    case 'after-service-ended':
      return { segmentId: event.segmentId };
    case 'call-resumed':
    case 'call-agent-lost':
    case 'call-ended':
      return { latestOf: event.conversationId };
    default:
      return undefined;
  }
}

/** The same fold feeds history and the live figures, so they cannot disagree. */
export function evolveSegment<Segment extends SegmentFacts>(segment: Segment, event: ReportedEvent): Segment {
  switch (event.type) {
    case 'waiting-ended':
      return { ...segment, waitMs: event.waitMs, ending: event.ending };
    case 'conversation-answered':
      return { ...segment, agentId: event.agentId, answeredAt: event.at, waitMs: event.waitMs ?? event.at - segment.queuedAt, ending: 'answered' };
    case 'conversation-agent-left':
      return { ...segment, leftAt: event.at, connectedMs: event.talkMs };
    case 'call-resumed':
    case 'call-agent-lost':
      return segment.answeredAt === null ? segment : { ...segment, holdMs: segment.holdMs + event.heldMs };
    case 'call-ended':
      // Its `heldMs` is the sum of this answer's holds, with one that the end cut short.
      return segment.answeredAt === null || event.answeredAt === null ? segment : { ...segment, holdMs: event.heldMs };
    case 'after-service-ended':
      return { ...segment, afterServiceMs: event.durationMs };
    default:
      return segment;
  }
}
