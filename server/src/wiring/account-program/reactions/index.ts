import type { FloorEvent, FloorEventType } from '../events.ts';
import type { Turn } from '../turn.ts';
import { AFTER_SERVICE_REACTIONS } from './after-service-reactions.ts';
import { CALL_REACTIONS } from './call-reactions.ts';
import { CONFIGURATION_REACTIONS } from './configuration-reactions.ts';
import { FLOW_REACTIONS } from './flow-reactions.ts';
import { LEG_REACTIONS } from './leg-reactions.ts';
import { OFFER_REACTIONS } from './offer-reactions.ts';
import { PEOPLE_REACTIONS } from './people-reactions.ts';
import type { Reaction } from './reaction.ts';
import { ROUTING_REACTIONS } from './routing-reactions.ts';
import { WAITING_REACTIONS } from './waiting-reactions.ts';

/**
 * The order in which machines react to one event, the same in every turn: first what a telephone connection means for its call
 * and offer, then the people in it, then the work after it; routing comes late, when everybody is where they belong, and what
 * a newcomer hears comes last, since it depends on whether somebody is being rung for them.
 */
const IN_ORDER: readonly Reaction[] = [
  ...LEG_REACTIONS,
  ...FLOW_REACTIONS,
  ...OFFER_REACTIONS,
  ...CALL_REACTIONS,
  ...AFTER_SERVICE_REACTIONS,
  ...PEOPLE_REACTIONS,
  ...CONFIGURATION_REACTIONS,
  ...ROUTING_REACTIONS,
  ...WAITING_REACTIONS,
];

const BY_TYPE: ReadonlyMap<FloorEventType, readonly Reaction[]> = Map.groupBy(
  IN_ORDER.flatMap((reaction) => reaction.to.map((type) => ({ type, reaction }))),
  ({ type }) => type,
)
  .entries()
  .reduce((map, [type, pairs]) => map.set(type, pairs.map(({ reaction }) => reaction)), new Map<FloorEventType, Reaction[]>());

export function reactTo(turn: Turn, event: FloorEvent): void {
  const reactions = BY_TYPE.get(event.type);
  if (reactions) for (const { react } of reactions) react(turn, event);
}
