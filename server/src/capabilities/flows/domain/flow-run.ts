import type { CallId, ConversationId, EndedBy, FlowId, FlowRunId, Instant, Language, LegId, PersonalRef, PlayId, QueueId } from '@centralita/kernel';

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
  | (FlowEventFacts & { readonly type: 'flow-run-started'; readonly flowId: FlowId; readonly version: number; readonly language: Language; readonly legId: LegId; readonly stepId: string })
  | (FlowEventFacts & { readonly type: 'flow-answer-entered'; readonly legId: LegId; readonly stepId: string })
  | (FlowEventFacts & { readonly type: 'flow-play-entered'; readonly legId: LegId; readonly stepId: string; readonly playId: PlayId; readonly prompts: readonly string[] })
  /** Attempt 1 is the first; the question is said again at each. `wrongKey`: the words for a wrong key come before it. */
  | (FlowEventFacts & { readonly type: 'flow-menu-asked'; readonly legId: LegId; readonly stepId: string; readonly playId: PlayId; readonly attempt: number; readonly wrongKey: boolean })
  | (FlowEventFacts & { readonly type: 'flow-menu-listening'; readonly stepId: string; readonly deadline: Instant })
  | (FlowEventFacts & { readonly type: 'flow-menu-chosen'; readonly stepId: string; readonly digit: PersonalRef; readonly label: string; readonly next: string })
  | (FlowEventFacts & { readonly type: 'flow-menu-missed'; readonly stepId: string; readonly attempt: number; readonly reason: 'timed-out' | 'wrong-key'; readonly digit: PersonalRef | null })
  | (FlowEventFacts & { readonly type: 'flow-closing-started'; readonly legId: LegId; readonly prompt: string; readonly language: Language; readonly playId: PlayId })
  | (FlowEventFacts & { readonly type: 'flow-run-ended'; readonly reason: 'queued'; readonly queueId: QueueId })
  | (FlowEventFacts & { readonly type: 'flow-run-ended'; readonly reason: 'hung-up' | 'closed' | 'too-many-steps' | 'step-missing'; readonly by: EndedBy })
  | (FlowEventFacts & { readonly type: 'flow-run-ended'; readonly reason: 'caller-left'; readonly by: EndedBy });
