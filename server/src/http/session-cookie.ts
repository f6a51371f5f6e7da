import type { FastifyRequest } from 'fastify';

/** `__Host-` binds the cookie to this host, `/` and HTTPS (RFC 6265bis 4.1.3.2); browsers refuse the prefix on plain HTTP, localhost included. */
export const sessionCookieName = (secure: boolean): string => (secure ? '__Host-centralita' : 'centralita');

export function sessionCookie(token: string, secure: boolean, lifetimeMs: number): string {
  return `${sessionCookieName(secure)}=${token}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${Math.floor(lifetimeMs / 1_000)}${secure ? '; Secure' : ''}`;
}

export const endedSessionCookie = (secure: boolean): string => sessionCookie('', secure, 0);

export function sessionTokenOf(cookies: FastifyRequest['cookies'], secure: boolean): string | undefined {
  const token = cookies[sessionCookieName(secure)];
  return token && token.length <= 128 ? token : undefined;
}
