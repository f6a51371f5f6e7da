import { expect, it } from 'vitest';
import { countsIn, failuresIn } from './counts.ts';

it('reads what node --test counted', () => {
  expect(countsIn('# tests 4\n# pass 3\n# fail 1\n# cancelled 0\n', false)).toEqual({ passed: 3, failed: 1 });
});

it('counts a run that broke off as a failure', () => {
  expect(countsIn('', false)).toEqual({ passed: 0, failed: 1 });
  expect(countsIn('# pass 2\n# fail 0\n', false)).toEqual({ passed: 2, failed: 1 });
});

it('shows why a test failed, and nothing of those that passed', () => {
  const tap = "# Subtest: a\n    ok 1 - fine\n      ---\n      duration_ms: 1\n      ...\n    not ok 2 - rings\n      ---\n      error: 'it took 6000 ms'\n      ...\n    1..2\n";
  expect(failuresIn(tap)).toBe("    not ok 2 - rings\n      ---\n      error: 'it took 6000 ms'");
  expect(failuresIn('')).toBe('');
});
