import { describe, expect, test } from 'vitest';
import type { TrunkProfile } from '../../telephony/port/index.ts';
import { activityOf } from '../../capabilities/availability/index.ts';
import { TestFloor } from './testing/test-floor.ts';

const PROFILE: TrunkProfile = { servers: ['sip:127.0.0.1:5070'], addressRanges: [], dialledFrom: 'request-uri', callerFrom: 'from', numberFormat: { kind: 'e164' }, channelLimit: 30, keepAliveSeconds: 0, outbound: true };
const activity = (floor: TestFloor, agentId = 'carla') => activityOf(floor.world.agents.get(agentId));

function newFloor(settings: { outgoingCalls?: boolean; trunk?: boolean } = {}): TestFloor {
  const floor = new TestFloor();
  if (settings.trunk !== false) floor.configure({ entity: 'trunk', id: 'trk_out', value: { name: 'Salida', profile: PROFILE } });
  floor.hire('carla', { extension: '101', outgoingCalls: settings.outgoingCalls ?? true });
  floor.hire('diego', { extension: '102' });
  return floor;
}

const dial = (floor: TestFloor, dialled: string, deviceId = 'dev_carla', legId = 'leg_dial'): void => floor.act(() => floor.switch.offer(legId, { kind: 'device', deviceId }, '', dialled));
/** The leg that control placed for what was dialled. */
const target = (floor: TestFloor): string => [...floor.switch.legs.values()].find(({ state }) => state === 'ringing')?.legId ?? 'nothing-rings';

describe('an outside number', () => {
  test('[S2.12, S2.29] it goes out through the trunk, is heard ringing, and joins on answer', () => {
    const floor = newFloor();
    dial(floor, '+54 11 5555-0000');
    expect(activity(floor)).toBe('dialing');
    expect(floor.last('conversation-started')).toMatchObject({ direction: 'outbound', customer: { number: '+54 11 5555-0000' }, owner: { kind: 'agent', agentId: 'carla' } });
    expect(floor.switch.commands.at(-1)).toMatchObject({
      type: 'place-legs',
      caller: { number: '+5491140000000' },
      earlyMediaTo: 'leg_dial',
      legs: [{ target: { kind: 'number', number: '+54 11 5555-0000', trunkIds: ['trk_out'] } }],
    });
    expect(floor.all('call-rang')).toHaveLength(1);
    const far = target(floor);
    floor.act(() => floor.switch.pickUp(far));
    expect(floor.switch.hears('leg_dial')).toEqual([far]);
    expect(activity(floor)).toBe('talking');
    floor.advance(5_000);
    floor.hangsUp(far);
    expect(floor.last('conversation-ended')).toMatchObject({ ending: 'answered', by: 'customer', direction: 'outbound', queueId: null });
    expect(activity(floor)).toBe('idle');
    expect(floor.all('after-service-started')).toHaveLength(0);
    expect(floor.rows(floor.replayed())).toEqual(floor.rows());
  });

  test.each(['before', 'after'])('[fault 1] it answers while control is away, and the agent hangs up: the agent ended it, also where the switch ended the far side %s that was heard', (order) => {
    const floor = newFloor();
    dial(floor, '1155550000');
    const far = target(floor);
    floor.delivering = false;
    floor.switch.pickUp(far);
    if (order === 'after') floor.switch.end('leg_dial', 'far-end', 'hung-up');
    else floor.switch.end(far, 'center', 'hung-up');
    expect(floor.switch.ended.get(far)).toBe('hung-up');
    if (order === 'before') floor.switch.end('leg_dial', 'far-end', 'hung-up');
    floor.delivering = true;
    floor.deliver();
    expect(floor.all('conversation-ended')).toMatchObject([{ by: 'agent', ending: 'answered', direction: 'outbound' }]);
    expect(activity(floor)).toBe('idle');
    expect(floor.switch.legs.size).toBe(0);
  });

  test('[S2.14, S2.15] a softphone call never changes the status, and no queue call comes meanwhile', () => {
    const floor = newFloor();
    floor.submit({ type: 'sign-out', agentId: 'diego', reason: 'asked' });
    dial(floor, '1155550000');
    floor.arrives('ana');
    expect(floor.all('offer-made')).toHaveLength(0);
    expect(floor.all('status-chosen')).toHaveLength(0);
    floor.act(() => floor.switch.pickUp(target(floor)));
    expect(floor.world.agents.get('carla')).toMatchObject({ statusId: 'sta_available' });
    floor.hangsUp('leg_dial');
    expect(floor.last('conversation-ended')).toMatchObject({ by: 'agent', ending: 'answered' });
    expect(floor.last('offer-made').agentId).toBe('carla');
  });

  test.each([
    ['busy', 'far-end', 'busy'],
    ['no-answer', 'center', 'no-answer'],
    ['unreachable', 'network', 'failed'],
  ] as const)('[S2.17] %s by %s ends as %s, and the phone that dialled hears why', (cause, by, ending) => {
    const floor = newFloor();
    dial(floor, '1155550000');
    floor.act(() => floor.switch.end(target(floor), by, cause));
    expect(floor.last('conversation-ended').ending).toBe(ending);
    expect(floor.switch.ended.get('leg_dial')).toBe(cause);
    expect(activity(floor)).toBe('idle');
  });

  test('[S2.26] the red button cancels what rings', () => {
    const floor = newFloor();
    dial(floor, '1155550000');
    const far = target(floor);
    floor.submit({ type: 'hang-up', agentId: 'carla', callId: floor.last('call-dialed').callId });
    expect(floor.switch.ended.get(far)).toBe('cancelled');
    expect(floor.last('conversation-ended')).toMatchObject({ ending: 'no-answer', by: 'agent' });
  });

  test.each([
    ['[S0.9, S0.10] with outgoing calls off', { outgoingCalls: false }, '1155550000', 'outgoing-calls-off', 'forbidden'],
    ['without a trunk that goes out', { trunk: false }, '1155550000', 'no-outbound-trunk', 'congestion'],
    ['what is no number', {}, 'sip:evil@example.com', 'destination-not-allowed', 'not-found'],
    ['their own extension', {}, '101', 'own-extension', 'busy'],
  ])('%s it is refused with a reason', (_, settings, dialled, reason, cause) => {
    const floor = newFloor(settings);
    dial(floor, dialled);
    expect(floor.last('dial-refused')).toMatchObject({ reason, agentId: 'carla' });
    expect(floor.switch.ended.get('leg_dial')).toBe(cause);
    expect(activity(floor)).toBe('idle');
  });

  test('[S2.15] a second call from another device of the same agent is refused', () => {
    const floor = newFloor();
    dial(floor, '1155550000');
    dial(floor, '1155550001', 'dev_carla', 'leg_second');
    expect(floor.last('dial-refused').reason).toBe('in-a-call');
  });

  test('[S2.12] a device of nobody who is signed in dials nothing', () => {
    const floor = newFloor();
    dial(floor, '1155550000', 'dev_stranger');
    expect(floor.last('dial-refused')).toMatchObject({ reason: 'not-signed-in', agentId: null });
  });
});

