import { isIPv6 } from 'node:net';
import { type SrtpSuite, toneAmplitude } from '@centralita/media';
import type { Dialog, IncomingInvite, InviteOptions, OutgoingInvite } from '@centralita/sip';
import { TestPhone, type TestCall, type TestPhoneOptions } from '@centralita/sip/testing';
import { BrowserPhone, PlainPhone } from '../embedded/media/testing/test-phone.ts';
import type { FarDevice, FarEnd } from './far-end.ts';

/** A tone of 8000 that arrives at more than this is heard. */
const CLEAR = 6_000;
const FULL = 8_000;

type Media = PlainPhone | BrowserPhone;
let browsers = 0;

interface Personal {
  readonly media?: 'plain' | 'browser';
  readonly deviceId?: string;
  /** Of a plain one: encrypted sound and no other. */
  readonly srtp?: SrtpSuite;
}

/** A telephone with signalling and sound: SIP over any transport; G.711 over RTP, or a browser's ICE, DTLS and SRTP. */
export class Telephone implements FarDevice {
  readonly phone: TestPhone;
  readonly deviceId: string;
  readonly #media: 'plain' | 'browser';
  readonly #srtp: SrtpSuite | undefined;
  readonly #calls: TelephoneCall[] = [];
  readonly #waiting: ((call: TelephoneCall) => void)[] = [];
  readonly #open = new Set<TelephoneCall>();

  private constructor(phone: TestPhone, { media = 'plain', deviceId = '', srtp }: Personal) {
    this.phone = phone;
    this.deviceId = deviceId;
    this.#media = media;
    this.#srtp = srtp;
    phone.onCall = (call) => void this.#rang(call);
  }

  static async open(options: TestPhoneOptions & Personal): Promise<Telephone> {
    return new Telephone(await TestPhone.start(options), options);
  }

  /** Where a phone that does not register is found. */
  get contact(): string {
    return `sip:phone@${this.phone.flow.local.address}:${this.phone.flow.local.port}`;
  }

  /** Dials a user or number. */
  async call(to: string, options: Partial<Omit<InviteOptions, 'uri' | 'sdp'>> & { readonly withoutOffer?: boolean } = {}): Promise<TelephoneCall> {
    const { withoutOffer = false, ...rest } = options;
    const media = await this.#newMedia();
    const sdp = withoutOffer ? undefined : media instanceof PlainPhone ? media.sdp() : media.offer();
    const { username, password } = this.#credentials;
    const outgoing = this.phone.agent.invite({
      uri: `sip:${to}@centralita.test`,
      flow: this.phone.flow,
      from: { uri: this.phone.uri, displayName: 'Ana' },
      contactUser: 'phone',
      credentials: username !== undefined && password !== undefined ? { username, password } : undefined,
      ...rest,
      sdp,
    });
    return this.#keep(TelephoneCall.outgoing(media, outgoing));
  }

