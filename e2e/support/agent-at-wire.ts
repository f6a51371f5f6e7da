import { randomInt } from 'node:crypto';
import type { SessionView, SoftphoneRegistration } from '@centralita/contract';
import { ignoreFailure } from '@centralita/kernel';
import { patchBrowserSdp, readBrowserSdp } from '@centralita/media';
import { TestPhone, type TestCall } from '@centralita/sip/testing';
import ndc from 'node-datachannel';
import { Api } from './api.ts';
import type { Product } from './product.ts';
import { Voice, type VoiceOptions } from './voice.ts';

const REGISTER_AGAIN_MS = 120_000;

/** Somebody of the center with a browser's telephone but no browser: SIP over WebSocket and ICE, DTLS and SRTP, all in the test's hands. */
export class AgentAtWire {
  readonly api: Api;
  readonly #phone: TestPhone;
  /** Kept to the end: a connection that is collected before the library is put away ends the whole process, and so does an open one. */
  readonly #calls: WireCall[] = [];
  /** As a browser's telephone does, before the five minutes of its registration are over. */
  readonly #refresh: NodeJS.Timeout;
  static #open = 0;

  private constructor(api: Api, phone: TestPhone) {
    this.api = api;
    this.#phone = phone;
    this.#refresh = setInterval(() => ignoreFailure('registering again', phone.register()), REGISTER_AGAIN_MS);
    AgentAtWire.#open += 1;
  }

  /** A new sign-in, and so another device, each time. */
  static async start(product: Product, role: string): Promise<AgentAtWire> {
    const api = await Api.signIn(product, role);
    const { webSocketPath: url, username, password, sipDomain: domain } = await api.post<SoftphoneRegistration>('/api/softphone/registration');
    const phone = await TestPhone.start({ protocol: 'ws', url, origin: new URL(product.address).origin, username, password, domain });
    const { status } = await phone.register();
    if (status !== 200) throw new Error(`registering a softphone: ${status}`);
    return new AgentAtWire(api, phone);
  }

  async takeWork(): Promise<void> {
    const { statuses } = await this.api.get<SessionView>('/api/session');
    await this.api.set('/api/me/status', { statusId: statuses.find(({ takesQueueWork }) => takesQueueWork)!.statusId });
  }

  /** First lines of every message of the calls whose messages name this number, oldest first. */
  messagesAbout(number: string): string[] {
    const about = new Set(this.#phone.trace.filter(({ text }) => text.includes(number)).map(({ callId }) => callId));
    return this.#phone.trace.filter(({ callId }) => about.has(callId)).map(({ at, direction, callId, text }) => `${new Date(at).toISOString().slice(14, 23)} ${direction} ${callId.slice(0, 8)} ${text.slice(0, text.indexOf('\r'))}${/\r\nreason:[^\r]*/i.exec(text)?.[0].trim() ?? ''}`);
  }

  /** Each call that rings here from now on, ready to be answered, in the place of `rings`. */
  onRing(take: (call: WireCall) => void): void {
    this.#phone.onCall = (sip) => take(this.#keep(sip, {}));
  }

  /** The next call that rings here, ready to be answered. */
  async rings(options: VoiceOptions = {}, withinMs = 15_000): Promise<WireCall> {
    return this.#keep(await this.#phone.nextCall(withinMs), options);
  }

  #keep(sip: TestCall, options: VoiceOptions): WireCall {
    const call = new WireCall(sip, options);
    this.#calls.push(call);
    return call;
  }

  async stop(): Promise<void> {
    clearInterval(this.#refresh);
    for (const call of this.#calls) call.stop();
    await this.#phone.close();
    AgentAtWire.#open -= 1;
    // The library's own threads keep the process alive, and a test would never end.
    if (AgentAtWire.#open === 0) ndc.cleanup();
  }
}

/** One ringing call, with its answer made beforehand so that answering takes no time. */
export class WireCall {
  readonly sip: TestCall;
  readonly voice: Voice;
  readonly #peer: InstanceType<typeof ndc.PeerConnection>;
  readonly #answer: string;
  #track: ReturnType<InstanceType<typeof ndc.PeerConnection>['addTrack']>;
  #stopped = false;

  constructor(sip: TestCall, options: VoiceOptions) {
    this.sip = sip;
    const offer = sip.incoming!.sdp!;
    const read = readBrowserSdp(offer);
    if (!read.ok) throw new Error(`the center offers what no browser takes: ${read.refusal}`);
    const events = read.value.eventPayload ?? 101;
    this.#peer = new ndc.PeerConnection('agent', { iceServers: [], forceMediaTransport: true, disableAutoNegotiation: true });
    this.voice = new Voice(randomInt(1, 4_294_967_295), (packet) => !this.#stopped && this.#track.isOpen() && this.#track.sendMessageBinary(packet), options);
    const audio = new ndc.Audio('0', 'SendRecv');
    audio.addAudioCodec(0, 'PCMU');
    audio.addAudioCodec(8, 'PCMA');
    audio.parseSdpLine(`a=rtpmap:${events} telephone-event/8000`);
    audio.addSSRC(this.voice.sender.ssrc, 'agent', 'agent', 'audio');
    this.#track = this.#peer.addTrack(audio);
    this.#track.onMessage((packet) => this.voice.take(packet));
    this.#peer.setRemoteDescription(offer, 'offer');
    this.#peer.setLocalDescription('answer');
    this.#answer = patchBrowserSdp(this.#peer.localDescription()!.sdp, [0, events]);
    sip.ring();
  }

  answer(): void {
    this.sip.answer(this.#answer);
  }

  hangUp(): void {
    this.sip.bye();
  }

  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.voice.stop();
    this.#track.close();
    this.#peer.close();
  }
}
