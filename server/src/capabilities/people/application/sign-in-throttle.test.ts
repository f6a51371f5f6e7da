import { beforeEach, describe, expect, it } from 'vitest';
import { type SignInFailures, SignInThrottle } from './sign-in-throttle.ts';

const clock = { at: 0, now: () => clock.at };
let throttle: SignInThrottle;
let kept: Map<string, SignInFailures>;
let saves: number;
let storage: 'up' | 'away';
const table = {
  load: async (after: number) => [...kept.values()].filter((one) => one.lastAt > after),
  save: async (failures: readonly SignInFailures[]) => {
    saves += 1;
    if (storage === 'away') throw new Error('away');
    for (const one of failures) if (one.count > 0) kept.set(one.who, one);
      else kept.delete(one.who);
  },
};
beforeEach(() => {
  clock.at = 1_000_000;
  kept = new Map();
  saves = 0;
  storage = 'up';
  throttle = new SignInThrottle(clock, table);
});
const tries = (count: number, address: string, email: string) => Array.from({ length: count }, () => throttle.attempt(address, email));

describe('guessing', () => {
  it('at one person from one place waits twice as long each time', () => {
    expect(tries(5, 'here', 'carla')).toEqual([0, 0, 0, 0, 0]);
    for (const waitMs of [1_000, 2_000, 4_000, 8_000]) {
      expect(throttle.attempt('here', 'Carla')).toBe(waitMs);
      clock.at += waitMs;
      expect(throttle.attempt('here', 'carla')).toBe(0);
    }
  });

  it('at many people from one place is stopped too', () => {
    for (let i = 0; i < 30; i++) expect(throttle.attempt('here', `person${i}`)).toBe(0);
    expect(throttle.attempt('here', 'person31')).toBe(1_000);
    expect(throttle.attempt('elsewhere', 'person31')).toBe(0);
  });

  it('at one person from many places never locks that person out for longer than 20 s', () => {
    for (let i = 0; i < 500; i++) {
      throttle.attempt(`place${i}`, 'carla');
      clock.at += 20_000;
    }
    expect(throttle.attempt('home', 'carla')).toBe(0);
    expect(throttle.attempt('home', 'carla')).toBeLessThanOrEqual(20_000);
  });

  it('counts attempts at once as attempts, before any password is checked', () => {
    expect(tries(100, 'here', 'carla').filter((waitMs) => waitMs === 0)).toHaveLength(5);
  });
});

it('a right password gives its attempts back', () => {
  tries(4, 'here', 'carla');
  throttle.succeeded('here', 'carla');
  expect(tries(5, 'here', 'carla')).toEqual([0, 0, 0, 0, 0]);
});

it('forgets after half an hour', () => {
  tries(6, 'here', 'carla');
  clock.at += 31 * 60_000;
  expect(throttle.attempt('here', 'carla')).toBe(0);
});

describe('a restart', () => {
  const restarted = async () => {
    await throttle.written();
    throttle = new SignInThrottle(clock, table);
    await throttle.ready();
  };

  it('[design 11] forgets no guess, and keeps nothing that names anybody', async () => {
    tries(6, 'here', 'carla');
    await restarted();
    expect(throttle.attempt('here', 'carla')).toBe(1_000);
    expect(JSON.stringify([...kept.values()])).not.toMatch(/here|carla/);
  });

  it('remembers what was forgiven', async () => {
    tries(4, 'here', 'carla');
    throttle.succeeded('here', 'carla');
    await restarted();
    expect(tries(5, 'here', 'carla')).toEqual([0, 0, 0, 0, 0]);
  });

  it('costs no write for attempts that are only told to wait, and few for a crowd', async () => {
    tries(1_000, 'here', 'carla');
    await throttle.written();
    expect(saves).toBeLessThanOrEqual(2);
    const before = saves;
    tries(1_000, 'here', 'carla');
    await throttle.written();
    expect(saves).toBe(before);
  });

  it('after the table was away: what it did not take goes with the next attempt', async () => {
    storage = 'away';
    tries(5, 'here', 'carla');
    await throttle.written();
    expect(kept.size).toBe(0);
    storage = 'up';
    throttle.attempt('here', 'diego');
    await restarted();
    expect(throttle.attempt('here', 'carla')).toBe(1_000);
  });
});
