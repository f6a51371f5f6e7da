import { describe, expect, test } from 'vitest';
import { ERRORS } from '@centralita/contract';
import { activityOf } from '../../capabilities/availability/index.ts';
import type { SwitchSnapshot } from '../../telephony/port/index.ts';
import { MENU, START, TestFloor } from './testing/test-floor.ts';

describe('entering', () => {
  test('[Build 2] a number that is not open to the public takes calls from its trunk only', () => {
    const floor = new TestFloor();
    floor.configure({ entity: 'number', id: 'num_main', value: { number: '+5491140000000', flowId: 'flo_main', trunkId: 'trk_in', public: false } });
    floor.arrives('ana');
    expect(floor.last('call-refused')).toMatchObject({ reason: 'number-not-public' });
    floor.act(() => floor.switch.offer('leg_t', { kind: 'trunk', trunkId: 'trk_other' }, 'per_beto', '5491140000000'));
    expect(floor.last('call-refused')).toMatchObject({ reason: 'number-unknown' });
    floor.act(() => floor.switch.offer('leg_u', { kind: 'trunk', trunkId: 'trk_in' }, 'per_beto', '5491140000000'));
    expect(floor.last('call-entered').customerLegId).toBe('leg_u');
    expect(floor.world.indexes.linesByTrunk.get('trk_in')).toEqual({ inbound: 1, outbound: 0 });
  });

  test('[S0.5] a caller of the call page is known as one; who telephones without a number is not', () => {
    const floor = new TestFloor();
    floor.act(() => floor.switch.offer('leg_guest', { kind: 'guest', deviceId: 'dev_guest' }, '', '5491140000000'));
    expect(floor.last('conversation-started').customer).toEqual({ number: null, name: null, kind: 'web' });
    expect([...floor.replayed().conversations.values()]).toMatchObject([{ customer: { kind: 'web' } }]);
    floor.act(() => floor.switch.offer('leg_hidden', { kind: 'trunk', trunkId: 'trk_in' }, '', '5491140000000'));
    expect(floor.last('conversation-started').customer).toEqual({ number: null, name: null });
  });

  test('[design 3] numbers and digits are looked up by reference and never copied into events', () => {
    const floor = new TestFloor({}, MENU);
    for (const [reference, value] of [['per_dialled', '+54 9 11 4000-0000'], ['per_one', '1']] as const) floor.world.personal.put(reference, value);
    const ana = floor.arrives('ana', 'per_dialled');
    floor.act(() => floor.switch.finishPlay(ana));
    floor.act(() => floor.switch.press(ana, 'per_one'));
    expect(floor.last('flow-menu-chosen')).toMatchObject({ digit: 'per_one', label: 'Ventas' });
    expect([...floor.world.conversations.values()]).toMatchObject([{ menuPath: ['Ventas'], customer: { number: 'per_ana', name: null } }]);
  });
});

