import { ignoreFailure } from '@centralita/kernel';
import { closeStream, MicrophoneError, openMicrophone, type MicrophoneFault } from './microphone.ts';
import type { CallFailure, SoftphoneTransport, TransportCall, TransportEvent, TransportRegistration, TransportState } from './transport.ts';

export interface PhoneCall {
  readonly id: string;
  readonly direction: 'incoming' | 'outgoing';
  readonly offerId: string | null;
  readonly state: 'ringing' | 'answering' | 'dialing' | 'live';
  /** What was dialled, until the server says who it is. */
  readonly dialled: string | null;
  /** Who rings here without an offer: a colleague. */
  readonly caller: TransportCall['caller'] | null;
}

export interface PhoneState {
  readonly transport: TransportState;
  readonly call: PhoneCall | null;
  readonly muted: boolean;
  readonly remote: MediaStream | null;
  readonly microphone: MediaStream | null;
  readonly fault: MicrophoneFault | null;
  readonly failure: CallFailure | null;
}

interface PhoneOptions {
  readonly transport: () => Promise<SoftphoneTransport>;
  /** A fresh secret; asked for at start, and again when the server refuses the present one or it is about to expire. */
  readonly register: () => Promise<TransportRegistration & { readonly expiresAt: number }>;
  readonly microphoneId: () => string | null;
  readonly now: () => number;
}

const SILENT: PhoneState = { transport: 'offline', call: null, muted: false, remote: null, microphone: null, fault: null, failure: null };

/** A renewal that finds a call looks again so much later. */
const RENEW_AFTER_CALL_MS = 10_000;

/** This browser's phone: one call at a time, its microphone, and the registration that keeps it reachable. */
export class Phone {
  readonly #options: PhoneOptions;
  readonly #listeners = new Set<() => void>();
  #state: PhoneState = SILENT;
  #transport: SoftphoneTransport | undefined;
  #call: TransportCall | undefined;
  /** Answered before its ring arrived here: the feed is sometimes faster than the phone. */
  #answerWhenItRings: string | null = null;
  #running = false;
  #renewal: ReturnType<typeof setTimeout> | undefined;
  #retryDelayMs = 1_000;
  /** Of the present secret. */
  #expiresAt = 0;

  constructor(options: PhoneOptions) {
    this.#options = options;
  }

  get state(): PhoneState {
    return this.#state;
  }

  read = (): PhoneState => this.#state;

