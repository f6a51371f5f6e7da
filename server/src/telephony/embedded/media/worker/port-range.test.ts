import { expect, test } from 'vitest';
import { PortRange } from './port-range.ts';

test('even ports, each with room for its RTCP port, lent in turn', () => {
  const ports = new PortRange(20_001, 20_008);
  expect([ports.take(), ports.take(), ports.take()]).toEqual([20_002, 20_004, 20_006]);
  expect(ports.take()).toBeUndefined();
  ports.giveBack(20_004);
  ports.giveBack(20_002);
  expect(ports.take()).toBe(20_004);
  expect(ports.left).toBe(1);
});
