import { describe, expect, it } from 'vitest';
import { AHEAD_LIMIT_MS, canHaveHappened, toMicroseconds } from './contact-change.ts';

describe('the time of a change', () => {
  it('is kept in UTC to the microsecond, so that two changes within a millisecond stay in their order', () => {
    expect(toMicroseconds('2026-11-23T08:46:02Z')).toBe('2026-11-23T08:46:02.000000Z');
    expect(toMicroseconds('2026-11-23T08:46Z')).toBe('2026-11-23T08:46:00.000000Z');
    expect(toMicroseconds('2026-11-23T00:46:02.1+01:30')).toBe('2026-11-22T23:16:02.100000Z');
    expect(toMicroseconds('2026-11-23T08:46:02.123456789-23:59')).toBe('2026-11-24T08:45:02.123456Z');
  });

  it('is neither before 1970 nor well after now', () => {
    const now = Date.UTC(2026, 10, 23);
    const at = (ms: number) => new Date(ms).toISOString();
    for (const possible of [0, now, now + AHEAD_LIMIT_MS]) expect(canHaveHappened(at(possible), now)).toBe(true);
    for (const impossible of [-1, now + AHEAD_LIMIT_MS + 1]) expect(canHaveHappened(at(impossible), now)).toBe(false);
    expect(canHaveHappened('0000-01-01T00:00:00Z', now)).toBe(false);
  });

  it('is on a day that there is', () => {
    const now = Date.UTC(2026, 10, 23);
    expect(canHaveHappened('2024-02-29T10:00:00Z', now)).toBe(true);
    for (const none of ['2026-02-29T10:00:00Z', '2026-02-30T10:00:00Z', '2026-04-31T10:00:00+01:00', '2026-13-01T10:00:00Z']) expect(canHaveHappened(none, now), none).toBe(false);
  });
});
