import { assertNever, decided, type Decider, type Decision, type Facts, refused } from '@centralita/kernel';
import type { CallId, ConversationId, EndedBy, FlowId, FlowRunId, Instant, Language, LegId, PersonalRef, PlayId, QueueId } from '@centralita/kernel';
import type { FloorFlow, FloorFlowStep, FloorPromptItem } from '../../accounts/index.ts';

/*
 *   flow-run-started ─► answering ─► playing ─► … ─► asking ─► … ── flow-run-ended (queue | hang-up | abandoned)
 *                       (answer)     (play)          (menu: plays, then waits for a key until its deadline)
 *   flow-closing-started ─► closing (a prompt after the queue) ── flow-run-ended
 *
 * Walks one caller through a published flow. Steps that need nothing from outside are walked in the same turn.
 */

interface FlowRunFacts {
  readonly flowRunId: FlowRunId;
  readonly conversationId: ConversationId;
  readonly callId: CallId;
  readonly legId: LegId;
  readonly language: Language;
  readonly startedAt: Instant;
  /** The caller's leg has been answered; until then prompts are early media. */
  readonly answered: boolean;
  /** Steps entered so far; a run is ended at `MAX_STEPS`, since a caller may choose "again" for hours. */
  readonly stepCount: number;
}
interface AtStep extends FlowRunFacts {
  readonly flowId: FlowId;
  readonly version: number;
  readonly stepId: string;
}
export interface AnsweringRun extends AtStep {
  readonly state: 'answering';
}
export interface PlayingRun extends AtStep {
  readonly state: 'playing';
  readonly playId: PlayId;
  /** The last key pressed while prompts play: whoever knows the menu need not hear it, but a notice is heard to its end. */
  readonly typedAhead: PersonalRef | null;
}
export interface AskingRun extends AtStep {
  readonly state: 'asking';
  readonly playId: PlayId;
  readonly attempt: number;
  /** Null while the question is still being said. */
  readonly deadline: Instant | null;
}
/** Says a last prompt, then hangs up. */
export interface ClosingRun extends FlowRunFacts {
  readonly state: 'closing';
  readonly playId: PlayId;
}
export type FlowRun = AnsweringRun | PlayingRun | AskingRun | ClosingRun;

interface FlowEventFacts {
  readonly flowRunId: FlowRunId;
  readonly conversationId: ConversationId;
  readonly callId: CallId;
  readonly at: Instant;
}
export type FlowEvent =
  | (FlowEventFacts & { readonly type: 'flow-run-started'; readonly flowId: FlowId; readonly version: number; readonly language: Language; readonly legId: LegId })
  | (FlowEventFacts & { readonly type: 'flow-answer-entered'; readonly legId: LegId; readonly stepId: string })
  | (FlowEventFacts & { readonly type: 'flow-play-entered'; readonly legId: LegId; readonly stepId: string; readonly playId: PlayId; readonly items: readonly FloorPromptItem[] })
  | (FlowEventFacts & { readonly type: 'flow-key-typed-ahead'; readonly stepId: string; readonly digit: PersonalRef })
  /** Attempt 1 is the first; the question is said again at each, after the words for a wrong key if there was one. */
  | (FlowEventFacts & { readonly type: 'flow-menu-asked'; readonly legId: LegId; readonly stepId: string; readonly playId: PlayId; readonly attempt: number; readonly items: readonly FloorPromptItem[] })
  | (FlowEventFacts & { readonly type: 'flow-menu-listening'; readonly stepId: string; readonly attempt: number; readonly deadline: Instant })
  | (FlowEventFacts & { readonly type: 'flow-menu-chosen'; readonly stepId: string; readonly digit: PersonalRef; readonly label: string; readonly next: string })
  | (FlowEventFacts & { readonly type: 'flow-menu-missed'; readonly stepId: string; readonly attempt: number; readonly reason: 'timed-out' | 'wrong-key'; readonly digit: PersonalRef | null })
  | (FlowEventFacts & { readonly type: 'flow-closing-started'; readonly legId: LegId; readonly prompt: string; readonly language: Language; readonly playId: PlayId; readonly answered: boolean })
  | (FlowEventFacts & { readonly type: 'flow-run-ended'; readonly outcome: FlowOutcome });

