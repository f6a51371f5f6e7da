import { randomBytes } from 'node:crypto';
import type { Dialog, DialogId } from '../dialog/api.ts';
import { DialogRoute } from '../dialog/dialog-route.ts';
import { ALLOW, SUPPORTED_TAGS, type DialogHost } from '../dialog/host.ts';
import { InviteDialog } from '../dialog/invite-dialog.ts';
import type { HeaderFields } from '../message/headers.ts';
import { responseTo } from '../message/response.ts';
import type { SipRequest, SipResponse } from '../message/sip-message.ts';
import { RequestSender, type Destination } from '../transaction/request-sender.ts';
import type { ServerInviteTransaction } from '../transaction/server-invite.ts';
import type { ServerOtherTransaction } from '../transaction/server-other.ts';
import { DEFAULT_TIMER_VALUES } from '../transaction/timer-values.ts';
import { TransactionLayer } from '../transaction/transaction-layer.ts';
import { countedTimers, systemTimers } from '../timers.ts';
import type { Door, LiveFlow } from '../transport/door.ts';
import { DEFAULT_LIMITS, type Flow } from '../transport/flow.ts';
import { systemResolver, type Place } from '../transport/locator.ts';
import { TransportLayer, type Endpoint, type OpenUdp } from '../transport/transport-layer.ts';
import type { InviteOptions, Listener, ListenSpec, OutgoingInvite, RequestOptions, RequestOutcome, SipStats, UserAgent, UserAgentOptions, WebSocketSpec } from './api.ts';
import { IncomingInviteCall } from './incoming-invite.ts';
import { refuseInvite, refuseRequest } from './inspect.ts';
import { OutgoingInviteCall } from './outgoing-invite.ts';
import { sendOutsideRequest } from './outgoing-request.ts';
import type { Outside } from './outside.ts';

export function createUserAgent(options: UserAgentOptions): UserAgent {
  return new UserAgentCore(options);
}

const dialogKey = (callId: string, localTag: string, remoteTag: string): string => `${callId}|${localTag}|${remoteTag}`;

/** What only tests use: other sockets. */
export interface CoreOptions extends UserAgentOptions {
  readonly openUdp?: OpenUdp;
}

/** Puts the layers together and sends each request to its dialog, or to whoever uses the library. */
export class UserAgentCore implements UserAgent, Outside {
  readonly host: DialogHost;
  readonly #options: UserAgentOptions;
  readonly #transport: TransportLayer;
  readonly #transactions: TransactionLayer;
  readonly #dialogs = new Map<string, InviteDialog>();
  readonly #maxDialogs: number;
  readonly #signalling;
  #retransmissions = 0;
  #nextToken = 1;
  readonly #tokenBase = randomBytes(9).toString('hex');

