import type { Facts } from '@centralita/kernel';
import { expect, test } from 'vitest';
import type { FloorFlow } from '../../accounts/index.ts';
import { type FlowCommand, flowRun, type FlowRun, MAX_STEPS } from './flow-run.ts';

let plays = 0;
const at = (now: number): Facts => ({ now, draw: (kind) => `${kind}_${++plays}`, chance: () => 0 });
const run = (flow: FloorFlow): FlowCommand => ({ type: 'start', flowRunId: 'frn_1', conversationId: 'cnv_1', callId: 'cal_1', legId: 'leg_1', flowId: 'flo_1', flow });
const say = (next: string) => ({ kind: 'play', items: [{ kind: 'prompt', name: 'greeting' }], next }) as const;

function take(state: FlowRun | undefined, command: FlowCommand, now = 0) {
  const decision = flowRun.decide(state, command, at(now));
  let next = state;
  for (const event of decision.events ?? []) next = flowRun.evolve(next, event);
  return { state: next, types: decision.events?.map(({ type }) => type), last: decision.events?.at(-1), refusal: decision.refusal };
}

test('[Build 4] a flow that plays before it answers uses early media, then waits for the answer', () => {
  const flow: FloorFlow = { version: 1, language: 'es', start: 'hello', steps: { hello: say('answer'), answer: { kind: 'answer', next: 'again' }, again: { kind: 'answer', next: 'bye' }, bye: { kind: 'hang-up' } } };
  const playing = take(undefined, run(flow));
  expect(playing.types).toEqual(['flow-run-started', 'flow-play-entered']);
  expect(playing.state).toMatchObject({ state: 'playing', answered: false });
  const playId = playing.state?.state === 'playing' ? playing.state.playId : '';
  expect(take(playing.state, { type: 'play-finished', playId: 'pla_other', flow, typedKey: '' }).refusal).toBe('other-play');
  const answering = take(playing.state, { type: 'play-finished', playId, flow, typedKey: '' });
  expect(answering.state).toMatchObject({ state: 'answering', stepId: 'answer' });
  // A second answer step is passed in the same turn.
  expect(take(answering.state, { type: 'answered', flow }).last).toMatchObject({ type: 'flow-run-ended', outcome: { kind: 'hung-up', reason: 'step' } });
});

test('[Build 4] a step that is not there ends the run instead of leaving the caller in silence', () => {
  expect(take(undefined, run({ version: 1, language: 'es', start: 'gone', steps: {} })).last).toMatchObject({ outcome: { kind: 'hung-up', reason: 'step-missing' } });
  expect(take(undefined, run({ version: 1, language: 'es', start: 'constructor', steps: {} })).last).toMatchObject({ outcome: { kind: 'hung-up', reason: 'step-missing' } });
});

test('[Build 4] a caller who keeps choosing "again" is let go after a while', () => {
  const flow: FloorFlow = { version: 1, language: 'es', start: 'hello', steps: { hello: say('hello') } };
  let { state } = take(undefined, run(flow));
  let entered = 1;
  while (state?.state === 'playing' && entered <= MAX_STEPS) {
    ({ state } = take(state, { type: 'play-finished', playId: state.playId, flow, typedKey: '' }));
    entered += 1;
  }
  expect([state, entered]).toEqual([undefined, MAX_STEPS + 1]);
});

test('[Build 4] the time-out of an earlier question, or of one still being said, is harmless', () => {
  const flow: FloorFlow = {
    version: 1,
    language: 'es',
    start: 'menu',
    steps: { menu: { kind: 'menu', items: [], timeoutMs: 5_000, attempts: 2, options: { 1: { label: 'Uno', next: 'bye' } }, wrongKey: [], otherwise: 'bye' }, bye: { kind: 'hang-up' } },
  };
  const asking = take(undefined, run(flow)).state;
  expect(take(asking, { type: 'time-over', stepId: 'menu', attempt: 1, flow }).refusal).toBe('not-due');
  expect(take(asking, { type: 'time-over', stepId: 'menu', attempt: 2, flow }).refusal).toBe('not-allowed-now');
  const listening = take(asking, { type: 'play-finished', playId: asking?.state === 'asking' ? asking.playId : '', flow, typedKey: '' }, 1_000);
  expect(listening.state).toMatchObject({ deadline: 6_000 });
  expect(take(listening.state, { type: 'time-over', stepId: 'menu', attempt: 1, flow }, 5_999).refusal).toBe('not-due');
  expect(take(listening.state, { type: 'time-over', stepId: 'menu', attempt: 1, flow }, 6_000).types).toEqual(['flow-menu-missed', 'flow-menu-asked']);
});

test('[Build 4] a key pressed before the menu answers it, once the words before it have been heard to their end', () => {
  const menu = (next: string) => ({ kind: 'menu', items: [], timeoutMs: 5_000, attempts: 2, options: { 1: { label: 'Ventas', next } }, wrongKey: [], otherwise: 'bye' }) as const;
  const flow: FloorFlow = { version: 1, language: 'es', start: 'notice', steps: { notice: say('hello'), hello: say('menu'), menu: menu('second'), second: menu('bye'), bye: { kind: 'hang-up' } } };
  const notice = take(undefined, run(flow));
  const typed = take(notice.state, { type: 'digit', key: '1', digit: 'per_1', flow });
  expect(typed.types).toEqual(['flow-key-typed-ahead']);
  const hello = take(typed.state, { type: 'play-finished', playId: playOf(typed.state), flow, typedKey: '1' });
  expect(hello.state).toMatchObject({ state: 'playing', stepId: 'hello', typedAhead: 'per_1' });
  const chosen = take(hello.state, { type: 'play-finished', playId: playOf(hello.state), flow, typedKey: '1' });
  expect(chosen.types).toEqual(['flow-menu-chosen', 'flow-menu-asked']);
  expect(chosen.state).toMatchObject({ state: 'asking', stepId: 'second' });
  const wrong = take(hello.state, { type: 'play-finished', playId: playOf(hello.state), flow, typedKey: '9' });
  expect(wrong.types).toEqual(['flow-menu-asked']);
});

const playOf = (state: FlowRun | undefined): string => (state?.state === 'playing' ? state.playId : '');
