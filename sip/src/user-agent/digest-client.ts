import { randomBytes } from 'node:crypto';
import type { SipRequest, SipResponse } from '../message/sip-message.ts';
import type { Credentials } from './api.ts';
import type { DigestAlgorithm } from './auth-api.ts';
import { digestResponse, readDigest, writeDigest } from './digest.ts';

/**
 * Answers a 401 or 407 (RFC 3261 22, RFC 7616, RFC 8760): the best algorithm that is offered, once per nonce.
 * @returns the header to send the request again with, or undefined when no challenge can be answered.
 */
export function answerChallenge(response: SipResponse, request: SipRequest, credentials: Credentials): readonly [name: string, value: string] | undefined {
  const proxy = response.status === 407;
  const challenges = response.headers
    .all(proxy ? 'Proxy-Authenticate' : 'WWW-Authenticate')
    .map((text) => readDigest(text))
    .filter((one) => one !== undefined);
  const pick = (wanted: DigestAlgorithm) => challenges.find((one) => (one.get('algorithm') ?? 'MD5').toUpperCase() === wanted);
  const challenge = pick('SHA-256') ?? pick('MD5');
  const realm = challenge?.get('realm');
  const nonce = challenge?.get('nonce');
  if (!challenge || realm === undefined || nonce === undefined) return undefined;
  const algorithm: DigestAlgorithm = challenge === pick('SHA-256') ? 'SHA-256' : 'MD5';
  const fields = new Map<string, string>([['username', credentials.username], ['realm', realm], ['nonce', nonce], ['uri', request.uri], ['algorithm', algorithm]]);
  const offersAuth = (challenge.get('qop') ?? '').split(',').some((one) => one.trim() === 'auth');
  if (offersAuth) fields.set('qop', 'auth').set('nc', '00000001').set('cnonce', randomBytes(8).toString('hex'));
  fields.set('response', digestResponse(algorithm, fields, request.method, credentials.password));
  const opaque = challenge.get('opaque');
  if (opaque !== undefined) fields.set('opaque', opaque);
  return [proxy ? 'Proxy-Authorization' : 'Authorization', writeDigest(fields)];
}

