import type { MicrophoneFault } from '../softphone/microphone.ts';
import type { CallFailure } from '../softphone/transport.ts';

/** Where the visitor's call is. */
export type GuestState =
  | { readonly kind: 'ready' }
  | { readonly kind: 'microphone' }
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live'; readonly since: number }
  | { readonly kind: 'ended'; readonly talkedMs: number }
  | { readonly kind: 'failed'; readonly why: { readonly fault: MicrophoneFault } | { readonly failure: CallFailure } | { readonly error: unknown } };

/** What the end of the call looks like: a call that was never answered and that nobody ended by will is a failure. */
export function ended(before: GuestState, failure: CallFailure | null, now: number): GuestState {
  if (before.kind === 'live') return { kind: 'ended', talkedMs: now - before.since };
  if (failure !== null) return { kind: 'failed', why: { failure } };
  return { kind: 'ready' };
}

/** One or two capital letters for the account's square. */
export function squareInitials(name: string): string {
  const words = name.split(/\s+/).filter((word) => /^\p{L}/u.test(word));
  return words.slice(0, 2).map((word) => word.charAt(0).toLocaleUpperCase()).join('');
}
