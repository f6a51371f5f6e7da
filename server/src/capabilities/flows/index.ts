export { flowRun, MAX_STEPS } from './domain/flow-run.ts';
export type { FlowCommand, FlowEvent, FlowOutcome, FlowRefusal, FlowRun } from './domain/flow-run.ts';
export { PROMPT_NAMES } from './domain/prompt-names.ts';
export type { PromptName } from './domain/prompt-names.ts';
export { FLOW_FAULTS, validateFlow } from './domain/validate-flow.ts';
export type { FlowFault, FlowFaultCode } from './domain/validate-flow.ts';
