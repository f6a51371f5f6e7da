import { erlangA, erlangC } from '@centralita/server/capabilities/staffing/index.ts';
import { readScenario } from '../scenario/read-scenario.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { Center } from '../world/center.ts';

/** A row of the textbook: Poisson arrivals, exponential handling, perhaps exponential patience. */
export interface ModelRow {
  readonly agents: number;
  /** In erlangs. */
  readonly load: number;
  readonly handlingSeconds: number;
  readonly patienceSeconds?: number;
  /** Long enough for many batches, each of many relaxation times. */
  readonly days: number;
  readonly seed: number;
}

export interface Measured {
  readonly what: string;
  readonly theory: number;
  readonly mean: number;
  /** Standard error of the mean by batch means. */
  readonly error: number;
}

export interface ModelRun {
  readonly offered: number;
  readonly measured: readonly Measured[];
  /** Share of all who gave up, and mean wait of all: `P{abandon} = E[wait] / patience`. */
  readonly abandoned: number;
  readonly waitSeconds: number;
}

const BATCHES = 20;

/** The model's row on the real router: a single queue, agents who answer at once and write nothing afterwards. */
export async function runModel(row: ModelRow): Promise<ModelRun> {
  const { agents, load, handlingSeconds, patienceSeconds } = row;
  const callsPerSecond = load / handlingSeconds;
  const center = new Center({ scenario: scenarioOf(row, 3_600 * callsPerSecond), alwaysOpen: true });
  const batches = Array.from({ length: BATCHES + 1 }, () => ({ offered: 0, waited: 0, within20: 0, abandoned: 0, waitMs: 0 }));
  const from = center.days[0]!.from;
  const batchMs = (center.until - from) / batches.length;
  center.figures.onSegment = ({ queuedAt, waitMs, answeredAt }) => {
    const batch = batches[Math.min(BATCHES, Math.floor((queuedAt - from) / batchMs))]!;
    batch.offered += 1;
    batch.waitMs += waitMs ?? 0;
    if ((waitMs ?? 0) > 0) batch.waited += 1;
    if (answeredAt === null) batch.abandoned += 1;
    else if ((waitMs ?? 0) <= 20_000) batch.within20 += 1;
  };
  await center.open();
  await center.run();
  await center.finish();
  const broken = center.scan();
  center.close();
  if (broken.length > 0) throw new Error(broken.join('\n'));
  // The first batch begins with an empty center, which is no fair sample.
  const kept = batches.slice(1);
  const mean = (what: string, theory: number, of: (batch: (typeof batches)[number]) => number): Measured => measured(what, theory, kept.map(of));
  const share = (of: (batch: (typeof batches)[number]) => number) => (batch: (typeof batches)[number]) => of(batch) / batch.offered;
  const sum = (of: (batch: (typeof batches)[number]) => number): number => kept.reduce((all, batch) => all + of(batch), 0);
  const offered = sum((batch) => batch.offered);
  const totals = { offered, abandoned: sum((batch) => batch.abandoned) / offered, waitSeconds: sum((batch) => batch.waitMs) / offered / 1_000 };
  const arrivals = { callsPerSecond, handlingSeconds };
  if (patienceSeconds === undefined) {
    const theory = erlangC(agents, arrivals);
    return { ...totals, measured: [mean('waits', theory.waits, share((one) => one.waited)), mean('wait, s', theory.waitSeconds, share((one) => one.waitMs / 1_000)), mean('within 20 s', theory.answeredWithin(20), share((one) => one.within20))] };
  }
  const theory = erlangA(agents, arrivals, patienceSeconds);
  return { ...totals, measured: [mean('waits', theory.waits, share((one) => one.waited)), mean('wait, s', theory.waitSeconds, share((one) => one.waitMs / 1_000)), mean('abandons', theory.abandons, share((one) => one.abandoned))] };
}

function measured(what: string, theory: number, values: readonly number[]): Measured {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  return { what, theory, mean, error: Math.sqrt(variance / values.length) };
}

function scenarioOf({ agents, handlingSeconds, patienceSeconds, days, seed }: ModelRow, perHour: number): Scenario {
  const never = { kind: 'fixed', seconds: 10 ** 9 } as const;
  const read = readScenario({
    account: 'single-queue',
    agents,
    days,
    seed,
    timeZone: 'UTC',
    arrivals: { perHour, halfHours: Array.from({ length: 48 }, () => 1), weekdays: [1, 1, 1, 1, 1, 1, 1] },
    queues: [{ name: 'Cola', share: 1, afterServiceLimitSeconds: null, shortAbandonSeconds: 0 }],
    customers: { patience: patienceSeconds === undefined ? never : { kind: 'exponential', mean: patienceSeconds }, redial: 0 },
    agentHabits: { talk: { kind: 'exponential', mean: handlingSeconds }, afterService: { kind: 'fixed', seconds: 0 }, answer: { kind: 'fixed', seconds: 0 }, forget: 0, decline: 0, hold: 0, breakEvery: null, laptopClosesPerHour: 0, dialsPerHour: 0, secondDevice: 0 },
    carriers: { midCallDrop: 0 },
  });
  if ('problems' in read) throw new Error(read.problems.join('\n'));
  return read.scenario;
}
