import { createHmac, timingSafeEqual } from 'node:crypto';
import type { AccountId, Clock, ConversationId, Instant, RecordingId, Result, UserId } from '@centralita/kernel';
import { ok, refuse } from '@centralita/kernel';
import { derivedKey } from '../../accounts/index.ts';
import type { RecordingDeps, SoundAtRest } from './ports.ts';

export interface LinkDeps extends RecordingDeps {
  readonly clock: Clock;
  readonly recordingLinkLifetimeMs: number;
}

interface Claim {
  readonly recordingId: RecordingId;
  readonly userId: UserId;
  readonly expiresAt: Instant;
}

/** An audited token that plays one recording to one person for some minutes. The caller has checked that they reach the conversation. */
export async function makeRecordingLink(
  deps: LinkDeps,
  who: { readonly account: AccountId; readonly userId: UserId; readonly requestId: string },
  conversationId: ConversationId,
  recordingId: RecordingId,
): Promise<Result<{ readonly token: string; readonly expiresAt: Instant }, { readonly code: 'not-found' | 'recording-not-ready' }>> {
  const recording = await deps.table.find(who.account, recordingId);
  if (!recording || recording.conversationId !== conversationId || recording.state === 'deleted') return refuse({ code: 'not-found' });
  if (recording.state !== 'ready') return refuse({ code: 'recording-not-ready' });
  const expiresAt = deps.clock.now() + deps.recordingLinkLifetimeMs;
  await deps.table.auditLink(who.account, who.userId, recordingId, who.requestId);
  const key = derivedKey(await deps.accountKeys.keyOf(who.account), 'recording-links');
  return ok({ token: sign(key, { recordingId, userId: who.userId, expiresAt }), expiresAt });
}

export async function openRecording(
  deps: LinkDeps,
  who: { readonly account: AccountId; readonly userId: UserId },
  token: string,
): Promise<Result<SoundAtRest, { readonly code: 'not-found' | 'link-expired' }>> {
  const keys = await deps.accountKeys.keyOf(who.account);
  const claim = claimOf(derivedKey(keys, 'recording-links'), token);
  if (!claim || claim.userId !== who.userId) return refuse({ code: 'not-found' });
  if (claim.expiresAt <= deps.clock.now()) return refuse({ code: 'link-expired' });
  const recording = await deps.table.find(who.account, claim.recordingId);
  if (recording?.state !== 'ready') return refuse({ code: 'not-found' });
  return ok(await deps.folder.open(who.account, claim.recordingId, derivedKey(keys, 'recordings')));
}

function sign(key: Buffer, claim: Claim): string {
  const text = Buffer.from(JSON.stringify(claim)).toString('base64url');
  return `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`;
}

function claimOf(key: Buffer, token: string): Claim | undefined {
  const [text = '', signature = ''] = token.split('.');
  const expected = createHmac('sha256', key).update(text).digest();
  const given = Buffer.from(signature, 'base64url');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  // Signed by us, so it is what `sign` wrote.
  return JSON.parse(Buffer.from(text, 'base64url').toString()) as Claim;
}
