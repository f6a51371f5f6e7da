import type { Facts } from '@centralita/kernel';
import { describe, expect, test } from 'vitest';
import type { FloorQueue } from '../../accounts/index.ts';
import { estimateWaitMs, paceAfterService, paceAfterTalk } from './pace.ts';
import { type Waiting, waiting, type WaitingCommand } from './waiting.ts';

const at = (now: number): Facts => ({ now, draw: (kind) => `${kind}_${now}`, chance: () => 0 });
const queue: FloorQueue = {
  selection: 'longest-idle',
  requiredSkills: [{ skillId: 'skl_tools', level: 2 }],
  preferredSkills: [],
  relaxing: [],
  priority: 50,
  ageingPerMinute: 1,
  ringTimeoutMs: 20_000,
  maximumWaitMs: 30_000,
  maximumSize: null,
  overflow: { kind: 'message', prompt: 'closing' },
  afterServiceLimitMs: 60_000,
  serviceLevelThresholdMs: 20_000,
  shortAbandonMs: 5_000,
  announceEveryMs: 45_000,
  music: 'cord',
  recorded: true,
  language: 'es',
};
const enter: WaitingCommand = { type: 'queue', waitingId: 'wai_1', conversationId: 'cnv_1', callId: 'cal_1', legId: 'leg_1', segmentId: 'seg_1', queueId: 'que_1', queue, reason: 'flow', priority: 50, enqueuedAt: 0, visited: [] };
const OVERFLOW: WaitingCommand = { type: 'overflow', reason: 'maximum-wait', to: queue.overflow };

function given(...commands: WaitingCommand[]): Waiting | undefined {
  let state: Waiting | undefined;
  for (const command of commands) {
    const decision = waiting.decide(state, command, at(0));
    for (const event of decision.events ?? expect.unreachable(`${command.type}: ${decision.refusal}`)) state = waiting.evolve(state, event);
  }
  return state;
}
const when = (state: Waiting | undefined, command: WaitingCommand, now = 0) => {
  const decision = waiting.decide(state, command, at(now));
  return decision.refusal ?? decision.events!.map((event) => ('ending' in event ? `${event.type} ${event.ending} ${event.waitMs}` : event.type)).join(', ');
};

describe('a customer in a waiting list', () => {
  const offer: WaitingCommand = { type: 'offer', offerId: 'off_1', agentId: 'carla' };

  test.each<[string, Waiting | undefined, WaitingCommand, number, string]>([
    ['hangs up just before the threshold', given(enter), { type: 'leave' }, 4_999, 'waiting-ended short-abandon 4999'],
    ['hangs up at the threshold', given(enter), { type: 'leave' }, 5_000, 'waiting-ended abandoned 5000'],
    ['is not overflowed early', given(enter), OVERFLOW, 29_999, 'not-due'],
    ['is overflowed in time', given(enter), OVERFLOW, 30_000, 'overflowed, waiting-ended overflowed 30000'],
    ['is not overflowed away from a ringing agent', given(enter, offer), OVERFLOW, 30_000, 'not-allowed-now'],
    ['is overflowed from a full queue at any time', given(enter), { ...OVERFLOW, reason: 'maximum-size' }, 0, 'overflowed, waiting-ended overflowed 0'],
    ['is offered to one agent at a time', given(enter, offer), { type: 'offer', offerId: 'off_2', agentId: 'diego' }, 0, 'not-allowed-now'],
    ['goes back from the offer that was theirs', given(enter, offer), { type: 'back', offerId: 'off_1' }, 0, 'waiting-back'],
    ['does not go back from another', given(enter, offer), { type: 'back', offerId: 'off_0' }, 0, 'not-allowed-now'],
    ['is answered by the offer that rings', given(enter, offer), { type: 'answer', offerId: 'off_1', agentId: 'carla' }, 7_000, 'waiting-ended answered 7000'],
    ['who is gone waits for nothing', undefined, { type: 'leave' }, 0, 'not-waiting'],
  ])('who %s', (_, state, command, now, outcome) => expect(when(state, command, now)).toBe(outcome));

  test('hears music after the announcement that is playing, not after another', () => {
    const told = given(enter, { type: 'announce', position: 1, estimatedWaitMs: null });
    expect(when(told, { type: 'play-finished', playId: 'play_9' })).toBe('other-play');
    expect(when(told, { type: 'play-finished', playId: 'play_0' })).toBe('waiting-music-started');
  });
});

describe('[Build 5] the estimated wait', () => {
  test('is the place in line times what a customer lately took, over those who serve', () => {
    const pace = paceAfterService(paceAfterTalk(undefined, 'que_1', 120_000), 'que_1', 30_000);
    expect(pace).toMatchObject({ talkMs: 120_000, afterServiceMs: 15_000 });
    expect(estimateWaitMs(4, 2, pace)).toBe(270_000);
  });
  test('is three minutes each before anybody was served, and unknown with nobody serving', () => {
    expect(estimateWaitMs(2, 1, undefined)).toBe(360_000);
    expect(estimateWaitMs(2, 0, undefined)).toBeNull();
  });
  test('follows the last calls without jumping at each', () => {
    let pace = paceAfterTalk(undefined, 'que_1', 60_000);
    for (let i = 0; i < 20; i++) pace = paceAfterTalk(pace, 'que_1', 60_000);
    expect(paceAfterTalk(pace, 'que_1', 140_000).talkMs).toBe(70_000);
  });
});
