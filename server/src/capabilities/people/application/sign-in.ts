import { createHash, randomBytes } from 'node:crypto';
import type { Clock, Result } from '@centralita/kernel';
import { ok, randomId, refuse } from '@centralita/kernel';
import type { Passwords, SessionTable, SignInCandidate } from './ports.ts';
import type { SignInThrottle } from './sign-in-throttle.ts';

export interface SignInDeps {
  readonly sessions: SessionTable;
  readonly passwords: Passwords;
  readonly throttle: SignInThrottle;
  readonly clock: Clock;
  readonly sessionLifetimeMs: number;
}

export interface StartedSession {
  readonly sessionId: string;
  /** Said once, to the browser's cookie; the database has its hash. */
  readonly token: string;
  readonly candidate: SignInCandidate;
}

export type SignInRefusal = { readonly code: 'wrong-credentials' } | { readonly code: 'sign-in-throttled'; readonly retryAfterSeconds: number };

/** For the same work whether or not the address is known, so that the time an answer takes says nothing. */
let nobodysHash: Promise<string> | undefined;

export async function signIn(deps: SignInDeps, request: { readonly email: string; readonly password: string; readonly address: string }): Promise<Result<StartedSession, SignInRefusal>> {
  await deps.throttle.ready();
  const waitMs = deps.throttle.attempt(request.address, request.email);
  if (waitMs > 0) return refuse({ code: 'sign-in-throttled', retryAfterSeconds: Math.ceil(waitMs / 1_000) });
  const candidate = await deps.sessions.candidate(request.email);
  nobodysHash ??= deps.passwords.hash(randomBytes(16).toString('hex'));
  const right = await deps.passwords.verify(candidate?.passwordHash ?? (await nobodysHash), request.password);
  if (!candidate || !right) return refuse({ code: 'wrong-credentials' });
  deps.throttle.succeeded(request.address, request.email);
  const sessionId = randomId('session');
  const token = randomBytes(32).toString('base64url');
  const expiresAt = deps.clock.now() + deps.sessionLifetimeMs;
  await deps.sessions.start(candidate.account, { sessionId, userId: candidate.userId, tokenHash: tokenHash(token), expiresAt }, request.address);
  return ok({ sessionId, token, candidate });
}

/** The token is 256 random bits: a plain hash is enough, and quick at every request. */
export const tokenHash = (token: string): Buffer => createHash('sha256').update(token).digest();
