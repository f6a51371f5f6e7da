export type { FlowEvent, FlowRun } from './domain/flow-run.ts';
