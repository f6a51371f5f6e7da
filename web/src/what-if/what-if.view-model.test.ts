import { type RealDay, type WhatIfAnswer, type WhatIfFigures, whatIfQuestion } from '@centralita/contract';
import { describe, expect, it } from 'vitest';
import { agentHours, agentsNeeded, band, draftOfDay, faultsOf, figuresShown, madeUpCalls, madeUpDraft, moreAgents, moreCalls, seriesOf, SHAPES, shownPlaces, stepLine, timeOf, verdict } from './what-if.view-model.ts';

const queue = { serviceLevelTarget: 0.8, serviceLevelThresholdMs: 20_000 };
const nothing = { waitSeconds: null, serviceLevel: null, abandoned: null, overflowed: null, occupancy: null };
const day: RealDay = {
  date: '2026-11-20',
  timeZone: 'Europe/Madrid',
  halfHours: Array.from({ length: 48 }, (_, place) => (place === 20 ? { calls: 31, agents: 3.6, waitSeconds: 12, serviceLevel: 0.9, abandoned: 0.02, overflowed: 0.05, occupancy: 0.7 } : { ...nothing, calls: 0, agents: 0 })),
  whole: { ...nothing, calls: 31 },
  skill: null,
  habits: { talkSeconds: 151.4, talkVariation: null, afterServiceSeconds: 4_000, patienceSeconds: 1 },
};

describe('[issue 3] where a question begins', () => {
  it('takes a real day, within what may be asked', () => {
    const draft = draftOfDay(day, queue);
    expect(draft).toMatchObject({ talkSeconds: 151, talkVariation: 0.7, afterServiceSeconds: 1_800, patienceSeconds: 5, target: { share: 0.8, withinSeconds: 20 } });
    expect([draft.calls[20], draft.agents[20], draft.calls[21], draft.agents[21]]).toEqual([31, 4, 0, 0]);
    expect(whatIfQuestion.safeParse({ ...draft, queueId: 'que_1' }).success).toBe(true);
  });

  it('takes the queue’s skill as it is, within what may be asked', () => {
    expect(draftOfDay(day, queue).skill).toBeNull();
    expect(draftOfDay({ ...day, skill: { agentsShare: 0, othersAfterSeconds: 7_200 } }, queue).skill).toEqual({ agentsShare: 0.01, othersAfterSeconds: 3_600 });
    expect(draftOfDay({ ...day, skill: { agentsShare: 0.4, othersAfterSeconds: null } }, queue).skill).toEqual({ agentsShare: 0.4, othersAfterSeconds: null });
  });

  it.each(SHAPES)('makes up a day of the shape %s whose calls add up', (shape) => {
    for (const perDay of [1, 137, 2_000]) {
      const calls = madeUpCalls(shape, perDay);
      expect(calls.reduce((sum, one) => sum + one, 0)).toBe(perDay);
      expect(Math.min(...calls)).toBeGreaterThanOrEqual(0);
    }
    const draft = madeUpDraft(shape, 300, queue);
    expect(draft.calls.every((calls, place) => calls > 0 === draft.agents[place]! > 1)).toBe(true);
    expect(whatIfQuestion.safeParse({ ...draft, queueId: 'que_1' }).success).toBe(true);
  });
});

describe('changing it', () => {
  const draft = { ...draftOfDay(day, queue) };

  it('adds and takes away agents where there is work, never below none', () => {
    expect(moreAgents(draft, 1)[20]).toBe(5);
    expect(moreAgents(draft, 1)[21]).toBe(0);
    expect(moreAgents({ ...draft, agents: draft.agents.map(() => 0) }, 1)[20]).toBe(1);
    expect(moreAgents(draft, -9)[20]).toBe(0);
  });

  it('scales calls, and counts agents’ hours', () => {
    expect(moreCalls(draft, 1.1)[20]).toBe(34.1);
    expect(agentHours(draft)).toBe(2);
  });

  it('shows an office’s day, and whatever lies outside it', () => {
    expect(shownPlaces(draft).map(timeOf).filter((_, at, all) => at === 0 || at === all.length - 1)).toEqual(['09:00', '16:30']);
    const night = draft.calls.with(0, 3).with(47, 1);
    expect(shownPlaces({ ...draft, calls: night })).toHaveLength(48);
  });
});

