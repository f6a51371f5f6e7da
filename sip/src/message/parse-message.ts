import type { SipMessage } from './sip-message.ts';

/** Why bytes are no SIP message at all. */
export type ParseFailure = 'empty' | 'start-line' | 'header-line' | 'too-many-headers' | 'no-end-of-headers';

export function parseMessage(_bytes: Uint8Array, _limits?: { readonly headerFields: number }): SipMessage | ParseFailure {
  throw new Error('not built yet');
}
