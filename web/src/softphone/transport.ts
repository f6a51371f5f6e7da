/**
 * The phone of this browser, in the contact center's words. One implementation speaks SIP (JsSIP); the screens know only this.
 * It never renegotiates a call: hold, resume and digits are orders to the server, muting is local (design 4).
 */
export interface TransportRegistration {
  readonly webSocketPath: string;
  readonly sipDomain: string;
  readonly username: string;
  readonly password: string;
  readonly iceServers: readonly { readonly urls: string[]; readonly username?: string | undefined; readonly credential?: string | undefined }[];
}

/** `refused`: the secret is no longer good (ask for another); `connecting` covers every retry. */
export type TransportState = 'offline' | 'connecting' | 'registered' | 'refused';

export type CallFailure = 'busy' | 'noAnswer' | 'notFound' | 'forbidden' | 'unavailable' | 'media' | 'lost' | 'other';

export interface TransportCall {
  readonly id: string;
  readonly direction: 'incoming' | 'outgoing';
  /** Of an incoming call: the offer that it carries, whether it resumes a live call, whether it answers by itself. */
  readonly offerId: string | null;
  readonly resumes: boolean;
  readonly autoAnswer: boolean;
  /** Who the other side says it is; a colleague's call has nothing else to show before it is answered. */
  readonly caller: { readonly name: string | null; readonly number: string };
  answer(microphone: MediaStream): void;
  /** 603: the offer goes on to somebody else. */
  decline(): void;
  hangUp(): void;
  sendTones(digits: string): void;
  /** Another microphone in the middle of a call, without renegotiation. */
  replaceMicrophone(microphone: MediaStream): Promise<void>;
}

export type TransportEvent =
  | { readonly type: 'state'; readonly state: TransportState }
  | { readonly type: 'incoming'; readonly call: TransportCall }
  | { readonly type: 'progress'; readonly call: TransportCall }
  | { readonly type: 'connected'; readonly call: TransportCall }
  | { readonly type: 'audio'; readonly call: TransportCall; readonly remote: MediaStream }
  | { readonly type: 'ended'; readonly call: TransportCall; readonly failure: CallFailure | null };

export interface SoftphoneTransport {
  start(registration: TransportRegistration, options?: { readonly register: boolean }): void;
  stop(): void;
  dial(number: string, microphone: MediaStream): TransportCall;
  /** Tries again now instead of at the end of the present delay. */
  reconnect(): void;
  listen(listener: (event: TransportEvent) => void): () => void;
}

/** `ws://` and `wss://` are taken as they are; a path belongs to the address that the page came from. */
export function socketAddress(webSocketPath: string, page: { readonly protocol: string; readonly host: string; readonly hostname: string }): string {
  if (/^wss?:\/\//.test(webSocketPath)) return webSocketPath;
  const scheme = page.protocol === 'https:' ? 'wss' : 'ws';
  // `:8443/sip` is another port of the same host.
  if (webSocketPath.startsWith(':')) return `${scheme}://${page.hostname}${webSocketPath}`;
  return `${scheme}://${page.host}${webSocketPath}`;
}
