import { describe, expect, it } from 'vitest';
import { dayKey, formatDay, formatDuration, formatLongDay, formatPercent, formatTime, initials, secondsLeft } from './format.ts';
import { formatPhoneNumber } from './phone-number.ts';

const at = Date.UTC(2026, 10, 19, 9, 38, 4);
const madrid = { language: 'es', timeZone: 'Europe/Madrid' } as const;
const lima = { language: 'en', timeZone: 'America/Lima' } as const;

describe('formats', () => {
  it('writes durations with hours only when there are any, and never below zero', () => {
    expect([0, 999, 61_000, 3_600_000, 4_360_000, -5_000].map(formatDuration)).toEqual(['00:00', '00:00', '01:01', '1:00:00', '1:12:40', '00:00']);
  });

  it('counts down to 0 only at the end', () => {
    expect(secondsLeft(10_000, 0)).toBe(10);
    expect(secondsLeft(10_000, 9_999)).toBe(1);
    expect(secondsLeft(10_000, 10_000)).toBe(0);
    expect(secondsLeft(10_000, 11_000)).toBe(0);
  });

  it('writes dates in the zone and language of the person', () => {
    expect(formatTime(at, madrid)).toBe('10:38');
    expect(formatTime(at, lima)).toBe('04:38');
    expect(formatDay(at, madrid)).toBe('19 nov');
    expect(formatLongDay(at, madrid)).toMatch(/^Jueves/);
    expect(dayKey(Date.UTC(2026, 10, 20, 3), 'America/Lima')).toBe('2026-11-19');
    expect(formatPercent(0.031, 'es', 1)).toBe('3,1');
    expect(formatPercent(0.031, 'en', 1)).toBe('3.1');
  });

  it('makes a face of a name', () => {
    expect(['Ana', 'Agente 12', 'Ana María Ruiz', null].map(initials)).toEqual(['A', '12', 'AR', '·']);
  });

  it('groups numbers without adding or dropping a digit, and so that no line ends inside one', () => {
    const spaced = (number: string): string => formatPhoneNumber(number).replaceAll('\u00A0', ' ');
    expect(formatPhoneNumber('+34600000142')).not.toContain(' ');
    expect(spaced('+34600000142')).toBe('+34 600 000 142');
    expect(spaced('+525512345678')).toBe('+52 551 234 5678');
    expect(spaced('+59899123456')).toBe('+598 9912 3456');
    expect(spaced('+12025550123')).toBe('+1 202 555 0123');
    expect(formatPhoneNumber('204')).toBe('204');
    expect(formatPhoneNumber('')).toBe('');
    for (const number of ['+34600000142', '+5491123456789', '+4930123456', '+7495123456']) expect(formatPhoneNumber(number).replaceAll('\u00A0', '')).toBe(number);
  });
});
