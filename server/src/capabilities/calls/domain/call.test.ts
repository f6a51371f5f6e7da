import type { Facts } from '@centralita/kernel';
import { describe, expect, test } from 'vitest';
import { type Call, call, type CallCommand } from './call.ts';

const at = (now: number): Facts => ({ now, draw: (kind) => `${kind}_1`, chance: () => 0 });
type Timed = CallCommand & { readonly at?: number };

function given(...commands: Timed[]): Call | undefined {
  let state: Call | undefined;
  for (const { at: now = 0, ...command } of commands) {
    const decision = call.decide(state, command as CallCommand, at(now));
    for (const event of decision.events ?? expect.unreachable(`${command.type}: ${decision.refusal}`)) state = call.evolve(state, event);
  }
  return state;
}
const when = (state: Call | undefined, command: CallCommand, now = 0) => {
  const decision = call.decide(state, command, at(now));
  return decision.refusal ?? decision.events![0]!;
};

const enter: CallCommand = { type: 'enter', callId: 'cal_1', conversationId: 'cnv_1', bridgeId: 'brg_1', customerLegId: 'leg_ana' };
const connect: CallCommand = { type: 'connect', agentId: 'carla', agentLegId: 'leg_carla', offerId: 'off_1', queueId: 'que_1', recordingId: 'rec_1' };
const dial: CallCommand = {
  type: 'dial',
  callId: 'cal_1',
  conversationId: 'cnv_1',
  direction: 'internal',
  agentId: 'carla',
  originLegId: 'leg_carla',
  bridgeId: 'brg_1',
  target: { kind: 'agent', agentId: 'diego' },
  placementId: 'plc_1',
  destinations: [
    { kind: 'device', legId: 'leg_d1', deviceId: 'dev_1' },
    { kind: 'device', legId: 'leg_d2', deviceId: 'dev_2' },
  ],
};

describe('a call', () => {
  test('that is dialled ends when the last of its legs has left, with the cause of that one', () => {
    const one = given(dial, { type: 'target-left', legId: 'leg_d1', by: 'network', cause: 'unreachable' });
    expect(when(one, { type: 'target-left', legId: 'leg_d1', by: 'network', cause: 'unreachable' })).toBe('leg-unknown');
    expect(when(one, { type: 'target-left', legId: 'leg_d2', by: 'agent', cause: 'busy' })).toMatchObject({ type: 'call-ended', by: 'agent', cause: 'busy', endedIn: 'dialing', otherAgentId: 'diego', answeredAt: null });
  });

  test('between colleagues ends when one is lost, since no customer waits', () => {
    const talking = given(dial, { type: 'target-answered', legId: 'leg_d2' });
    expect(when(talking, { type: 'lose-agent', legId: 'leg_carla', cause: 'media-lost' })).toMatchObject({ type: 'call-ended', by: 'network' });
    expect(when(talking, { type: 'lose-agent', legId: 'leg_carla', cause: 'media-stalled' })).toBe('not-allowed-now');
    expect(when(talking, { type: 'hang-up', agentId: 'elena' })).toBe('not-yours');
    expect(when(talking, { type: 'hang-up', agentId: 'diego' })).toMatchObject({ type: 'call-ended', by: 'agent' });
  });

  test('adds up its holds, the one that was going on when it ended included', () => {
    const held = given(enter, connect, { type: 'hold', agentId: 'carla', at: 1_000 }, { type: 'resume', agentId: 'carla', at: 4_000 }, { type: 'hold', agentId: 'carla', at: 10_000 });
    expect(when(held, { type: 'end', by: 'customer', cause: 'hung-up' }, 12_000)).toMatchObject({ heldMs: 5_000, answeredAt: 0, recordingId: 'rec_1' });
  });

  test('[Faults] gives the agent exactly thirty seconds, once per loss', () => {
    const lost = given(enter, connect, { type: 'lose-agent', legId: 'leg_carla', cause: 'media-lost', at: 5_000 });
    expect(lost).toMatchObject({ state: 'reconnecting', until: 35_000 });
    expect(when(lost, { type: 'give-up', agentId: null, until: 34_000 })).toBe('not-allowed-now');
    expect(when(lost, { type: 'give-up', agentId: null, until: 35_000 }, 35_000)).toMatchObject({ type: 'call-released', customerLegId: 'leg_ana', queueId: 'que_1' });
    const back = call.evolve(lost, { type: 'call-agent-returned', callId: 'cal_1', conversationId: 'cnv_1', at: 6_000, agentId: 'carla', agentLegId: 'leg_2', awayMs: 1_000 });
    expect(when(back, { type: 'give-up', agentId: null, until: 35_000 }, 35_000)).toBe('not-allowed-now');
  });

  test('that is over refuses everything by name', () => {
    for (const command of [connect, { type: 'hold', agentId: 'carla' }, { type: 'hang-up', agentId: 'carla' }, { type: 'end', by: 'customer', cause: 'hung-up' }] satisfies CallCommand[]) {
      expect(when(undefined, command)).toBe('no-live-call');
    }
  });

  test('with nobody but the customer is nobody else to hang up', () => expect(when(given(enter), { type: 'hang-up', agentId: 'carla' })).toBe('not-yours'));
});
