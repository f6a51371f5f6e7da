import { erlangA, erlangC, type QueueLoad } from './erlang.ts';

/** Each is kept if it is given; at least one has to be. */
export interface StaffingTarget {
  /** At least this share answered within so many seconds. With patience, of those who call; by Erlang C, which errs on the safe side. */
  readonly serviceLevel?: { readonly share: number; readonly withinSeconds: number };
  readonly waitSecondsAtMost?: number;
  /** Needs patience: without it nobody gives up. */
  readonly abandonedAtMost?: number;
  readonly occupancyAtMost?: number;
}

export interface AgentsNeeded {
  /** At their desks and taking calls. */
  readonly agents: number;
  /** On the rota, when a share of the paid time is spent otherwise (breaks, meetings, absence). */
  readonly onRota: number;
  readonly occupancy: number;
  readonly waitSeconds: number;
}

export interface StaffingQuestion extends QueueLoad {
  readonly target: StaffingTarget;
  /** Mean; left out: customers wait for ever. */
  readonly patienceSeconds?: number;
  /** Share of paid time that is not at the desk; 0 by default. */
  readonly shrinkage?: number;
}

/** The fewest agents that keep every part of the target. Each part only gets better with one agent more, so halving finds it. */
export function agentsNeeded(question: StaffingQuestion): AgentsNeeded {
  const { shrinkage = 0 } = question;
  let enough = Math.max(1, Math.ceil(question.callsPerSecond * question.handlingSeconds));
  while (!keeps(enough, question)) enough *= 2;
  let tooFew = 0;
  while (enough - tooFew > 1) {
    const middle = Math.floor((enough + tooFew) / 2);
    if (keeps(middle, question)) enough = middle;
    else tooFew = middle;
  }
  const { occupancy, waitSeconds } = meets(enough, question);
  return { agents: enough, onRota: Math.ceil(enough / (1 - shrinkage)), occupancy, waitSeconds };
}

const meets = (agents: number, question: StaffingQuestion) => (question.patienceSeconds === undefined ? erlangC(agents, question) : erlangA(agents, question, question.patienceSeconds));

function keeps(agents: number, question: StaffingQuestion): boolean {
  const { serviceLevel, waitSecondsAtMost = Infinity, abandonedAtMost = 1, occupancyAtMost = 1 } = question.target;
  const found = meets(agents, question);
  const abandons = 'abandons' in found ? found.abandons : 0;
  if (question.patienceSeconds === undefined && found.waitSeconds === Infinity) return false;
  if (found.waitSeconds > waitSecondsAtMost || abandons > abandonedAtMost || found.occupancy > occupancyAtMost) return false;
  return serviceLevel === undefined || erlangC(agents, question).answeredWithin(serviceLevel.withinSeconds) >= serviceLevel.share;
}
