import { expect, test } from 'vitest';
import { type BridgeRole, PARTICIPANT, hears } from './hear-matrix.ts';
import { type MixPart, mixCenter, mixCustomers, mixFor } from './mixer.ts';

const part = (legId: string, level: number, extra: Partial<MixPart> = {}): MixPart => ({
  legId,
  role: PARTICIPANT,
  held: false,
  muted: false,
  audible: true,
  playing: false,
  frame: new Int16Array(160).fill(level),
  ...extra,
});
const monitor = (mode: 'listen' | 'whisper' | 'barge'): BridgeRole => ({ kind: 'monitor', mode, agentLegId: 'carla' });
const CUSTOMERS: ReadonlySet<string> = new Set(['ana']);

/** Who hears whom as levels: ana says 1, carla 10, diego 100. */
function heardBy(parts: readonly MixPart[]): Record<string, number> {
  const into = new Int16Array(160);
  const heard = Object.fromEntries(parts.map((each) => [each.legId, mixFor(each, parts, into) ? into[0]! : 0]));
  mixCustomers(parts, CUSTOMERS, into);
  const left = into[0]!;
  mixCenter(parts, CUSTOMERS, into);
  return { ...heard, left, right: into[0]! };
}

test.each([
  ['listen', { ana: 10, carla: 1, diego: 11, left: 1, right: 10 }],
  ['whisper', { ana: 10, carla: 101, diego: 11, left: 1, right: 10 }],
  ['barge', { ana: 110, carla: 101, diego: 11, left: 1, right: 110 }],
] as const)('[design 4] %s: who hears whom, and what is recorded', (mode, expected) => {
  expect(heardBy([part('ana', 1), part('carla', 10), part('diego', 100, { role: monitor(mode) })])).toEqual(expected);
});

test('[design 4] a held customer hears nobody, is heard by nobody and is not recorded', () => {
  expect(heardBy([part('ana', 1, { held: true }), part('carla', 10), part('diego', 100)])).toEqual({ ana: 0, carla: 100, diego: 10, left: 0, right: 0 });
});

test('a muted leg hears and is not heard', () => {
  expect(heardBy([part('ana', 1), part('carla', 10, { muted: true })])).toEqual({ ana: 0, carla: 1, left: 1, right: 0 });
});

test('a customer to whom a prompt is played does not hear the agent: the right channel is silent', () => {
  expect(heardBy([part('ana', 1, { playing: true }), part('carla', 10)]).right).toBe(0);
});

test('silent parts are left out and loud ones are clipped, not wrapped', () => {
  const into = new Int16Array(160).fill(7);
  expect(mixFor(part('x', 0), [part('y', 5, { audible: false })], into)).toBe(false);
  expect(into[0]).toBe(0);
  expect(mixFor(part('x', 0), [part('y', 30_000), part('z', 30_000), part('w', 30_000)], into)).toBe(true);
  expect(into[159]).toBe(32_767);
});

test('nobody hears themselves, whatever the mode', () => {
  const self = part('diego', 1, { role: monitor('barge') });
  expect(hears(self, self)).toBe(false);
});
