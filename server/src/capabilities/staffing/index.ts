export { agentsNeeded } from './domain/agents-needed.ts';
export type { AgentsNeeded, StaffingTarget } from './domain/agents-needed.ts';
export { erlangA, erlangB, erlangC } from './domain/erlang.ts';
export type { ErlangA, ErlangC, QueueLoad } from './domain/erlang.ts';
export { abandonedShare, overflowedShare } from './domain/shares.ts';
