export type { AccountEvent, FloorEvent, FloorEventOf, FloorEventType } from './events.ts';
export { telephonyInput } from './input.ts';
export type { ConfigurationInput, EffectRefusedInput, Input, PersonInput, SnapshotInput, TelephonyInput, TimerInput } from './input.ts';
export { brokenAmong, brokenInvariants, lookAround, RULES } from './invariants.ts';
export type { HasTimer, LiveRow, LiveTableName, Look, RowName, Rule } from './invariants.ts';
export { createAccountProgram } from './program.ts';
export { createWorld, personalValue } from './world.ts';
export type { ConfigurationTables, LiveTables, TrunkState, World, WorldIndexes } from './world.ts';
