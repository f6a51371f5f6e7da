import type { SimulationOrder } from '@centralita/contract';
import { readScenario } from '../scenario/read-scenario.ts';
import type { Scenario, Span } from '../scenario/scenario.ts';

/** How talks, forms and pick-ups are drawn around their means. */
export interface Habits {
  readonly talk: (meanSeconds: number, variation: number) => Span;
  readonly afterService: (meanSeconds: number) => Span;
  readonly answer: Span;
}

export const PEOPLE: Habits = {
  talk: (mean, variation) => {
    // The lognormal with this mean and this standard deviation.
    const variance = Math.log(1 + variation ** 2);
    return { kind: 'lognormal', median: mean * Math.exp(-variance / 2), sigma: Math.sqrt(variance) };
  },
  afterService: (mean) => ({ kind: 'exponential', mean }),
  answer: { kind: 'uniform', from: 1, to: 4 },
};

export const FIRST = 'first';
export const SECOND = 'second';
/** What the first queue's customers need, when only some have it. */
export const SKILL = 'skill';
export const SKILL_LEVEL = 1;

/** Nobody waits this long. */
const NEVER: Span = { kind: 'fixed', seconds: 10 ** 9 };
/** A Monday. */
const DAY = '2026-03-02';

/**
 * One day of the question. Nobody forgets, rests or dials: agents of the question are at their desks and taking calls. Who gave up
 * does not call again: real arrivals hold those calls already.
 */
export function scenarioOf({ question, rules }: SimulationOrder, seed: number, habits: Habits = PEOPLE): Scenario {
  const { calls, agents, skill, secondQueue, talkSeconds, talkVariation, afterServiceSeconds, patienceSeconds, target } = question;
  const queue = { ...rules, serviceLevelSeconds: target.withinSeconds, shortAbandonSeconds: 0 };
  const all = calls.reduce((sum, one) => sum + one, 0) * (1 + (secondQueue?.callsRatio ?? 0));
  const read = readScenario({
    account: 'single-queue',
    agents: Math.max(1, ...agents),
    days: 1,
    seed,
    start: DAY,
    timeZone: 'UTC',
    arrivals: { perHour: all / 24, halfHours: calls, weekdays: [1, 1, 1, 1, 1, 1, 1] },
    queues: [{ ...queue, name: FIRST, share: 1, requiredSkills: skill ? { [SKILL]: SKILL_LEVEL } : {}, relaxAfterSeconds: skill?.othersAfterSeconds ?? null }, ...(secondQueue ? [{ ...queue, name: SECOND, share: secondQueue.callsRatio }] : [])],
    customers: { patience: patienceSeconds === null ? NEVER : { kind: 'exponential', mean: patienceSeconds }, leaveInMenu: 0, wrongKey: 0, redial: 0 },
    agentHabits: {
      talk: habits.talk(talkSeconds, talkVariation),
      afterService: habits.afterService(afterServiceSeconds),
      answer: habits.answer,
      // The day is a Monday: the rota says who comes when.
      weekdays: [false, false, false, false, false, false, true],
      forget: 0,
      decline: 0,
      hold: 0,
      breakEvery: null,
      laptopClosesPerHour: 0,
      dialsPerHour: 0,
      secondDevice: 0,
    },
    carriers: { midCallDrop: 0 },
  });
  if ('problems' in read) throw new Error(read.problems.join('\n'));
  return read.scenario;
}
