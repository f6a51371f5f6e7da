import { randomBytes } from 'node:crypto';
import type { AccountId, Clock, DeviceId, Instant, Result, UserId } from '@centralita/kernel';
import { ok, randomId, refuse } from '@centralita/kernel';
import type { DeviceCredential } from '../../../telephony/port/index.ts';
import { type AccountKeys, derivedKey, seal } from '../../accounts/index.ts';
import type { ChangeConfiguration, DeviceTable, Editor, Sql } from './ports.ts';

/** Tabs, panels and windows of one sign-in; opening one more takes the oldest one's telephone away. */
const DEVICES_PER_SESSION = 6;

export interface SoftphoneDeps {
  readonly change: ChangeConfiguration;
  readonly devices: DeviceTable;
  readonly accountKeys: AccountKeys;
  readonly switch: SwitchDevices;
  readonly floor: FloorOfPeople;
  readonly clock: Clock;
  readonly softphoneLifetimeMs: number;
}
/** Credentials go straight to the switch: they pass neither journal nor outbox. */
export interface SwitchDevices {
  provisionDevice(account: AccountId, device: DeviceCredential): Promise<{ readonly accepted: boolean }>;
  removeDevice(account: AccountId, deviceId: DeviceId): Promise<void>;
}
export interface FloorOfPeople {
  submit(
    account: AccountId,
    command:
      | { readonly type: 'sign-in'; readonly agentId: UserId; readonly deviceId: DeviceId | null }
      | { readonly type: 'sign-out'; readonly agentId: UserId; readonly reason: 'asked' | 'session-ended' | 'removed' }
      | { readonly type: 'remove-device'; readonly agentId: UserId; readonly deviceId: DeviceId },
  ): Promise<Result<unknown, { readonly code: string; readonly detail?: string }>>;
  world(account: AccountId): { readonly agents: { get(userId: UserId): { readonly state: 'signed-in' | 'signed-out' } | undefined } } | undefined;
  /** Resolves when the floor has taken every change of configuration that was committed before the call. */
  takeConfiguration(account: AccountId): Promise<void>;
}

export interface RegisteredSoftphone {
  readonly deviceId: DeviceId;
  readonly username: string;
  readonly password: string;
  readonly expiresAt: Instant;
}

/** Makes a telephone of this browser: a random secret until the sign-in ends, known to the switch, and an agent on the floor. */
export async function registerSoftphone(
  deps: SoftphoneDeps,
  who: { readonly account: AccountId; readonly userId: UserId; readonly sessionId: string; readonly requestId: string },
): Promise<Result<RegisteredSoftphone, { readonly code: 'switch-away' | 'not-found' | 'not-allowed-now'; readonly detail?: string }>> {
  const { account, userId, sessionId } = who;
  const softphone: RegisteredSoftphone = {
    deviceId: randomId('device'),
    username: `u-${randomBytes(10).toString('hex')}`,
    password: randomBytes(24).toString('base64url'),
    expiresAt: deps.clock.now() + deps.softphoneLifetimeMs,
  };
  const secret = seal(derivedKey(await deps.accountKeys.keyOf(account), 'secrets'), softphone.password, softphone.deviceId);
  const editor = { account, actor: userId, requestId: who.requestId };
  const saved = await deps.change(editor, (sql) => insertDevice(deps, sql, { ...softphone, userId, sessionId, secret }));
  if (!saved.ok) return refuse({ code: 'not-found' });
  for (const deviceId of saved.value) await forgetDevice(deps, account, userId, deviceId);
  const { deviceId, username, password, expiresAt } = softphone;
  const provisioned = await deps.switch.provisionDevice(account, { deviceId, kind: 'browser', username, password, expiresAt });
  if (!provisioned.accepted) {
    await removeDevices(deps, editor, [deviceId]);
    return refuse({ code: 'switch-away' });
  }
  await deps.floor.takeConfiguration(account);
  const signedIn = await deps.floor.submit(account, { type: 'sign-in', agentId: userId, deviceId });
  if (!signedIn.ok) return refuse({ code: 'not-allowed-now', detail: signedIn.refusal.code });
  return ok(softphone);
}

/** Somebody without a telephone never came onto the floor. */
export const isOnTheFloor = (floor: Pick<FloorOfPeople, 'world'>, account: AccountId, userId: UserId): boolean => floor.world(account)?.agents.get(userId)?.state === 'signed-in';

async function insertDevice(
  deps: Pick<SoftphoneDeps, 'devices'>,
  sql: Sql,
  device: { readonly deviceId: DeviceId; readonly userId: UserId; readonly sessionId: string; readonly username: string; readonly secret: Buffer; readonly expiresAt: Instant },
) {
  const held = await deps.devices.ofSession(sql, device.sessionId);
  const gone = held.slice(0, Math.max(0, held.length + 1 - DEVICES_PER_SESSION));
  await deps.devices.remove(sql, gone);
  await deps.devices.insert(sql, { ...device, kind: 'browser', onlyNumber: null, contact: null });
  return ok({
    value: gone,
    audit: [{ action: 'softphone-registered', entity: 'device', entityId: device.deviceId }],
    floor: [
      ...gone.map((id) => ({ entity: 'device' as const, id, value: null })),
      { entity: 'device' as const, id: device.deviceId, value: { userId: device.userId, kind: 'browser' as const } },
    ],
  });
}

/** The rows; whoever calls tells the switch and the floor. */
export async function removeDevices(deps: Pick<SoftphoneDeps, 'change' | 'devices'>, editor: Editor, deviceIds: readonly DeviceId[]): Promise<void> {
  if (deviceIds.length === 0) return;
  await deps.change(editor, async (sql) => {
    await deps.devices.remove(sql, deviceIds);
    return ok({
      value: undefined,
      audit: deviceIds.map((id) => ({ action: 'device-removed', entity: 'device', entityId: id })),
      floor: deviceIds.map((id) => ({ entity: 'device' as const, id, value: null })),
    });
  });
}

export async function forgetDevice(deps: Pick<SoftphoneDeps, 'switch' | 'floor'>, account: AccountId, userId: UserId, deviceId: DeviceId): Promise<void> {
  await deps.switch.removeDevice(account, deviceId);
  // A refusal says that the floor does not have it: that is what was wanted.
  await deps.floor.submit(account, { type: 'remove-device', agentId: userId, deviceId });
}
