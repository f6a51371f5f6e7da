import { Headers, type HeaderFields } from './headers.ts';
import { SipResponse, type SipRequest } from './sip-message.ts';

const REASONS: Readonly<Record<number, string>> = {
  100: 'Trying', 180: 'Ringing', 181: 'Call Is Being Forwarded', 182: 'Queued', 183: 'Session Progress', 199: 'Early Dialog Terminated',
  200: 'OK', 202: 'Accepted', 204: 'No Notification',
  300: 'Multiple Choices', 301: 'Moved Permanently', 302: 'Moved Temporarily', 305: 'Use Proxy', 380: 'Alternative Service',
  400: 'Bad Request', 401: 'Unauthorized', 402: 'Payment Required', 403: 'Forbidden', 404: 'Not Found', 405: 'Method Not Allowed', 406: 'Not Acceptable',
  407: 'Proxy Authentication Required', 408: 'Request Timeout', 410: 'Gone', 413: 'Request Entity Too Large', 414: 'Request-URI Too Long',
  415: 'Unsupported Media Type', 416: 'Unsupported URI Scheme', 420: 'Bad Extension', 421: 'Extension Required', 422: 'Session Interval Too Small',
  423: 'Interval Too Brief', 430: 'Flow Failed', 480: 'Temporarily Unavailable', 481: 'Call/Transaction Does Not Exist', 482: 'Loop Detected', 483: 'Too Many Hops',
  484: 'Address Incomplete', 485: 'Ambiguous', 486: 'Busy Here', 487: 'Request Terminated', 488: 'Not Acceptable Here', 489: 'Bad Event', 491: 'Request Pending',
  493: 'Undecipherable', 500: 'Server Internal Error', 501: 'Not Implemented', 502: 'Bad Gateway', 503: 'Service Unavailable', 504: 'Server Time-out',
  505: 'Version Not Supported', 513: 'Message Too Large', 580: 'Precondition Failure', 600: 'Busy Everywhere', 603: 'Decline', 604: 'Does Not Exist Anywhere',
  606: 'Not Acceptable', 607: 'Unwanted',
};

export const reasonPhrase = (status: number): string => REASONS[status] ?? 'Unknown';

export interface ResponseParts {
  readonly reason?: string;
  /** Added to To when the request has none (RFC 3261 8.2.6.2). */
  readonly toTag?: string;
  readonly headers?: HeaderFields;
  readonly contentType?: string;
  readonly body?: string;
}

/** RFC 3261 8.2.6.2: Via, From, To, Call-ID, CSeq are the request's, in its order; Record-Route too when a dialog may begin. */
export function responseTo(request: SipRequest, status: number, parts: ResponseParts = {}): SipResponse {
  const headers = new Headers();
  for (const via of request.headers.all('Via')) headers.append('Via', via);
  if (status > 100 && status < 300) for (const route of request.headers.all('Record-Route')) headers.append('Record-Route', route);
  for (const name of ['From', 'To', 'Call-ID', 'CSeq']) {
    const value = request.headers.get(name);
    if (value === undefined) continue;
    headers.append(name, name === 'To' && parts.toTag && request.toTag === '' ? withTag(value, parts.toTag) : value);
  }
  if (status === 100) for (const stamp of request.headers.all('Timestamp')) headers.append('Timestamp', stamp);
  headers.addAll(parts.headers);
  if (parts.body) headers.set('Content-Type', parts.contentType ?? 'application/sdp');
  return new SipResponse(status, parts.reason ?? reasonPhrase(status), headers, parts.body ?? '');
}

/** Parameters of a To without angle brackets belong to the header anyway (RFC 3261 20), so appending is right for both forms. */
const withTag = (to: string, tag: string): string => `${to.replace(/;\s*$/, '')};tag=${tag}`;
