import { expect, test } from 'vitest';
import { ACKNOWLEDGED_KEPT, EventLog } from './event-log.ts';

const logOf = (events: number): EventLog => {
  const log = new EventLog({ now: () => 0 }, 1_000);
  for (let i = 0; i < events; i++) log.append('acc_1', { type: 'leg-answered', legId: `leg_${i}` });
  return log;
};

test('[design 2] a control that was killed is told again what it had acknowledged after its last turn', () => {
  const log = logOf(10);
  log.acknowledge(1_008);
  expect(log.size).toBe(2);
  expect(log.reaches(1_003)).toBe(true);
  expect(log.at(1_004)).toMatchObject({ seq: 1_004 });
});

test('acknowledged events are kept up to a limit, and do not count as waiting', () => {
  const log = logOf(3 * ACKNOWLEDGED_KEPT);
  log.acknowledge(1_000 + 3 * ACKNOWLEDGED_KEPT);
  expect(log.size).toBe(0);
  expect(log.full).toBe(false);
  expect(log.reaches(1_000 + 2 * ACKNOWLEDGED_KEPT)).toBe(true);
  expect(log.reaches(1_000 + 2 * ACKNOWLEDGED_KEPT - 1)).toBe(false);
  expect(log.at(1_001 + 2 * ACKNOWLEDGED_KEPT)?.seq).toBe(1_001 + 2 * ACKNOWLEDGED_KEPT);
});
