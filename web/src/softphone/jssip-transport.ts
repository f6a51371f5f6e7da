import { ignoreFailure } from '@centralita/kernel';
import { UA, WebSocketInterface } from 'jssip';
import type { EndEvent, RTCSession } from 'jssip/lib/RTCSession';
import type { RTCSessionEvent, UnRegisteredEvent } from 'jssip/lib/UA';
import { socketAddress, type CallFailure, type SoftphoneTransport, type TransportCall, type TransportEvent, type TransportRegistration } from './transport.ts';

// Host candidates come at once and the center's own address is one of them: waiting for the slow ones (a TURN server that does not
// answer takes 10 s) would eat the 400 ms that a click may take to become audio (design 10).
const CANDIDATE_WAIT_MS = 120;

/** Browsers spread themselves: a telephone service that is busy with all of them is not asked by all of them at once again. */
const againAfterMs = (tries: number): number => Math.min(15_000, 2_000 * 1.7 ** tries) * (0.5 + Math.random());

/** SIP over WebSocket through JsSIP. */
export class JsSipTransport implements SoftphoneTransport {
  #ua: UA | undefined;
  #registration: TransportRegistration | undefined;
  readonly #listeners = new Set<(event: TransportEvent) => void>();
  readonly #ringing = new Set<RTCSession>();

