import type { Facts, LegCause } from '@centralita/kernel';
import { describe, expect, test } from 'vitest';
import { type Offer, offer, type OfferCommand } from './offer.ts';

const at = (now: number): Facts => ({ now, draw: (kind) => `${kind}_1`, chance: () => 0 });
const make: OfferCommand = {
  type: 'make',
  offerId: 'off_1',
  waitingId: 'wai_1',
  conversationId: 'cnv_1',
  callId: 'cal_1',
  segmentId: 'seg_1',
  queueId: 'que_1',
  agentId: 'carla',
  bridgeId: 'brg_1',
  placementId: 'plc_1',
  legs: [
    { legId: 'leg_1', deviceId: 'dev_browser' },
    { legId: 'leg_2', deviceId: 'dev_desk' },
  ],
  queuedAt: 0,
  expiresAt: 25_000,
  selection: 'longest-idle',
  rank: { skillLevel: 3, idleMs: 1_000, queuePriority: 1 },
  passedOver: {},
  runnersUp: [],
};
const made = (): Offer => offer.evolve(undefined, offer.decide(undefined, make, at(5_000)).events![0]!)!;
const when = (state: Offer | undefined, command: OfferCommand, now = 12_000) => {
  const decision = offer.decide(state, command, at(now));
  return decision.refusal ?? decision.events![0]!;
};
const left = (legId: string, cause: LegCause): OfferCommand => ({ type: 'leg-left', legId, by: 'far-end', cause });

describe('an offer', () => {
  test('says how long the customer had waited and how long it rang', () => {
    expect(when(undefined, make, 5_000)).toMatchObject({ type: 'offer-made', waitedMs: 5_000, expiresAt: 25_000 });
    expect(when(made(), { type: 'accept', legId: 'leg_2' })).toMatchObject({ type: 'offer-accepted', deviceId: 'dev_desk', ringMs: 7_000 });
  });

  test.each<[LegCause, string]>([
    ['no-answer', 'offer-expired'],
    ['busy', 'offer-declined'],
    ['hung-up', 'offer-declined'],
    ['unreachable', 'offer-withdrawn'],
    ['no-common-codec', 'offer-withdrawn'],
    ['media-lost', 'offer-withdrawn'],
  ])('whose last device leaves with %s ends as %s', (cause, type) => {
    const one = offer.evolve(made(), offer.decide(made(), left('leg_1', 'busy'), at(6_000)).events![0]!);
    expect(one?.legs).toEqual([{ legId: 'leg_2', deviceId: 'dev_desk' }]);
    expect(when(one, left('leg_2', cause))).toMatchObject({ type });
  });

  test('that one device declines is declined, and the other stops ringing', () => expect(when(made(), left('leg_1', 'declined'))).toMatchObject({ type: 'offer-declined', by: 'agent', legIds: ['leg_2'] }));

  test('ends exactly once: whatever comes after the ending is refused by name', () => {
    for (const command of [{ type: 'expire' }, { type: 'accept', legId: 'leg_1' }, { type: 'decline', agentId: 'carla' }, { type: 'withdraw', by: 'customer', reason: 'caller-left' }, left('leg_1', 'busy')] satisfies OfferCommand[]) {
      expect(when(undefined, command)).toBe('already-ended');
    }
  });

  test('is answered by its own legs and declined by its own agent', () => {
    expect(when(made(), { type: 'accept', legId: 'leg_9' })).toBe('leg-unknown');
    expect(when(made(), { type: 'decline', agentId: 'diego' })).toBe('not-yours');
  });
});
