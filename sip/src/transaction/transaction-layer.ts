import { checkRequest, checkResponse } from '../message/check-message.ts';
import { responseTo } from '../message/response.ts';
import type { SipMessage, SipRequest, SipResponse } from '../message/sip-message.ts';
import { writeVia } from '../message/via.ts';
import { writeMessage } from '../message/write-message.ts';
import type { LiveFlow } from '../transport/door.ts';
import { isReliable, type Flow } from '../transport/flow.ts';
import { ClientInviteTransaction, type ClientHandlers } from './client-invite.ts';
import { ClientOtherTransaction } from './client-other.ts';
import type { TransactionContext } from './context.ts';
import { ServerInviteTransaction } from './server-invite.ts';
import { ServerOtherTransaction } from './server-other.ts';

export type ClientTransaction = ClientInviteTransaction | ClientOtherTransaction;
export type ServerTransaction = ServerInviteTransaction | ServerOtherTransaction;

export interface TransactionEvents {
  /** A new INVITE. */
  invite(transaction: ServerInviteTransaction): void;
  /** A new request other than INVITE, ACK and CANCEL. */
  request(transaction: ServerOtherTransaction): void;
  /** An ACK that belongs to no negative response: that of a 2xx, with a branch of its own (RFC 3261 13.2.2.4). */
  ack(request: SipRequest): void;
  /** A 2xx to an INVITE whose transaction is gone: from a fork that answered very late. */
  strayAccepted(response: SipResponse, flow: LiveFlow): void;
  /** Before anything is spent on a request without a transaction. */
  admit(request: SipRequest, flow: LiveFlow): 'answer' | 'drop';
}

const MAGIC = 'z9hG4bK';

/**
 * Finds or makes the transaction of each message (RFC 3261 17.1.3, 17.2.3) and refuses what is broken before anybody above sees
 * it. Branches of ours begin with a mark of this process, by which a request that comes back to us is known (482).
 */
export class TransactionLayer {
  readonly #context: TransactionContext;
  readonly #events: TransactionEvents;
  readonly #max: number;
  readonly #drop: (why: string) => void;
  readonly #mark: string;
  readonly #clients = new Map<string, ClientTransaction>();
  readonly #servers = new Map<string, ServerTransaction>();
  /** Requests without To tag by Call-ID, CSeq and From tag: the same one over another path is a merge (RFC 3261 8.2.2.2). */
  readonly #merges = new Map<string, string>();
  readonly #counts = { inviteServer: 0, inviteClient: 0, server: 0, client: 0 };
  #nextBranch = 1;

  constructor(context: TransactionContext, events: TransactionEvents, options: { readonly max: number; readonly mark: string; drop(why: string): void }) {
    this.#context = context;
    this.#events = events;
    this.#max = options.max;
    this.#drop = options.drop;
    this.#mark = `${MAGIC}${options.mark}`;
  }

