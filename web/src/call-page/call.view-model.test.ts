import { describe, expect, it } from 'vitest';
import { ended, squareInitials } from './call.view-model.ts';

describe('the call of a visitor', () => {
  it('ends with its length, fails with its reason, and goes back to the button when the visitor gave up', () => {
    expect(ended({ kind: 'live', since: 1_000 }, null, 62_000)).toEqual({ kind: 'ended', talkedMs: 61_000 });
    expect(ended({ kind: 'connecting' }, 'busy', 0)).toEqual({ kind: 'failed', why: { failure: 'busy' } });
    expect(ended({ kind: 'connecting' }, null, 0)).toEqual({ kind: 'ready' });
  });

  it('makes a square of the account', () => {
    expect(squareInitials('Ferretería Central')).toBe('FC');
    expect(squareInitials('Demo en vivo')).toBe('DE');
    expect(squareInitials('')).toBe('');
  });
});
