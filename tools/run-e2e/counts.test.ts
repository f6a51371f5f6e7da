import { expect, it } from 'vitest';
import { countsIn } from './counts.ts';

it('reads what node --test counted', () => {
  expect(countsIn('# tests 4\n# pass 3\n# fail 1\n# cancelled 0\n', false)).toEqual({ passed: 3, failed: 1 });
});

it('counts a run that broke off as a failure', () => {
  expect(countsIn('', false)).toEqual({ passed: 0, failed: 1 });
  expect(countsIn('# pass 2\n# fail 0\n', false)).toEqual({ passed: 2, failed: 1 });
});