  get counts(): Readonly<{ inviteServer: number; inviteClient: number; server: number; client: number }> {
    return { ...this.#counts };
  }

  get full(): boolean {
    return this.#clients.size + this.#servers.size >= this.#max;
  }

  newBranch(): string {
    return `${this.#mark}.${(this.#nextBranch++).toString(36)}`;
  }

  /** The request carries its Via with a branch of ours. */
  send(request: SipRequest, flow: LiveFlow, handlers: ClientHandlers): ClientTransaction {
    const key = `${request.via?.branch ?? ''}|${request.method}`;
    const isInvite = request.method === 'INVITE';
    const kind = isInvite ? 'inviteClient' : 'client';
    const onEnd = () => {
      this.#clients.delete(key);
      this.#counts[kind]--;
    };
    const transaction = isInvite
      ? new ClientInviteTransaction(request, flow, this.#context, handlers, onEnd)
      : new ClientOtherTransaction(request, flow, this.#context, handlers, onEnd);
    this.#clients.set(key, transaction);
    this.#counts[kind]++;
    transaction.start();
    // A flow that is known to be gone is told in a later tick, like any other loss.
    if (!flow.open) this.#context.timers.after(0, () => transaction.flowLost());
    return transaction;
  }

  receive(message: SipMessage, flow: LiveFlow): void {
    if (message.kind === 'response') this.#receiveResponse(message, flow);
    else this.#receiveRequest(message, flow);
  }

  flowLost(flow: Flow): void {
    for (const transaction of [...this.#clients.values()]) if (transaction.flow === flow) transaction.flowLost();
    for (const transaction of [...this.#servers.values()]) if (transaction.flow === flow) transaction.flowLost();
  }

  /** A datagram could not be sent: ICMP or no route. The pair of addresses tells whose it was. */
  sendFailed(flow: Flow): void {
    const { id } = flow;
    for (const transaction of [...this.#clients.values()]) if (transaction.flow.protocol === 'udp' && transaction.flow.id === id) transaction.flowLost();
  }

  endAll(): void {
    for (const transaction of [...this.#clients.values(), ...this.#servers.values()]) transaction.end();
  }

  #receiveResponse(response: SipResponse, flow: LiveFlow): void {
    const wrong = checkResponse(response);
    if (wrong !== undefined) return this.#drop('malformed');
    const method = response.cseq!.method;
    const client = this.#clients.get(`${response.via!.branch}|${method}`);
    if (client) return client.receive(response);
    if (method === 'INVITE' && response.status >= 200 && response.status < 300) return this.#events.strayAccepted(response, flow);
    this.#drop('stray-response');
  }

  #receiveRequest(request: SipRequest, source: LiveFlow): void {
    const wrong = checkRequest(request);
    if (wrong?.status === null) return this.#drop('malformed');
    const flow = stampVia(request, source);
    if (wrong) {
      this.#drop('malformed');
      if (request.method === 'ACK' || this.#events.admit(request, flow) === 'drop') return;
      return this.#refuse(request, flow, wrong.status!, wrong.reason);
    }
    const key = serverKey(request);
    const server = this.#servers.get(key);
    if (server instanceof ServerInviteTransaction) {
      if (request.method === 'CANCEL') return this.#cancel(request, flow, server);
      if (request.method !== 'ACK') return server.receiveInvite();
      return server.state === 'accepted' ? this.#events.ack(request) : server.receiveAck();
    }
    if (server) return server.receive();
    if (request.method === 'ACK') return this.#events.ack(request);
    if (request.method === 'CANCEL') {
      if (this.#events.admit(request, flow) === 'drop') return this.#drop('not-admitted');
      return this.#refuse(request, flow, 481);
    }
    this.#begin(key, request, flow);
  }

  #begin(key: string, request: SipRequest, flow: LiveFlow): void {
    if (this.#events.admit(request, flow) === 'drop') return this.#drop('not-admitted');
    if (this.full) {
      this.#drop('overload');
      return this.#refuse(request, flow, 503, undefined, { 'Retry-After': '5' });
    }
    const merge = request.toTag === '' ? `${request.callId}|${request.headers.get('CSeq')}|${request.fromTag}` : undefined;
    if ((merge !== undefined && this.#merges.has(merge)) || this.#passedUs(request)) return this.#refuse(request, flow, 482);
    const isInvite = request.method === 'INVITE';
    const kind = isInvite ? 'inviteServer' : 'server';
    const onEnd = () => {
      this.#servers.delete(key);
      this.#counts[kind]--;
      if (merge !== undefined) this.#merges.delete(merge);
    };
    this.#counts[kind]++;
    if (merge !== undefined) this.#merges.set(merge, key);
    if (isInvite) {
      const transaction = new ServerInviteTransaction(request, flow, this.#context, onEnd);
      this.#servers.set(key, transaction);
      this.#events.invite(transaction);
    } else {
      const transaction = new ServerOtherTransaction(request, flow, this.#context, onEnd);
      this.#servers.set(key, transaction);
      this.#events.request(transaction);
    }
  }

  /** RFC 3261 9.2: the CANCEL has its own transaction and its own 200, whatever becomes of the INVITE. */
  #cancel(request: SipRequest, flow: LiveFlow, invite: ServerInviteTransaction): void {
    const key = `${serverKey(request)}|CANCEL`;
    const existing = this.#servers.get(key);
    if (existing instanceof ServerOtherTransaction) return existing.receive();
    this.#counts.server++;
    const transaction = new ServerOtherTransaction(request, flow, this.#context, () => {
      this.#servers.delete(key);
      this.#counts.server--;
    });
    this.#servers.set(key, transaction);
    transaction.respond(responseTo(request, 200, { toTag: invite.request.toTag || `c${this.#nextBranch++}` }));
    if (invite.state === 'proceeding') invite.handlers?.cancelled(request);
  }

  #passedUs(request: SipRequest): boolean {
    return request.headers.list('Via').some((via) => via.includes(this.#mark));
  }

  /** Without a transaction: a repeat is simply refused again (RFC 3261 8.2.7). */
  #refuse(request: SipRequest, flow: LiveFlow, status: number, reason?: string, headers?: Readonly<Record<string, string>>): void {
    const response = responseTo(request, status, { reason, headers, toTag: `r${this.#nextBranch++}` });
    this.#context.sendText(writeMessage(response), request.callId, flow);
  }
}

/** ACK and CANCEL are found under their INVITE. RFC 2543 peers have no unique branch: then the whole of it counts (17.2.3). */
function serverKey(request: SipRequest): string {
  const via = request.via!;
  const method = request.method === 'ACK' || request.method === 'CANCEL' ? 'INVITE' : request.method;
  if (via.branch.startsWith(MAGIC) && via.branch.length > MAGIC.length) return `${via.branch}|${via.host}:${via.port ?? ''}|${method}`;
  return `${request.uri}|${request.fromTag}|${request.callId}|${request.cseq!.number}|${via.host}:${via.port ?? ''}|${via.branch}|${method}`;
}

/**
 * RFC 3261 18.2.1 and RFC 3581 4: notes in the topmost Via where the request came from.
 * @returns where its responses go: back on the connection; over UDP to the source, whose port counts only if `rport` asks for it.
 */
function stampVia(request: SipRequest, flow: LiveFlow): LiveFlow {
  const via = request.via!;
  const { address, port } = flow.remote;
  const wantsPort = via.params.has('rport');
  const host = via.host.startsWith('[') ? via.host.slice(1, -1) : via.host;
  if (wantsPort || host !== address) {
    const params = new Map(via.params);
    params.set('received', address);
    if (wantsPort) params.set('rport', String(port));
    const field = request.headers.get('Via') ?? '';
    const first = request.headers.list('Via')[0]!;
    request.headers.replaceFirst('Via', field.replace(first, () => writeVia({ ...via, params })));
  }
  if (isReliable(flow.protocol) || wantsPort) return flow;
  const sentBy = via.port ?? 5060;
  return sentBy === port ? flow : (flow.towardsPort?.(sentBy) ?? flow);
}
