import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';

const PROGRAM = resolve(import.meta.dirname, '../../simulator/past-day/main.ts');
const MOST_BYTES = 64 * 1_048_576;

/** What of the journal's events is counted here. */
export type PastEvent = { readonly at: number } & (
  | { readonly type: 'queued'; readonly segmentId: string; readonly queueId: string }
  | { readonly type: 'waiting-ended'; readonly segmentId: string; readonly ending: string }
  | { readonly type: 'conversation-answered'; readonly segmentId: string }
  | { readonly type: 'agent-signed-in' | 'agent-signed-out' | 'status-chosen'; readonly agentId: string; readonly statusId: string }
  | { readonly type: 'activity-changed'; readonly agentId: string; readonly activity: string }
);

/**
 * Gives a product that has not started yet a day of the past: a program of its own lives through it with the real deciders and
 * fills the journal. @returns every event of that day, as the journal has them
 */
export async function livePastDay(dataFolder: string, date: string): Promise<readonly PastEvent[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, '--data', dataFolder, '--date', date], { maxBuffer: MOST_BYTES });
  return stdout.trim().split('\n').map((line) => JSON.parse(line) as PastEvent);
}

/** The local date of yesterday, as a calendar on the wall has it. */
export function yesterdayIn(timeZone: string): string {
  const today = new Intl.DateTimeFormat('sv', { timeZone, dateStyle: 'short' }).format(Date.now());
  return new Date(Date.parse(`${today}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);
}

export interface CountedDay {
  readonly offered: number;
  /** Of the offered: hung up before the answer. */
  readonly abandoned: number;
  /** Of the offered: answered within the seconds. */
  readonly serviceLevel: number;
  readonly waitSeconds: number;
  /** By the half hour of the local clock in which they entered the queue, as `09:30`. */
  readonly calls: ReadonlyMap<string, number>;
}

/** One call after another, by hand: nothing of the product's own counting is used. */
export function countCalls(events: readonly PastEvent[], queueId: string, withinSeconds: number, timeZone: string): CountedDay {
  const stays = events.flatMap((event) => (event.type === 'queued' && event.queueId === queueId ? [event] : []));
  const waits: number[] = [];
  let gaveUp = 0;
  const calls = new Map<string, number>();
  for (const { segmentId, at } of stays) {
    const answer = events.find((event) => event.type === 'conversation-answered' && event.segmentId === segmentId);
    const ending = events.find((event) => event.type === 'waiting-ended' && event.segmentId === segmentId);
    if (answer) waits.push((answer.at - at) / 1_000);
    else if (ending?.type === 'waiting-ended' && ['abandoned', 'short-abandon'].includes(ending.ending)) gaveUp += 1;
    const place = halfHourOf(at, timeZone);
    calls.set(place, (calls.get(place) ?? 0) + 1);
  }
  return {
    offered: stays.length,
    abandoned: gaveUp / stays.length,
    serviceLevel: waits.filter((wait) => wait <= withinSeconds).length / stays.length,
    waitSeconds: waits.reduce((sum, wait) => sum + wait, 0) / waits.length,
    calls,
  };
}

const CONTACT_WORK = ['dialing', 'talking', 'holding', 'after-service'];

/** Time with customers / that time and the time free for them, of everybody who was there. @param available the status that takes queue work */
export function countOccupancy(events: readonly PastEvent[], available: string): number {
  const agents = new Map<string, { at: number; activity: string; statusId: string }>();
  let [busyMs, freeMs] = [0, 0];
  for (const event of events) {
    if (!('agentId' in event) || !('activity' in event || 'statusId' in event)) continue;
    const before = agents.get(event.agentId);
    if (before && CONTACT_WORK.includes(before.activity)) busyMs += event.at - before.at;
    else if (before?.activity === 'idle' && before.statusId === available) freeMs += event.at - before.at;
    if (event.type === 'agent-signed-out') agents.delete(event.agentId);
    else if (event.type === 'activity-changed') agents.set(event.agentId, { at: event.at, activity: event.activity, statusId: before?.statusId ?? '' });
    else if (event.type === 'agent-signed-in' || event.type === 'status-chosen') agents.set(event.agentId, { at: event.at, activity: before?.activity ?? 'idle', statusId: event.statusId });
  }
  return busyMs / (busyMs + freeMs);
}

const halfHourOf = (at: number, timeZone: string): string => new Intl.DateTimeFormat('sv', { timeZone, timeStyle: 'short' }).format(at - (at % 1_800_000));
