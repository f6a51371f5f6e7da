import type { LegCause } from '@centralita/kernel';

/** What we say to the far end when we end a leg it has not answered, or that we have not. */
export function statusForCause(cause: LegCause): { readonly status: number; readonly reason: string } {
  switch (cause) {
    case 'busy':
      return { status: 486, reason: 'Busy Here' };
    case 'no-answer':
    case 'cancelled':
      return { status: 480, reason: 'Temporarily Unavailable' };
    case 'declined':
      return { status: 603, reason: 'Decline' };
    case 'unreachable':
      return { status: 480, reason: 'Temporarily Unavailable' };
    case 'not-found':
      return { status: 404, reason: 'Not Found' };
    case 'forbidden':
      return { status: 403, reason: 'Forbidden' };
    case 'no-common-codec':
      return { status: 488, reason: 'Not Acceptable Here' };
    case 'congestion':
    case 'media-lost':
    case 'switch-lost':
      return { status: 503, reason: 'Service Unavailable' };
    case 'hung-up':
    case 'answered-elsewhere':
    case 'replaced':
    case 'failed':
      return { status: 480, reason: 'Temporarily Unavailable' };
  }
}

/** What a final answer to our INVITE means. RFC 3261 section 21; RFC 6228 (199) never gets here. */
export function causeForStatus(status: number): { readonly by: 'far-end' | 'network'; readonly cause: LegCause } {
  switch (status) {
    case 486:
    case 600:
      return { by: 'far-end', cause: 'busy' };
    case 603:
    case 607: // Unwanted, RFC 8197
    case 608: // Rejected, RFC 8688
      return { by: 'far-end', cause: 'declined' };
    case 480:
      return { by: 'far-end', cause: 'no-answer' };
    case 487:
      return { by: 'far-end', cause: 'cancelled' };
    case 404:
    case 410:
    case 484:
    case 604:
      return { by: 'far-end', cause: 'not-found' };
    case 401:
    case 403:
    case 407:
      return { by: 'network', cause: 'forbidden' };
    case 406:
    case 415:
    case 488:
    case 606:
      return { by: 'far-end', cause: 'no-common-codec' };
    case 408:
      return { by: 'network', cause: 'unreachable' };
    case 500:
    case 503:
      return { by: 'network', cause: 'congestion' };
    default:
      return { by: status >= 500 && status < 600 ? 'network' : 'far-end', cause: 'failed' };
  }
}

/** Q.850 values in a Reason header (RFC 3326) say more than the SIP code of a gateway. */
export function causeForQ850(value: number): LegCause | undefined {
  switch (value) {
    case 1:
    case 28:
      return 'not-found';
    case 16:
    case 31:
      return undefined;
    case 17:
      return 'busy';
    case 18:
    case 19:
      return 'no-answer';
    case 21:
      return 'declined';
    case 34:
    case 38:
    case 41:
    case 42:
    case 44:
      return 'congestion';
    default:
      return undefined;
  }
}
