export { listForSwitch } from './application/list-for-switch.ts';
export type { DialledNumber, NumberDeps, Trunk, TrunkSettings } from './application/ports.ts';
