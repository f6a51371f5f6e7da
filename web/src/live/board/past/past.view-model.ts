import { dayKey } from '../../../ui/format.ts';
import { instantAt, startOfDay } from '../../../ui/zone.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;

/** What the slider reaches: the day of the moment shown, cut to what is kept and to now. Whole seconds. */
export interface Reach {
  readonly from: number;
  readonly to: number;
}

const wholeSecond = (at: number): number => Math.floor(at / SECOND_MS) * SECOND_MS;

/** @param firstAt the first moment that is kept; null while nobody knows */
export function reachOf(at: number, timeZone: string, now: number, firstAt: number | null): Reach {
  const day = startOfDay(dayKey(at, timeZone), timeZone);
  // A day and a half later is the next day, also when the clocks change in between.
  const next = startOfDay(dayKey(day + 36 * 60 * MINUTE_MS, timeZone), timeZone);
  const to = Math.min(next, wholeSecond(now)) - SECOND_MS;
  const from = firstAt === null ? day : Math.max(day, wholeSecond(firstAt) + SECOND_MS);
  return { from: Math.min(from, to), to };
}

export const within = (at: number, { from, to }: Reach): number => Math.min(to, Math.max(from, wholeSecond(at)));

/** What was typed into the fields; null while it is not whole. */
export function typedMoment(day: string, time: string, timeZone: string): number | null {
  const [, hour, minute, second = '00'] = /^(\d{2}):(\d{2})(?::(\d{2}))?$/.exec(time) ?? [];
  const clock = `${hour}:${minute}:${second}`;
  return !/^\d{4}-\d{2}-\d{2}$/.test(day) || Number.isNaN(Date.parse(`${day}T${clock}Z`)) ? null : instantAt(day, clock, timeZone);
}

/** How a key moves the slider, in ms; `play` for the space bar; null: it is none of ours. */
export function keyMoves(key: string, shift: boolean): number | 'from' | 'to' | 'play' | null {
  const step = shift ? MINUTE_MS : SECOND_MS;
  switch (key) {
    case 'ArrowLeft':
    case 'ArrowDown':
      return -step;
    case 'ArrowRight':
    case 'ArrowUp':
      return step;
    case 'PageDown':
      return -MINUTE_MS;
    case 'PageUp':
      return MINUTE_MS;
    case 'Home':
      return 'from';
    case 'End':
      return 'to';
    case ' ':
      return 'play';
    default:
      return null;
  }
}

export const SPEEDS = [1, 10, 60] as const;
export type Speed = (typeof SPEEDS)[number];

/** Where playing is a second later; it stops at the end of what there is. */
export function played(at: number, speed: Speed, to: number): { readonly at: number; readonly ended: boolean } {
  const next = at + speed * SECOND_MS;
  return next >= to ? { at: to, ended: true } : { at: next, ended: false };
}
