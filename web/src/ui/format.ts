import type { Language } from '@centralita/kernel';

/** mm:ss, or h:mm:ss from an hour on. Never negative: a clock that is a little off must not show a minus. */
export function formatDuration(ms: number): string {
  const total = Math.max(0, Math.floor(ms / 1_000));
  const seconds = String(total % 60).padStart(2, '0');
  const minutes = String(Math.floor(total / 60) % 60).padStart(2, '0');
  const hours = Math.floor(total / 3_600);
  return hours > 0 ? `${hours}:${minutes}:${seconds}` : `${minutes}:${seconds}`;
}

/** Whole seconds left, rounded up, so that it shows 1 until the end and 0 only at the end. */
export const secondsLeft = (endsAt: number, now: number): number => Math.max(0, Math.ceil((endsAt - now) / 1_000));

const cache = new Map<string, Intl.DateTimeFormat>();
function dateFormat(language: Language, timeZone: string | undefined, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${language}|${timeZone}|${JSON.stringify(options)}`;
  let format = cache.get(key);
  if (!format) cache.set(key, (format = new Intl.DateTimeFormat(language, { ...options, ...(timeZone ? { timeZone } : {}) })));
  return format;
}

export interface Place {
  readonly language: Language;
  readonly timeZone?: string | undefined;
}

export const formatTime = (at: number, { language, timeZone }: Place): string => dateFormat(language, timeZone, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at);
export const formatClock = (at: number, { language, timeZone }: Place): string => dateFormat(language, timeZone, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' }).format(at);
export const formatDay = (at: number, { language, timeZone }: Place): string => dateFormat(language, timeZone, { day: 'numeric', month: 'short' }).format(at).replace('.', '');
export const formatLongDay = (at: number, { language, timeZone }: Place): string => capitalised(dateFormat(language, timeZone, { weekday: 'long', day: 'numeric', month: 'short', year: 'numeric' }).format(at));

const capitalised = (text: string): string => text.charAt(0).toLocaleUpperCase() + text.slice(1);

/** The calendar day of an instant in a zone, as YYYY-MM-DD (the form Swedish writes). */
export const dayKey = (at: number, timeZone?: string): string => new Intl.DateTimeFormat('sv', timeZone ? { timeZone } : {}).format(at);

export const formatPercent = (ratio: number, language: Language, digits = 0): string => new Intl.NumberFormat(language, { maximumFractionDigits: digits, minimumFractionDigits: digits }).format(ratio * 100);
export const formatNumber = (value: number, language: Language, digits = 0): string => new Intl.NumberFormat(language, { maximumFractionDigits: digits, minimumFractionDigits: digits }).format(value);

/** Up to two letters for a face; digits for "Agente 12"; a mark for a caller without name. */
export function initials(name: string | null): string {
  if (!name) return '·';
  const number = /(\d{1,2})$/.exec(name);
  if (number) return number[1]!;
  const words = name.trim().split(/\s+/);
  return (words.length > 1 ? words[0]!.charAt(0) + words.at(-1)!.charAt(0) : words[0]!.charAt(0)).toLocaleUpperCase();
}
