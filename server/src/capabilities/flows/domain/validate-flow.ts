import type { FloorFlow, FloorFlowStep } from '../../accounts/index.ts';

export const FLOW_FAULTS = ['start-missing', 'step-missing', 'step-unreachable', 'loop-without-waiting', 'queue-unknown', 'menu-without-options', 'prompt-unknown'] as const;
export type FlowFaultCode = (typeof FLOW_FAULTS)[number];

/** `pointer` is a JSON pointer (RFC 6901) into the flow's definition. */
export interface FlowFault {
  readonly pointer: string;
  readonly code: FlowFaultCode;
  /** The step, queue or prompt at fault. */
  readonly detail: string;
}

type Definition = Pick<FloorFlow, 'start' | 'steps'>;

interface Known {
  readonly hasQueue: (queueId: string) => boolean;
  readonly hasPrompt?: (name: string) => boolean;
}

type Rule = (flow: Definition, known: Known) => FlowFault[];

/** Everything that would leave a caller in silence or in a circle. An empty list: the flow may be published. */
export function validateFlow(flow: Definition, known: Known): FlowFault[] {
  return RULES.flatMap((rule) => rule(flow, known));
}

const RULES: readonly Rule[] = [
  function startExists(flow) {
    return has(flow, flow.start) ? [] : [fault('/start', 'start-missing', flow.start)];
  },
  function targetsExist(flow) {
    return stepsOf(flow).flatMap(([id, step]) => edgesOf(id, step).flatMap(({ pointer, to }) => (has(flow, to) ? [] : [fault(pointer, 'step-missing', to)])));
  },
  function stepsAreReachable(flow) {
    const reached = reachableFrom(flow, flow.start);
    return stepsOf(flow).flatMap(([id]) => (reached.has(id) ? [] : [fault(pointerTo(id), 'step-unreachable', id)]));
  },
  function loopsWait(flow) {
    return stepsOf(flow).flatMap(([id, step]) => (step.kind === 'answer' && comesBackWithoutWaiting(flow, id) ? [fault(pointerTo(id), 'loop-without-waiting', id)] : []));
  },
  function loopsCanBeLeft(flow) {
    const leaving = stepsThatEnd(flow);
    return stepsOf(flow).flatMap(([id, step]) => (step.kind === 'play' && !leaving.has(id) && edgesOf(id, step).every(({ to }) => has(flow, to)) ? [fault(pointerTo(id), 'loop-without-waiting', id)] : []));
  },
  function queuesExist(flow, known) {
    return stepsOf(flow).flatMap(([id, step]) => (step.kind === 'queue' && !known.hasQueue(step.queueId) ? [fault(`${pointerTo(id)}/queueId`, 'queue-unknown', step.queueId)] : []));
  },
  function menusOfferSomething(flow) {
    return stepsOf(flow).flatMap(([id, step]) => (step.kind === 'menu' && Object.keys(step.options).length === 0 ? [fault(`${pointerTo(id)}/options`, 'menu-without-options', id)] : []));
  },
  function promptsExist(flow, { hasPrompt }) {
    if (!hasPrompt) return [];
    return stepsOf(flow).flatMap(([id, step]) =>
      promptsOf(step).flatMap(({ at, items }) => items.flatMap((item, i) => (item.kind === 'prompt' && !hasPrompt(item.name) ? [fault(`${pointerTo(id)}/${at}/${i}/name`, 'prompt-unknown', item.name)] : []))),
    );
  },
];

interface Edge {
  readonly pointer: string;
  readonly to: string;
}

function edgesOf(id: string, step: FloorFlowStep): readonly Edge[] {
  const here = pointerTo(id);
  switch (step.kind) {
    case 'answer':
    case 'play':
      return [{ pointer: `${here}/next`, to: step.next }];
    case 'menu':
      return [
        ...Object.entries(step.options).map(([key, { next }]) => ({ pointer: `${here}/options/${escape(key)}/next`, to: next })),
        { pointer: `${here}/otherwise`, to: step.otherwise },
      ];
    case 'queue':
    case 'hang-up':
      return [];
  }
}

function promptsOf(step: FloorFlowStep) {
  if (step.kind === 'play') return [{ at: 'items', items: step.items }];
  return step.kind === 'menu' ? [{ at: 'items', items: step.items }, { at: 'wrongKey', items: step.wrongKey }] : [];
}

function reachableFrom(flow: Definition, start: string): ReadonlySet<string> {
  const reached = new Set<string>();
  const open = [start];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (reached.has(id) || !has(flow, id)) continue;
    reached.add(id);
    for (const { to } of edgesOf(id, flow.steps[id]!)) open.push(to);
  }
  return reached;
}

/** Answer steps are passed in no time once the call is answered: a circle of nothing else would never end. */
function comesBackWithoutWaiting(flow: Definition, start: string): boolean {
  const seen = new Set<string>();
  let id = start;
  for (;;) {
    const step = has(flow, id) ? flow.steps[id] : undefined;
    if (step?.kind !== 'answer') return false;
    seen.add(id);
    id = step.next;
    if (id === start) return true;
    if (seen.has(id)) return false;
  }
}

/** Steps from which a caller gets to a key press, a queue or a hang-up. A circle of prompts alone holds them for ever. */
function stepsThatEnd(flow: Definition): ReadonlySet<string> {
  const ends = new Set(stepsOf(flow).flatMap(([id, step]) => (step.kind === 'queue' || step.kind === 'hang-up' || step.kind === 'menu' ? [id] : [])));
  for (let grown = true; grown; ) {
    grown = false;
    for (const [id, step] of stepsOf(flow)) {
      if (ends.has(id) || !edgesOf(id, step).some(({ to }) => ends.has(to))) continue;
      ends.add(id);
      grown = true;
    }
  }
  return ends;
}

const stepsOf = (flow: Definition): [string, FloorFlowStep][] => Object.entries(flow.steps);
const has = (flow: Definition, id: string): boolean => Object.hasOwn(flow.steps, id);
const pointerTo = (id: string): string => `/steps/${escape(id)}`;
const escape = (part: string): string => part.replaceAll('~', '~0').replaceAll('/', '~1');
const fault = (pointer: string, code: FlowFaultCode, detail: string): FlowFault => ({ pointer, code, detail });
