import type { AccountId, Clock } from '@centralita/kernel';
import type { DeviceCredential } from '../../../telephony/port/index.ts';
import { type AccountKeys, derivedKey, open } from '../../accounts/index.ts';
import type { DeviceTable, Read } from './ports.ts';

/** Every device that still counts, with its secret: what the switch is told when it starts anew. */
export async function listDevicesForSwitch(
  deps: { readonly read: Read; readonly devices: DeviceTable; readonly accountKeys: AccountKeys; readonly clock: Clock },
  account: AccountId,
): Promise<readonly DeviceCredential[]> {
  const key = derivedKey(await deps.accountKeys.keyOf(account), 'secrets');
  const rows = await deps.read(account, (sql) => deps.devices.all(sql));
  const now = deps.clock.now();
  return rows
    .filter((row) => row.expiresAt === null || row.expiresAt > now)
    .map((row) => ({
      deviceId: row.deviceId,
      kind: row.kind,
      username: row.username,
      password: open(key, row.secret, row.deviceId).toString(),
      ...(row.expiresAt !== null && { expiresAt: row.expiresAt }),
      ...(row.onlyNumber !== null && { onlyNumber: row.onlyNumber }),
      ...(row.contact !== null && { contact: row.contact }),
    }));
}
