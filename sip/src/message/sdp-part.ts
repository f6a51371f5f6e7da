import type { SipMessage } from './sip-message.ts';

/**
 * The session description of a message: its body, or the first `application/sdp` part of a multipart one (RFC 5621: such INVITEs
 * come from carriers that add ISUP or location). @returns undefined when it has none.
 */
export function sdpOf(message: SipMessage): string | undefined {
  if (message.body === '') return undefined;
  const type = message.headers.get('Content-Type') ?? '';
  const media = mediaType(type);
  if (media === 'application/sdp') return message.body;
  if (!media.startsWith('multipart/')) return undefined;
  const boundary = /boundary\s*=\s*(?:"([^"]+)"|([^;\s]+))/i.exec(type);
  const mark = boundary?.[1] ?? boundary?.[2];
  if (mark === undefined) return undefined;
  for (const part of message.body.split(`--${mark}`).slice(1)) {
    const gap = /\r?\n\r?\n/.exec(part);
    if (!gap) continue;
    if (/^content-type\s*:\s*application\/sdp\s*(;|$)/im.test(part.slice(0, gap.index))) return part.slice(gap.index + gap[0].length).replace(/\r?\n$/, '\r\n');
  }
  return undefined;
}

/** `Application/SDP; charset=x` → `application/sdp`. */
export const mediaType = (contentType: string): string => contentType.split(';', 1)[0]!.trim().toLowerCase();

/** Whether the body is one that a call can use: nothing, SDP, or a multipart that holds SDP. Otherwise 415 (RFC 3261 8.2.3). */
export function bodyIsUsable(message: SipMessage): boolean {
  if (message.body === '' || sdpOf(message) !== undefined) return true;
  // A body marked optional may be ignored whatever it is (RFC 3261 20.11).
  return /handling\s*=\s*optional/i.test(message.headers.get('Content-Disposition') ?? '');
}
