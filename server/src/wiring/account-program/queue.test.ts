import { describe, expect, test } from 'vitest';
import { activityOf } from '../../capabilities/availability/index.ts';
import { TestFloor } from './testing/test-floor.ts';

const activity = (floor: TestFloor, agentId: string) => activityOf(floor.world.agents.get(agentId));

describe('waiting', () => {
  test('[design 3] position and estimated wait are said on entry and then every so often, and music plays in between', () => {
    const floor = new TestFloor({ announceEveryMs: 45_000 });
    floor.hire('carla');
    const first = floor.arrives('first');
    floor.answers('dev_carla');
    const ana = floor.arrives('ana');
    // Nothing handled yet: the first guess is three minutes, for one agent.
    expect(floor.playing(ana)).toBe('prompt:you-are-next prompt:estimated-wait-is number:3 prompt:minutes');
    const beto = floor.arrives('beto');
    expect(floor.playing(beto)).toBe('prompt:you-are-number number:2 prompt:in-the-queue prompt:estimated-wait-is number:6 prompt:minutes');
    floor.act(() => floor.switch.finishPlay(ana));
    expect(floor.playing(ana)).toBe('music:cord');
    floor.advance(45_000);
    expect(floor.playing(ana)).toContain('prompt:you-are-next');
    expect(floor.all('position-announced')).toHaveLength(4);
    expect(floor.switch.legs.has(first)).toBe(true);
  });

  test('[design 3] with nobody serving the queue the place is said and no wait is promised', () => {
    const floor = new TestFloor();
    expect(floor.playing(floor.arrives('ana'))).toBe('prompt:you-are-next');
    expect(floor.last('position-announced')).toMatchObject({ position: 1, estimatedWaitMs: null });
  });

  test('[complaint 13] an agent who answers into an announcement is heard at once', () => {
    const floor = new TestFloor();
    const ana = floor.arrives('ana');
    floor.hire('carla');
    expect(floor.playing(ana)).toContain('prompt:you-are-next');
    floor.answers('dev_carla');
    expect(floor.playing(ana)).toBe('');
    expect(floor.switch.hears(ana)).toEqual([floor.legOf('dev_carla')]);
  });

  test('[Build 5] after the maximum wait a caller goes to the overflow queue and keeps the time waited', () => {
    const floor = new TestFloor({ maximumWaitMs: 30_000, overflow: { kind: 'queue', queueId: 'que_soporte' } });
    floor.configure({ entity: 'queue', id: 'que_soporte', value: { ...floor.world.queues.get('que_ventas')!, overflow: { kind: 'queue', queueId: 'que_ventas' } } });
    const ana = floor.arrives('ana');
    floor.advance(30_000);
    expect(floor.last('overflowed')).toMatchObject({ queueId: 'que_ventas', reason: 'maximum-wait', to: { kind: 'queue', queueId: 'que_soporte' } });
    expect(floor.last('queued')).toMatchObject({ queueId: 'que_soporte', reason: 'overflow', enqueuedAt: floor.now - 30_000 });
    // Back again would be a circle: the closing words, then the end.
    floor.advance(30_000);
    expect(floor.playing(ana)).toBe('prompt:closing');
    floor.act(() => floor.switch.finishPlay(ana));
    expect(floor.last('conversation-ended')).toMatchObject({ ending: 'overflowed', by: 'center' });
    expect(floor.switch.legs.size).toBe(0);
  });

  test('[Build 5] a full queue overflows the newcomer at once, with the message of the queue', () => {
    const floor = new TestFloor({ maximumSize: 1, overflow: { kind: 'message', prompt: 'all-busy' } });
    floor.arrives('ana');
    const beto = floor.arrives('beto');
    expect(floor.playing(beto)).toBe('prompt:all-busy');
    expect(floor.last('overflowed')).toMatchObject({ reason: 'maximum-size' });
    expect(floor.last('waiting-ended')).toMatchObject({ ending: 'overflowed', waitMs: 0 });
  });

  test('[Build 5] nobody is overflowed away from a ringing agent: the deadline is looked at when the offer has ended', () => {
    const floor = new TestFloor({ maximumWaitMs: 10_000 });
    floor.hire('carla');
    const ana = floor.arrives('ana');
    floor.advance(15_000);
    expect(floor.all('overflowed')).toHaveLength(0);
    floor.advance(5_000);
    expect(floor.last('offer-expired').ringMs).toBe(20_000);
    floor.advance(0);
    expect(floor.playing(ana)).toBe('prompt:closing');
  });

  test('[fault 22] a maximum wait that ran out during a ring is looked at again although the clock was put back meanwhile', () => {
    const floor = new TestFloor({ maximumWaitMs: 10_000 });
    floor.hire('carla');
    floor.arrives('ana');
    const { waitingId } = floor.last('queued');
    const overflowAt = floor.now + 10_000;
    floor.advance(15_000);
    expect(floor.timers.has(`maximum-wait:${waitingId}`)).toBe(false);
    floor.now -= 7_200_000;
    floor.submit({ type: 'decline-offer', agentId: 'carla', offerId: floor.last('offer-made').offerId });
    expect(floor.timers.get(`maximum-wait:${waitingId}`)).toMatchObject({ at: overflowAt });
  });

  test('[Build 5] required skills relax over time, and whoever then qualifies is rung', () => {
    const floor = new TestFloor({ requiredSkills: [{ skillId: 'skl_tools', level: 4 }], relaxing: [{ afterMs: 10_000, required: [{ skillId: 'skl_tools', level: 2 }] }, { afterMs: 20_000, required: [] }] });
    floor.hire('diego', { skills: [{ skillId: 'skl_tools', level: 2 }] });
    floor.arrives('ana');
    floor.advance(9_999);
    expect(floor.all('offer-made')).toHaveLength(0);
    floor.advance(1);
    expect(floor.last('offer-made').agentId).toBe('diego');
  });

  test.each([
    [10, 'que_vip'],
    [30, 'que_ventas'],
  ])('[Build 5] a higher priority goes first, unless ageing (%i a minute) has made up for it', (ageingPerMinute, expected) => {
    const floor = new TestFloor({ ageingPerMinute });
    floor.configure({ entity: 'queue', id: 'que_vip', value: { ...floor.world.queues.get('que_ventas')!, priority: 70 } });
    floor.configure({ entity: 'flow', id: 'flo_vip', value: { version: 1, language: 'es', start: 'q', steps: { q: { kind: 'queue', queueId: 'que_vip' } } } });
    floor.configure({ entity: 'number', id: 'num_vip', value: { number: '+5491140000001', flowId: 'flo_vip', trunkId: null, public: true } });
    floor.arrives('ana');
    floor.advance(60_000);
    floor.arrives('vip', '5491140000001');
    floor.hire('carla', { queues: [{ queueId: 'que_ventas', priority: 1 }, { queueId: 'que_vip', priority: 1 }] });
    expect(floor.last('offer-made').queueId).toBe(expected);
  });

  test('[design 8] hanging up within the short-abandon threshold is counted apart', () => {
    const floor = new TestFloor({ shortAbandonMs: 5_000 });
    const ana = floor.arrives('ana');
    floor.advance(4_999);
    floor.hangsUp(ana);
    expect(floor.last('conversation-ended').ending).toBe('short-abandon');
    const beto = floor.arrives('beto');
    floor.advance(5_000);
    floor.hangsUp(beto);
    expect(floor.last('conversation-ended')).toMatchObject({ ending: 'abandoned', by: 'customer' });
  });

  test('[S2.15] a queue deleted under waiting callers says the closing words to them', () => {
    const floor = new TestFloor();
    const ana = floor.arrives('ana');
    floor.configure({ entity: 'queue', id: 'que_ventas', value: null });
    expect(floor.last('overflowed').reason).toBe('queue-gone');
    expect(floor.playing(ana)).toBe('prompt:closing');
  });
});

