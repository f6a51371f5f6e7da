export { type CreateAccountDeps, type MadeAccount } from './application/create-account.ts';
export { createDemoAccount, createLiveDemoAccount } from './application/create-demo-account.ts';
export { endExpiredSessions } from './application/end-expired-sessions.ts';
export { listDevicesForSwitch } from './application/list-devices-for-switch.ts';
export { type EndedSessions, removeEndedSessions } from './application/remove-ended-sessions.ts';
export type { DeviceTable, PeopleTable, SessionTable } from './application/ports.ts';
export type { FloorOfPeople, SoftphoneDeps, SwitchDevices } from './application/register-softphone.ts';
