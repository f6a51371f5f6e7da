import type { SimulationOrder } from '@centralita/contract';
import { erlangA, erlangC } from '@centralita/server/capabilities/staffing/index.ts';
import { describe, expect, it } from 'vitest';
import { type Habits, scenarioOf } from './scenario-of.ts';
import { daysFor, simulateDays } from './simulate-days.ts';
import { staffOf } from './staff.ts';

type Change = Partial<SimulationOrder['question']>;
const all = (one: number) => Array.from({ length: 48 }, () => one);
const at = (one: number, ...places: readonly number[]) => Array.from({ length: 48 }, (_, place) => (places.includes(place) ? one : 0));
const order = (change: Change): SimulationOrder => ({
  question: { queueId: 'que_1', calls: all(20), agents: all(3), talkSeconds: 120, talkVariation: 0.7, afterServiceSeconds: 20, patienceSeconds: 120, target: { share: 0.8, withinSeconds: 20 }, skill: null, secondQueue: null, ...change },
  rules: { selection: 'longest-idle', ageingPerMinute: 0, ringSeconds: 20, maximumWaitSeconds: null, maximumSize: null, afterServiceLimitSeconds: null },
});

/** The textbook's people: exponential talks, who answer at once. */
const TEXTBOOK: Habits = { talk: (mean) => ({ kind: 'exponential', mean }), afterService: () => ({ kind: 'fixed', seconds: 0 }), answer: { kind: 'fixed', seconds: 0 } };

describe('[issue 3] theory, the simulated page and the staffing figures agree', () => {
  it('Erlang C lies within the band of the simulated days: 10 agents, 8 erlangs of 300 s', { timeout: 120_000 }, async () => {
    const load = { callsPerSecond: 8 / 300, handlingSeconds: 300 };
    const asked = order({ calls: all(1_800 * load.callsPerSecond), agents: all(10), talkSeconds: 300, afterServiceSeconds: 0, patienceSeconds: null });
    const { queue, theory } = await simulateDays(asked, { days: 12, habits: TEXTBOOK });
    const wanted = erlangC(10, load);
    expect(wanted.waitSeconds).toBeCloseTo(61.377, 2);
    expect(theory[20]!.erlangC!.waitSeconds).toBeCloseTo(wanted.waitSeconds, 6);
    within(queue.whole.waitSeconds, wanted.waitSeconds);
    within(queue.whole.serviceLevel, wanted.answeredWithin(20));
    within(queue.whole.occupancy, wanted.occupancy);
  });

  it('Erlang A lies within the band of the simulated days: 10 agents, 8 erlangs of 300 s, patience 120 s', { timeout: 120_000 }, async () => {
    const load = { callsPerSecond: 8 / 300, handlingSeconds: 300 };
    const asked = order({ calls: all(1_800 * load.callsPerSecond), agents: all(10), talkSeconds: 300, afterServiceSeconds: 0, patienceSeconds: 120 });
    const { queue, theory } = await simulateDays(asked, { days: 12, habits: TEXTBOOK });
    const wanted = erlangA(10, load, 120);
    expect(wanted.abandons).toBeCloseTo(0.07322, 5);
    expect(theory[20]!.erlangA!.abandoned).toBeCloseTo(wanted.abandons, 9);
    within(queue.whole.abandoned, wanted.abandons);
    within(queue.whole.occupancy, wanted.occupancy);
  });
});

/** A band that is so wide that anything lies in it proves nothing. */
function within({ low, high, value }: { readonly low: number | null; readonly high: number | null; readonly value: number | null }, wanted: number): void {
  expect(low).toBeLessThanOrEqual(wanted);
  expect(high).toBeGreaterThanOrEqual(wanted);
  expect(high! - low!).toBeLessThan(Math.max(0.2, wanted));
  expect(Math.abs(value! - wanted)).toBeLessThan(0.25 * wanted);
}

