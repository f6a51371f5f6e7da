import type { SipRequest } from './sip-message.ts';
import { readUnsigned } from './uri.ts';

const DIGITS = '0123456789*#ABCD';

/**
 * The digit of an INFO: `application/dtmf-relay` ("Signal=5 / Duration=160") or `application/dtmf` ("5"). Neither is in an RFC;
 * both are what desk phones and JsSIP send. @returns undefined when it is something else.
 */
export function readDtmfInfo(request: SipRequest): { readonly digit: string; readonly durationMs: number } | undefined {
  const type = request.headers.get('Content-Type')?.split(';')[0]!.trim().toLowerCase();
  let signal: string | undefined;
  let durationMs = 100;
  if (type === 'application/dtmf-relay') {
    for (const line of request.body.split(/\r?\n/)) {
      const [name, value] = line.split('=', 2).map((part) => part.trim());
      if (name?.toLowerCase() === 'signal') signal = value;
      else if (name?.toLowerCase() === 'duration') durationMs = readUnsigned(value ?? '') ?? durationMs;
    }
  } else if (type === 'application/dtmf') signal = request.body.trim();
  if (signal === undefined) return undefined;
  // Some phones send RFC 4733's event numbers for the two keys without a digit.
  const digit = signal === '10' ? '*' : signal === '11' ? '#' : signal.toUpperCase();
  return digit.length === 1 && DIGITS.includes(digit) ? { digit, durationMs: Math.min(durationMs, 10_000) } : undefined;
}
