import { describe, expect, test } from 'vitest';
import { activityOf } from '../../capabilities/availability/index.ts';
import type { FloorQueue } from '../../capabilities/accounts/index.ts';
import { TestFloor } from './testing/test-floor.ts';

const activity = (floor: TestFloor, agentId = 'carla') => activityOf(floor.world.agents.get(agentId));

/** Ana talks with Carla. */
function talking(queue: Partial<FloorQueue> = {}) {
  const floor = new TestFloor(queue);
  floor.hire('carla');
  const ana = floor.arrives('ana');
  floor.answers('dev_carla');
  const { callId, conversationId } = floor.last('call-connected');
  return { floor, ana, callId, conversationId, carla: floor.legOf('dev_carla') };
}

describe('hold', () => {
  test('[S2.30] the customer hears music and nobody else; resume gives the call back', () => {
    const { floor, ana, callId, carla } = talking();
    expect(floor.submit({ type: 'hold-call', agentId: 'carla', callId })).toBeUndefined();
    expect(activity(floor)).toBe('holding');
    expect(floor.switch.legs.get(ana)!.heldWithMusic).toBe(true);
    expect([floor.switch.hears(ana), floor.switch.hears(carla)]).toEqual([[], []]);
    expect(floor.submit({ type: 'hold-call', agentId: 'carla', callId })).toBe('not-allowed-now');
    floor.advance(7_000);
    expect(floor.submit({ type: 'resume-call', agentId: 'carla', callId })).toBeUndefined();
    expect(floor.last('call-resumed').heldMs).toBe(7_000);
    expect(floor.switch.hears(ana)).toEqual([carla]);
    floor.hangsUp(ana);
    expect(floor.last('call-ended')).toMatchObject({ heldMs: 7_000, by: 'customer' });
  });

  test('[S2.30] the hold key of a desk phone is the same hold', () => {
    const { floor, ana, carla } = talking();
    floor.fact({ type: 'leg-held', legId: carla, by: 'far-end' });
    expect(activity(floor)).toBe('holding');
    expect(floor.switch.legs.get(ana)!.heldWithMusic).toBe(true);
    floor.fact({ type: 'leg-resumed', legId: carla });
    expect(activity(floor)).toBe('talking');
  });

  test('[S2.30] what is not theirs is refused by name', () => {
    const { floor, callId } = talking();
    expect(floor.submit({ type: 'hold-call', agentId: 'diego', callId })).toBe('not-yours');
    expect(floor.submit({ type: 'hold-call', agentId: 'carla', callId: 'cal_none' })).toBe('no-live-call');
    expect(floor.submit({ type: 'resume-call', agentId: 'carla', callId })).toBe('not-allowed-now');
    expect(floor.submit({ type: 'send-digits', agentId: 'carla', callId, digits: 'per_digits' })).toBeUndefined();
    expect(floor.switch.commands.at(-1)).toEqual({ type: 'send-digits', legId: 'leg_ana', digits: 'per_digits' });
  });
});

describe('recording', () => {
  test('[Build 6] it starts at the answer, pauses and goes on when asked, and stops at the end', () => {
    const { floor, ana, callId } = talking();
    const { recordingId } = floor.last('recording-begun');
    expect(floor.switch.commands).toContainEqual(expect.objectContaining({ type: 'start-recording', recordingId, customerLegIds: [ana] }));
    expect(floor.submit({ type: 'resume-recording', agentId: 'carla', callId })).toBe('not-allowed-now');
    expect(floor.submit({ type: 'pause-recording', agentId: 'carla', callId })).toBeUndefined();
    expect(floor.submit({ type: 'resume-recording', agentId: 'carla', callId })).toBeUndefined();
    floor.hangsUp(ana);
    expect(floor.last('recording-completed')).toMatchObject({ recordingId, file: `incoming/${recordingId}` });
  });

  test('[Build 6] a queue that does not record starts nothing', () => {
    const { floor, callId } = talking({ recorded: false });
    expect(floor.all('recording-begun')).toHaveLength(0);
    expect(floor.submit({ type: 'pause-recording', agentId: 'carla', callId })).toBe('not-allowed-now');
  });

  test('[Faults] a recording that fails leaves the call alone', () => {
    const { floor, callId } = talking();
    floor.fact({ type: 'recording-failed', recordingId: floor.last('recording-begun').recordingId, reason: 'disk-full' });
    expect(floor.world.calls.get(callId)?.state).toBe('talking');
    expect(floor.last('recording-lost').reason).toBe('disk-full');
  });
});