describe('offers', () => {
  test('[D6] not answering puts the agent in not-answering; the caller keeps their place and rings another', () => {
    const floor = new TestFloor();
    floor.hire('carla');
    floor.advance(1_000);
    floor.hire('diego');
    const ana = floor.arrives('ana');
    expect(floor.last('offer-made')).toMatchObject({ agentId: 'carla', rank: { idleMs: 1_000 }, passedOver: { 'ranked-lower': 1 }, runnersUp: [{ agentId: 'diego' }] });
    floor.advance(20_000);
    expect(activity(floor, 'carla')).toBe('not-answering');
    expect(floor.last('offer-made')).toMatchObject({ agentId: 'diego', waitedMs: 20_000, passedOver: { 'not-free': 1 } });
    expect(floor.ringing('dev_carla')).toBe('nothing-rings');
    expect(floor.playing(ana)).toBe('music:cord');
    floor.advance(20_000);
    expect(floor.world.waiting.size).toBe(1);
    expect(floor.submit({ type: 'return-from-not-answering', agentId: 'carla' })).toBeUndefined();
    expect(floor.last('offer-made').agentId).toBe('carla');
  });

  describe('[fault 1] a phone that has yet to ring as its time ends', () => {
    /** The order to ring left late: the phone does not know of it yet. */
    function offered(): TestFloor {
      const floor = new TestFloor();
      floor.hire('carla');
      floor.delivering = false;
      floor.arrives('ana');
      for (const others = () => [...floor.switch.lines.keys()].find((line) => line !== floor.legOf('dev_carla')); others() !== undefined; ) floor.deliverFrom(others()!);
      floor.advance(20_000);
      expect(floor.last('offer-made').agentId).toBe('carla');
      expect(floor.all('offer-expired')).toHaveLength(0);
      return floor;
    }

    test('has its whole time from when it rings', () => {
      const floor = offered();
      floor.deliver();
      floor.advance(19_999);
      expect(floor.all('offer-expired')).toHaveLength(0);
      floor.advance(1);
      expect(floor.last('offer-expired').ringMs).toBe(40_000);
    });

    test('has two seconds to begin, and no more', () => {
      const floor = offered();
      floor.advance(1_999);
      expect(floor.all('offer-expired')).toHaveLength(0);
      floor.advance(1);
      expect(floor.last('offer-expired').ringMs).toBe(22_000);
    });

    test('has them again when control was away for their end', () => {
      const floor = offered();
      floor.now += 3_000;
      floor.advance(0);
      expect(floor.all('offer-expired')).toHaveLength(0);
      floor.advance(2_000);
      expect(floor.last('offer-expired').ringMs).toBe(25_000);
    });
  });

  test('[D6] declining rings another at once', () => {
    const floor = new TestFloor();
    floor.hire('carla');
    floor.arrives('ana');
    const { offerId } = floor.last('offer-made');
    expect(floor.submit({ type: 'decline-offer', agentId: 'diego', offerId })).toBe('not-yours');
    floor.hire('diego');
    expect(floor.submit({ type: 'decline-offer', agentId: 'carla', offerId })).toBeUndefined();
    expect(floor.last('offer-declined').by).toBe('agent');
    expect(activity(floor, 'carla')).toBe('not-answering');
    expect(floor.last('offer-made').agentId).toBe('diego');
    expect(floor.submit({ type: 'decline-offer', agentId: 'carla', offerId })).toBe('already-ended');
  });

  test('[D6] a red button on one of two devices is the person declining', () => {
    const floor = new TestFloor();
    floor.hire('carla', {}, ['dev_carla', 'dev_desk']);
    floor.arrives('ana');
    floor.act(() => floor.switch.end(floor.ringing('dev_desk'), 'far-end', 'declined'));
    expect(floor.last('offer-declined').legIds).toHaveLength(1);
    expect(floor.ringing('dev_carla')).toBe('nothing-rings');
  });

  test('[Faults] a browser that goes while ringing: the caller is offered to another at once, without not-answering', () => {
    const floor = new TestFloor();
    floor.hire('carla');
    floor.advance(1);
    floor.hire('diego');
    floor.arrives('ana');
    floor.fact({ type: 'device-offline', deviceId: 'dev_carla', reason: 'connection-lost' });
    expect(floor.last('offer-withdrawn')).toMatchObject({ agentId: 'carla', reason: 'unreachable', by: 'network' });
    expect(activity(floor, 'carla')).toBe('idle');
    expect(floor.last('offer-made').agentId).toBe('diego');
  });

  test('[Faults] a phone that cannot be rung is left alone for ten seconds and then tried again', () => {
    const floor = new TestFloor();
    floor.hire('carla');
    floor.arrives('ana');
    floor.act(() => floor.switch.end(floor.ringing('dev_carla'), 'network', 'unreachable'));
    expect(floor.last('offer-withdrawn').reason).toBe('unreachable');
    expect(floor.all('offer-made')).toHaveLength(1);
    floor.advance(10_000);
    expect(floor.all('offer-made')).toHaveLength(2);
  });

  test.each([
    ['a status without queue work', 'status-changed', (floor: TestFloor) => floor.submit({ type: 'choose-status', agentId: 'carla', statusId: 'sta_lunch' })],
    ['a sign-out', 'signed-out', (floor: TestFloor) => floor.submit({ type: 'sign-out', agentId: 'carla', reason: 'asked' })],
  ])('[D6] %s withdraws the ringing offer without not-answering', (_, reason, leave) => {
    const floor = new TestFloor();
    floor.hire('carla');
    floor.arrives('ana');
    expect(leave(floor)).toBeUndefined();
    expect(floor.last('offer-withdrawn')).toMatchObject({ reason, by: 'agent' });
    expect(activity(floor, 'carla')).not.toBe('not-answering');
    expect([...floor.world.waiting.values()]).toMatchObject([{ state: 'in-line' }]);
  });

  test('[complaint 14] a caller who hangs up while it rings: nobody rings any more', () => {
    const floor = new TestFloor();
    floor.hire('carla');
    const ana = floor.arrives('ana');
    floor.hangsUp(ana);
    expect(floor.last('offer-withdrawn')).toMatchObject({ reason: 'caller-left', by: 'customer' });
    expect(floor.switch.legs.size).toBe(0);
    expect(activity(floor, 'carla')).toBe('idle');
  });

  test.each([['the answer', 'the hang-up'], ['the hang-up', 'the answer']])('[Faults] answer and hang-up cross, %s seen first: exactly one of answered or abandoned', (first) => {
    const floor = new TestFloor({ shortAbandonMs: 0 });
    floor.hire('carla');
    const ana = floor.arrives('ana');
    const leg = floor.ringing('dev_carla');
    floor.delivering = false;
    floor.switch.pickUp(leg);
    floor.switch.end(ana, 'far-end', 'hung-up');
    floor.deliverFrom(first === 'the answer' ? leg : ana);
    floor.delivering = true;
    floor.deliver();
    expect(floor.all('conversation-ended')).toHaveLength(1);
    expect(floor.last('conversation-ended').ending).toBe(first === 'the answer' ? 'answered' : 'abandoned');
    expect(floor.all('conversation-answered')).toHaveLength(first === 'the answer' ? 1 : 0);
    expect(floor.switch.legs.size).toBe(0);
  });

  test('[complaint 14, fault 1] control is away while the caller hangs up and the phone is picked up all the same: abandoned, and the agent is free at once', () => {
    const floor = new TestFloor({ shortAbandonMs: 0 });
    floor.hire('carla');
    const ana = floor.arrives('ana');
    const leg = floor.ringing('dev_carla');
    floor.delivering = false;
    floor.switch.end(ana, 'far-end', 'hung-up');
    floor.switch.pickUp(leg);
    // Nobody is left to listen to silence until control is back.
    expect(floor.switch.ended.get(leg)).toBe('hung-up');
    floor.delivering = true;
    floor.advance(9_000);
    floor.deliver();
    expect(floor.all('conversation-ended')).toMatchObject([{ ending: 'abandoned', by: 'customer' }]);
    expect(floor.all('conversation-answered')).toEqual([]);
    expect(activity(floor, 'carla')).toBe('idle');
    expect(floor.world.legs.size).toBe(0);
    floor.arrives('beto');
    expect(floor.last('offer-made').agentId).toBe('carla');
  });

  test('[complaint 14, fault 1] the same, heard of by a snapshot', () => {
    const floor = new TestFloor({ shortAbandonMs: 0 });
    floor.hire('carla');
    const ana = floor.arrives('ana');
    const leg = floor.ringing('dev_carla');
    floor.advance(9_000);
    const ended = { account: 'acc_ferreteria', at: floor.now, cause: 'hung-up' } as const;
    const endedLegs = [{ legId: leg, by: 'center', ...ended }, { legId: ana, by: 'far-end', ...ended }] as const;
    floor.submit({ type: 'switch-snapshot', snapshot: { seq: 1, at: floor.now, legs: [], endedLegs, recordings: [], devices: [{ deviceId: 'dev_carla', account: 'acc_ferreteria' }], trunks: [] } });
    expect(floor.all('conversation-ended')).toMatchObject([{ ending: 'abandoned', by: 'customer' }]);
    expect(activity(floor, 'carla')).toBe('idle');
    expect(floor.world.legs.size).toBe(0);
  });

  test('[complaint 14, fault 1] the phone is picked up while control is away, and then the caller hangs up before anybody is connected: one answer, one ending', () => {
    const floor = new TestFloor({ shortAbandonMs: 0 });
    floor.hire('carla');
    const ana = floor.arrives('ana');
    const leg = floor.ringing('dev_carla');
    floor.delivering = false;
    floor.switch.pickUp(leg);
    expect(floor.switch.legs.get(leg)?.state).toBe('answered');
    floor.switch.end(ana, 'far-end', 'hung-up');
    expect(floor.switch.ended.get(leg)).toBe('hung-up');
    floor.delivering = true;
    floor.deliver();
    expect(floor.all('conversation-answered')).toHaveLength(1);
    expect(floor.all('conversation-ended')).toMatchObject([{ ending: 'answered', by: 'customer' }]);
    expect(activity(floor, 'carla')).toBe('after-service');
    expect(floor.switch.legs.size).toBe(0);
  });

  test('[Faults] two devices of one agent answer at once: one bridge, one call', () => {
    const floor = new TestFloor();
    floor.hire('carla', {}, ['dev_carla', 'dev_desk']);
    const ana = floor.arrives('ana');
    const [browser, desk] = [floor.ringing('dev_carla'), floor.ringing('dev_desk')];
    floor.delivering = false;
    floor.switch.pickUp(browser);
    floor.deliverFrom(browser);
    floor.delivering = true;
    expect(floor.fact({ type: 'leg-answered', legId: desk })).toBe(undefined);
    floor.deliver();
    expect(floor.all('call-connected')).toHaveLength(1);
    expect(floor.switch.hears(ana)).toEqual([browser]);
  });

  test('[S2.15, D6] the offer carries what the phone shows and joins on answer', () => {
    const floor = new TestFloor();
    floor.hire('carla');
    floor.arrives('ana');
    const offer = floor.last('offer-made');
    expect(floor.switch.commands.find(({ type }) => type === 'place-legs')).toMatchObject({
      labels: { Offer: offer.offerId, Call: offer.callId, Conversation: offer.conversationId },
      caller: { number: 'per_ana' },
      ringTimeoutMs: 20_000,
      onAnswer: { bridgeId: offer.bridgeId },
      // Else their sound would meet over a way of its own between two media processes, 40 ms later.
      near: floor.last('call-entered').customerLegId,
    });
  });
});
