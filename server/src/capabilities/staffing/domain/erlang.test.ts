import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { agentsNeeded } from './agents-needed.ts';
import { erlangA, erlangB, erlangC } from './erlang.ts';

/** Computed elsewhere, by another hand: reference 2.3 of the performance notes, by the recursions of Erlang and Palm. */
const C_ROWS = [
  [5, 4, 180, 0.554113, 99.74, 0.504158],
  [10, 8, 300, 0.40918, 61.377, 0.641896],
  [20, 18, 240, 0.550769, 66.092, 0.533784],
  [50, 45, 300, 0.363864, 21.832, 0.73928],
  [100, 95, 300, 0.506457, 30.387, 0.637108],
] as const;
const A_ROWS = [
  [10, 8, 300, 120, 0.236141, 8.786, 0.07322],
  [20, 22, 240, 60, 0.497662, 9.956, 0.165938],
  [50, 48, 300, 120, 0.32253, 6.086, 0.050719],
  [100, 105, 300, 90, 0.514237, 7.11, 0.078997],
] as const;

test.each(C_ROWS)('Erlang C with %i agents and %d erlangs of %d s', (agents, load, handlingSeconds, waits, waitSeconds, within20) => {
  const found = erlangC(agents, { callsPerSecond: load / handlingSeconds, handlingSeconds });
  expect(found.waits).toBeCloseTo(waits, 6);
  expect(found.waitSeconds).toBeCloseTo(waitSeconds, 3);
  expect(found.answeredWithin(20)).toBeCloseTo(within20, 6);
});

test.each(A_ROWS)('Erlang A with %i agents and %d erlangs of %d s, patience %d s', (agents, load, handlingSeconds, patience, waits, waitSeconds, abandons) => {
  const found = erlangA(agents, { callsPerSecond: load / handlingSeconds, handlingSeconds }, patience);
  expect(found.waits).toBeCloseTo(waits, 6);
  expect(found.waitSeconds).toBeCloseTo(waitSeconds, 3);
  expect(found.abandons).toBeCloseTo(abandons, 6);
});

describe('laws', () => {
  const agents = fc.integer({ min: 1, max: 400 });
  const share = fc.double({ min: 0.05, max: 1.8, noNaN: true });
  const handling = fc.double({ min: 5, max: 900, noNaN: true });
  const patience = fc.double({ min: 1, max: 3_600, noNaN: true });

  test('whoever does not give up is served: answered calls per second are those that keep the agents busy', () => {
    fc.assert(
      fc.property(agents, share, handling, patience, (n, rho, handlingSeconds, patienceSeconds) => {
        const callsPerSecond = (rho * n) / handlingSeconds;
        const { occupancy, abandons } = erlangA(n, { callsPerSecond, handlingSeconds }, patienceSeconds);
        expect(callsPerSecond * (1 - abandons) * handlingSeconds).toBeCloseTo(occupancy * n, 6);
      }),
    );
  });

  test('with endless patience Erlang A is Erlang C', () => {
    fc.assert(
      fc.property(agents, fc.double({ min: 0.05, max: 0.9, noNaN: true }), handling, (n, rho, handlingSeconds) => {
        const load = { callsPerSecond: (rho * n) / handlingSeconds, handlingSeconds };
        expect(erlangA(n, load, 1e12).waits).toBeCloseTo(erlangC(n, load).waits, 6);
      }),
    );
  });

  test('a load above the agents is never worked off', () => {
    expect(erlangC(5, { callsPerSecond: 1, handlingSeconds: 5 })).toMatchObject({ waits: 1, waitSeconds: Infinity });
    expect(erlangB(0, 3)).toBe(1);
  });

  test('agentsNeeded keeps the target, and one fewer does not', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.001, max: 2, noNaN: true }), handling, fc.double({ min: 0.5, max: 0.99, noNaN: true }), (callsPerSecond, handlingSeconds, wanted) => {
        const load = { callsPerSecond, handlingSeconds };
        const { agents: needed } = agentsNeeded({ ...load, target: { serviceLevel: { share: wanted, withinSeconds: 20 } } });
        expect(erlangC(needed, load).answeredWithin(20)).toBeGreaterThanOrEqual(wanted);
        if (needed > 1) expect(erlangC(needed - 1, load).answeredWithin(20)).toBeLessThan(wanted);
      }),
    );
  });

  test('people who are not at their desks are on the rota too; abandonment and occupancy are targets of their own', () => {
    const load = { callsPerSecond: 0.16, handlingSeconds: 300 };
    expect(agentsNeeded({ ...load, shrinkage: 0.3, target: { serviceLevel: { share: 0.8, withinSeconds: 20 } } })).toMatchObject({ agents: 55, onRota: 79 });
    const few = agentsNeeded({ ...load, patienceSeconds: 120, target: { abandonedAtMost: 0.0508 } });
    expect(few.agents).toBe(50);
    expect(agentsNeeded({ ...load, patienceSeconds: 120, target: { abandonedAtMost: 0.0508, occupancyAtMost: 0.8 } }).agents).toBe(60);
  });
});