describe('what the charts draw', () => {
  const figure = (value: number, low: number, high: number) => ({ value, low, high });
  const half = (wait: number): WhatIfFigures => ({ offered: 3, waitSeconds: figure(wait, wait / 2, wait * 2), serviceLevel: figure(0.8, 0.7, 0.9), abandoned: figure(0.06, 0, 0.2), overflowed: figure(0, 0, 0), occupancy: figure(0.5, 0.4, 0.6) });
  const answer: WhatIfAnswer = { simulatedDays: 20, simulatedCalls: 100, queue: { whole: half(30), halfHours: Array.from({ length: 48 }, () => half(30)) }, secondQueue: null, theory: Array.from({ length: 48 }, (_, place) => (place === 20 ? { load: 2, erlangC: null, erlangA: null, agentsNeeded: 7 } : null)) };

  it('puts simulated and real side by side on one scale', () => {
    const shown = [20, 21];
    const waits = seriesOf('waitSeconds', shown, answer.queue, day);
    expect(waits).toMatchObject({ real: [12, null], top: 60 });
    expect(waits.simulated[0]).toEqual(figure(30, 15, 60));
    expect(seriesOf('abandoned', shown, answer.queue, null)).toMatchObject({ real: [null, null], top: 0.25 });
    expect(seriesOf('serviceLevel', shown, null, day)).toMatchObject({ simulated: [null, null], top: 1 });
  });

  it('shows calls that were sent elsewhere where there were any', () => {
    expect(figuresShown(answer.queue, null)).toEqual(['serviceLevel', 'waitSeconds', 'abandoned', 'occupancy']);
    expect(figuresShown(null, { ...day, whole: { ...day.whole, overflowed: 0.1 } })).toContain('overflowed');
    expect(figuresShown({ ...answer.queue, whole: { ...answer.queue.whole, overflowed: figure(0.01, 0, 0.1) } }, day)).toContain('overflowed');
  });

  it('draws level strokes, and nothing where nothing happened', () => {
    expect(stepLine([0, 1, null, 0.5], 1)).toBe('M0 100H25L25 0H50M75 50H100');
    expect(stepLine([5], 1)).toBe('M0 0H100');
    expect(band([null, figure(0.5, 0.25, 0.75)], 1)).toBe('M50 75V25H100V75Z');
    expect(band([{ value: null, low: null, high: null }], 1)).toBe('');
  });

  it('says whether the target is kept most days, some, or hardly one', () => {
    expect([verdict(figure(0.9, 0.85, 1), 0.8), verdict(figure(0.9, 0.7, 1), 0.8), verdict(figure(0.5, 0.4, 0.6), 0.8), verdict({ value: null, low: null, high: null }, 0.8)]).toEqual(['kept', 'sometimes', 'missed', null]);
  });

  it('takes the calculator’s agents for every half hour', () => {
    expect(agentsNeeded(answer)[20]).toBe(7);
    expect(agentsNeeded(answer)[0]).toBe(0);
  });
});

it('reads which field, and which half hour, the server would not take', () => {
  const problem = { type: '', title: '', status: 400, code: 'invalid-input', requestId: 'r', errors: [{ pointer: '/agents/18', code: 'too_big', detail: 'too big' }, { pointer: '/target/share', code: 'too_big', detail: 'x' }] };
  expect(faultsOf(problem)).toEqual([{ field: 'agents', place: 18, detail: 'too big' }, { field: 'target', place: null, detail: 'x' }]);
  expect(faultsOf(null)).toEqual([]);
});
