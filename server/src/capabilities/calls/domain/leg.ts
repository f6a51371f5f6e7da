import type { CallId, ConversationId, DeviceId, Instant, LegCause, LegId, OfferId, PlacementId, TrunkId, UserId } from '@centralita/kernel';

/*
 *   leg-entered ──► offered ─┐                                ┌─► stalled ─┐  (no sound arrives from it)
 *                            ├─ leg-picked-up ──► answered ◄──┴────────────┘
 *   leg-placed ──► placed ───┤                       │
 *                    │       │                       │
 *                    └─► ringing                     │
 *                            └──────── leg-dismissed ┴──► ending ── leg-ended ──► (gone)
 *
 * One telephone connection, as far as control knows it. Any state may end at once: truth comes from the switch.
 */

/** Whose telephone it is and what the leg is there for. */
export type LegRole =
  | { readonly kind: 'customer' }
  /** Rings an agent for a queue offer. */
  | { readonly kind: 'offer'; readonly agentId: UserId; readonly offerId: OfferId }
  /** An agent's side of a call: dialled from it, rung by a colleague, or come back after a loss. */
  | { readonly kind: 'agent'; readonly agentId: UserId };

/** The way into or out of the center; trunk legs are the lines in use. */
export type LegVia =
  | { readonly kind: 'trunk'; readonly trunkId: TrunkId | null }
  | { readonly kind: 'device'; readonly deviceId: DeviceId }
  | { readonly kind: 'guest'; readonly deviceId: DeviceId }
  | { readonly kind: 'loopback' };

interface LegFacts {
  readonly legId: LegId;
  readonly callId: CallId;
  readonly conversationId: ConversationId;
  readonly role: LegRole;
  readonly via: LegVia;
  readonly incoming: boolean;
  readonly startedAt: Instant;
}

export interface LegQuality {
  readonly mos: number;
  readonly lossRatio: number;
  readonly jitterMs: number;
  readonly roundTripMs: number;
}

export interface OfferedLeg extends LegFacts {
  readonly state: 'offered';
}
export interface PlacedLeg extends LegFacts {
  readonly state: 'placed';
  readonly placementId: PlacementId;
}
export interface RingingLeg extends LegFacts {
  readonly state: 'ringing';
  readonly placementId: PlacementId;
}
export interface AnsweredLeg extends LegFacts {
  readonly state: 'answered';
  readonly answeredAt: Instant;
  readonly quality: LegQuality | null;
}
export interface StalledLeg extends LegFacts {
  readonly state: 'stalled';
  readonly answeredAt: Instant;
  readonly stalledAt: Instant;
  readonly quality: LegQuality | null;
}
/** Told to end; the switch has not confirmed yet. */
export interface EndingLeg extends LegFacts {
  readonly state: 'ending';
  readonly cause: LegCause;
}
export type Leg = OfferedLeg | PlacedLeg | RingingLeg | AnsweredLeg | StalledLeg | EndingLeg;

interface LegEventFacts {
  readonly legId: LegId;
  readonly callId: CallId;
  readonly conversationId: ConversationId;
  /** When the switch saw it, or when it was decided. */
  readonly at: Instant;
}

export type LegEvent =
  | (LegEventFacts & { readonly type: 'leg-entered'; readonly role: LegRole; readonly via: LegVia })
  | (LegEventFacts & { readonly type: 'leg-placed'; readonly role: LegRole; readonly via: LegVia; readonly placementId: PlacementId })
  | (LegEventFacts & { readonly type: 'leg-rang'; readonly earlyMedia: boolean })
  | (LegEventFacts & { readonly type: 'leg-picked-up' })
  | (LegEventFacts & { readonly type: 'leg-stalled' })
  | (LegEventFacts & { readonly type: 'leg-recovered' })
  | (LegEventFacts & { readonly type: 'leg-dismissed'; readonly cause: LegCause })
  | (LegEventFacts & { readonly type: 'leg-quality-measured'; readonly agentId: UserId | null; readonly quality: LegQuality })
  | (LegEventFacts & { readonly type: 'leg-ended'; readonly role: LegRole; readonly by: 'far-end' | 'center' | 'network'; readonly cause: LegCause; readonly sipStatus: number | null });
