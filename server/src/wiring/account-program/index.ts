export type { AccountEvent, FloorEvent, FloorEventOf, FloorEventType } from './events.ts';
export { telephonyInput } from './input.ts';
export type { ConfigurationInput, EffectRefusedInput, Input, PersonInput, SnapshotInput, TelephonyInput, TimerInput } from './input.ts';
export type { ConfigurationTables, LiveTables, World, WorldIndexes } from './world.ts';
