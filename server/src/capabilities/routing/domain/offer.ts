import type { BridgeId, CallId, ConversationId, DeviceId, EndedBy, Instant, LegId, OfferId, PlacementId, QueueId, SegmentId, Selection, UserId, WaitingId } from '@centralita/kernel';
import type { Explanation, Rank } from './matcher-port.ts';

/*
 *   offer-made ──► ringing ── offer-accepted | offer-declined | offer-expired | offer-withdrawn ──► (gone)
 *
 * One customer rung for one agent, on all of the agent's reachable devices at once. It ends exactly once.
 */

export interface OfferLeg {
  readonly legId: LegId;
  readonly deviceId: DeviceId;
}

export interface Offer {
  readonly state: 'ringing';
  readonly offerId: OfferId;
  readonly waitingId: WaitingId;
  readonly conversationId: ConversationId;
  readonly callId: CallId;
  readonly segmentId: SegmentId;
  readonly queueId: QueueId;
  readonly agentId: UserId;
  readonly placementId: PlacementId;
  /** Legs that still ring or are on their way. */
  readonly legs: readonly OfferLeg[];
  readonly queuedAt: Instant;
  readonly offeredAt: Instant;
  readonly expiresAt: Instant;
}

export const WITHDRAWALS = ['caller-left', 'overflowed', 'status-changed', 'signed-out', 'unreachable', 'agent-called', 'caller-lost'] as const;
export type Withdrawal = (typeof WITHDRAWALS)[number];

interface OfferEventFacts {
  readonly offerId: OfferId;
  readonly waitingId: WaitingId;
  readonly conversationId: ConversationId;
  readonly callId: CallId;
  readonly segmentId: SegmentId;
  readonly queueId: QueueId;
  readonly agentId: UserId;
  readonly at: Instant;
}
export type OfferEvent =
  | (OfferEventFacts & {
      readonly type: 'offer-made';
      readonly bridgeId: BridgeId;
      readonly placementId: PlacementId;
      readonly legs: readonly OfferLeg[];
      readonly queuedAt: Instant;
      readonly waitedMs: number;
      readonly expiresAt: Instant;
      readonly selection: Selection;
      readonly rank: Rank;
      readonly passedOver: Explanation['passedOver'];
      readonly runnersUp: Explanation['runnersUp'];
    })
  /** One of several devices stopped ringing; the others go on. */
  | (OfferEventFacts & { readonly type: 'offer-leg-left'; readonly legId: LegId })
  | (OfferEventFacts & { readonly type: 'offer-accepted'; readonly legId: LegId; readonly deviceId: DeviceId; readonly ringMs: number })
  | (OfferEventFacts & { readonly type: 'offer-declined'; readonly by: EndedBy; readonly ringMs: number; readonly legIds: readonly LegId[] })
  | (OfferEventFacts & { readonly type: 'offer-expired'; readonly by: EndedBy; readonly ringMs: number; readonly legIds: readonly LegId[] })
  | (OfferEventFacts & { readonly type: 'offer-withdrawn'; readonly by: EndedBy; readonly reason: Withdrawal; readonly ringMs: number; readonly legIds: readonly LegId[] });
