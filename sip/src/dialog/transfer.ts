import { parseNameAddr, type NameAddr } from '../message/name-addr.ts';
import { reasonPhrase } from '../message/response.ts';
import type { SipRequest } from '../message/sip-message.ts';
import { readParams } from '../message/params.ts';
import type { DialogId, IncomingRefer, TransferReport } from './api.ts';

/** How long a referrer is kept informed; RFC 3515 leaves it to us. */
const SUBSCRIPTION_SECONDS = 120;

/** Replaces (RFC 3891 3) read from where its sender stands: to-tag is the local tag of whoever receives it. */
export function parseReplaces(text: string | undefined): (DialogId & { readonly earlyOnly: boolean }) | undefined {
  if (text === undefined) return undefined;
  const semicolon = text.indexOf(';');
  const params = semicolon < 0 ? undefined : readParams(text, semicolon);
  const callId = (semicolon < 0 ? text : text.slice(0, semicolon)).trim();
  const localTag = params?.get('to-tag');
  const remoteTag = params?.get('from-tag');
  if (callId === '' || localTag === undefined || remoteTag === undefined) return undefined;
  return { callId, localTag, remoteTag, earlyOnly: params!.has('early-only') };
}

export interface ReferHolder {
  respond(status: number, reason?: string, headers?: Readonly<Record<string, string>>): void;
  notify(headers: Readonly<Record<string, string>>, sipfrag: string): void;
}

/** @returns undefined when Refer-To is missing, repeated or broken: 400 (RFC 3515 2.4.2). */
export function readRefer(request: SipRequest, holder: ReferHolder): IncomingRefer | undefined {
  const fields = request.headers.all('Refer-To');
  const target = fields.length === 1 ? parseNameAddr(fields[0]!) : undefined;
  if (!target) return undefined;
  let decided = false;
  const once = (act: () => void) => {
    if (decided) return;
    decided = true;
    act();
  };
  return {
    request,
    target,
    replaces: replacesWithin(target),
    referredBy: request.headers.get('Referred-By'),
    accept: () => {
      const report = reporter(request, holder);
      once(() => {
        holder.respond(202);
        report.notify(100);
      });
      return report;
    },
    reject: (status, reason) => once(() => holder.respond(status, reason)),
  };
}

/** `<sip:carla@host?Replaces=callid%3Bto-tag%3Da%3Bfrom-tag%3Db>` */
function replacesWithin(target: NameAddr): (DialogId & { readonly earlyOnly: boolean }) | undefined {
  for (const header of target.sip?.headers?.split('&') ?? []) {
    const equals = header.indexOf('=');
    if (header.slice(0, equals).toLowerCase() !== 'replaces') continue;
    try {
      return parseReplaces(decodeURIComponent(header.slice(equals + 1)));
    } catch {
      return undefined; // Broken escapes: then the transfer is a blind one.
    }
  }
  return undefined;
}

function reporter(request: SipRequest, holder: ReferHolder): TransferReport {
  // Several REFERs in one dialog are told apart by the CSeq of each (RFC 3515 2.4.6).
  const event = `refer;id=${request.cseq?.number ?? 0}`;
  // "Refer-Sub: false" asks for no subscription at all (RFC 4488).
  const silent = request.headers.get('Refer-Sub')?.trim().toLowerCase().startsWith('false') ?? false;
  let over = silent;
  return {
    notify(status, reason = reasonPhrase(status)) {
      if (over) return;
      over = status >= 200;
      const state = over ? 'terminated;reason=noresource' : `active;expires=${SUBSCRIPTION_SECONDS}`;
      holder.notify({ Event: event, 'Subscription-State': state }, `SIP/2.0 ${status} ${reason}\r\n`);
    },
  };
}