  listen = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  start(): void {
    if (this.#running) return;
    this.#running = true;
    ignoreFailure('softphone registration', this.#connect());
  }

  stop(): void {
    this.#running = false;
    clearTimeout(this.#renewal);
    this.#transport?.stop();
    closeStream(this.#state.microphone);
    this.#call = undefined;
    this.#set(SILENT);
  }

  reconnect(): void {
    this.#transport?.reconnect();
  }

  /** Opens the microphone while it rings, where that asks nobody anything, so that a click becomes audio at once. */
  async prepare(): Promise<void> {
    await this.#openMicrophone();
  }

  /** Answers what rings here; an offer whose ring has not arrived yet is answered when it does. */
  async answer(offerId: string | null): Promise<void> {
    const present = this.#call;
    if (present && this.#state.call?.state === 'ringing' && (present.offerId === offerId || present.offerId === null)) await this.#answer(present);
    else if (!present) this.#answerWhenItRings = offerId;
  }

  /** False when nothing rings here: the offer then has to be declined through the server. */
  decline(): boolean {
    if (!this.#call || this.#state.call?.state !== 'ringing') return false;
    this.#call.decline();
    return true;
  }

  hangUp(): void {
    this.#call?.hangUp();
  }

  /** The call is gone at the other end and nobody said so (the telephone service was restarted): this page lets go of it too. */
  letGo(): void {
    const call = this.#call;
    if (!call) return;
    this.#ended(null);
    call.hangUp();
  }

  sendTones(digits: string): void {
    this.#call?.sendTones(digits);
  }

  async dial(number: string): Promise<void> {
    if (this.#state.call || !this.#transport) return;
    this.#set({ ...this.#state, failure: null });
    const microphone = await this.#openMicrophone();
    if (!microphone || this.#state.call) return;
    const call = this.#transport.dial(number, microphone);
    this.#call = call;
    this.#set({ ...this.#state, call: { id: call.id, direction: 'outgoing', offerId: null, state: 'dialing', dialled: number, caller: null }, muted: false });
  }

  mute(muted: boolean): void {
    for (const track of this.#state.microphone?.getAudioTracks() ?? []) track.enabled = !muted;
    this.#set({ ...this.#state, muted });
  }

  /** The chosen microphone changed: a call in progress goes on with the new one. */
  async changeMicrophone(): Promise<void> {
    if (!this.#call || !this.#state.microphone) return;
    const before = this.#state.microphone;
    this.#set({ ...this.#state, microphone: null });
    const microphone = await this.#openMicrophone();
    if (!microphone) return;
    for (const track of microphone.getAudioTracks()) track.enabled = !this.#state.muted;
    await this.#call.replaceMicrophone(microphone);
    closeStream(before);
  }

  forgetFailure(): void {
    this.#set({ ...this.#state, failure: null, fault: null });
  }

  async #connect(): Promise<void> {
    clearTimeout(this.#renewal);
    if (this.#state.transport !== 'registered') this.#set({ ...this.#state, transport: 'connecting' });
    try {
      const [transport, registration] = await Promise.all([this.#transport ?? this.#options.transport(), this.#options.register()]);
      if (!this.#running) return;
      // It rang meanwhile: beginning anew would take the call from under the person's finger.
      if (this.#call) return this.#renewIn(RENEW_AFTER_CALL_MS);
      if (!this.#transport) {
        this.#transport = transport;
        transport.listen((event) => this.#heard(event));
      }
      this.#expiresAt = registration.expiresAt;
      transport.start(registration);
      this.#renewInTime();
    } catch (error) {
      this.#retryLater();
      throw error;
    }
  }

  /** A minute before it expires; never in the middle of a call (the renewal then waits for its end). */
  #renewInTime(): void {
    this.#renewIn(Math.max(30_000, this.#expiresAt - this.#options.now() - 60_000));
  }

  #retryLater(): void {
    this.#renewIn(this.#retryDelayMs);
    this.#retryDelayMs = Math.min(15_000, this.#retryDelayMs * 1.7);
  }

  #renewIn(delayMs: number): void {
    clearTimeout(this.#renewal);
    this.#renewal = setTimeout(() => {
      if (!this.#running) return;
      if (this.#call) {
        // Anew would end it. A telephone service that has just been restarted may not have known this phone yet, and does now.
        this.#transport?.reconnect();
        this.#renewIn(RENEW_AFTER_CALL_MS);
      } else {
        ignoreFailure('softphone registration', this.#connect());
      }
      // setTimeout holds 31 bits of milliseconds: a secret of a month is renewed earlier.
    }, Math.min(delayMs, 2_000_000_000));
  }

  #heard(event: TransportEvent): void {
    switch (event.type) {
      case 'state':
        this.#set({ ...this.#state, transport: event.state });
        if (event.state === 'registered') {
          this.#retryDelayMs = 1_000;
          this.#renewInTime();
        }
        if (event.state === 'refused' && this.#running) this.#retryLater();
        return;
      case 'incoming':
        this.#incoming(event.call);
        return;
      case 'progress':
        return;
      case 'connected':
        if (event.call === this.#call && this.#state.call) this.#set({ ...this.#state, call: { ...this.#state.call, state: 'live' } });
        return;
      case 'audio':
        if (event.call === this.#call) this.#set({ ...this.#state, remote: event.remote });
        return;
      case 'ended':
        if (event.call === this.#call) this.#ended(event.failure);
        return;
    }
  }

  #incoming(call: TransportCall): void {
    // Nobody with a live call is rung for another: what rings now says that the one this page believes it has is gone. Only
    // while this person is ringing or dialing themselves may two cross.
    if (this.#call && !call.resumes && this.#state.call?.state !== 'live') return call.decline();
    const before = this.#call;
    this.#call = call;
    this.#set({ ...this.#state, call: { id: call.id, direction: 'incoming', offerId: call.offerId, state: 'ringing', dialled: null, caller: call.caller }, failure: null });
    if (before) before.hangUp();
    const wanted = call.offerId !== null && call.offerId === this.#answerWhenItRings;
    this.#answerWhenItRings = null;
    if (call.autoAnswer || wanted) ignoreFailure('automatic answer', this.#answer(call));
  }

  async #answer(call: TransportCall): Promise<void> {
    if (this.#state.call) this.#set({ ...this.#state, call: { ...this.#state.call, state: 'answering' } });
    const microphone = await this.#openMicrophone();
    if (call !== this.#call) return;
    if (!microphone) {
      if (this.#state.call) this.#set({ ...this.#state, call: { ...this.#state.call, state: 'ringing' } });
      return;
    }
    call.answer(microphone);
  }

  #ended(failure: CallFailure | null): void {
    closeStream(this.#state.microphone);
    this.#call = undefined;
    this.#set({ ...this.#state, call: null, muted: false, remote: null, microphone: null, failure });
  }

  async #openMicrophone(): Promise<MediaStream | null> {
    if (this.#state.microphone?.active) return this.#state.microphone;
    try {
      const microphone = await openMicrophone(this.#options.microphoneId());
      // Two openings may have crossed (preparing while it rings, then the click): the first one stays.
      if (this.#state.microphone?.active) {
        closeStream(microphone);
        return this.#state.microphone;
      }
      this.#set({ ...this.#state, microphone, fault: null });
      return microphone;
    } catch (error) {
      if (!(error instanceof MicrophoneError)) throw error;
      this.#set({ ...this.#state, fault: error.fault });
      return null;
    }
  }

  #set(state: PhoneState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}
