import { assertNever, decided, type Decider, type Decision, refused } from '@centralita/kernel';
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
  | (LegEventFacts & { readonly type: 'leg-ended'; readonly role: LegRole; readonly via: LegVia; readonly by: 'far-end' | 'center' | 'network'; readonly cause: LegCause; readonly sipStatus: number | null });

export type LegCommand =
  | (Omit<LegFacts, 'incoming' | 'startedAt'> & { readonly type: 'enter' })
  | (Omit<LegFacts, 'incoming' | 'startedAt'> & { readonly type: 'place'; readonly placementId: PlacementId })
  | { readonly type: 'ring'; readonly earlyMedia: boolean }
  | { readonly type: 'pick-up' }
  | { readonly type: 'stall' }
  | { readonly type: 'recover' }
  | { readonly type: 'dismiss'; readonly cause: LegCause }
  | { readonly type: 'measure'; readonly quality: LegQuality }
  | { readonly type: 'end'; readonly by: 'far-end' | 'center' | 'network'; readonly cause: LegCause; readonly sipStatus: number | null };

export type LegRefusal = 'leg-unknown' | 'leg-known' | 'leg-ending' | 'leg-not-ringing' | 'leg-not-answered' | 'leg-already-so';

export const leg: Decider<Leg, LegCommand, LegEvent, LegRefusal> = {
  decide(state, command, facts) {
    if (!state) return begin(command, facts.now);
    const seen = { legId: state.legId, callId: state.callId, conversationId: state.conversationId, at: facts.now };
    switch (command.type) {
      case 'enter':
      case 'place':
        return refused('leg-known');
      case 'end':
        return decided({ ...seen, type: 'leg-ended', role: state.role, via: state.via, by: command.by, cause: command.cause, sipStatus: command.sipStatus });
      case 'dismiss':
        return state.state === 'ending' ? refused('leg-ending') : decided({ ...seen, type: 'leg-dismissed', cause: command.cause });
      case 'ring':
        return state.state === 'placed' ? decided({ ...seen, type: 'leg-rang', earlyMedia: command.earlyMedia }) : refused('leg-already-so');
      case 'pick-up':
        if (state.state === 'ending') return refused('leg-ending');
        return state.state === 'answered' || state.state === 'stalled' ? refused('leg-already-so') : decided({ ...seen, type: 'leg-picked-up' });
      case 'stall':
        return state.state === 'answered' ? decided({ ...seen, type: 'leg-stalled' }) : refused('leg-not-answered');
      case 'recover':
        return state.state === 'stalled' ? decided({ ...seen, type: 'leg-recovered' }) : refused('leg-already-so');
      case 'measure':
        return state.state === 'answered' || state.state === 'stalled'
          ? decided({ ...seen, type: 'leg-quality-measured', agentId: state.role.kind === 'customer' ? null : state.role.agentId, quality: command.quality })
          : refused('leg-not-answered');
      default:
        return assertNever(command);
    }
  },
  evolve(state, event) {
    switch (event.type) {
      case 'leg-entered':
        return { state: 'offered', ...factsOf(event), incoming: true };
      case 'leg-placed':
        return { state: 'placed', ...factsOf(event), incoming: false, placementId: event.placementId };
      case 'leg-rang':
        return state?.state === 'placed' ? { ...state, state: 'ringing' } : state;
      case 'leg-picked-up':
        return state && { state: 'answered', ...lasting(state), answeredAt: event.at, quality: null };
      case 'leg-stalled':
        return state?.state === 'answered' ? { ...state, state: 'stalled', stalledAt: event.at } : state;
      case 'leg-recovered':
        return state?.state === 'stalled' ? { state: 'answered', ...lasting(state), answeredAt: state.answeredAt, quality: state.quality } : state;
      case 'leg-dismissed':
        return state && { state: 'ending', ...lasting(state), cause: event.cause };
      case 'leg-quality-measured':
        return state?.state === 'answered' || state?.state === 'stalled' ? { ...state, quality: event.quality } : state;
      case 'leg-ended':
        return undefined;
      default:
        return assertNever(event);
    }
  },
};

function begin(command: LegCommand, at: Instant): Decision<LegEvent, LegRefusal> {
  if (command.type === 'enter') return decided({ ...command, type: 'leg-entered', at });
  if (command.type === 'place') return decided({ ...command, type: 'leg-placed', at });
  return refused('leg-unknown');
}

const factsOf = (event: Extract<LegEvent, { type: 'leg-entered' | 'leg-placed' }>) => ({
  legId: event.legId,
  callId: event.callId,
  conversationId: event.conversationId,
  role: event.role,
  via: event.via,
  startedAt: event.at,
});

const lasting = ({ legId, callId, conversationId, role, via, incoming, startedAt }: LegFacts): LegFacts => ({ legId, callId, conversationId, role, via, incoming, startedAt });

/** Connected to a person: it hears and can be heard, or will again. */
export const isAnswered = (state: Leg | undefined): state is AnsweredLeg | StalledLeg => state?.state === 'answered' || state?.state === 'stalled';
