import { HALF_HOURS, type SimulationOrder } from '@centralita/contract';
import { HOUR_MS } from '@centralita/kernel';
import { AgentTimes, countInterval, countSegment, emptyTally, type ReportedEvent, type Tally, type Window } from '@centralita/server/capabilities/reports/index.ts';
import { HALF_HOUR_MS } from '../clock/calendar.ts';
import { accountOf } from '../world/account.ts';
import { Center } from '../world/center.ts';
import { Rota } from './rota.ts';
import { type Habits, scenarioOf } from './scenario-of.ts';
import { staffOf } from './staff.ts';

/** Tallies of one queue's half hours on one day, with the time of the agents who serve it. */
export type QueueDay = readonly Tally[];

export interface SimulatedDay {
  readonly calls: number;
  /** The first queue's, and the second's when there is one. */
  readonly queues: readonly QueueDay[];
}

/** Whoever still waits after the day is given this long. */
const CLOSE_WITHIN_MS = 3 * HOUR_MS;

/** One day of the question on the real floor; its calls, talks and patience follow from the seed. */
export async function runDay(order: SimulationOrder, seed: number, habits?: Habits): Promise<SimulatedDay> {
  const scenario = scenarioOf(order, seed, habits);
  const account = accountOf(scenario, staffOf(order.question, scenario));
  const center = new Center({ scenario, account, checked: false });
  const { from } = center.days[0]!;
  const queueIds = account.queues.map(({ queueId }) => queueId);
  const days = queueIds.map(() => Array.from({ length: HALF_HOURS }, emptyTally));
  center.figures.onSegment = (segment) => {
    const place = Math.floor((segment.queuedAt - from) / HALF_HOUR_MS);
    const tally = days[queueIds.indexOf(segment.queueId)]?.[place];
    if (tally) countSegment(tally, segment);
  };
  const rota = new Rota(center);
  const serves = new Map(account.agents.map(({ agentId, queueIds: served }) => [agentId, queueIds.flatMap((queueId, at) => (served.includes(queueId) ? [at] : []))]));
  const times = new AgentTimes((interval) => {
    for (const at of serves.get(interval.agentId) ?? []) countInto(days[at]!, interval, from);
  });
  const written = center.journal.onWritten;
  center.journal.onWritten = (turn) => {
    written(turn);
    for (const event of turn.events) times.take(event as ReportedEvent);
  };
  try {
    await center.open();
    rota.plan(from, order.question.agents);
    await center.run();
    for (const open of times.allOpen()) for (const at of serves.get(open.agentId) ?? []) countInto(days[at]!, { ...open, to: center.until }, from);
    await center.finish(CLOSE_WITHIN_MS);
    center.figures.closeOpen();
    return { calls: center.customers.calls, queues: days };
  } finally {
    center.close();
  }
}

function countInto(day: readonly Tally[], interval: Parameters<typeof countInterval>[1] & { readonly to: number }, from: number): void {
  const first = Math.max(0, Math.floor((interval.from - from) / HALF_HOUR_MS));
  const last = Math.min(HALF_HOURS - 1, Math.floor((interval.to - from) / HALF_HOUR_MS));
  for (let place = first; place <= last; place++) {
    const window: Window = { from: from + place * HALF_HOUR_MS, to: from + (place + 1) * HALF_HOUR_MS };
    countInterval(day[place]!, interval, window, interval.to);
  }
}
