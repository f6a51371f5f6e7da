import type { AccountId, UserId } from '@centralita/kernel';
import type { SessionTable } from './ports.ts';
import { forgetDevice, isOnTheFloor, removeDevices, type SoftphoneDeps } from './register-softphone.ts';

export interface ExpiredSessions {
  /** Expired, or of a blocked person, and not ended yet. */
  list(account: AccountId): Promise<readonly { readonly sessionId: string; readonly userId: UserId }[]>;
}

/** Run every minute: whoever's sign-in ran out leaves the floor, whatever they are doing, and their telephones are gone. */
export async function endExpiredSessions(deps: SoftphoneDeps & { readonly sessions: SessionTable; readonly expired: ExpiredSessions }, account: AccountId): Promise<number> {
  const editor = { account, actor: 'session-expiry', requestId: null };
  const expired = await deps.expired.list(account);
  for (const { sessionId, userId } of expired) {
    const devices = await deps.sessions.end(account, sessionId, editor.actor);
    const last = (await deps.sessions.othersOf(account, userId, sessionId)) === 0;
    if (last && isOnTheFloor(deps.floor, account, userId)) await deps.floor.submit(account, { type: 'sign-out', agentId: userId, reason: 'session-ended' });
    await removeDevices(deps, editor, devices);
    for (const deviceId of devices) await forgetDevice(deps, account, userId, deviceId);
  }
  const guests = await deps.change(editor, async (sql) => {
    const gone = await deps.devices.expired(sql, deps.clock.now());
    await deps.devices.remove(sql, gone);
    return { ok: true, value: { value: gone, audit: [], floor: gone.map((id) => ({ entity: 'device' as const, id, value: null })) } };
  });
  if (guests.ok) for (const deviceId of guests.value) await deps.switch.removeDevice(account, deviceId);
  return expired.length;
}