  constructor(options: CoreOptions) {
    this.#options = options;
    this.#maxDialogs = options.maxDialogs ?? 10_000;
    const timers = options.timers ?? systemTimers();
    const contained = countedTimers(timers, (error) => this.#fault('timer', error));
    this.#signalling = contained;
    const values = { ...DEFAULT_TIMER_VALUES, ...options.timerValues };
    const { sessionTimer = { expiresSeconds: 1_800, minSeconds: 90 } } = options;
    this.#transport = new TransportLayer({
      limits: { ...DEFAULT_LIMITS, ...options.limits },
      timers,
      resolver: options.resolver ?? systemResolver,
      addressing: options.addressing,
      openUdp: options.openUdp,
      dial: { ca: options.trustedCertificates },
      receive: (message, flow) => this.#transactions.receive(message, flow),
      flowClosed: (flow, reason) => this.#flowClosed(flow, reason),
      sendFailed: (flow, error) => this.#sendFailed(flow, error),
      fault: (where, error) => this.#fault(where, error),
      acceptSource: options.acceptSource,
      trace: options.trace,
    });
    this.#transactions = new TransactionLayer(
      {
        timers: contained,
        values,
        sendText: (text, callId, flow) => this.#transport.sendText(text, callId, flow),
        repeated: () => this.#retransmissions++,
      },
      {
        invite: (transaction) => this.#receiveInvite(transaction),
        request: (transaction) => this.#receiveRequest(transaction),
        ack: (request) => this.#receiveAck(request),
        strayAccepted: () => this.#transport.drop('stray-response'),
        admit: (request, flow) => (this.#dialogOf(request) ? 'answer' : (options.admit?.(request, flow) ?? 'answer')),
      },
      { max: options.maxTransactions ?? 50_000, mark: randomBytes(6).toString('hex'), drop: (why) => this.#transport.drop(why) },
    );
    this.host = {
      timers: contained,
      values,
      sender: new RequestSender(this.#transport, this.#transactions, contained),
      product: options.product,
      sessionTimer: sessionTimer || undefined,
      newToken: () => `${this.#tokenBase}${(this.#nextToken++).toString(36)}`,
      contact: (flow, user) => this.#contact(flow, user),
      fault: (where, error) => this.#fault(where, error),
    };
  }

  async listen(spec: ListenSpec): Promise<Listener> {
    const material = spec.protocol === 'tls' ? { key: spec.key, cert: spec.cert, ca: spec.ca } : undefined;
    return this.#listener(await this.#transport.listen(spec.protocol, spec.address, spec.port, material));
  }

  acceptWebSockets(spec: WebSocketSpec): Listener {
    return this.#listener(this.#transport.acceptWebSockets(spec));
  }

  /** A flow to a place without a request, for tests that send bytes. */
  flowTo(place: Omit<Place, 'name'> & { readonly localAddress?: string }): LiveFlow {
    const flow = this.#transport.flowTo({ ...place, name: place.address }, place.localAddress);
    if (!flow) throw new Error(`no way to ${place.protocol}:${place.address}:${place.port}`);
    return flow;
  }

  /** Takes a connection that somebody else opened. */
  adopt(make: (door: Door) => LiveFlow): LiveFlow {
    return this.#transport.adopt(make);
  }

  #listener(endpoint: Endpoint): Listener {
    return {
      protocol: endpoint.protocol,
      get bound() {
        return endpoint.bound;
      },
      reload: (material) => {
        if ('reload' in endpoint) endpoint.reload(material);
      },
      close: () => this.#transport.closeEndpoint(endpoint),
    };
  }

  invite(options: InviteOptions): OutgoingInvite {
    const call = new OutgoingInviteCall(this, options);
    call.start();
    return call;
  }

  request(options: RequestOptions): Promise<RequestOutcome> {
    return sendOutsideRequest(this, options);
  }

  findDialog(id: DialogId): Dialog | undefined {
    const dialog = this.#dialogs.get(dialogKey(id.callId, id.localTag, id.remoteTag));
    return dialog && !dialog.ended ? dialog : undefined;
  }