describe('menu', () => {
  const inMenu = () => {
    const floor = new TestFloor({}, MENU);
    const ana = floor.arrives('ana');
    floor.act(() => floor.switch.finishPlay(ana));
    return { floor, ana };
  };

  test('[Build 4] a wrong key is told and asked again; after the last attempt it goes where the menu says', () => {
    const { floor, ana } = inMenu();
    floor.act(() => floor.switch.press(ana, '7'));
    expect(floor.playing(ana)).toBe('prompt:wrong-key prompt:main-menu');
    floor.act(() => floor.switch.press(ana, '7'));
    expect(floor.all('flow-menu-missed')).toMatchObject([{ attempt: 1, reason: 'wrong-key' }, { attempt: 2, reason: 'wrong-key' }]);
    expect(floor.last('conversation-ended')).toMatchObject({ ending: 'closed', by: 'center' });
  });

  test('[Build 4] silence is asked again from the end of the question; a key in time is taken', () => {
    const { floor, ana } = inMenu();
    floor.advance(30_000);
    expect(floor.all('flow-menu-missed')).toHaveLength(0);
    floor.act(() => floor.switch.finishPlay(ana));
    floor.advance(6_000);
    expect(floor.all('flow-menu-missed')).toMatchObject([{ reason: 'timed-out' }]);
    expect(floor.playing(ana)).toBe('prompt:main-menu');
    floor.act(() => floor.switch.press(ana, '1'));
    expect(floor.last('queued').reason).toBe('flow');
    floor.advance(600_000);
    expect(floor.all('flow-menu-missed')).toHaveLength(1);
  });

  test('[Build 4] hanging up in the menu is left-in-menu', () => {
    const { floor, ana } = inMenu();
    floor.hangsUp(ana);
    expect(floor.last('conversation-ended')).toMatchObject({ ending: 'left-in-menu', by: 'customer' });
    expect(floor.last('flow-run-ended').outcome).toEqual({ kind: 'caller-left', by: 'customer' });
  });

  test('[Build 4] a flow published meanwhile does not change the ground under a caller', () => {
    const { floor, ana } = inMenu();
    floor.configure({ entity: 'flow', id: 'flo_main', value: { ...MENU, version: 2, steps: { answer: { kind: 'hang-up' } } } });
    floor.act(() => floor.switch.press(ana, '1'));
    expect(floor.last('queued').queueId).toBe('que_ventas');
  });

  test('[Build 4, design 3] a retired flow is kept for whoever is inside, and no longer than the next change', () => {
    const { floor, ana } = inMenu();
    const versions = () => [...floor.world.flowVersions.keys()];
    const publish = (id: string, version: number) => floor.configure({ entity: 'flow', id, value: { ...MENU, version } });
    publish('flo_main', 2);
    publish('flo_other', 1);
    publish('flo_main', 3);
    expect(versions(), 'the version before stays for those who began with it').toEqual(['flo_main@2', 'flo_other@1', 'flo_main@3']);
    floor.hangsUp(ana);
    const beto = floor.arrives('beto');
    floor.configure({ entity: 'flow', id: 'flo_other', value: null });
    floor.configure({ entity: 'flow', id: 'flo_main', value: null });
    expect(versions()).toEqual(['flo_main@3']);
    floor.act(() => floor.switch.finishPlay(beto));
    floor.act(() => floor.switch.press(beto, '1'));
    expect(floor.last('queued').queueId).toBe('que_ventas');
    publish('flo_new', 1);
    expect(versions()).toEqual(['flo_new@1']);
    expect(floor.rows(floor.replayed())).toEqual(floor.rows());
  });
});

