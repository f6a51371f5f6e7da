import type { Facts } from '@centralita/kernel';
import { describe, expect, test } from 'vitest';
import { activityOf, type Agent, type AgentCommand, availability, type Contact, NO_PAUSE } from './availability.ts';

const at = (now: number): Facts => ({ now, draw: (kind) => `${kind}_1`, chance: () => 0 });
type Timed = AgentCommand & { readonly at?: number };

function given(...commands: Timed[]): Agent | undefined {
  let state: Agent | undefined;
  for (const { at: now = 0, ...command } of commands) {
    const decision = availability.decide(state, command as AgentCommand, at(now));
    for (const event of decision.events ?? expect.unreachable(`${command.type}: ${decision.refusal}`)) state = availability.evolve(state, event);
  }
  return state;
}
const when = (state: Agent | undefined, command: AgentCommand, now = 0) => {
  const decision = availability.decide(state, command, at(now));
  return decision.refusal ?? decision.events![0]!;
};

const signIn: AgentCommand = { type: 'sign-in', agentId: 'carla', statusId: 'sta_available', devicesOnline: ['dev_1'] };
const offered: Exclude<Contact, { kind: 'free' }> = { kind: 'offered', by: { kind: 'queue', offerId: 'off_1', queueId: 'que_1' }, callId: 'cal_1', conversationId: 'cnv_1' };
const talking: Exclude<Contact, { kind: 'free' }> = { kind: 'talking', callId: 'cal_1', conversationId: 'cnv_1', queueId: 'que_1' };
const dialing: Exclude<Contact, { kind: 'free' }> = { kind: 'dialing', callId: 'cal_2', conversationId: 'cnv_2' };
const afterService = { kind: 'after-service', afterServiceId: 'aft_1', conversationId: 'cnv_1', queueId: 'que_1' } as const;

describe('[D6] an agent', () => {
  test('has one slot: a second call never gets in', () => {
    const busy = given(signIn, { type: 'engage', contact: talking });
    expect(when(busy, { type: 'engage', contact: dialing })).toBe('not-allowed-now');
    expect(when(busy, { type: 'engage', contact: { ...talking, kind: 'holding' } })).toMatchObject({ activity: 'holding', before: 'talking' });
  });

  test('in after-service or not-answering is offered nothing, but may dial and returns to it', () => {
    const after = given(signIn, { type: 'engage', contact: talking }, { type: 'disengage', callId: 'cal_1', pause: afterService });
    expect(activityOf(after)).toBe('after-service');
    expect(when(after, { type: 'engage', contact: offered })).toBe('not-allowed-now');
    const dialled = given(signIn, { type: 'engage', contact: talking }, { type: 'disengage', callId: 'cal_1', pause: afterService }, { type: 'engage', contact: dialing });
    expect(activityOf(dialled)).toBe('dialing');
    expect(when(dialled, { type: 'disengage', callId: 'cal_2', pause: NO_PAUSE })).toMatchObject({ activity: 'after-service' });
    // The limit runs out while they dial: the call goes on, and after it they are idle.
    expect(when(dialled, { type: 'end-after-service', afterServiceId: 'aft_1' })).toMatchObject({ before: 'dialing', activity: 'dialing', pause: { kind: 'none' } });
  });

  test('keeps the place in longest idle over an offer that came to nothing, not over a call', () => {
    const passed = given(signIn, { type: 'engage', contact: offered, at: 5_000 }, { type: 'disengage', callId: 'cal_1', pause: NO_PAUSE, at: 9_000 });
    expect(passed).toMatchObject({ freeSince: 0, activitySince: 9_000 });
    const talked = given(signIn, { type: 'engage', contact: talking, at: 5_000 }, { type: 'disengage', callId: 'cal_1', pause: NO_PAUSE, at: 9_000 });
    expect(talked).toMatchObject({ freeSince: 9_000 });
  });

  test('has intervals that never run backwards, though the switch saw it a breath earlier', () => {
    const state = given(signIn, { type: 'engage', contact: talking, at: 5_000 });
    expect(when(state, { type: 'disengage', callId: 'cal_1', pause: NO_PAUSE }, 4_997)).toMatchObject({ at: 5_000, beforeSince: 5_000 });
  });

  test('in a call is not signed out for asking; whatever else ends the session does', () => {
    const busy = given(signIn, { type: 'engage', contact: talking });
    expect(when(busy, { type: 'sign-out', reason: 'asked' })).toBe('not-allowed-now');
    expect(when(busy, { type: 'sign-out', reason: 'session-ended' })).toMatchObject({ type: 'agent-signed-out', activity: 'talking', contact: talking });
    expect(activityOf(given(signIn, { type: 'sign-out', reason: 'asked' }))).toBe('offline');
  });

  test('who is not there refuses everything but signing in', () => {
    for (const command of [{ type: 'return' }, { type: 'engage', contact: offered }, { type: 'choose-status', statusId: 'sta_lunch', by: 'agent' }] satisfies AgentCommand[]) expect(when(undefined, command)).toBe('not-signed-in');
    expect(when(given(signIn), signIn)).toBe('already-signed-in');
  });
});