  start(registration: TransportRegistration, { register } = { register: true }): void {
    this.stop();
    this.#registration = registration;
    const ua = new UA({
      sockets: [new WebSocketInterface(socketAddress(registration.webSocketPath, location))],
      uri: `sip:${registration.username}@${registration.sipDomain}`,
      authorization_user: registration.username,
      password: registration.password,
      register,
      register_expires: 120,
      // The server watches the WebSocket; a session timer here would only add an UPDATE that nobody needs.
      session_timers: false,
      connection_recovery_min_interval: 1,
      connection_recovery_max_interval: 5,
      user_agent: 'Centralita web',
    });
    this.#ua = ua;
    // One that was replaced has its last word two seconds later: it says nothing of the one that rings now.
    const whileItIsOurs = <Rest extends unknown[]>(act: (...rest: Rest) => void) => (...rest: Rest) => void (ua === this.#ua && act(...rest));
    let tries = 0;
    ua.on('connecting', whileItIsOurs(() => this.#tell({ type: 'state', state: 'connecting' })));
    ua.on('disconnected', whileItIsOurs(() => {
      this.#tell({ type: 'state', state: 'connecting' });
      this.#stopRinging();
    }));
    ua.on('connected', whileItIsOurs(() => {
      if (!register) this.#tell({ type: 'state', state: 'registered' });
    }));
    ua.on('registered', whileItIsOurs(() => {
      tries = 0;
      this.#tell({ type: 'state', state: 'registered' });
    }));
    ua.on('registrationFailed', whileItIsOurs((event: UnRegisteredEvent) => {
      const status = event.response?.status_code ?? 0;
      const refused = status === 401 || status === 403 || status === 404 || status === 407;
      this.#tell({ type: 'state', state: refused ? 'refused' : 'connecting' });
      // Busy, or silent: JsSIP itself tries again only when its connection was lost.
      if (!refused) setTimeout(whileItIsOurs(() => this.reconnect()), againAfterMs(tries++));
    }));
    ua.on('newRTCSession', whileItIsOurs((event: RTCSessionEvent) => {
      if ((event.originator as string) === 'remote') this.#incoming(event);
    }));
    ua.start();
  }

  stop(): void {
    const ua = this.#ua;
    this.#ua = undefined;
    // Ends its calls and unregisters: for signing out. A reload simply drops the socket, so that the call can come back.
    ua?.stop();
    if (!ua) return;
    this.#stopRinging();
    this.#tell({ type: 'state', state: 'offline' });
  }

  reconnect(): void {
    const ua = this.#ua as (UA & { isConnected(): boolean; isRegistered(): boolean }) | undefined;
    if (!ua) return;
    if (!ua.isConnected()) ua.start();
    else if (!ua.isRegistered() && this.#registration) ua.register();
  }

  dial(number: string, microphone: MediaStream): TransportCall {
    const ua = this.#ua;
    const registration = this.#registration;
    if (!ua || !registration) throw new Error('dial before start');
    // The listeners are attached before the INVITE leaves: a refusal may come in the same tick.
    let call: JsSipCall | undefined;
    ua.once('newRTCSession', (event: RTCSessionEvent) => {
      call = this.#adopt(event.session, 'outgoing', { offerId: null, resumes: false, autoAnswer: false });
    });
    ua.call(`sip:${number}@${registration.sipDomain}`, { mediaStream: microphone, pcConfig: this.#peerConfiguration(), rtcOfferConstraints: { offerToReceiveAudio: true } });
    if (!call) throw new Error('JsSIP made no session');
    return call;
  }

  listen(listener: (event: TransportEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Who rang over a lost socket was sent elsewhere, and their CANCEL will not come: a ghost would have the next callers declined. */
  #stopRinging(): void {
    for (const session of this.#ringing) if (!session.isEnded()) session.terminate();
    this.#ringing.clear();
  }

  #incoming({ session, request }: RTCSessionEvent): void {
    this.#ringing.add(session);
    for (const over of ['accepted', 'ended', 'failed'] as const) session.on(over, () => this.#ringing.delete(session));
    const header = (name: string): string | null => request.getHeader(name) ?? null;
    const resumes = header('X-Centralita-Return') !== null || header('X-Centralita-Resume') !== null;
    const call = this.#adopt(session, 'incoming', { offerId: header('X-Centralita-Offer'), resumes, autoAnswer: resumes || header('X-Centralita-Auto-Answer') !== null });
    this.#tell({ type: 'incoming', call });
  }

  #adopt(session: RTCSession, direction: TransportCall['direction'], facts: Pick<TransportCall, 'offerId' | 'resumes' | 'autoAnswer'>): JsSipCall {
    const call = new JsSipCall(session, direction, facts, () => this.#peerConfiguration());
    watchPeer(session, (remote) => this.#tell({ type: 'audio', call, remote }));
    session.on('progress', () => this.#tell({ type: 'progress', call }));
    session.on('accepted', () => this.#tell({ type: 'connected', call }));
    session.on('ended', () => this.#tell({ type: 'ended', call, failure: null }));
    session.on('failed', (event) => this.#tell({ type: 'ended', call, failure: failureOf(event) }));
    return call;
  }

  #peerConfiguration(): RTCConfiguration {
    return { iceServers: (this.#registration?.iceServers ?? []).map((server) => ({ urls: [...server.urls], ...(server.username ? { username: server.username } : {}), ...(server.credential ? { credential: server.credential } : {}) })) };
  }

  #tell(event: TransportEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

class JsSipCall implements TransportCall {
  readonly id: string;
  readonly direction: TransportCall['direction'];
  readonly offerId: string | null;
  readonly resumes: boolean;
  readonly autoAnswer: boolean;
  readonly caller: TransportCall['caller'];
  readonly #session: RTCSession;
  readonly #peerConfiguration: () => RTCConfiguration;

  constructor(session: RTCSession, direction: TransportCall['direction'], facts: Pick<TransportCall, 'offerId' | 'resumes' | 'autoAnswer'>, peerConfiguration: () => RTCConfiguration) {
    this.id = session.id;
    this.direction = direction;
    this.offerId = facts.offerId;
    this.resumes = facts.resumes;
    this.autoAnswer = facts.autoAnswer;
    const { display_name: name, uri } = session.remote_identity;
    this.caller = { name: name || null, number: uri.user ?? '' };
    this.#session = session;
    this.#peerConfiguration = peerConfiguration;
  }

  answer(microphone: MediaStream): void {
    if (this.#session.isEnded() || this.#session.isEstablished()) return;
    this.#session.answer({ mediaStream: microphone, pcConfig: this.#peerConfiguration() });
  }

  decline(): void {
    if (!this.#session.isEnded()) this.#session.terminate({ status_code: 603, reason_phrase: 'Decline' });
  }

  hangUp(): void {
    if (!this.#session.isEnded()) this.#session.terminate();
  }

  sendTones(digits: string): void {
    if (this.#session.isEstablished()) this.#session.sendDTMF(digits, { transportType: 'RFC2833' as never, duration: 120, interToneGap: 80 });
  }

  async replaceMicrophone(microphone: MediaStream): Promise<void> {
    const track = microphone.getAudioTracks()[0];
    const sender = this.#session.connection?.getSenders().find((candidate) => candidate.track?.kind === 'audio');
    if (track && sender) await sender.replaceTrack(track);
  }
}

function watchPeer(session: RTCSession, heard: (remote: MediaStream) => void): void {
  const watch = (peer: RTCPeerConnection) => {
    peer.addEventListener('track', (event) => heard(event.streams[0] ?? new MediaStream([event.track])));
  };
  // An outgoing session has its peer already when the event that announces the session fires.
  if (session.connection) watch(session.connection);
  else session.on('peerconnection', (event) => watch(event.peerconnection));
  let waiting = false;
  session.on('icecandidate', (event) => {
    if (waiting) return;
    waiting = true;
    setTimeout(() => ignoreFailure('candidates already sent', () => event.ready()), CANDIDATE_WAIT_MS);
  });
}

const FAILURES: Readonly<Record<string, CallFailure>> = {
  Busy: 'busy',
  'No Answer': 'noAnswer',
  'Request Timeout': 'noAnswer',
  'Not Found': 'notFound',
  'Address Incomplete': 'notFound',
  Rejected: 'forbidden',
  'Authentication Error': 'forbidden',
  Unavailable: 'unavailable',
  'SIP Failure Code': 'unavailable',
  'User Denied Media Access': 'media',
  'WebRTC Error': 'media',
  'Incompatible SDP': 'media',
  'Missing SDP': 'media',
  'Connection Error': 'lost',
};

/** Null when nobody failed: the caller gave up, another device answered, or this person declined. */
function failureOf(event: EndEvent): CallFailure | null {
  if (event.cause === 'Canceled' || (event.originator as string) === 'local') return event.cause === 'User Denied Media Access' || event.cause === 'WebRTC Error' ? 'media' : null;
  return FAILURES[event.cause] ?? 'other';
}