describe('the switch was away', () => {
  const snapshot = (floor: TestFloor, more: Partial<SwitchSnapshot> = {}): SwitchSnapshot => ({ seq: 9, at: floor.now, legs: [], endedLegs: [], recordings: [], devices: [{ deviceId: 'dev_carla', account: 'acc_ferreteria' }], trunks: [], ...more });

  test('[design 2] legs that are gone end as switch-lost, agents are free, registrations survive', () => {
    const floor = new TestFloor();
    floor.hire('carla');
    floor.arrives('ana');
    floor.answers('dev_carla');
    floor.arrives('beto');
    floor.advance(10_000);
    floor.delivering = false;
    floor.submit({ type: 'switch-snapshot', snapshot: snapshot(floor) });
    expect(floor.world.legs.size).toBe(0);
    expect(floor.all('conversation-ended')).toMatchObject([{ ending: 'answered', by: 'network' }, { ending: 'failed', by: 'network' }]);
    expect(activityOf(floor.world.agents.get('carla'))).toBe('after-service');
    expect(floor.last('recording-lost').reason).toBe('switch-lost');
    expect(floor.rows(floor.replayed())).toEqual(floor.rows());
  });

  test('[design 2] what happened meanwhile is taken in: an answer, an ending with its cause, a device, a call that waits', () => {
    const floor = new TestFloor();
    floor.hire('carla');
    floor.arrives('ana');
    const ringing = floor.ringing('dev_carla');
    floor.advance(5_000);
    const common = { account: 'acc_ferreteria', caller: { number: '' }, dialled: '5491140000000', since: floor.now };
    floor.submit({
      type: 'switch-snapshot',
      snapshot: snapshot(floor, {
        legs: [
          { legId: 'leg_ana', state: 'answered', ...common },
          { legId: ringing, state: 'answered', deviceId: 'dev_carla', ...common },
          { legId: 'leg_beto', state: 'offered', origin: { kind: 'loopback' }, ...common },
          { legId: 'leg_ghost', state: 'answered', ...common },
        ],
      }),
    });
    expect(floor.last('conversation-answered').agentId).toBe('carla');
    expect(floor.last('call-entered').customerLegId).toBe('leg_beto');
    expect(floor.switch.commands).toContainEqual({ type: 'end-leg', legId: 'leg_ghost', cause: 'switch-lost' });
  });

  test('[design 2] a prompt that ended meanwhile is over, one that still plays or was only just ordered is not', () => {
    const floor = new TestFloor({}, MENU);
    const ana = floor.arrives('ana');
    const said = [...floor.world.indexes.playOwners.keys()][0]!;
    const leg = (playing: string | null) => ({ legId: ana, state: 'answered' as const, account: 'acc_ferreteria', caller: { number: '' }, dialled: '', since: floor.now, playing });
    const seen = (playing: string | null) => floor.submit({ type: 'switch-snapshot', snapshot: snapshot(floor, { legs: [leg(playing)] }) });
    floor.delivering = false;
    seen(null);
    expect([...floor.world.indexes.playOwners.keys()]).toEqual([said]);
    floor.advance(5_000);
    seen(said);
    expect([...floor.world.indexes.playOwners.keys()]).toEqual([said]);
    seen(null);
    expect([...floor.world.flowRuns.values()]).toMatchObject([{ state: 'asking' }]);
    expect([...floor.world.indexes.playOwners.keys()]).not.toEqual([said]);
  });

  test('[design 2] facts that come late are dated by the switch; a phone that rings because of them has its whole time', () => {
    const floor = new TestFloor();
    floor.hire('carla');
    floor.advance(60_000);
    floor.delivering = false;
    floor.switch.offer('leg_ana', { kind: 'loopback' }, 'per_ana', '5491140000000');
    floor.deliverFrom('leg_ana');
    const seenAt = floor.now - 15_000;
    floor.submit({ type: 'telephony', seq: 99, at: seenAt, fact: { type: 'leg-answered', legId: 'leg_ana' } });
    expect(floor.last('queued').at).toBe(seenAt);
    expect(floor.last('offer-made')).toMatchObject({ at: floor.now, waitedMs: 15_000, expiresAt: floor.now + 20_000 });
    floor.delivering = true;
    floor.deliver();
    expect(floor.rows(floor.replayed())).toEqual(floor.rows());
  });

  test.each([5_000, 25_000])('[fault row 1] control is away for %i ms with the order to ring unsent: the phone has its whole time, and only then is it the agent who does not answer', (awayMs) => {
    const floor = new TestFloor();
    floor.hire('carla');
    floor.delivering = false;
    floor.switch.offer('leg_ana', { kind: 'loopback' }, 'per_ana', '5491140000000');
    floor.deliverFrom('leg_ana');
    floor.fact({ type: 'leg-answered', legId: 'leg_ana' });
    expect(floor.last('offer-made').agentId).toBe('carla');
    // Another control comes: what fell due meanwhile does so now, and the order reaches the switch.
    floor.now += awayMs;
    floor.advance(0);
    floor.delivering = true;
    floor.deliver();
    floor.advance(19_900);
    expect(floor.all('offer-expired')).toEqual([]);
    expect(floor.ringing('dev_carla')).not.toBe('nothing-rings');
    floor.advance(100);
    expect(floor.last('offer-expired')).toMatchObject({ agentId: 'carla', ringMs: awayMs + 20_000 });
    expect(activityOf(floor.world.agents.get('carla'))).toBe('not-answering');
  });

  test('[design 3] an order that the switch refused for good is heard of: the caller goes on to the next', () => {
    const floor = new TestFloor();
    floor.hire('carla');
    floor.arrives('ana');
    const command = floor.switch.commands.find(({ type }) => type === 'place-legs')!;
    expect(floor.submit({ type: 'effect-refused', effect: { id: 'eff_1', command }, reason: 'overloaded' })).toBeUndefined();
    expect(floor.last('offer-withdrawn').reason).toBe('unreachable');
    expect(floor.submit({ type: 'effect-refused', effect: { id: 'eff_2', command: { type: 'answer-leg', legId: 'leg_ana' } }, reason: 'overloaded' })).toBe('of-no-consequence');
  });
});