export type FlowOutcome =
  | { readonly kind: 'queued'; readonly queueId: QueueId }
  /** The flow, or the words after the queue, came to their end; or the flow led nowhere. */
  | { readonly kind: 'hung-up'; readonly reason: 'step' | 'closed' | 'too-many-steps' | 'step-missing' }
  | { readonly kind: 'caller-left'; readonly by: EndedBy };

/** A caller who keeps choosing "again" is let go after this many steps. */
export const MAX_STEPS = 200;

export type FlowCommand =
  | { readonly type: 'start'; readonly flowRunId: FlowRunId; readonly conversationId: ConversationId; readonly callId: CallId; readonly legId: LegId; readonly flowId: FlowId; readonly flow: FloorFlow }
  | { readonly type: 'say-closing'; readonly flowRunId: FlowRunId; readonly conversationId: ConversationId; readonly callId: CallId; readonly legId: LegId; readonly prompt: string; readonly language: Language; readonly answered: boolean }
  | { readonly type: 'answered'; readonly flow: FloorFlow }
  /** `typedKey` is the digit itself of the run's `typedAhead`, looked up by the caller; empty when there is none. */
  | { readonly type: 'play-finished'; readonly playId: PlayId; readonly flow: FloorFlow | undefined; readonly typedKey: string }
  /** `key` is the digit itself, looked up by the caller; only its reference is kept. */
  | { readonly type: 'digit'; readonly key: string; readonly digit: PersonalRef; readonly flow: FloorFlow }
  | { readonly type: 'time-over'; readonly stepId: string; readonly attempt: number; readonly flow: FloorFlow }
  | { readonly type: 'closing-time-over' }
  | { readonly type: 'caller-left'; readonly by: EndedBy };

export type FlowRefusal = 'no-such-run' | 'not-allowed-now' | 'other-play' | 'not-due';

type Answer = Decision<FlowEvent, FlowRefusal>;

/** What walking needs to know of the run. */
interface Walk {
  readonly flow: FloorFlow;
  readonly who: FlowEventFacts & { readonly legId: LegId };
  readonly answered: boolean;
  readonly stepCount: number;
  readonly facts: Facts;
  readonly typed?: { readonly key: string; readonly digit: PersonalRef };
}

export const flowRun: Decider<FlowRun, FlowCommand, FlowEvent, FlowRefusal> = {
  decide(state, command, facts) {
    if (!state) return begin(command, facts);
    switch (command.type) {
      case 'start':
      case 'say-closing':
        return refused('not-allowed-now');
      case 'caller-left':
        return decided(ended(state, { kind: 'caller-left', by: command.by }, facts.now));
      case 'answered':
        return state.state === 'answering' ? decided(...goOn(state, command.flow, nextOf(stepAt(state, command.flow)), facts)) : refused('not-allowed-now');
      case 'play-finished':
        return playFinished(state, command, facts);
      case 'digit':
        return digitPressed(state, command, facts);
      case 'time-over':
        if (state.state !== 'asking' || state.stepId !== command.stepId || state.attempt !== command.attempt) return refused('not-allowed-now');
        if (state.deadline === null || facts.now < state.deadline) return refused('not-due');
        return decided(...missed(state, command.flow, 'timed-out', null, facts));
      case 'closing-time-over':
        return state.state === 'closing' ? decided(ended(state, { kind: 'hung-up', reason: 'closed' }, facts.now)) : refused('not-allowed-now');
      default:
        return assertNever(command);
    }
  },
  evolve: evolveRun,
};

function begin(command: FlowCommand, facts: Facts): Answer {
  if (command.type === 'start') {
    const { flowRunId, conversationId, callId, legId, flowId, flow } = command;
    const who = { flowRunId, conversationId, callId, legId, at: facts.now };
    return decided<FlowEvent>(
      { ...who, type: 'flow-run-started', flowId, version: flow.version, language: flow.language },
      ...enter(flow.start, { flow, who, answered: false, stepCount: 0, facts }),
    );
  }
  if (command.type === 'say-closing') {
    const { type: _, ...closing } = command;
    return decided({ ...closing, type: 'flow-closing-started', at: facts.now, playId: facts.draw('play') });
  }
  return refused('no-such-run');
}