  nextCall(): Promise<TelephoneCall> {
    const call = this.#calls.shift();
    return call === undefined ? new Promise((resolve) => this.#waiting.push(resolve)) : Promise.resolve(call);
  }

  /** Gone without a word, as a killed browser. */
  async close(): Promise<void> {
    for (const call of this.#open) call.stop();
    await this.phone.close();
  }

  readonly #credentials: { username?: string; password?: string } = {};
  /** For calls of a device: its INVITE will be challenged. */
  signInAs(username: string, password: string): this {
    Object.assign(this.#credentials, { username, password });
    return this;
  }

  async #newMedia(): Promise<Media> {
    return this.#media === 'plain' ? PlainPhone.ring({ eventPayload: 101, srtp: this.#srtp, address: isIPv6(this.phone.flow.local.address) ? this.phone.flow.local.address : undefined }) : BrowserPhone.open(`browser ${++browsers}`);
  }

  async #rang(test: TestCall): Promise<void> {
    if (test.incoming === undefined) return;
    test.answerOffers = false;
    const call = TelephoneCall.incoming(test.incoming, this.#newMedia());
    await call.ready;
    this.#keep(call);
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#calls.push(call);
    else waiting(call);
  }

  #keep(call: TelephoneCall): TelephoneCall {
    this.#open.add(call);
    void call.ended.then(() => this.#open.delete(call));
    return call;
  }
}

export class TelephoneCall implements FarEnd {
  media!: Media;
  dialog: Dialog | undefined;
  ready: Promise<void> = Promise.resolve();
  readonly answered: Promise<void>;
  readonly early: Promise<void>;
  readonly ended: Promise<number>;
  /** The Reason header of a CANCEL. */
  reason: string | undefined;
  invite: IncomingInvite | undefined;
  #outgoing: OutgoingInvite | undefined;
  #answer: string | undefined;
  #setAnswered!: () => void;
  #setEarly!: () => void;
  #setEnded!: (status: number) => void;
  #over = false;

  private constructor() {
    this.answered = new Promise((resolve) => (this.#setAnswered = resolve));
    this.early = new Promise((resolve) => (this.#setEarly = resolve));
    this.ended = new Promise((resolve) => (this.#setEnded = resolve));
  }

  static outgoing(media: Media, invite: OutgoingInvite): TelephoneCall {
    const call = new TelephoneCall();
    call.media = media;
    call.#outgoing = invite;
    invite.on('provisional', ({ sdp }) => {
      if (sdp === undefined) return;
      call.#follow(sdp);
      call.#setEarly();
    });
    invite.on('answered', (answer) => {
      if (answer.sdp !== undefined) call.#follow(answer.sdp);
      if (answer.sdpIs === 'offer' && media instanceof PlainPhone) answer.ack(media.sdp());
      call.#up(answer.dialog);
    });
    invite.on('failed', ({ status }) => call.#end(status));
    return call;
  }

  static incoming(invite: IncomingInvite, media: Promise<Media>): TelephoneCall {
    const call = new TelephoneCall();
    call.invite = invite;
    invite.trying();
    invite.on('cancelled', ({ reason }) => {
      call.reason = reason;
      call.#end(487);
    });
    call.ready = media.then((made) => {
      call.media = made;
      if (call.#over) made.stop();
      else if (invite.sdp !== undefined) call.#answer = call.#follow(invite.sdp);
    });
    return call;
  }

  get digits(): readonly string[] {
    return this.media.digits;
  }

  ring(): void {
    this.invite?.ringing();
  }

  /** 183 with sound before the answer. */
  ringWithSound(): void {
    if (this.#answer !== undefined) this.invite?.progress(this.#answer);
  }

  answer(): void {
    if (this.invite === undefined || this.#over || this.#answer === undefined) return;
    this.#up(this.invite.accept(this.#answer));
  }

  decline(status: number): void {
    this.invite?.reject(status);
    this.#end(status);
  }

  hangUp(): void {
    if (this.dialog !== undefined) this.dialog.bye();
    else if (this.#outgoing !== undefined) this.#outgoing.cancel();
    else this.decline(480);
  }

  async hold(): Promise<void> {
    await this.#offer('sendonly');
  }

  async resume(): Promise<void> {
    await this.#offer('sendrecv');
  }

  say(hertz: number): void {
    this.media.say(hertz);
  }

  press(digits: string): void {
    this.media.press(digits);
  }

  async hears(hertz: number): Promise<void> {
    while (!this.#over) if (toneAmplitude(await this.media.hear(200, 0), hertz) > CLEAR) return;
    throw new Error(`the call ended before ${hertz} Hz were heard`);
  }

  async loudest(hertz: readonly number[]): Promise<number> {
    const heard = await this.media.hear(600, 200);
    return Math.max(...hertz.map((each) => usualLevel(heard, each))) / FULL;
  }

  /** Silence from now on, and no goodbye. */
  stop(): void {
    this.#over = true;
    this.media?.stop();
  }

  /** @returns the answer to an offer; nothing for an answer */
  #follow(sdp: string): string | undefined {
    if (this.media instanceof PlainPhone) {
      this.media.follow(sdp);
      return this.media.sdp();
    }
    if (this.invite !== undefined) return this.media.answer(sdp);
    this.media.takeAnswer(sdp);
    return undefined;
  }

  async #offer(direction: string): Promise<void> {
    if (!(this.media instanceof PlainPhone) || this.dialog === undefined) throw new Error('only an established telephone call can hold');
    const outcome = await this.dialog.reinvite(this.media.sdp(direction));
    if (!outcome.ok) throw new Error(`the re-INVITE was refused with ${outcome.status}`);
  }

  #up(dialog: Dialog): void {
    this.dialog = dialog;
    dialog.on('ended', () => this.#end(0));
    dialog.on('offer', (offer) => {
      if (!(this.media instanceof PlainPhone)) return offer.reject(488);
      if (offer.sdp !== undefined) this.media.follow(offer.sdp);
      offer.accept(this.media.sdp(), (answer) => answer !== undefined && this.#follow(answer));
    });
    this.#setAnswered();
  }

  #end(status: number): void {
    if (this.#over) return;
    this.#over = true;
    this.media?.stop();
    this.#setEnded(status);
  }
}

/** The middle of several looks of 100 ms: one late packet clicks in every frequency, what leaks is there all the time. */
function usualLevel(heard: Int16Array, hertz: number): number {
  const looks: number[] = [];
  for (let at = 0; at + 800 <= heard.length; at += 400) looks.push(toneAmplitude(heard.subarray(at, at + 800), hertz));
  return looks.sort((a, b) => a - b)[looks.length >> 1] ?? 0;
}
