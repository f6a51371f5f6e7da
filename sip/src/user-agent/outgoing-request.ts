import { Headers } from '../message/headers.ts';
import { addressOnly, writeNameAddr } from '../message/name-addr.ts';
import { SipRequest, type SipResponse } from '../message/sip-message.ts';
import type { LiveFlow } from '../transport/door.ts';
import type { RequestOptions, RequestOutcome } from './api.ts';
import { answerChallenge } from './digest-client.ts';
import type { Outside } from './outside.ts';

/** A request outside dialogs. A challenge is answered once, and a stale nonce once more (RFC 7616 3.3). */
export function sendOutsideRequest(outside: Outside, options: RequestOptions): Promise<RequestOutcome> {
  const { host } = outside;
  const callId = options.callId ?? host.newToken();
  const fromTag = host.newToken();
  let cseq = options.cseq ?? 1;
  let tries = 0;
  let flow: LiveFlow | undefined;

  const build = (authorization: readonly [string, string] | undefined): SipRequest => {
    const headers = new Headers();
    headers.append('Max-Forwards', '70').append('From', `${writeNameAddr(addressOnly(options.from))};tag=${fromTag}`).append('To', writeNameAddr(addressOnly(options.to ?? { uri: options.uri })));
    headers.append('Call-ID', callId).append('CSeq', `${cseq} ${options.method}`);
    if (options.route !== undefined) headers.append('Route', `<${options.route}>`);
    if (host.product) headers.append('User-Agent', host.product);
    headers.addAll(options.headers);
    if (authorization) headers.append(...authorization);
    if (options.body) headers.set('Content-Type', options.contentType ?? 'text/plain');
    return new SipRequest(options.method, options.uri, headers, options.body ?? '');
  };

  return new Promise((resolve) => {
    const attempt = (authorization?: readonly [string, string]) => {
      tries++;
      const request = build(authorization);
      const answered = (response: SipResponse) => {
        if (response.status < 200) return;
        const challenged = (response.status === 401 || response.status === 407) && options.credentials !== undefined;
        const mayAnswer = challenged && (tries === 1 || (tries === 2 && /stale\s*=\s*"?true/i.test(response.headers.all('WWW-Authenticate').join())));
        const next = mayAnswer ? answerChallenge(response, request, options.credentials!) : undefined;
        if (!next) return resolve({ status: response.status, response, flow, cseq });
        cseq++;
        attempt(next);
      };
      host.sender.send(request, flow ? { flow } : outside.destination(options), {
        prepare: (found) => {
          flow = found;
          if (!request.headers.has('Contact')) request.headers.append('Contact', host.contact(found, options.contactUser));
        },
        response: answered,
        failed: (why) => resolve({ status: why === 'timeout' ? 408 : 503, flow, cseq }),
      });
    };
    attempt();
  });
}