describe('a colleague', () => {
  test('[S2.12, S2.8] an extension rings the colleague; they talk; no status changes', () => {
    const floor = newFloor();
    dial(floor, '102');
    expect([activity(floor), activity(floor, 'diego')]).toEqual(['dialing', 'offered']);
    floor.answers('dev_diego');
    expect([activity(floor), activity(floor, 'diego')]).toEqual(['talking', 'talking']);
    expect(floor.switch.hears('leg_dial')).toEqual([floor.legOf('dev_diego')]);
    const { callId } = floor.last('call-connected');
    expect(floor.submit({ type: 'hold-call', agentId: 'diego', callId })).toBeUndefined();
    expect([activity(floor), activity(floor, 'diego')]).toEqual(['talking', 'holding']);
    expect(floor.submit({ type: 'resume-call', agentId: 'carla', callId })).toBe('not-allowed-now');
    floor.submit({ type: 'hang-up', agentId: 'diego', callId });
    expect([activity(floor), activity(floor, 'diego')]).toEqual(['idle', 'idle']);
    expect(floor.switch.legs.size).toBe(0);
    expect(floor.last('conversation-ended')).toMatchObject({ direction: 'internal', ending: 'answered' });
  });

  test('[S2.16] a colleague who does not answer, or declines, is not put in not-answering', () => {
    const floor = newFloor();
    dial(floor, '102');
    floor.act(() => floor.switch.end(floor.ringing('dev_diego'), 'far-end', 'declined'));
    expect(floor.last('conversation-ended')).toMatchObject({ ending: 'busy', by: 'agent' });
    expect(floor.switch.ended.get('leg_dial')).toBe('declined');
    expect(activity(floor, 'diego')).toBe('idle');
  });

  test('[S2.15] a colleague in a call is busy; one without a phone is unreachable', () => {
    const floor = newFloor();
    dial(floor, '1155550000', 'dev_diego', 'leg_diego');
    dial(floor, '102');
    expect(floor.last('dial-refused').reason).toBe('colleague-busy');
    floor.hangsUp('leg_diego');
    floor.fact({ type: 'device-offline', deviceId: 'dev_diego', reason: 'expired' });
    dial(floor, '102', 'dev_carla', 'leg_third');
    expect(floor.last('dial-refused').reason).toBe('colleague-unreachable');
  });
});

test('[Build 2] a caller from outside never leads onward to a trunk', () => {
  const floor = newFloor();
  for (const [legId, from] of [['leg_loop', { kind: 'loopback' }], ['leg_guest', { kind: 'guest', deviceId: 'dev_guest' }], ['leg_trunk', { kind: 'trunk', trunkId: 'trk_out' }]] as const) {
    floor.act(() => floor.switch.offer(legId, from, 'per_ana', '1155550000'));
    expect(floor.last('call-refused')).toMatchObject({ legId, reason: 'number-unknown' });
    expect(floor.switch.ended.get(legId)).toBe('not-found');
  }
  expect(floor.switch.commands.filter(({ type }) => type === 'place-legs')).toEqual([]);
});
