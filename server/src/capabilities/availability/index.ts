export { afterService } from './domain/after-service.ts';
export type { AfterService, AfterServiceCommand, AfterServiceEvent, AfterServiceRefusal } from './domain/after-service.ts';
export { activityOf, availability, NO_PAUSE } from './domain/availability.ts';
export type { Agent, AgentCommand, AgentEvent, AgentRefusal, Contact, Pause, SignedInAgent, SignedOutAgent, SignOutReason } from './domain/availability.ts';
export { device, DISTRUST_MS } from './domain/device.ts';
export type { Device, DeviceCommand, DeviceEvent, DeviceRefusal } from './domain/device.ts';
