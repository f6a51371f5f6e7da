import { expect, test } from 'vitest';
import { estimateMos } from './quality.ts';

test('[G.107] a clean G.711 call is 4.4, and loss and delay take from it', () => {
  expect(estimateMos(0, 0)).toBeCloseTo(4.41, 2);
  expect(estimateMos(0, 150)).toBeGreaterThan(4.3);
  expect(estimateMos(0, 400)).toBeLessThan(3.8);
  expect(estimateMos(0.05, 100)).toBeGreaterThan(3.5);
  expect(estimateMos(0.05, 100)).toBeLessThan(4);
  expect(estimateMos(0.2, 100)).toBeLessThan(2.9);
  expect(estimateMos(1, 5_000)).toBe(1);
});

test('more loss is never better', () => {
  let before = 5;
  for (let loss = 0; loss <= 1; loss += 0.01) {
    const mos = estimateMos(loss, 80);
    expect(mos).toBeLessThanOrEqual(before);
    before = mos;
  }
});
