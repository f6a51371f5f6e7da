import { beforeEach, describe, expect, it } from 'vitest';
import { SignInThrottle } from './sign-in-throttle.ts';

const clock = { at: 0, now: () => clock.at };
let throttle: SignInThrottle;
beforeEach(() => {
  clock.at = 1_000_000;
  throttle = new SignInThrottle(clock);
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
