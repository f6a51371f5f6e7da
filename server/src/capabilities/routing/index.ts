export { FRONT_PRIORITY } from './domain/matcher-port.ts';
export type { AgentProfile, Explanation, Matcher, Rank, WaitingCustomer } from './domain/matcher-port.ts';
export { WITHDRAWALS } from './domain/offer.ts';
export type { Offer, OfferEvent, OfferLeg, Withdrawal } from './domain/offer.ts';
export type { QueuePace } from './domain/pace.ts';
export type { Hearing, Waiting, WaitingEnding, WaitingEvent } from './domain/waiting.ts';
