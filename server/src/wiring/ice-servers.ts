import { createHmac } from 'node:crypto';
import type { Instant } from '@centralita/kernel';

interface IceServer {
  readonly urls: string[];
  readonly username?: string;
  readonly credential?: string;
}

/** A call may go on so long after its phone registered; the TURN server asks again for every refresh. */
const TURN_LIFETIME_MS = 12 * 3_600_000;

export const isTurn = (url: string): boolean => /^turns?:/.test(url);

/**
 * ICE servers as a browser takes them. Those of TURN come with credentials that expire, made from the secret that the TURN server
 * knows too, so that nobody else relays through it: user name "seconds since 1970, when it expires:who", password Base64 of
 * HMAC-SHA1 of that name (draft-uberti-behave-turn-rest-00; coturn's `use-auth-secret`).
 * @param who told to the TURN server, for its log
 */
export function iceServersFor(urls: readonly string[], turnSecret: string | undefined, who: string, now: Instant): IceServer[] {
  return urls.map((url) => {
    if (!isTurn(url) || turnSecret === undefined) return { urls: [url] };
    const username = `${Math.floor((now + TURN_LIFETIME_MS) / 1_000)}:${who}`;
    return { urls: [url], username, credential: createHmac('sha1', turnSecret).update(username).digest('base64') };
  });
}
