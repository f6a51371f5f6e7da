import { CONVERSATION_ENDINGS, DIRECTIONS } from '@centralita/kernel';
import type { ConversationFilter, ConversationRow, ConversationView } from '@centralita/contract';
import { dayKey } from '../ui/format.ts';
import { startOfDay } from '../ui/zone.ts';

export const PERIODS = ['any', 'today', 'yesterday', 'week', 'month', 'custom'] as const;
export type Period = (typeof PERIODS)[number];

/** What the address bar holds: a view that can be sent to somebody. */
export interface HistorySearch {
  readonly period: Period;
  /** Days as YYYY-MM-DD, for `custom`. */
  readonly from: string;
  readonly to: string;
  readonly queue: string;
  readonly agent: string;
  readonly ending: string;
  readonly direction: string;
  readonly number: string;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const one = <Value extends string>(values: readonly Value[], text: string | undefined): Value | '' => values.find((value) => value === text) ?? '';

export function readSearch(search: Readonly<Record<string, string>>): HistorySearch {
  const day = (text: string | undefined): string => (text && DAY.test(text) ? text : '');
  return {
    period: one(PERIODS, search['period']) || 'any',
    from: day(search['from']),
    to: day(search['to']),
    queue: search['queue'] ?? '',
    agent: search['agent'] ?? '',
    ending: one(CONVERSATION_ENDINGS, search['ending']),
    direction: one(DIRECTIONS, search['direction']),
    number: (search['number'] ?? '').slice(0, 32),
  };
}

/** Only what differs from the plain list, so that the address stays short. */
export function writeSearch(search: HistorySearch): Record<string, string> {
  const custom = search.period === 'custom';
  return Object.fromEntries(Object.entries(search).filter(([key, value]) => value !== '' && value !== 'any' && (custom || (key !== 'from' && key !== 'to'))));
}

export const isFiltered = (search: HistorySearch): boolean => Object.keys(writeSearch(search)).length > 0;

const shiftDay = (day: string, days: number): string => new Date(Date.parse(`${day}T12:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);

/** What is asked of the server: instants, half open, in the person's zone. */
export function filterOf(search: HistorySearch, now: number, timeZone: string): Partial<ConversationFilter> {
  const today = dayKey(now, timeZone);
  const begin = (day: string): number => startOfDay(day, timeZone);
  const span: Partial<ConversationFilter> =
    search.period === 'today'
      ? { from: begin(today) }
      : search.period === 'yesterday'
        ? { from: begin(shiftDay(today, -1)), to: begin(today) - 1 }
        : search.period === 'week'
          ? { from: begin(shiftDay(today, -6)) }
          : search.period === 'month'
            ? { from: begin(shiftDay(today, -29)) }
            : search.period === 'custom'
              ? { ...(search.from ? { from: begin(search.from) } : {}), ...(search.to ? { to: begin(shiftDay(search.to, 1)) - 1 } : {}) }
              : {};
  const ending = one(CONVERSATION_ENDINGS, search.ending);
  const direction = one(DIRECTIONS, search.direction);
  const digits = search.number.replace(/\D/g, '');
  return {
    ...span,
    ...(search.queue ? { queueId: search.queue } : {}),
    ...(search.agent ? { agentId: search.agent } : {}),
    ...(ending ? { ending } : {}),
    ...(direction ? { direction } : {}),
    ...(digits ? { number: digits } : {}),
  };
}

/** Queues and agents met in what was loaded: the choices for people who may not read the lists. */
export function namesIn(rows: readonly ConversationRow[]): { readonly queues: ReadonlyMap<string, string>; readonly agents: ReadonlyMap<string, string> } {
  const queues = new Map<string, string>();
  const agents = new Map<string, string>();
  for (const row of rows) {
    if (row.queueId && row.queueName) queues.set(row.queueId, row.queueName);
    if (row.agentId && row.agentName) agents.set(row.agentId, row.agentName);
  }
  return { queues, agents };
}

export type EndingTone = 'green' | 'red' | 'grey' | 'violet';
export function endingTone(ending: ConversationRow['ending']): EndingTone {
  if (ending === null) return 'violet';
  if (ending === 'answered') return 'green';
  return ending === 'abandoned' || ending === 'failed' || ending === 'overflowed' ? 'red' : 'grey';
}

/** The worst mean opinion score of a conversation: quality is as good as its worst leg. */
export function worstMos(conversation: Pick<ConversationView, 'participants'>): number | null {
  const scores = conversation.participants.flatMap(({ mos }) => (mos === null ? [] : [mos]));
  return scores.length === 0 ? null : Math.min(...scores);
}

export const mosLevel = (mos: number): 'good' | 'fair' | 'poor' => (mos >= 3.9 ? 'good' : mos >= 3.3 ? 'fair' : 'poor');

export interface Span {
  readonly kind: 'held' | 'paused';
  /** Parts of the whole, 0 to 1. */
  readonly from: number;
  readonly to: number;
}

/** Holds and pauses on the recording's own time: a pause is written as silence, so file time is call time. */
export function spansOf(conversation: Pick<ConversationView, 'timeline' | 'endedAt'>, recording: { readonly startedAt: number; readonly durationMs: number | null }): readonly Span[] {
  const { startedAt, durationMs } = recording;
  if (!durationMs) return [];
  const part = (at: number): number => Math.min(1, Math.max(0, (at - startedAt) / durationMs));
  const spans: Span[] = [];
  const open: Partial<Record<Span['kind'], number>> = {};
  const close = (kind: Span['kind'], at: number): void => {
    const from = open[kind];
    if (from !== undefined && part(at) > part(from)) spans.push({ kind, from: part(from), to: part(at) });
    delete open[kind];
  };
  for (const { at, kind } of conversation.timeline) {
    if (kind === 'held') open.held = at;
    else if (kind === 'recording-paused') open.paused = at;
    else if (kind === 'resumed') close('held', at);
    else if (kind === 'recording-resumed') close('paused', at);
    else if (kind === 'ended') for (const open of ['held', 'paused'] as const) close(open, at);
  }
  return spans;
}

/** Marks along the recording: whole minutes, or what fits a short one. */
export function ticksOf(durationMs: number): readonly number[] {
  const step = [5_000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000, 1_800_000].find((candidate) => durationMs / candidate <= 8) ?? 3_600_000;
  const ticks = Array.from({ length: Math.floor(durationMs / step) + 1 }, (_, index) => index * step);
  // The end has its own mark: one that is too near would be written over it.
  return [...ticks.filter((tick) => durationMs - tick > step * 0.6), durationMs];
}

/** For names of files: sorts by time, and no system refuses a letter of it. `2026-11-19 10.38` */
export function fileMoment(at: number, timeZone?: string): string {
  const clock = new Intl.DateTimeFormat('sv', { hour: '2-digit', minute: '2-digit', ...(timeZone ? { timeZone } : {}) }).format(at);
  return `${dayKey(at, timeZone)} ${clock.replace(':', '.')}`;
}

/** One file of all legs; a trace that is JSON stays readable as such. */
export function traceFile(conversationId: string, traces: readonly { readonly legId: string; readonly text: string }[]): string {
  const legs = traces.map(({ legId, text }) => ({ legId, trace: asJson(text) }));
  return JSON.stringify({ conversationId, legs }, null, 2);
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Plain words: kept as they are.
    return text;
  }
}
