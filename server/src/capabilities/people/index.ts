export { endExpiredSessions } from './application/end-expired-sessions.ts';
export { listDevicesForSwitch } from './application/list-devices-for-switch.ts';
export type { DeviceTable, PeopleTable, SessionTable } from './application/ports.ts';
export type { FloorOfPeople, SoftphoneDeps, SwitchDevices } from './application/register-softphone.ts';
