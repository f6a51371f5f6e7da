import { describe, expect, test } from 'vitest';
import type { FloorFlow, FloorFlowStep } from '../../accounts/index.ts';
import { validateFlow } from './validate-flow.ts';

const known = { hasQueue: (queueId: string) => queueId === 'que_ventas', hasPrompt: (name: string) => name === 'greeting' };
const check = (steps: Record<string, FloorFlowStep>, start = 'start') => validateFlow({ start, steps } satisfies Pick<FloorFlow, 'start' | 'steps'>, known).map(({ code, pointer, detail }) => `${code} ${pointer} ${detail}`);

const play = (next: string, name = 'greeting'): FloorFlowStep => ({ kind: 'play', items: [{ kind: 'prompt', name }], next });
const menu = (options: Record<string, string>, otherwise: string): FloorFlowStep => ({
  kind: 'menu',
  items: [{ kind: 'prompt', name: 'greeting' }],
  timeoutMs: 5_000,
  attempts: 3,
  options: Object.fromEntries(Object.entries(options).map(([key, next]) => [key, { label: key, next }])),
  wrongKey: [],
  otherwise,
});
const end: FloorFlowStep = { kind: 'hang-up' };

describe('[Build 4] a flow that would leave a caller in silence or in a circle is not published', () => {
  test('a sound flow has no faults, circles through a menu included', () => {
    expect(check({ start: { kind: 'answer', next: 'hello' }, hello: play('menu'), menu: menu({ 1: 'ventas', '*': 'hello' }, 'end'), ventas: { kind: 'queue', queueId: 'que_ventas' }, end })).toEqual([]);
  });

  test.each<[string, Record<string, FloorFlowStep>, string[]]>([
    ['no start', { other: end }, ['start-missing /start start', 'step-unreachable /steps/other other']],
    ['a target that is not there', { start: menu({ 1: 'nowhere', '#': 'end' }, 'lost'), end }, ['step-missing /steps/start/options/1/next nowhere', 'step-missing /steps/start/otherwise lost']],
    ['a step nobody reaches', { start: end, island: end }, ['step-unreachable /steps/island island']],
    ['a queue that is not there', { start: { kind: 'queue', queueId: 'que_gone' } }, ['queue-unknown /steps/start/queueId que_gone']],
    ['a menu without options', { start: menu({}, 'end'), end }, ['menu-without-options /steps/start/options start']],
    ['a prompt without a sound', { start: play('end', 'tango'), end }, ['prompt-unknown /steps/start/items/0/name tango']],
    ['answers in a circle', { start: { kind: 'answer', next: 'again' }, again: { kind: 'answer', next: 'start' } }, ['loop-without-waiting /steps/start start', 'loop-without-waiting /steps/again again']],
    ['prompts in a circle', { start: play('more'), more: play('start') }, ['loop-without-waiting /steps/start start', 'loop-without-waiting /steps/more more']],
  ])('%s', (_, steps, faults) => expect(check(steps)).toEqual(faults));

  test('a pointer escapes the step it names', () => {
    expect(check({ start: play('a/b~c'), 'a/b~c': { kind: 'queue', queueId: 'x' } })).toEqual(['queue-unknown /steps/a~1b~0c/queueId x']);
  });

  test('a step called like something every object has is still missing', () => {
    expect(check({ start: play('constructor') })).toEqual(['step-missing /steps/start/next constructor']);
  });
});