describe('a day of the question', () => {
  it('is the same for the same question, and counts each customer in the half hour of their call', async () => {
    const asked = order({ calls: at(30, 18, 19), agents: at(4, 18, 19) });
    const [once, again] = [await simulateDays(asked, { days: 3 }), await simulateDays(asked, { days: 3 })];
    expect(again).toEqual(once);
    const offered = once.queue.halfHours.map((one) => one.offered);
    expect(offered.reduce((sum, one) => sum + one, 0)).toBeCloseTo(once.queue.whole.offered, 9);
    expect(offered.every((one, place) => one > 0 === (place === 18 || place === 19))).toBe(true);
    expect(once.simulatedCalls).toBe(Math.round(3 * once.queue.whole.offered));
    expect(once.theory.map((one) => one !== null)).toEqual(asked.question.calls.map((calls) => calls > 0));
  });

  it('[issue 3] has the agents of each half hour: more of them, less waiting; none, nobody answered', async () => {
    const answered = async (agents: number) => (await simulateDays(order({ calls: at(30, 18, 19), agents: at(agents, 18, 19) }), { days: 4 })).queue.whole;
    const [none, few, many] = [await answered(0), await answered(2), await answered(6)];
    expect(none).toMatchObject({ serviceLevel: { value: 0 }, waitSeconds: { value: null }, occupancy: { value: null } });
    expect(none.abandoned.value).toBeCloseTo(1, 6);
    expect(many.serviceLevel.value).toBeGreaterThan(few.serviceLevel.value! + 0.2);
    expect(many.abandoned.value).toBeLessThan(few.abandoned.value!);
    expect(many.occupancy.value).toBeLessThan(few.occupancy.value!);
  });

  it('lets whoever still talks finish when the agents’ half hours are over', async () => {
    const { queue } = await simulateDays(order({ calls: at(10, 18), agents: at(10, 18), talkSeconds: 900, talkVariation: 0.1 }), { days: 3 });
    expect(queue.halfHours[18]!.abandoned.value).toBe(0);
    // Their last talks reach into the next half hour, when nobody is there for new calls.
    expect(queue.halfHours[19]!.occupancy.value).toBe(1);
    expect(queue.halfHours[21]!.occupancy.value).toBeNull();
  });

  it('[issue 3] a second queue: whoever shares agents with a more urgent one waits longer', { timeout: 30_000 }, async () => {
    const busy = { calls: at(30, 18, 19, 20, 21), agents: at(5, 18, 19, 20, 21) };
    const alone = await simulateDays(order(busy), { days: 4 });
    const second = (goesFirst: boolean, agentsShare: number) => simulateDays(order({ ...busy, secondQueue: { callsRatio: 0.5, goesFirst, agentsShare } }), { days: 4 });
    const [urgent, patient, skilled] = [await second(true, 0.4), await second(false, 0.4), await second(true, 1)];
    expect(alone.secondQueue).toBeNull();
    expect(urgent.queue.whole.serviceLevel.value).toBeLessThan(alone.queue.whole.serviceLevel.value!);
    expect(urgent.secondQueue!.whole.serviceLevel.value).toBeGreaterThan(patient.secondQueue!.whole.serviceLevel.value!);
    expect(skilled.secondQueue!.whole.serviceLevel.value).toBeGreaterThan(urgent.secondQueue!.whole.serviceLevel.value!);
  });

  it('[issue 3] a skill that half of them have: its customers wait for those, or for everybody after a while', { timeout: 30_000 }, async () => {
    const busy = { calls: at(30, 18, 19, 20, 21), agents: at(6, 18, 19, 20, 21), patienceSeconds: 300 };
    const whole = async (change: Change) => (await simulateDays(order({ ...busy, ...change }), { days: 4 })).queue.whole;
    const [all, half, helped, halfAsMany] = [
      await whole({}),
      await whole({ skill: { agentsShare: 0.5, othersAfterSeconds: null } }),
      await whole({ skill: { agentsShare: 0.5, othersAfterSeconds: 30 } }),
      await whole({ agents: at(3, 18, 19, 20, 21) }),
    ];
    expect(half.occupancy.value).toBeLessThan(0.7);
    expect(half.serviceLevel.value).toBeCloseTo(halfAsMany.serviceLevel.value!, 1);
    expect(half.waitSeconds.value).toBeGreaterThan(helped.waitSeconds.value!);
    expect(helped.waitSeconds.value).toBeGreaterThan(all.waitSeconds.value!);
    // Whom the skilled do not answer within half a minute, the others do.
    expect(helped.abandoned.value).toBeLessThan(half.abandoned.value! / 2);
    expect(helped.waitSeconds.value).toBeLessThan(30);
  });

  it('[issue 3] hires the shares that are asked for, and always somebody who has the skill', () => {
    const asked = (agents: number, change: Change) => {
      const one = order({ agents: at(agents, 18), ...change });
      const staff = staffOf(one.question, scenarioOf(one, 1));
      return [staff.filter(({ skills }) => Object.keys(skills).length > 0).length, staff.filter(({ serves }) => serves.length > 1).length];
    };
    const second = { callsRatio: 0.5, goesFirst: false, agentsShare: 0.3 };
    const skill = (agentsShare: number) => ({ skill: { agentsShare, othersAfterSeconds: null } });
    expect([1, 2, 3, 4, 10].map((agents) => asked(agents, skill(0.1))[0])).toEqual([1, 1, 1, 1, 1]);
    expect([1, 2, 3, 10, 100].map((agents) => asked(agents, skill(0.4))[0])).toEqual([1, 1, 1, 4, 40]);
    expect(asked(40, { secondQueue: second })).toEqual([40, 12]);
    expect(asked(40, { ...skill(0.5), secondQueue: second })).toEqual([20, 12]);
  });

  it('[S4.12] counts whom the maximum wait sends elsewhere as that, and not as somebody who gave up', async () => {
    const asked = order({ calls: at(20, 18), agents: at(1, 18), patienceSeconds: null });
    const { queue } = await simulateDays({ ...asked, rules: { ...asked.rules, maximumWaitSeconds: 60 } }, { days: 4 });
    const { offered, abandoned, overflowed, waitSeconds } = queue.whole;
    expect(offered).toBeGreaterThan(10);
    expect(abandoned.value).toBe(0);
    expect(overflowed.value).toBeGreaterThan(0.3);
    // Whoever is being rung as the minute ends is still answered.
    expect(waitSeconds.high).toBeLessThan(70);
    expect((await simulateDays(asked, { days: 1 })).queue.whole.overflowed.value).toBe(0);
  });

  it('tells how far it is: at the beginning, and after each day', async () => {
    const told: string[] = [];
    await simulateDays(order({ calls: at(5, 18), agents: at(2, 18) }), { days: 3, onDay: (done, of) => void told.push(`${done} of ${of}`) });
    expect(told).toEqual(['0 of 3', '1 of 3', '2 of 3', '3 of 3']);
  });

  it('simulates fewer days of a busy center', () => {
    expect([daysFor(100), daysFor(2_000), daysFor(8_000)]).toEqual([20, 10, 4]);
  });
});
