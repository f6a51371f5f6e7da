/**
 * Whether a request that changes something, or opens a WebSocket, comes from a page of ours. Browsers send Origin with each of
 * these; SameSite=Strict on the cookie is the second lock. An absent Origin is refused: a client without a browser can send it.
 */
export function originIsOurs(origin: string | undefined, host: string | undefined, secure: boolean, allowed: readonly string[]): boolean {
  if (!origin || !host) return false;
  if (allowed.includes(origin)) return true;
  return origin === `${secure ? 'https' : 'http'}://${host}`;
}
