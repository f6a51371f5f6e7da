export type { AfterService, AfterServiceEvent } from './domain/after-service.ts';
export { activityOf } from './domain/availability.ts';
export type { Agent, AgentEvent, Contact, Pause, SignedInAgent, SignedOutAgent } from './domain/availability.ts';
export type { Device, DeviceEvent } from './domain/device.ts';