describe('after-service', () => {
  test('[S2.27] it starts once when the call ends, by whoever ends it, and the agent finishes it', () => {
    const { floor, callId } = talking();
    floor.advance(9_000);
    expect(floor.submit({ type: 'hang-up', agentId: 'carla', callId })).toBeUndefined();
    expect(floor.switch.legs.size).toBe(0);
    expect(floor.last('conversation-ended')).toMatchObject({ by: 'agent', ending: 'answered' });
    expect(floor.all('after-service-started')).toHaveLength(1);
    const { afterServiceId } = floor.last('after-service-started');
    expect(floor.submit({ type: 'finish-after-service', agentId: 'diego', afterServiceId })).toBe('not-yours');
    floor.advance(5_000);
    expect(floor.submit({ type: 'finish-after-service', agentId: 'carla', afterServiceId })).toBeUndefined();
    expect(floor.last('after-service-ended')).toMatchObject({ reason: 'finished', durationMs: 5_000 });
    expect(activity(floor)).toBe('idle');
    expect(floor.submit({ type: 'finish-after-service', agentId: 'carla', afterServiceId })).toBe('already-ended');
  });

  test('[S2.28] the limit of the queue forces the agent out', () => {
    const { floor, ana } = talking({ afterServiceLimitMs: 30_000 });
    floor.hangsUp(ana);
    floor.advance(29_999);
    expect(activity(floor)).toBe('after-service');
    floor.advance(1);
    expect(floor.last('after-service-ended').reason).toBe('limit');
    expect(activity(floor)).toBe('idle');
  });

  test('[S2.28] a queue without a limit lets it last; a limit of nothing means none at all', () => {
    const endless = talking({ afterServiceLimitMs: null });
    endless.floor.hangsUp(endless.ana);
    endless.floor.advance(3_600_000);
    expect(activity(endless.floor)).toBe('after-service');
    const off = talking({ afterServiceLimitMs: 0 });
    off.floor.hangsUp(off.ana);
    expect(activity(off.floor)).toBe('idle');
    expect(off.floor.all('after-service-started')).toHaveLength(0);
  });

  test('[S2.27, S2.28, D7] early finish, limit and sign-out race to one ending', () => {
    const { floor, ana } = talking({ afterServiceLimitMs: 30_000 });
    floor.hangsUp(ana);
    const { afterServiceId } = floor.last('after-service-started');
    floor.submit({ type: 'sign-out', agentId: 'carla', reason: 'asked' });
    expect(floor.submit({ type: 'finish-after-service', agentId: 'carla', afterServiceId })).toBe('already-ended');
    expect(floor.submit({ type: 'after-service-limit-over', afterServiceId })).toBe('already-ended');
    expect(floor.all('after-service-ended')).toMatchObject([{ reason: 'signed-out' }]);
  });

  test('[S2.27] the chosen status stays and returns afterwards; nothing is offered meanwhile', () => {
    const { floor, ana } = talking();
    floor.submit({ type: 'choose-status', agentId: 'carla', statusId: 'sta_lunch' });
    floor.hangsUp(ana);
    floor.advance(60_000);
    expect(floor.world.agents.get('carla')).toMatchObject({ statusId: 'sta_lunch' });
    floor.arrives('beto');
    expect(floor.all('offer-made')).toHaveLength(1);
    floor.submit({ type: 'choose-status', agentId: 'carla', statusId: 'sta_available' });
    expect(floor.all('offer-made')).toHaveLength(2);
  });
});

