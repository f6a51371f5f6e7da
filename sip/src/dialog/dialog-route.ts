import { BlockList, isIP } from 'node:net';
import { Headers, type HeaderFields } from '../message/headers.ts';
import { parseNameAddr, type NameAddr } from '../message/name-addr.ts';
import { SipRequest, type SipMessage, type SipResponse } from '../message/sip-message.ts';
import { parseUri } from '../message/uri.ts';
import type { Destination } from '../transaction/request-sender.ts';
import { isReliable } from '../transport/flow.ts';
import type { LiveFlow } from './host.ts';

const EMPTY: NameAddr = { uri: 'sip:anonymous@anonymous.invalid', params: new Map() };

/** The state that RFC 3261 12.1 gives a dialog: tags, sequence numbers, remote target and route set. Builds its requests. */
export class DialogRoute {
  readonly callId: string;
  readonly localTag: string;
  readonly remoteTag: string;
  /** From and To as they go on the wire in our requests. */
  readonly #localField: string;
  readonly #remoteField: string;
  readonly local: NameAddr;
  readonly remote: NameAddr;
  readonly #routes: readonly string[];
  target: string;
  localSeq: number;
  remoteSeq: number;
  flow: LiveFlow;

  private constructor(parts: { callId: string; localField: string; remoteField: string; routes: string[]; target: string; localSeq: number; remoteSeq: number; flow: LiveFlow }) {
    this.callId = parts.callId;
    this.#localField = parts.localField;
    this.#remoteField = parts.remoteField;
    this.local = parseNameAddr(parts.localField) ?? EMPTY;
    this.remote = parseNameAddr(parts.remoteField) ?? EMPTY;
    this.localTag = this.local.params.get('tag') ?? '';
    this.remoteTag = this.remote.params.get('tag') ?? '';
    this.#routes = parts.routes;
    this.target = parts.target;
    this.localSeq = parts.localSeq;
    this.remoteSeq = parts.remoteSeq;
    this.flow = parts.flow;
  }

  /** RFC 3261 12.1.1: we are the callee. */
  static ofCallee(request: SipRequest, localTag: string, flow: LiveFlow): DialogRoute {
    const to = request.headers.get('To') ?? '';
    return new DialogRoute({
      callId: request.callId,
      localField: `${to};tag=${localTag}`,
      remoteField: request.headers.get('From') ?? '',
      routes: request.headers.list('Record-Route'),
      target: request.contact?.uri ?? request.from?.uri ?? EMPTY.uri,
      localSeq: 0,
      remoteSeq: request.cseq?.number ?? 0,
      flow,
    });
  }

  /** RFC 3261 12.1.2: we are the caller; every To tag is a dialog of its own. */
  static ofCaller(request: SipRequest, response: SipResponse, flow: LiveFlow): DialogRoute {
    return new DialogRoute({
      callId: request.callId,
      localField: request.headers.get('From') ?? '',
      remoteField: response.headers.get('To') ?? '',
      routes: response.headers.list('Record-Route').reverse(),
      target: response.contact?.uri ?? request.uri,
      localSeq: request.cseq?.number ?? 0,
      remoteSeq: 0,
      flow,
    });
  }

  /** The target follows the Contact of every INVITE and UPDATE, and of their 2xx (12.2). */
  refreshTarget(message: SipMessage): void {
    const contact = message.contact;
    if (contact?.sip) this.target = contact.uri;
  }

  /** @param seq given only for ACK, which has the number of its INVITE. */
  request(method: string, options: { readonly headers?: HeaderFields; readonly contentType?: string; readonly body?: string; readonly seq?: number } = {}): SipRequest {
    const seq = options.seq ?? ++this.localSeq;
    const headers = new Headers();
    headers.append('Max-Forwards', '70').append('From', this.#localField).append('To', this.#remoteField).append('Call-ID', this.callId).append('CSeq', `${seq} ${method}`);
    let uri = this.target;
    const first = this.#routes[0];
    const routes = [...this.#routes];
    if (first !== undefined && !parseNameAddr(first)?.sip?.params.has('lr')) {
      // A strict router (RFC 2543) wants to be the Request-URI, and the target at the end of the route (12.2.1.1).
      uri = parseNameAddr(first)?.uri ?? uri;
      routes.shift();
      routes.push(`<${this.target}>`);
    }
    for (const route of routes) headers.append('Route', route);
    headers.addAll(options.headers);
    if (options.body) headers.set('Content-Type', options.contentType ?? 'application/sdp');
    return new SipRequest(method, uri, headers, options.body ?? '');
  }

  /** Where requests of this dialog go: the first route or the target, unless only the flow leads there. */
  destination(): Destination {
    const { flow } = this;
    const first = this.#routes[0];
    const uri = first === undefined ? this.target : (parseNameAddr(first)?.uri ?? this.target);
    if (isReliable(flow.protocol)) {
      // A connection that is up is the way back (RFC 5626), unless a proxy elsewhere asked to stay in the path.
      const sameHost = first === undefined || parseUri(uri)?.host === flow.remote.address || flow.protocol.startsWith('ws');
      return flow.open && sameHost ? { flow } : { uri };
    }
    return first === undefined && hiddenBehindNat(uri, flow) ? { flow } : { uri };
  }
}

const PRIVATE = new BlockList();
for (const [net, bits] of [['10.0.0.0', 8], ['172.16.0.0', 12], ['192.168.0.0', 16], ['100.64.0.0', 10], ['169.254.0.0', 16]] as const) PRIVATE.addSubnet(net, bits);

/** A Contact that nobody can reach (`.invalid` of browsers, RFC 7118 5; a private address while the source is another): the source is the way. */
function hiddenBehindNat(target: string, flow: LiveFlow): boolean {
  const uri = parseUri(target);
  if (!uri || uri.host.endsWith('.invalid')) return true;
  return isIP(uri.host) === 4 && uri.host !== flow.remote.address && PRIVATE.check(uri.host);
}