/** Walks steps until one has to wait for the caller or the switch. */
function enter(stepId: string | undefined, walk: Walk): FlowEvent[] {
  const { who, facts } = walk;
  const step = stepId !== undefined && Object.hasOwn(walk.flow.steps, stepId) ? walk.flow.steps[stepId] : undefined;
  const end = (outcome: FlowOutcome): FlowEvent[] => [{ ...which(who), type: 'flow-run-ended', outcome }];
  if (stepId === undefined || step === undefined) return end({ kind: 'hung-up', reason: 'step-missing' });
  if (walk.stepCount >= MAX_STEPS) return end({ kind: 'hung-up', reason: 'too-many-steps' });
  switch (step.kind) {
    case 'answer':
      return walk.answered ? enter(step.next, { ...walk, stepCount: walk.stepCount + 1 }) : [{ ...who, type: 'flow-answer-entered', stepId }];
    case 'play':
      return [{ ...who, type: 'flow-play-entered', stepId, playId: facts.draw('play'), items: step.items }];
    case 'menu':
      if (walk.typed && Object.hasOwn(step.options, walk.typed.key)) return chooseTyped(stepId, step, walk, walk.typed);
      return [{ ...who, type: 'flow-menu-asked', stepId, playId: facts.draw('play'), attempt: 1, items: step.items }];
    case 'queue':
      return end({ kind: 'queued', queueId: step.queueId });
    case 'hang-up':
      return end({ kind: 'hung-up', reason: 'step' });
    default:
      return assertNever(step);
  }
}

/** A key pressed before the menu was reached answers it; it answers one menu only. */
function chooseTyped(stepId: string, menu: Extract<FloorFlowStep, { kind: 'menu' }>, walk: Walk, { key, digit }: NonNullable<Walk['typed']>): FlowEvent[] {
  const { label, next } = menu.options[key]!;
  const { typed: _, ...rest } = walk;
  return [{ ...which(walk.who), type: 'flow-menu-chosen', stepId, digit, label, next }, ...enter(next, { ...rest, stepCount: walk.stepCount + 1 })];
}

const goOn = (state: FlowRun, flow: FloorFlow, stepId: string | undefined, facts: Facts, typed?: Walk['typed']): FlowEvent[] =>
  enter(stepId, { ...(typed && { typed }), flow, who: { ...which({ ...state, at: facts.now }), legId: state.legId }, answered: state.answered || state.state === 'answering', stepCount: state.stepCount, facts });

function playFinished(state: FlowRun, command: Extract<FlowCommand, { type: 'play-finished' }>, facts: Facts): Answer {
  if (state.state === 'answering' || state.playId !== command.playId) return refused('other-play');
  if (state.state === 'closing') return decided(ended(state, { kind: 'hung-up', reason: 'closed' }, facts.now));
  if (!command.flow) return decided(ended(state, { kind: 'hung-up', reason: 'step-missing' }, facts.now));
  const step = stepAt(state, command.flow);
  if (state.state === 'playing') {
    const typed = state.typedAhead === null ? undefined : { key: command.typedKey, digit: state.typedAhead };
    return decided(...goOn(state, command.flow, nextOf(step), facts, typed));
  }
  if (state.deadline !== null) return refused('not-allowed-now');
  if (step?.kind !== 'menu') return decided(ended(state, { kind: 'hung-up', reason: 'step-missing' }, facts.now));
  return decided({ ...which({ ...state, at: facts.now }), type: 'flow-menu-listening', stepId: state.stepId, attempt: state.attempt, deadline: facts.now + step.timeoutMs });
}

function digitPressed(state: FlowRun, command: Extract<FlowCommand, { type: 'digit' }>, facts: Facts): Answer {
  if (state.state === 'playing') return decided({ ...which({ ...state, at: facts.now }), type: 'flow-key-typed-ahead', stepId: state.stepId, digit: command.digit });
  if (state.state !== 'asking') return refused('not-allowed-now');
  const step = stepAt(state, command.flow);
  const option = step?.kind === 'menu' && Object.hasOwn(step.options, command.key) ? step.options[command.key] : undefined;
  if (!option) return decided(...missed(state, command.flow, 'wrong-key', command.digit, facts));
  return decided<FlowEvent>(
    { ...which({ ...state, at: facts.now }), type: 'flow-menu-chosen', stepId: state.stepId, digit: command.digit, label: option.label, next: option.next },
    ...goOn(state, command.flow, option.next, facts),
  );
}