describe('an agent lost while talking', () => {
  test('[Faults] the customer hears music; the agent comes back on a fresh leg to the same call', () => {
    const { floor, ana, callId, carla } = talking();
    floor.fact({ type: 'device-offline', deviceId: 'dev_carla', reason: 'connection-lost' });
    floor.act(() => floor.switch.end(carla, 'network', 'media-lost'));
    expect(floor.world.calls.get(callId)?.state).toBe('reconnecting');
    expect(floor.playing(ana)).toBe('prompt:reconnecting music:cord');
    floor.advance(10_000);
    floor.online('dev_carla');
    expect(floor.switch.commands.at(-1)).toMatchObject({ type: 'place-legs', labels: { Call: callId, Return: 'yes' } });
    floor.answers('dev_carla');
    expect(floor.last('call-agent-returned').awayMs).toBe(10_000);
    expect(floor.switch.hears(ana)).toEqual([floor.legOf('dev_carla')]);
    floor.advance(60_000);
    expect(floor.world.calls.get(callId)?.state).toBe('talking');
    floor.hangsUp(ana);
    expect(floor.all('after-service-started')).toHaveLength(1);
  });

  test('[Faults] the customer hangs up while the agent is rung back and control is away: whoever picks up is not left in silence, and the call ends once', () => {
    const { floor, ana, carla } = talking();
    floor.fact({ type: 'device-offline', deviceId: 'dev_carla', reason: 'connection-lost' });
    floor.act(() => floor.switch.end(carla, 'network', 'media-lost'));
    floor.online('dev_carla');
    const back = floor.ringing('dev_carla');
    floor.delivering = false;
    floor.switch.end(ana, 'far-end', 'hung-up');
    floor.switch.pickUp(back);
    expect(floor.switch.ended.get(back)).toBe('hung-up');
    floor.delivering = true;
    floor.deliver();
    expect(floor.all('conversation-ended')).toMatchObject([{ ending: 'answered', by: 'customer' }]);
    expect(floor.all('call-agent-returned')).toEqual([]);
    expect(activity(floor)).toBe('after-service');
    expect(floor.world.legs.size).toBe(0);
  });

  test('[Faults] whatever the agent dials while their customer waits brings them back', () => {
    const { floor, ana, callId, carla } = talking();
    floor.act(() => floor.switch.end(carla, 'network', 'media-lost'));
    floor.act(() => floor.switch.offer('leg_again', { kind: 'device', deviceId: 'dev_carla' }, '', ''));
    expect(floor.world.calls.get(callId)).toMatchObject({ state: 'talking', agentLegId: 'leg_again' });
    expect(floor.switch.hears(ana)).toEqual(['leg_again']);
  });

  test('[Faults] after 30 s the caller goes to the front of the queue, and the lost segment has its after-service', () => {
    const { floor, ana, carla } = talking();
    floor.arrives('beto');
    floor.fact({ type: 'device-offline', deviceId: 'dev_carla', reason: 'connection-lost' });
    floor.act(() => floor.switch.end(carla, 'network', 'media-lost'));
    floor.advance(29_999);
    expect(floor.all('call-released')).toHaveLength(0);
    floor.advance(1);
    expect(floor.last('conversation-agent-left')).toMatchObject({ reason: 'agent-lost', agentId: 'carla' });
    expect(floor.all('queued').at(-1)).toMatchObject({ reason: 'agent-lost' });
    expect(activity(floor)).toBe('after-service');
    floor.hire('diego');
    expect(floor.last('offer-made')).toMatchObject({ agentId: 'diego', conversationId: floor.all('conversation-started')[0]!.conversationId });
    floor.answers('dev_diego');
    floor.hangsUp(ana);
    expect(floor.all('after-service-started')).toHaveLength(2);
    expect(new Set(floor.all('after-service-started').map(({ segmentId }) => segmentId)).size).toBe(2);
  });

  test('[design 4] a browser without sound for three seconds: music, and back when it recovers', () => {
    const { floor, ana, callId, carla } = talking();
    floor.fact({ type: 'media-stalled', legId: carla });
    expect(floor.playing(ana)).toContain('music:cord');
    floor.advance(4_000);
    floor.fact({ type: 'media-resumed', legId: carla });
    expect(floor.world.calls.get(callId)).toMatchObject({ state: 'talking', agentLegId: carla });
    expect(floor.switch.hears(ana)).toEqual([carla]);
  });

  test('[design 4] a page that was reloaded is rung as soon as its old leg is missed, or its old device is known to be gone', () => {
    const quick = talking();
    quick.floor.fact({ type: 'device-offline', deviceId: 'dev_carla', reason: 'connection-lost' });
    quick.floor.submit({ type: 'sign-in', agentId: 'carla', deviceId: 'dev_carla_2' });
    quick.floor.online('dev_carla_2');
    quick.floor.fact({ type: 'media-stalled', legId: quick.carla });
    expect(quick.floor.switch.commands).toContainEqual(expect.objectContaining({ type: 'place-legs', labels: expect.objectContaining({ Call: quick.callId, Return: 'yes' }) }));
    quick.floor.answers('dev_carla_2');
    expect(quick.floor.world.calls.get(quick.callId)).toMatchObject({ state: 'talking', agentLegId: quick.floor.legOf('dev_carla_2') });

    const slow = talking();
    slow.floor.submit({ type: 'sign-in', agentId: 'carla', deviceId: 'dev_carla_2' });
    slow.floor.online('dev_carla_2');
    slow.floor.fact({ type: 'media-stalled', legId: slow.carla });
    expect(slow.floor.all('call-agent-rung')).toHaveLength(0);
    slow.floor.fact({ type: 'device-offline', deviceId: 'dev_carla', reason: 'connection-lost' });
    expect(slow.floor.all('call-agent-rung')).toHaveLength(1);
  });

  test('[design 4] a fresh leg takes the place of the old one without a gap', () => {
    const { floor, ana, callId, carla } = talking();
    floor.act(() => floor.switch.offerReplacement('leg_fresh', carla));
    expect(floor.world.calls.get(callId)).toMatchObject({ state: 'talking', agentLegId: 'leg_fresh' });
    expect(floor.switch.hears(ana)).toEqual(['leg_fresh']);
    expect(floor.all('call-agent-lost')).toHaveLength(0);
    expect([...floor.world.legs.keys()].sort()).toEqual(['leg_ana', 'leg_fresh']);
  });

  test('[S0.3] a session that is ended for an agent in a call sends the customer to the front of the queue', () => {
    const { floor, ana, callId } = talking();
    expect(floor.submit({ type: 'sign-out', agentId: 'carla', reason: 'asked' })).toBe('not-allowed-now');
    floor.submit({ type: 'hold-call', agentId: 'carla', callId });
    expect(floor.submit({ type: 'sign-out', agentId: 'carla', reason: 'removed' })).toBeUndefined();
    expect(floor.world.waiting.size).toBe(1);
    expect(floor.playing(ana)).toContain('prompt:you-are-next');
    expect(floor.all('after-service-ended')).toMatchObject([{ reason: 'signed-out', durationMs: 0 }]);
    expect(floor.switch.commands).toContainEqual({ type: 'remove-device', account: 'acc_ferreteria', deviceId: 'dev_carla' });
  });
});

test('[S2.45] the switch ends the agent who is left alone before the customer leg is reported: the customer hung up', () => {
  const { floor, ana, carla } = talking();
  floor.delivering = false;
  floor.switch.end(ana, 'far-end', 'hung-up');
  floor.deliverFrom(carla);
  floor.deliverFrom(ana);
  floor.delivering = true;
  floor.deliver();
  expect(floor.all('conversation-ended')).toMatchObject([{ by: 'customer', ending: 'answered' }]);
});