  flows(): readonly Flow[] {
    return [...this.#transport.connections.values()];
  }

  stats(): SipStats {
    return {
      transactions: this.#transactions.counts,
      dialogs: this.#dialogs.size,
      timers: this.#signalling.pending,
      connections: this.#transport.connections.size,
      received: this.#transport.received,
      sent: this.#transport.sent,
      retransmissions: this.#retransmissions,
      dropped: this.#transport.dropped,
    };
  }

  async close(): Promise<void> {
    this.#transactions.endAll();
    for (const dialog of [...this.#dialogs.values()]) dialog.end({ by: 'us', why: 'flow-lost' });
    await this.#transport.close();
    this.#signalling.cancelAll();
  }

  // ── For calls and requests of ours ──────────────────────────────────────────────────────────────────────────────────

  newDialog(route: DialogRoute, side: 'caller' | 'callee', contactUser: string | undefined): InviteDialog | undefined {
    if (this.#dialogs.size >= this.#maxDialogs) return undefined;
    const key = dialogKey(route.callId, route.localTag, route.remoteTag);
    const dialog: InviteDialog = new InviteDialog(this.host, route, side, contactUser, () => {
      if (this.#dialogs.get(key) === dialog) this.#dialogs.delete(key);
    });
    this.#dialogs.set(key, dialog);
    return dialog;
  }

  destination(options: { readonly uri: string; readonly flow?: Flow; readonly route?: string; readonly nextHop?: string }): Destination {
    if (options.flow && 'send' in options.flow) return { flow: options.flow as LiveFlow };
    return { uri: options.nextHop ?? options.route ?? options.uri };
  }

  #contact(flow: Flow, user: string | undefined): string {
    const self = this.#transport.selfTowards(flow);
    // RFC 7118 5.2 knows one parameter for both kinds of WebSocket.
    const transport = flow.protocol === 'wss' ? 'ws' : flow.protocol;
    const name = user === undefined || user === '' ? '' : `${user}@`;
    return `<sip:${name}${self.host}:${self.port}${transport === 'udp' ? '' : `;transport=${transport}`}>`;
  }

  // ── Incoming ────────────────────────────────────────────────────────────────────────────────────────────────────────

  #dialogOf(request: SipRequest): InviteDialog | undefined {
    return request.toTag === '' ? undefined : this.#dialogs.get(dialogKey(request.callId, request.toTag, request.fromTag));
  }

  #receiveAck(request: SipRequest): void {
    const dialog = this.#dialogOf(request);
    if (dialog) dialog.receiveAck(request);
    else this.#transport.drop('stray-ack');
  }

  #receiveInvite(transaction: ServerInviteTransaction): void {
    const { request } = transaction;
    const dialog = this.#dialogOf(request);
    if (dialog) return dialog.receive(transaction);
    const refusal = refuseInvite(request, SUPPORTED_TAGS, this.host.sessionTimer?.minSeconds);
    if (refusal) return this.#answer(transaction, refusal.status, refusal.headers);
    const fresh = this.newDialog(DialogRoute.ofCallee(request, this.host.newToken(), transaction.flow), 'callee', request.sipUri?.user);
    if (!fresh) return this.#answer(transaction, 503, { 'Retry-After': '5' });
    fresh.noteCapabilities(request);
    const invite = new IncomingInviteCall(transaction, fresh);
    try {
      this.#options.onInvite(invite);
    } catch (error) {
      this.#fault('onInvite', error);
      invite.reject(500);
    }
    if (invite.untouched) invite.trying();
  }

  #receiveRequest(transaction: ServerOtherTransaction): void {
    const { request } = transaction;
    const dialog = this.#dialogOf(request);
    if (dialog) return dialog.receive(transaction);
    const refusal = refuseRequest(request, SUPPORTED_TAGS);
    if (refusal) return this.#answer(transaction, refusal.status, refusal.headers);
    const { onRequest } = this.#options;
    if (!onRequest) {
      const isOptions = request.method === 'OPTIONS';
      return this.#answer(transaction, isOptions ? 200 : 405, { Allow: ALLOW, ...(isOptions ? { Accept: 'application/sdp' } : {}) });
    }
    try {
      onRequest.call(this.#options, {
        request,
        flow: transaction.flow,
        respond: (status, parts = {}) => {
          const response = responseTo(request, status, { toTag: this.host.newToken(), ...parts });
          if (this.#options.product) response.headers.append('Server', this.#options.product);
          transaction.respond(response);
        },
        ignore: () => transaction.end(),
      });
    } catch (error) {
      this.#fault('onRequest', error);
      this.#answer(transaction, 500);
    }
  }

  #answer(transaction: ServerInviteTransaction | ServerOtherTransaction, status: number, headers?: HeaderFields): void {
    const response: SipResponse = responseTo(transaction.request, status, { toTag: this.host.newToken(), headers });
    if (this.#options.product) response.headers.append('Server', this.#options.product);
    transaction.respond(response);
  }

  #flowClosed(flow: Flow, reason: string): void {
    this.#contained('a closed flow', () => {
      this.#transactions.flowLost(flow);
      this.#options.onFlowClosed?.(flow, reason);
    });
  }

  /** ICMP says that nobody listens there; the transactions on that pair of addresses need not wait for their time-out. */
  #sendFailed(flow: Flow, error: Error): void {
    this.#transport.drop('send-failed');
    this.#contained('a failed send', () => this.#transactions.sendFailed(flow));
    this.#fault('udp send', error);
  }

  /** Sockets call from outside any message: what listeners throw there would end the process. */
  #contained(where: string, work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#fault(where, error);
    }
  }

  #fault(where: string, error: unknown): void {
    this.#options.onFault?.(where, error);
  }
}