/** No key, or a wrong one: asks again until the attempts are used up, then goes where the menu says. */
function missed(state: AskingRun, flow: FloorFlow, reason: 'timed-out' | 'wrong-key', digit: PersonalRef | null, facts: Facts): FlowEvent[] {
  const who = which({ ...state, at: facts.now });
  const miss: FlowEvent = { ...who, type: 'flow-menu-missed', stepId: state.stepId, attempt: state.attempt, reason, digit };
  const step = stepAt(state, flow);
  if (step?.kind !== 'menu' || state.attempt >= step.attempts) return [miss, ...goOn(state, flow, step?.kind === 'menu' ? step.otherwise : undefined, facts)];
  const items = reason === 'wrong-key' ? [...step.wrongKey, ...step.items] : step.items;
  return [miss, { ...who, type: 'flow-menu-asked', legId: state.legId, stepId: state.stepId, playId: facts.draw('play'), attempt: state.attempt + 1, items }];
}

const stepAt = (state: FlowRun, flow: FloorFlow): FloorFlowStep | undefined => (state.state === 'closing' ? undefined : flow.steps[state.stepId]);
const nextOf = (step: FloorFlowStep | undefined): string | undefined => (step?.kind === 'answer' || step?.kind === 'play' ? step.next : undefined);

const ended = (state: FlowRun, outcome: FlowOutcome, at: Instant): FlowEvent => ({ ...which({ ...state, at }), type: 'flow-run-ended', outcome });
const which = ({ flowRunId, conversationId, callId, at }: FlowEventFacts): FlowEventFacts => ({ flowRunId, conversationId, callId, at });

function evolveRun(state: FlowRun | undefined, event: FlowEvent): FlowRun | undefined {
  switch (event.type) {
    case 'flow-run-started': {
      const { flowRunId, conversationId, callId, legId, language, flowId, version, at } = event;
      // Where it stands is said by the step entered next, in the same turn.
      return { state: 'answering', flowRunId, conversationId, callId, legId, language, startedAt: at, answered: false, stepCount: 0, flowId, version, stepId: '' };
    }
    case 'flow-closing-started': {
      const { flowRunId, conversationId, callId, legId, language, playId, answered, at } = event;
      return { state: 'closing', flowRunId, conversationId, callId, legId, language, startedAt: at, answered, stepCount: 0, playId };
    }
    case 'flow-run-ended':
      return undefined;
    case 'flow-menu-chosen':
    case 'flow-menu-missed':
      return state;
    default:
      return state === undefined || state.state === 'closing' ? state : evolveAtStep(state, event);
  }
}

function evolveAtStep(state: AnsweringRun | PlayingRun | AskingRun, event: Extract<FlowEvent, { stepId: string }>): FlowRun {
  const { flowRunId, conversationId, callId, legId, language, startedAt, flowId, version } = state;
  // An answer step that was passed is one that was answered.
  const answered = state.answered || (state.state === 'answering' && state.stepId !== '');
  const at = { flowRunId, conversationId, callId, legId, language, startedAt, answered, flowId, version, stepId: event.stepId };
  const stepCount = state.stepCount + 1;
  switch (event.type) {
    case 'flow-answer-entered':
      return { state: 'answering', ...at, answered: false, stepCount };
    case 'flow-play-entered':
      return { state: 'playing', ...at, stepCount, playId: event.playId, typedAhead: state.state === 'playing' ? state.typedAhead : null };
    case 'flow-key-typed-ahead':
      return state.state === 'playing' ? { ...state, typedAhead: event.digit } : state;
    case 'flow-menu-asked':
      return { state: 'asking', ...at, stepCount, playId: event.playId, attempt: event.attempt, deadline: null };
    case 'flow-menu-listening':
      return state.state === 'asking' ? { ...state, deadline: event.deadline } : state;
    case 'flow-menu-chosen':
    case 'flow-menu-missed':
      return state;
    default:
      return assertNever(event);
  }
}
