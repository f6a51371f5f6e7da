import { createSocket, type Socket } from 'node:dgram';
import { TestPhone, type TestCall } from '@centralita/sip/testing';
import type { Product } from './product.ts';
import { Voice, type VoiceOptions } from './voice.ts';

const ANSWERED_WITHIN_MS = 15_000;

/** A customer whose phone is in the test's own hands: every message and packet at the moment that the test chooses. */
export class CallerAtWire {
  readonly voice: Voice;
  readonly #product: Product;
  readonly #phone: TestPhone;
  readonly #rtp: Socket;
  #call: TestCall | undefined;
  #target: number | undefined;

  private constructor(parts: { product: Product; phone: TestPhone; rtp: Socket }, options: VoiceOptions) {
    this.#product = parts.product;
    this.#phone = parts.phone;
    this.#rtp = parts.rtp;
    this.voice = new Voice(this.#rtp.address().port, (packet) => this.#target !== undefined && this.#rtp.send(packet, this.#target, '127.0.0.1'), options);
    this.#rtp.on('message', (packet) => this.voice.take(packet));
  }

  static async start(product: Product, number: string, options: VoiceOptions = {}): Promise<CallerAtWire> {
    const phone = await TestPhone.start({ protocol: 'udp', server: { address: '127.0.0.1', port: product.sipPort }, username: number });
    const rtp = createSocket('udp4');
    await new Promise<void>((resolve) => rtp.bind(0, '127.0.0.1', resolve));
    return new CallerAtWire({ product, phone, rtp }, options);
  }

  /** Dials the center's number and is answered. */
  async dial(): Promise<void> {
    this.#place();
    await this.#answered();
  }

  /** Dials, and takes no for an answer. @returns 200, or the status of the refusal */
  async tryToDial(): Promise<number> {
    this.#place();
    return Promise.any([this.#answered().then(() => 200), this.call.failed(ANSWERED_WITHIN_MS).then(({ status }) => status)]);
  }

  #place(): void {
    this.#call = this.#phone.call(`sip:100@127.0.0.1:${this.#product.sipPort}`, { sdp: description(this.#rtp.address().port) });
  }

  async #answered(): Promise<void> {
    const { sdp } = await this.call.answered(ANSWERED_WITHIN_MS);
    this.#target = Number(/^m=audio (\d+)/m.exec(sdp!)![1]);
  }

  /** Chooses from the menu, which takes a key before its words are over. */
  async choose(key: string): Promise<void> {
    await this.dial();
    await this.call.sendDtmfInfo(key);
  }

  get call(): TestCall {
    if (!this.#call) throw new Error('this customer has not dialled');
    return this.#call;
  }

  /** Where the center listens for this call's sound. */
  get centersRtpPort(): number {
    if (this.#target === undefined) throw new Error('this call has no sound yet');
    return this.#target;
  }

  hangUp(): void {
    this.call.bye();
  }

  /** As `hangUp`, until the center has said that it heard it: one who is stopped before that has gone without a word. */
  async sayGoodbye(): Promise<void> {
    this.call.bye();
    await this.#phone.waitFor('an answer to our BYE', ({ kind, cseq }) => kind === 'response' && cseq?.method === 'BYE');
  }

  async stop(): Promise<void> {
    this.voice.stop();
    this.#target = undefined;
    this.#rtp.close();
    await this.#phone.close();
  }
}

const description = (port: number): string =>
  ['v=0', 'o=phone 1 1 IN IP4 127.0.0.1', 's=-', 'c=IN IP4 127.0.0.1', 't=0 0', `m=audio ${port} RTP/AVP 0 101`, 'a=rtpmap:0 PCMU/8000', 'a=rtpmap:101 telephone-event/8000', 'a=fmtp:101 0-16', 'a=ptime:20', 'a=sendrecv', ''].join('\r\n');
