import type { HeaderFields } from '../message/headers.ts';
import type { SipMessage } from '../message/sip-message.ts';
import { parseMessage } from '../message/parse-message.ts';
import type { Timers } from '../timers.ts';
import type { LiveFlow } from '../transport/door.ts';
import type { Address, Flow, TraceEntry } from '../transport/flow.ts';
import type { IncomingRequest, InviteOptions, RequestOutcome, SipStats, UserAgentOptions } from '../user-agent/api.ts';
import { UserAgentCore } from '../user-agent/user-agent.ts';
import { SDP_OFFER } from './sdp-samples.ts';
import { TestCall } from './test-call.ts';
import { Inbox } from './waiting.ts';
import { connectWebSocket } from './websocket-client.ts';

export type TestPhoneOptions = {
  readonly username?: string;
  readonly password?: string;
  /** Host part of our address of record; default `centralita.test`. */
  readonly domain?: string;
  /** Local address, so that tests have sources of their own (127.0.0.x). */
  readonly address?: string;
  readonly timers?: Timers;
  readonly sessionTimer?: UserAgentOptions['sessionTimer'];
  /** For TLS and WSS with the test's own certificate. */
  readonly ca?: string;
} & ({ readonly protocol: 'udp' | 'tcp' | 'tls'; readonly server: Address } | { readonly protocol: 'ws'; readonly url: string; readonly origin?: string });

/**
 * A small real SIP phone for tests: registers with digest, calls, answers, and shows every message. It is this library's own user
 * agent on real sockets, so what it sends is well-formed; for anything else there is `sendRaw`, and `RawClient`.
 */
export class TestPhone {
  readonly agent: UserAgentCore;
  readonly #options: TestPhoneOptions;
  readonly #calls = new Inbox<TestCall>();
  readonly #requests = new Inbox<IncomingRequest>();
  readonly #received = new Inbox<SipMessage>();
  readonly #registerCallId = `reg-${Math.random().toString(36).slice(2)}`;
  #registerSeq = 0;
  #flow: LiveFlow | undefined;
  /** Every message in both directions, oldest first. */
  readonly trace: TraceEntry[] = [];
  /** Called when a call comes, before anything is answered; the default only keeps it for `nextCall`. */
  onCall: ((call: TestCall) => void) | undefined;

  private constructor(options: TestPhoneOptions) {
    this.#options = options;
    this.agent = new UserAgentCore({
      timers: options.timers,
      sessionTimer: options.sessionTimer ?? false,
      product: 'Centralita test phone',
      onInvite: (incoming) => {
        const call = new TestCall({ incoming });
        this.onCall?.(call);
        this.#calls.put(call);
      },
      onRequest: (request) => {
        if (request.request.method === 'OPTIONS') request.respond(200);
        else request.respond(405);
        this.#requests.put(request);
      },
      trace: (entry) => {
        this.trace.push(entry);
        if (entry.direction !== 'in') return;
        const message = parseMessage(Buffer.from(entry.text));
        if (typeof message !== 'string') this.#received.put(message);
      },
      trustedCertificates: options.ca,
    });
  }

  /** Binds its socket, or connects. */
  static async start(options: TestPhoneOptions): Promise<TestPhone> {
    const phone = new TestPhone(options);
    const address = options.address ?? '127.0.0.1';
    if (options.protocol === 'ws') {
      phone.#flow = await connectWebSocket(phone.agent, { url: options.url, origin: options.origin, localAddress: address, ca: options.ca });
    } else if (options.protocol === 'udp') {
      await phone.agent.listen({ protocol: 'udp', address, port: 0 });
      phone.#flow = phone.agent.flowTo({ ...options.server, protocol: 'udp' });
    } else {
      phone.#flow = phone.agent.flowTo({ ...options.server, protocol: options.protocol, localAddress: address });
    }
    return phone;
  }

  /** Of this phone towards the server. */
  get flow(): Flow {
    return this.#live;
  }

  get #live(): LiveFlow {
    if (!this.#flow) throw new Error('the phone has no way to its server');
    return this.#flow;
  }

  get #domain(): string {
    return this.#options.domain ?? 'centralita.test';
  }

  get uri(): string {
    return `sip:${this.#options.username ?? 'test'}@${this.#domain}`;
  }

  get #credentials() {
    const { username, password } = this.#options;
    return username !== undefined && password !== undefined ? { username, password } : undefined;
  }

  /** REGISTER with digest. 0 seconds unregisters. @returns the final status. */
  async register(expiresSeconds = 300, headers?: HeaderFields): Promise<RequestOutcome> {
    const outcome = await this.agent.request({
      method: 'REGISTER',
      uri: `sip:${this.#domain}`,
      flow: this.#live,
      from: { uri: this.uri },
      to: { uri: this.uri },
      contactUser: this.#options.username,
      callId: this.#registerCallId,
      cseq: this.#registerSeq + 1,
      headers: { Expires: String(expiresSeconds), ...headers },
      credentials: this.#credentials,
    });
    this.#registerSeq = outcome.cseq;
    return outcome;
  }

  options(uri = `sip:${this.#domain}`): Promise<RequestOutcome> {
    return this.agent.request({ method: 'OPTIONS', uri, flow: this.#live, from: { uri: this.uri } });
  }

  /** @param to a user or number, or a whole SIP URI. */
  call(to: string, options: Partial<Omit<InviteOptions, 'uri' | 'sdp'>> & { readonly sdp?: string | null } = {}): TestCall {
    const uri = to.startsWith('sip:') || to.startsWith('sips:') ? to : `sip:${to}@${this.#domain}`;
    const { sdp, ...rest } = options;
    const outgoing = this.agent.invite({
      uri,
      flow: this.#live,
      from: { uri: this.uri },
      contactUser: this.#options.username ?? 'test',
      credentials: this.#credentials,
      ...rest,
      sdp: sdp === null ? undefined : (sdp ?? SDP_OFFER),
    });
    return new TestCall({ outgoing });
  }

  nextCall(limitMs?: number): Promise<TestCall> {
    return this.#calls.next('INVITE', undefined, limitMs);
  }

  nextRequest(method: string): Promise<IncomingRequest> {
    return this.#requests.next(method, (one) => one.request.method === method);
  }

  /** The next message that fits, also one that came before. */
  waitFor(what: string, fits: (message: SipMessage) => boolean, limitMs?: number): Promise<SipMessage> {
    return this.#received.next(what, fits, limitMs);
  }

  /** Sends text as it is, on the phone's own flow. */
  sendRaw(text: string): void {
    this.#live.send(text);
  }

  stats(): SipStats {
    return this.agent.stats();
  }

  /** Gone without a word, as a killed browser: no BYE, no unregistering. */
  async close(): Promise<void> {
    await this.agent.close();
  }
}
