import { expect, test } from 'vitest';
import { CommandLedger, REMEMBER_MS } from './command-ledger.ts';

test('a command is remembered while its leg lives and for ten minutes after', () => {
  let now = 0;
  const ledger = new CommandLedger(() => now);
  ledger.remember('place', ['leg_1', 'leg_2']);
  ledger.remember('provision', []);
  now = REMEMBER_MS * 10;
  ledger.subjectEnded('leg_1');
  expect(ledger.has('place')).toBe(true);
  expect(ledger.has('provision')).toBe(false);
  ledger.subjectEnded('leg_2');
  now += REMEMBER_MS - 1;
  ledger.subjectEnded('leg_3');
  expect(ledger.has('place')).toBe(true);
  now += 1;
  ledger.remember('next', []);
  expect(ledger.has('place')).toBe(false);
  expect(ledger.size).toBe(1);
});
