import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { advance, type LegState, type LegStep } from './leg-state.ts';

const ended: LegStep = { type: 'ended', by: 'far-end', cause: 'hung-up' };
const walk = (start: LegState, steps: readonly LegStep[]) => steps.reduce<LegState>((state, step) => advance(state, step) ?? state, start);

describe('leg', () => {
  test('an outgoing leg rings, is answered, held, resumed and ends', () => {
    const steps: LegStep[] = [{ type: 'far-ringing', earlyMedia: false }, { type: 'answered' }, { type: 'far-held' }, { type: 'far-resumed' }, ended];
    const names: string[] = [];
    let state: LegState = { name: 'placing' };
    for (const step of steps) names.push((state = advance(state, step) ?? state).name);
    expect(names).toEqual(['ringing', 'answered', 'held', 'answered', 'ended']);
  });

  test('early media after plain ringing is news, ringing after early media is not', () => {
    const early = walk({ name: 'placing' }, [{ type: 'far-ringing', earlyMedia: false }, { type: 'far-ringing', earlyMedia: true }]);
    expect(early).toEqual({ name: 'ringing', earlyMedia: true });
    expect(advance(early, { type: 'far-ringing', earlyMedia: false })).toBeUndefined();
  });

  test('whatever crosses the end is too late, and a leg ends once', () => {
    const step = fc.constantFrom<LegStep>({ type: 'far-ringing', earlyMedia: true }, { type: 'answered' }, { type: 'far-held' }, { type: 'far-resumed' }, ended);
    fc.assert(
      fc.property(fc.constantFrom<LegState>({ name: 'offered' }, { name: 'placing' }), fc.array(step), fc.array(step), (start, before, after) => {
        const over = walk(start, [...before, ended]);
        expect(over.name).toBe('ended');
        for (const late of after) expect(advance(over, late)).toBeUndefined();
      }),
    );
  });

  test('a leg is answered at most once', () => {
    expect(advance({ name: 'answered' }, { type: 'answered' })).toBeUndefined();
    expect(advance({ name: 'held' }, { type: 'answered' })).toBeUndefined();
  });
});
