import type { AccountId, Result, UserId } from '@centralita/kernel';
import { ok, refuse } from '@centralita/kernel';
import type { SessionTable } from './ports.ts';
import { forgetDevice, isOnTheFloor, removeDevices, type SoftphoneDeps } from './register-softphone.ts';

/** During a call it is refused; another sign-in of the same person keeps them on the floor. */
export async function signOut(
  deps: SoftphoneDeps & { readonly sessions: SessionTable },
  who: { readonly account: AccountId; readonly userId: UserId; readonly sessionId: string; readonly requestId: string },
): Promise<Result<undefined, { readonly code: 'not-allowed-now'; readonly detail: string }>> {
  const { account, userId, sessionId } = who;
  const elsewhere = await deps.sessions.othersOf(account, userId, sessionId);
  if (elsewhere === 0 && isOnTheFloor(deps.floor, account, userId)) {
    const answer = await deps.floor.submit(account, { type: 'sign-out', agentId: userId, reason: 'asked' });
    if (!answer.ok) return refuse({ code: 'not-allowed-now', detail: answer.refusal.code });
  }
  const devices = await deps.sessions.end(account, sessionId, userId);
  await removeDevices(deps, { account, actor: userId, requestId: who.requestId }, devices);
  for (const deviceId of devices) await forgetDevice(deps, account, userId, deviceId);
  return ok(undefined);
}