describe('people and configuration', () => {
  test('[D6] idle, offered, talking, after-service: the activities add up to the time signed in', () => {
    const floor = new TestFloor();
    floor.hire('carla');
    floor.advance(10_000);
    const ana = floor.arrives('ana');
    floor.advance(2_000);
    floor.answers('dev_carla');
    floor.advance(30_000);
    floor.hangsUp(ana);
    floor.advance(5_000);
    floor.submit({ type: 'sign-out', agentId: 'carla', reason: 'asked' });
    const spent = floor.all('activity-changed').map(({ before, beforeSince, at }) => [before, at - beforeSince]);
    expect(spent).toEqual([['idle', 10_000], ['offered', 2_000], ['talking', 30_000]]);
    expect(floor.last('agent-signed-out')).toMatchObject({ activity: 'after-service', activitySince: START + 42_000, at: START + 47_000 });
  });

  test('[S0.12] new skills and queues take effect on the next decision', () => {
    const floor = new TestFloor();
    floor.hire('carla', { queues: [] });
    floor.arrives('ana');
    expect(floor.all('offer-made')).toHaveLength(0);
    floor.configure({ entity: 'agent', id: 'carla', value: { ...floor.world.agentSettings.get('carla')!, queues: [{ queueId: 'que_ventas', priority: 1 }] } });
    expect(floor.last('offer-made').agentId).toBe('carla');
  });

  test('[complaint 20] renaming or reconfiguring a queue loses nobody', () => {
    const floor = new TestFloor();
    floor.arrives('ana');
    floor.configure({ entity: 'queue', id: 'que_ventas', value: { ...floor.world.queues.get('que_ventas')!, ringTimeoutMs: 30_000 } });
    floor.hire('carla');
    expect(floor.last('offer-made').expiresAt).toBe(floor.now + 30_000);
  });

  test('[S0.3] somebody removed is signed out, devices and all', () => {
    const floor = new TestFloor();
    floor.hire('carla');
    floor.configure({ entity: 'agent', id: 'carla', value: null });
    expect(floor.last('agent-signed-out').reason).toBe('removed');
    expect(floor.last('device-removed').deviceId).toBe('dev_carla');
    expect(floor.world.indexes.devicesByAgent.get('carla')).toBeUndefined();
  });

  test('[D6] a status that stops taking queue work withdraws what rings there', () => {
    const floor = new TestFloor();
    floor.hire('carla');
    floor.arrives('ana');
    floor.configure({ entity: 'status', id: 'sta_available', value: { takesQueueWork: false } });
    expect(floor.last('offer-withdrawn')).toMatchObject({ reason: 'status-changed', by: 'center' });
    floor.configure({ entity: 'status', id: 'sta_available', value: { takesQueueWork: true } });
    expect(floor.all('offer-made')).toHaveLength(2);
  });

  test('[S2.26] every refusal a person meets is in the error catalogue', () => {
    const floor = new TestFloor();
    floor.hire('carla');
    const met = [
      floor.submit({ type: 'sign-in', agentId: 'nobody', deviceId: null }),
      floor.submit({ type: 'choose-status', agentId: 'carla', statusId: 'sta_none' }),
      floor.submit({ type: 'choose-status', agentId: 'nobody', statusId: 'sta_lunch' }),
      floor.submit({ type: 'return-from-not-answering', agentId: 'carla' }),
      floor.submit({ type: 'decline-offer', agentId: 'carla', offerId: 'off_none' }),
      floor.submit({ type: 'hang-up', agentId: 'carla', callId: 'cal_none' }),
      floor.submit({ type: 'pause-recording', agentId: 'carla', callId: 'cal_none' }),
      floor.submit({ type: 'finish-after-service', agentId: 'carla', afterServiceId: 'aft_none' }),
      floor.submit({ type: 'remove-device', agentId: 'carla', deviceId: 'dev_none' }),
      floor.submit({ type: 'sign-out', agentId: 'nobody', reason: 'asked' }),
    ];
    expect(met).toEqual(['not-found', 'not-found', 'not-allowed-now', 'not-allowed-now', 'already-ended', 'no-live-call', 'no-live-call', 'already-ended', 'not-found', 'not-allowed-now']);
    for (const code of met) expect(Object.keys(ERRORS)).toContain(code);
  });
});

test('[Budgets] personal values go when nobody on the floor needs them any more, and not before', () => {
  const floor = new TestFloor({}, MENU);
  floor.hire('carla');
  for (const [reference, value] of [['per_ana', '+5491155550000'], ['per_dialled', '5491140000000'], ['per_one', '1']] as const) floor.world.personal.put(reference, value);
  const ana = floor.arrives('ana', 'per_dialled');
  floor.act(() => floor.switch.finishPlay(ana));
  floor.act(() => floor.switch.press(ana, 'per_one'));
  expect([...floor.world.personal.keys()]).toEqual(['per_ana']);
  floor.answers('dev_carla');
  floor.hangsUp(ana);
  expect(floor.last('after-service-started').customer).toEqual({ number: 'per_ana', name: null });
  expect(floor.world.personal.get('per_ana')).toBe('+5491155550000');
  floor.advance(60_000);
  expect(floor.world.personal.size).toBe(0);
});
