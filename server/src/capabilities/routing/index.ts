export { FRONT_PRIORITY } from './domain/matcher-port.ts';
export type { AgentProfile, Explanation, Matcher, Rank, WaitingCustomer } from './domain/matcher-port.ts';
export { createMatcher } from './domain/matcher/index.ts';
export { isDeviceFault, offer, WITHDRAWALS } from './domain/offer.ts';
export type { Offer, OfferCommand, OfferEvent, OfferLeg, OfferRefusal, Withdrawal } from './domain/offer.ts';
export { estimateWaitMs, paceAfterService, paceAfterTalk } from './domain/pace.ts';
export type { QueuePace } from './domain/pace.ts';
export { waiting } from './domain/waiting.ts';
export type { Hearing, OverflowReason, OverflowTarget, Waiting, WaitingCommand, WaitingEnding, WaitingEvent, WaitingRefusal } from './domain/waiting.ts';
