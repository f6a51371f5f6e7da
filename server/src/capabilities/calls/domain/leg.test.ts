import type { Facts } from '@centralita/kernel';
import { describe, expect, test } from 'vitest';
import { type Leg, leg, type LegCommand, type LegEvent } from './leg.ts';

const facts: Facts = { now: 1_000, draw: (kind) => `${kind}_1`, chance: () => 0 };
const place: LegCommand = { type: 'place', legId: 'leg_1', callId: 'cal_1', conversationId: 'cnv_1', role: { kind: 'offer', agentId: 'carla', offerId: 'off_1' }, via: { kind: 'device', deviceId: 'dev_1' }, placementId: 'plc_1' };

/** The state after these commands, each of which must be accepted. */
function given(...commands: LegCommand[]): Leg | undefined {
  let state: Leg | undefined;
  for (const command of commands) {
    const decision = leg.decide(state, command, facts);
    for (const event of decision.events ?? expect.unreachable(`${command.type}: ${decision.refusal}`)) state = leg.evolve(state, event as LegEvent);
  }
  return state;
}
const when = (state: Leg | undefined, command: LegCommand): string => {
  const { events, refusal } = leg.decide(state, command, facts);
  return refusal ?? events!.map(({ type }) => type).join(' ');
};

describe('a leg', () => {
  const placed = given(place);
  const ringing = given(place, { type: 'ring', earlyMedia: false });
  const answered = given(place, { type: 'pick-up' });
  const stalled = given(place, { type: 'pick-up' }, { type: 'stall' });
  const ending = given(place, { type: 'dismiss', cause: 'cancelled' });

  test.each<[string, Leg | undefined, LegCommand, string]>([
    ['rings once', placed, { type: 'ring', earlyMedia: true }, 'leg-rang'],
    ['rings once', ringing, { type: 'ring', earlyMedia: true }, 'leg-already-so'],
    ['is answered without having rung', placed, { type: 'pick-up' }, 'leg-picked-up'],
    ['is answered once', answered, { type: 'pick-up' }, 'leg-already-so'],
    ['told to end, answers nothing any more', ending, { type: 'pick-up' }, 'leg-ending'],
    ['told to end, is not told again', ending, { type: 'dismiss', cause: 'hung-up' }, 'leg-ending'],
    ['stalls only once answered', ringing, { type: 'stall' }, 'leg-not-answered'],
    ['stalls', answered, { type: 'stall' }, 'leg-stalled'],
    ['recovers', stalled, { type: 'recover' }, 'leg-recovered'],
    ['has nothing to recover from', answered, { type: 'recover' }, 'leg-already-so'],
    ['ends in any state', ending, { type: 'end', by: 'center', cause: 'cancelled', sipStatus: null }, 'leg-ended'],
    ['nobody knows ends nothing', undefined, { type: 'end', by: 'far-end', cause: 'hung-up', sipStatus: null }, 'leg-unknown'],
    ['is placed once', placed, place, 'leg-known'],
  ])('that %s', (_, state, command, outcome) => expect(when(state, command)).toBe(outcome));

  test('that ends is gone, and its event says whose it was and by what way', () => {
    const { events } = leg.decide(ringing, { type: 'end', by: 'far-end', cause: 'busy', sipStatus: 486 }, facts);
    expect(events).toMatchObject([{ role: { kind: 'offer', agentId: 'carla' }, via: { deviceId: 'dev_1' }, by: 'far-end', cause: 'busy', sipStatus: 486 }]);
    expect(leg.evolve(ringing, events![0]!)).toBeUndefined();
  });
});
