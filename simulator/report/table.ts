import { MINUTE_MS, SECOND_MS } from '@centralita/kernel';
import { abandoned, addTally, answered, averageHandleTime, averageSpeedOfAnswer, emptyTally, occupancy, offered, overflowed, serviceLevel, shortAbandons, type Tally } from '@centralita/server/capabilities/reports/index.ts';
import type { Center } from '../world/center.ts';

interface Row {
  readonly name: string;
  readonly tally: Tally;
  readonly waits: readonly number[];
}

const HEAD = ['queue', 'offered', 'answered', 'abandoned', 'short', 'overflowed', 'service level', 'ASA', 'wait p50', 'p90', 'p99', 'AHT', 'occupancy'];

/** The day's figures by queue, from the reports' metrics; occupancy is that of the agents who serve the queue. */
export function tableOf(center: Center): string {
  const rows: Row[] = center.account.queues.map(({ queueId, scenario: { name } }) => {
    const { tally, waits } = center.figures.queue(queueId);
    const whole = { ...tally };
    addTally(whole, agentsTime(center, (queueIds) => queueIds.includes(queueId)));
    return { name, tally: whole, waits };
  });
  if (rows.length > 1) {
    const tally = emptyTally();
    for (const { queueId } of center.account.queues) addTally(tally, center.figures.queue(queueId).tally);
    addTally(tally, agentsTime(center, () => true));
    rows.push({ name: 'all', tally, waits: rows.flatMap(({ waits }) => [...waits]) });
  }
  return aligned([HEAD, ...rows.map(cellsOf)]);
}

function agentsTime({ account, figures, until }: Center, which: (queueIds: readonly string[]) => boolean): Tally {
  const sum = emptyTally();
  for (const { agentId, queueIds } of account.agents) if (which(queueIds)) addTally(sum, figures.agent(agentId, until));
  return sum;
}

function cellsOf({ name, tally, waits }: Row): string[] {
  const sorted = Float64Array.from(waits).sort();
  const percentile = (share: number): string => time(sorted.length === 0 ? null : sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!);
  const counts = [offered, answered, abandoned, shortAbandons, overflowed].map((metric) => String(metric.of(tally)));
  return [name, ...counts, percent(serviceLevel.of(tally)), time(averageSpeedOfAnswer.of(tally)), percentile(0.5), percentile(0.9), percentile(0.99), time(averageHandleTime.of(tally)), percent(occupancy.of(tally))];
}

const percent = (share: number | null): string => (share === null ? '–' : `${(100 * share).toFixed(1)} %`);

function time(ms: number | null): string {
  if (ms === null) return '–';
  const seconds = Math.round(ms / SECOND_MS);
  return ms < MINUTE_MS ? `${(ms / SECOND_MS).toFixed(1)} s` : `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

function aligned(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, at) => Math.max(...rows.map((row) => row[at]!.length)));
  return rows.map((row) => row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!))).join('  ')).join('\n');
}
