import { assertNever, decided, type Decider, type Decision, refused } from '@centralita/kernel';
import type { BridgeId, CallId, ConversationId, DeviceId, EndedBy, Instant, LegCause, LegId, OfferId, PlacementId, QueueId, SegmentId, Selection, UserId, WaitingId } from '@centralita/kernel';
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

export const WITHDRAWALS = ['caller-left', 'overflowed', 'status-changed', 'signed-out', 'unreachable', 'call-ended'] as const;
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

export type OfferCommand =
  | ({ readonly type: 'make' } & Omit<Extract<OfferEvent, { type: 'offer-made' }>, 'type' | 'at' | 'waitedMs'>)
  | { readonly type: 'accept'; readonly legId: LegId }
  | { readonly type: 'leg-left'; readonly legId: LegId; readonly by: 'far-end' | 'center' | 'network'; readonly cause: LegCause }
  | { readonly type: 'decline'; readonly agentId: UserId }
  | { readonly type: 'expire' }
  | { readonly type: 'withdraw'; readonly by: EndedBy; readonly reason: Withdrawal };

export type OfferRefusal = 'already-ended' | 'not-yours' | 'leg-unknown' | 'not-allowed-now';

type Answer = Decision<OfferEvent, OfferRefusal>;

export const offer: Decider<Offer, OfferCommand, OfferEvent, OfferRefusal> = {
  decide(state, command, { now: at }) {
    if (!state) {
      // An offer that is not there any more was answered, declined or withdrawn a moment ago: crossing is normal.
      if (command.type !== 'make') return refused('already-ended');
      return decided({ ...command, type: 'offer-made', waitedMs: Math.max(0, at - command.queuedAt), at });
    }
    switch (command.type) {
      case 'make':
        return refused('not-allowed-now');
      case 'accept': {
        const leg = state.legs.find(({ legId }) => legId === command.legId);
        return leg ? decided({ ...ending(state, at), type: 'offer-accepted', legId: leg.legId, deviceId: leg.deviceId }) : refused('leg-unknown');
      }
      case 'leg-left':
        return legLeft(state, command, at);
      case 'decline':
        return command.agentId === state.agentId ? decided({ ...ending(state, at), type: 'offer-declined', by: 'agent', legIds: legIdsOf(state) }) : refused('not-yours');
      case 'expire':
        return decided({ ...ending(state, at), type: 'offer-expired', by: 'center', legIds: legIdsOf(state) });
      case 'withdraw':
        return decided({ ...ending(state, at), type: 'offer-withdrawn', by: command.by, reason: command.reason, legIds: legIdsOf(state) });
      default:
        return assertNever(command);
    }
  },
  evolve(state, event) {
    switch (event.type) {
      case 'offer-made': {
        const { offerId, waitingId, conversationId, callId, segmentId, queueId, agentId, placementId, legs, queuedAt, expiresAt, at } = event;
        return { state: 'ringing', offerId, waitingId, conversationId, callId, segmentId, queueId, agentId, placementId, legs, queuedAt, offeredAt: at, expiresAt };
      }
      case 'offer-leg-left':
        return state && { ...state, legs: state.legs.filter(({ legId }) => legId !== event.legId) };
      case 'offer-accepted':
      case 'offer-declined':
      case 'offer-expired':
      case 'offer-withdrawn':
        return undefined;
      default:
        return assertNever(event);
    }
  },
};

/** A refusal on one device is the person's no; a device that is busy or gone leaves the others ringing. */
function legLeft(state: Offer, command: Extract<OfferCommand, { type: 'leg-left' }>, at: Instant): Answer {
  const rest = legIdsOf(state).filter((legId) => legId !== command.legId);
  if (rest.length === state.legs.length) return refused('leg-unknown');
  const end = { ...ending(state, at), legIds: rest };
  if (command.cause === 'declined') return decided({ ...end, type: 'offer-declined', by: 'agent' });
  if (rest.length > 0) return decided({ ...facts(state, at), type: 'offer-leg-left', legId: command.legId });
  if (command.cause === 'no-answer') return decided({ ...end, type: 'offer-expired', by: 'center' });
  if (isDeviceFault(command.cause)) return decided({ ...end, type: 'offer-withdrawn', by: 'network', reason: 'unreachable' });
  return decided({ ...end, type: 'offer-declined', by: 'agent' });
}

const DEVICE_FAULTS: ReadonlySet<LegCause> = new Set(['unreachable', 'not-found', 'forbidden', 'no-common-codec', 'congestion', 'media-lost', 'switch-lost', 'failed']);
/** The device's doing, not the person's: it is left alone for a while instead of putting the person in not-answering. */
export const isDeviceFault = (cause: LegCause): boolean => DEVICE_FAULTS.has(cause);

const legIdsOf = (state: Offer): readonly LegId[] => state.legs.map(({ legId }) => legId);
const facts = ({ offerId, waitingId, conversationId, callId, segmentId, queueId, agentId }: Offer, at: Instant): OfferEventFacts => ({ offerId, waitingId, conversationId, callId, segmentId, queueId, agentId, at });
const ending = (state: Offer, at: Instant) => ({ ...facts(state, at), ringMs: Math.max(0, at - state.offeredAt) });
