import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SortedList } from './sorted-list.ts';

const ascending = (a: number, b: number) => a - b;

test('a sorted list holds what a sorted array holds, through many chunks', () => {
  fc.assert(
    fc.property(fc.array(fc.record({ insert: fc.boolean(), value: fc.integer({ min: 0, max: 2_000 }) }), { maxLength: 1_500, size: 'max' }), (steps) => {
      const list = new SortedList<number>(ascending);
      const there = new Set<number>();
      for (const { insert, value } of steps) {
        if (!insert) expect(list.remove(value)).toBe(there.delete(value));
        else if (!there.has(value)) {
          there.add(value);
          list.insert(value);
        }
      }
      const sorted = [...there].sort(ascending);
      expect([...list]).toEqual(sorted);
      expect([list.size, list.first, list.find((value) => value > 1_000)]).toEqual([sorted.length, sorted[0], sorted.find((value) => value > 1_000)]);
      for (const value of [0, 700, 1_999]) expect(list.rank(value)).toBe(sorted.filter((other) => other < value).length);
    }),
    { numRuns: 60 },
  );
});

test('rising, falling and emptied lists stay in order', () => {
  const list = new SortedList<number>(ascending);
  for (let i = 0; i < 5_000; i++) list.insert(i);
  for (let i = -1; i > -5_000; i--) list.insert(i);
  for (let i = -4_999; i < 5_000; i += 2) expect(list.remove(i)).toBe(true);
  expect(list.size).toBe(4_999);
  expect([...list]).toEqual(Array.from({ length: 4_999 }, (_, i) => -4_998 + 2 * i));
  for (const item of [...list]) list.remove(item);
  expect([list.size, list.first, list.rank(3)]).toEqual([0, undefined, 0]);
});
