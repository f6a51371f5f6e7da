import { expect, test } from 'vitest';
import { Reception } from './reception.ts';

function receive(sequences: readonly number[], reception = new Reception()): Reception {
  for (const sequence of sequences) reception.take(1, sequence & 0xffff, sequence * 160, sequence * 20, true);
  return reception;
}

test('loss is gaps in the sequence numbers, also over the wrap', () => {
  expect(receive([65_533, 65_534, 65_536, 65_538, 65_539]).lost).toBe(2);
});

test('order and duplicates are no loss and make none negative', () => {
  const reception = receive([1, 3, 2, 2, 2, 4]);
  expect(reception.lost).toBe(0);
  expect(reception.received).toBe(6);
});

test('[issue 2.6] silence suppression is no loss and no jitter: timestamps go on, sequence numbers do not jump', () => {
  const reception = new Reception();
  for (let i = 0; i < 100; i++) {
    const spurt = Math.floor(i / 10);
    const atMs = i * 20 + spurt * 3_000;
    reception.take(1, i, atMs * 8, atMs, true);
  }
  expect(reception.lost).toBe(0);
  expect(reception.jitterMs).toBeLessThan(0.1);
});

test('a new source begins anew and keeps the totals', () => {
  const reception = receive([1, 2, 4]);
  reception.take(2, 9_000, 0, 0, true);
  reception.take(2, 9_002, 320, 40, true);
  expect(reception.lost).toBe(2);
  expect(reception.received).toBe(5);
});

test('loss since the last report', () => {
  const reception = receive([1, 2, 3, 4]);
  expect(reception.lossSinceLastReport()).toBe(0);
  receive([6, 8], reception);
  expect(reception.lossSinceLastReport()).toBe(0.5);
  expect(reception.lossSinceLastReport()).toBe(0);
});

test('[RFC 3550 A.8] jitter of packets that swing by ±10 ms settles near 13 ms', () => {
  const reception = new Reception();
  for (let i = 0; i < 2_000; i++) reception.take(1, i, i * 160, i * 20 + (i % 2 === 0 ? 0 : 13), true);
  expect(reception.jitterMs).toBeGreaterThan(12);
  expect(reception.jitterMs).toBeLessThan(14);
});
