import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { SipRequest } from '../message/sip-message.ts';
import { parseUri } from '../message/uri.ts';
import type { DigestAlgorithm, DigestServer, DigestServerOptions, DigestVerdict } from './auth-api.ts';
import { digestResponse, readDigest, writeDigest } from './digest.ts';

const MAX_FIELD = 1_024;

/**
 * Digest for a registrar (RFC 3261 22, RFC 7616, RFC 8760). A nonce carries its time under our own key, so handing them out keeps no
 * state; only nonces that came back with the right password are remembered, with their last count, so that nobody can fill the map
 * and a count is taken once (a copied REGISTER is refused).
 */
export function createDigestServer(options: DigestServerOptions): DigestServer {
  const { realm, timers } = options;
  const lifetimeMs = options.nonceLifetimeMs ?? 300_000;
  const maxNonces = options.maxNonces ?? 50_000;
  const algorithms = options.algorithms ?? ['SHA-256', 'MD5'];
  const key = randomBytes(32);
  const opaque = randomBytes(8).toString('hex');
  const counts = new Map<string, number>();
  /** Nonces given out before this moment may have been forgotten with their counts: they are stale, or a replay would pass. */
  let forgottenBefore = 0;

  const sign = (body: string) => createHmac('sha256', key).update(body).digest('base64url').slice(0, 22);

  function newNonce(): string {
    const body = `${timers.now().toString(36)}.${randomBytes(9).toString('base64url')}`;
    return `${body}.${sign(body)}`;
  }

  /** @returns when it was given out, or undefined when it is not one of ours. */
  function issuedAt(nonce: string): number | undefined {
    const dot = nonce.lastIndexOf('.');
    const body = nonce.slice(0, Math.max(0, dot));
    if (dot < 0 || !sameText(nonce.slice(dot + 1), sign(body))) return undefined;
    return Number.parseInt(body.split('.', 1)[0]!, 36);
  }

  function remember(nonce: string, count: number): void {
    if (!counts.has(nonce) && counts.size >= maxNonces) {
      const oldest = counts.keys().next().value!;
      counts.delete(oldest);
      forgottenBefore = Math.max(forgottenBefore, (issuedAt(oldest) ?? 0) + 1);
    }
    counts.set(nonce, count);
  }

  function challenge(stale = false): readonly string[] {
    return algorithms.map((algorithm) => {
      const fields = new Map([['realm', realm], ['nonce', newNonce()], ['opaque', opaque], ['algorithm', algorithm as string], ['qop', 'auth']]);
      if (stale) fields.set('stale', 'true');
      return writeDigest(fields, true);
    });
  }

  function verify(request: SipRequest, passwordOf: (username: string) => string | undefined, header: 'Authorization' | 'Proxy-Authorization' = 'Authorization'): DigestVerdict {
    const all = request.headers.all(header).map((text) => readDigest(text));
    const fields = all.find((one) => one?.get('realm') === realm);
    // Another scheme or another realm is not an answer to our challenge (RFC 4475 3.3.8): challenge as if nothing came.
    if (!fields) return { outcome: 'missing', nonceEchoed: false };
    const algorithm = (fields.get('algorithm') ?? 'MD5').toUpperCase() as DigestAlgorithm;
    if (!wellFormed(fields) || !algorithms.includes(algorithm) || !sameTarget(request, fields.get('uri')!)) return { outcome: 'malformed', nonceEchoed: false };
    const username = fields.get('username')!;
    const nonce = fields.get('nonce')!;
    const issued = issuedAt(nonce);
    const password = passwordOf(username);
    // For an unknown user the same hashes are made over a password that nobody has, so that time tells nothing.
    const expected = digestResponse(algorithm, fields, request.method, password ?? opaque);
    const right = sameText(expected, fields.get('response')!.toLowerCase()) && password !== undefined;
    if (issued === undefined) return right ? { outcome: 'stale', username, nonceEchoed: false } : { outcome: 'wrong', username, nonceEchoed: false };
    if (!right) return { outcome: 'wrong', username, nonceEchoed: true };
    if (timers.now() - issued > lifetimeMs || issued < forgottenBefore) {
      counts.delete(nonce);
      return { outcome: 'stale', username, nonceEchoed: true };
    }
    const count = Number.parseInt(fields.get('nc')!, 16);
    if (count <= (counts.get(nonce) ?? 0)) return { outcome: 'replayed', username, nonceEchoed: true };
    remember(nonce, count);
    return { outcome: 'accepted', username, algorithm, nonceEchoed: true };
  }

  return { challenge, verify };
}

/** qop is ours to demand: without it a count cannot be checked and a replay not be told (RFC 7616 3.4). */
function wellFormed(fields: ReadonlyMap<string, string>): boolean {
  for (const name of ['username', 'nonce', 'uri', 'response', 'cnonce', 'nc', 'qop']) {
    const value = fields.get(name);
    if (value === undefined || value === '' || value.length > MAX_FIELD) return false;
  }
  return fields.get('qop') === 'auth' && /^[0-9a-f]{8}$/i.test(fields.get('nc')!);
}

/** The digest's uri must be that of the request, or an answer for one target would do for another (RFC 7616 3.4.6). Ports and parameters are rewritten on the way. */
function sameTarget(request: SipRequest, uri: string): boolean {
  if (uri === request.uri) return true;
  const [signed, asked] = [parseUri(uri), parseUri(request.uri)];
  return signed !== undefined && asked !== undefined && signed.user === asked.user && signed.host === asked.host;
}

function sameText(a: string, b: string): boolean {
  const [one, other] = [Buffer.from(a), Buffer.from(b)];
  return one.length === other.length && timingSafeEqual(one, other);
}
