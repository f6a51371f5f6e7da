import { expect, test } from 'vitest';
import { activityOf } from '../../capabilities/availability/index.ts';
import { MENU, TestFloor } from './testing/test-floor.ts';

test('[S0.5, S2.25 to S2.27] a caller goes through the menu and the queue to an agent, talks, and after-service follows', () => {
  const floor = new TestFloor({}, MENU);
  floor.hire('carla');
  const ana = floor.arrives('ana');
  expect(floor.playing(ana)).toBe('prompt:greeting');
  floor.act(() => floor.switch.finishPlay(ana));
  expect(floor.playing(ana)).toBe('prompt:main-menu');
  floor.advance(1_000);
  floor.act(() => floor.switch.press(ana, '1'));
  expect(floor.playing(ana)).toBe('music:cord');
  expect(floor.last('offer-made')).toMatchObject({ agentId: 'carla', queueId: 'que_ventas', waitedMs: 0, selection: 'longest-idle', rank: { queuePriority: 1 }, runnersUp: [] });
  expect(activityOf(floor.world.agents.get('carla'))).toBe('offered');

  floor.advance(3_000);
  floor.answers('dev_carla');
  expect(floor.switch.hears(ana)).toEqual([floor.legOf('dev_carla')]);
  expect(floor.switch.hears(floor.legOf('dev_carla'))).toEqual([ana]);
  expect(floor.last('conversation-answered')).toMatchObject({ agentId: 'carla', waitMs: 3_000, queueId: 'que_ventas' });
  expect(activityOf(floor.world.agents.get('carla'))).toBe('talking');
  expect(floor.switch.recordings.get(floor.last('recording-begun').recordingId)).toBe('running');

  floor.advance(40_000);
  floor.hangsUp(ana);
  expect(floor.switch.legs.size).toBe(0);
  expect(floor.last('conversation-ended')).toMatchObject({ ending: 'answered', by: 'customer' });
  expect(floor.last('conversation-agent-left')).toMatchObject({ talkMs: 40_000, agentId: 'carla' });
  expect(activityOf(floor.world.agents.get('carla'))).toBe('after-service');
  expect(floor.last('recording-completed').durationMs).toBe(1_000);

  floor.advance(60_000);
  expect(floor.last('after-service-ended')).toMatchObject({ reason: 'limit', durationMs: 60_000 });
  expect(activityOf(floor.world.agents.get('carla'))).toBe('idle');
  expect(floor.all('after-service-started')).toHaveLength(1);
  expect(floor.rows(floor.replayed())).toEqual(floor.rows());
  for (const table of ['legs', 'calls', 'conversations', 'flowRuns', 'waiting', 'offers', 'afterServices', 'recordings'] as const) expect(floor.world[table].size).toBe(0);
  expect(floor.timers.size).toBe(0);
});
