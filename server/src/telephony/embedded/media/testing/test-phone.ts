import { createSocket, type Socket } from 'node:dgram';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import ndc from 'node-datachannel';
import {
  AudioReceiver,
  AudioSender,
  FRAME_SAMPLES,
  type PayloadMap,
  SAMPLES_PER_MS,
  type SrtpKey,
  type SrtpSuite,
  cryptoOf,
  loudestTone,
  newSrtpKey,
  parseSdp,
  patchBrowserSdp,
  printCrypto,
  readBrowserSdp,
  toneSource,
} from '@centralita/media';
import { Metronome } from '../worker/metronome.ts';
import { StreamProtection } from '../worker/stream-protection.ts';

/** Both sides of a phone that tests speak and listen with: a steady tone out, everything heard kept. */
export class TestPhone {
  readonly digits: string[] = [];
  packetsReceived = 0;
  protected readonly receiver: AudioReceiver;
  protected readonly sender: AudioSender;
  private readonly metronome: Metronome;
  private readonly frame = new Int16Array(FRAME_SAMPLES);
  private tone: ((into: Int16Array) => void) | undefined;
  private silent = false;
  private stopped = false;
  private hearing: { readonly samples: Int16Array; filled: number; readonly done: (samples: Int16Array) => void }[] = [];

  constructor(ssrc: number, send: (packet: Buffer) => void) {
    this.receiver = new AudioReceiver(({ digit }) => this.digits.push(digit));
    this.sender = new AudioSender({ ssrc, sequence: 65_530, timestamp: 4_294_960_000 }, send);
    // One phase in four: a frame each 20 ms.
    this.metronome = new Metronome((phase, atMs) => phase === 0 && this.tick(atMs), () => performance.now());
    this.metronome.start();
  }

  /** Says a tone from now on. @param amplitude 8000 by default */
  say(hertz: number, amplitude = 8_000): this {
    this.tone = toneSource(hertz, amplitude);
    return this;
  }
  /** Sends nothing at all, as a phone whose power went. */
  fallSilent(silent = true): void {
    this.silent = silent;
  }
  press(digits: string): void {
    this.sender.digits.push(digits);
  }

  /** What is heard in the next `ms` milliseconds, after `after` of settling. */
  async hear(ms: number, after = 300): Promise<Int16Array> {
    const all = await new Promise<Int16Array>((done) => this.hearing.push({ samples: new Int16Array((ms + after) * SAMPLES_PER_MS), filled: 0, done }));
    return all.subarray(after * SAMPLES_PER_MS);
  }

  /**
   * Listens until this tone is there, 6 s at most: on a busy machine a moment may be lost, not six seconds.
   * @returns the loudest it was; compare it, since what was not heard comes back as a small number
   */
  async hears(hertz: number, atLeast = 4_000): Promise<number> {
    let loudest = 0;
    for (let n = 0; n < 30 && loudest < atLeast; n++) loudest = Math.max(loudest, loudestTone(await this.hear(200, 0), hertz));
    return loudest;
  }

  /** Hangs up without a word. Once is enough, twice does no harm. */
  stop(): void {
    if (this.stopped) return;
    this.stopped = true;
    this.metronome.stop();
    this.release();
  }

  protected release(): void {}

  protected take(packet: Buffer): void {
    if (this.receiver.take(packet, performance.now())) this.packetsReceived += 1;
  }

  private tick(atMs: number): void {
    this.receiver.pull(this.frame, atMs);
    for (const each of this.hearing) {
      each.samples.set(this.frame.subarray(0, Math.min(FRAME_SAMPLES, each.samples.length - each.filled)), each.filled);
      each.filled += FRAME_SAMPLES;
      if (each.filled >= each.samples.length) each.done(each.samples);
    }
    this.hearing = this.hearing.filter((each) => each.filled < each.samples.length);
    if (this.silent) {
      this.sender.skip();
      return;
    }
    this.tone?.(this.frame);
    this.sender.frame(this.tone ? this.frame : undefined);
  }
}

export interface PlainPhoneOptions {
  readonly law?: 'PCMU' | 'PCMA';
  /** undefined: no telephone events at all */
  readonly eventPayload?: number;
  readonly packetMs?: number;
  /** Of this machine; 127.0.0.1 by default. */
  readonly address?: string;
  /** Encrypted sound with keys in the descriptions, and no other. */
  readonly srtp?: SrtpSuite;
}

/** A telephone on loopback UDP with a description of its own. */
export class PlainPhone extends TestPhone {
  readonly port: number;
  private readonly socket: Socket;
  private readonly options: PlainPhoneOptions;
  private readonly protection: StreamProtection;
  private key: SrtpKey | undefined;
  private cryptoTag = 1;
  private readonly address: string;
  private target: { port: number } | undefined;

  private constructor(socket: Socket, options: PlainPhoneOptions) {
    super(socket.address().port, (packet) => this.target && socket.send(this.protection.seal(packet), this.target.port, this.address));
    this.port = socket.address().port;
    this.socket = socket;
    this.options = options;
    this.address = options.address ?? '127.0.0.1';
    this.protection = new StreamProtection(options.srtp ? 'sdes' : 'none');
    this.newKey();
    const law = options.law ?? 'PCMU';
    this.sender.use({ law, payload: law === 'PCMU' ? 0 : 8, eventPayload: options.eventPayload, packetMs: options.packetMs ?? 20 });
    const payloads: PayloadMap = { 0: 'PCMU', 8: 'PCMA', ...(options.eventPayload === undefined ? {} : { [options.eventPayload]: 'telephone-event' as const }) };
    this.receiver.use(payloads);
    socket.on('message', (packet) => {
      const opened = this.protection.open(packet);
      if (opened) this.take(opened);
    });
  }

  static async ring(options: PlainPhoneOptions = { eventPayload: 101 }): Promise<PlainPhone> {
    const { address = '127.0.0.1' } = options;
    const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
    socket.bind(0, address);
    await once(socket, 'listening');
    return new PlainPhone(socket, options);
  }

  /** Our offer or answer; an answer to one that has several codecs names one. */
  sdp(direction = 'sendrecv', address = this.address): string {
    const { law = 'PCMU', eventPayload, packetMs = 20 } = this.options;
    const payload = law === 'PCMU' ? 0 : 8;
    const events = eventPayload === undefined ? '' : `a=rtpmap:${eventPayload} telephone-event/8000\r\na=fmtp:${eventPayload} 0-16\r\n`;
    const crypto = this.key ? `${printCrypto({ tag: this.cryptoTag, key: this.key })}\r\n` : '';
    const formats = eventPayload === undefined ? `${payload}` : `${payload} ${eventPayload}`;
    const family = isIPv6(address) ? 'IP6' : 'IP4';
    return `v=0\r\no=phone 1 1 IN ${family} ${this.address}\r\ns=-\r\nc=IN ${family} ${address}\r\nt=0 0\r\nm=audio ${this.port} RTP/${this.key ? 'SAVP' : 'AVP'} ${formats}\r\na=rtpmap:${payload} ${law}/8000\r\n${events}${crypto}a=ptime:${packetMs}\r\na=${direction}\r\n`;
  }

  /** As phones do that draw a key for every offer. */
  newKey(): void {
    if (this.options.srtp) this.key = newSrtpKey(this.options.srtp);
  }

  /** Packets that could not be opened. */
  get unauthentic(): number {
    return this.protection.rejected;
  }

  /** Sends to the port that this description names, with the keys of it. */
  follow(sdp: string): void {
    const parsed = parseSdp(sdp);
    const theirs = parsed.ok && parsed.value.media[0] ? cryptoOf(parsed.value.media[0]).find(({ key }) => key.suite === this.key?.suite) : undefined;
    if (this.key) {
      if (!theirs) throw new Error('no key for this phone');
      this.cryptoTag = theirs.tag;
      this.protection.use({ ours: this.key, theirs: theirs.key });
    }
    this.target = { port: Number(/^m=audio (\d+)/m.exec(sdp)![1]) };
  }

  /** As it is, whatever was agreed. */
  sendRaw(packet: Buffer, port: number): Promise<void> {
    return new Promise((resolve, reject) => this.socket.send(packet, port, this.address, (error) => (error ? reject(error) : resolve())));
  }

  protected override release(): void {
    this.socket.close();
  }
}

type BrowserNetwork = Partial<Pick<ConstructorParameters<typeof ndc.PeerConnection>[1], 'iceServers' | 'iceTransportPolicy'>>;

/** A browser's media by node-datachannel, without the browser. */
export class BrowserPhone extends TestPhone {
  private readonly peer: InstanceType<typeof ndc.PeerConnection>;
  private track: ReturnType<InstanceType<typeof ndc.PeerConnection>['addTrack']> | undefined;

  private constructor(name: string, network: BrowserNetwork) {
    super(randomInt(1, 4_294_967_295), (packet) => this.track?.isOpen() && this.track.sendMessageBinary(packet));
    this.peer = new ndc.PeerConnection(name, { iceServers: [], bindAddress: '127.0.0.1', ...network, forceMediaTransport: true, disableAutoNegotiation: true });
    this.sender.use({ law: 'PCMU', payload: 0, eventPayload: 126, packetMs: 20 });
    this.receiver.use({ 0: 'PCMU', 8: 'PCMA', 101: 'telephone-event', 126: 'telephone-event' });
  }

  static open(name: string, network: BrowserNetwork = {}): BrowserPhone {
    return new BrowserPhone(name, network);
  }

  offer(): string {
    this.addTrack(126);
    this.peer.setLocalDescription('offer');
    return this.description([0, 8, 126]);
  }
  /** The offer again, as a session refresh sends it. */
  currentOffer(): string {
    return this.description([0, 8, 126]);
  }
  takeAnswer(sdp: string): void {
    this.peer.setRemoteDescription(sdp, 'answer');
  }
  /** Answers with µ-law and the offer's own number for telephone events. */
  answer(offer: string): string {
    const read = readBrowserSdp(offer);
    const eventPayload = read.ok ? (read.value.eventPayload ?? 101) : 101;
    this.addTrack(eventPayload);
    this.sender.use({ law: 'PCMU', payload: 0, eventPayload, packetMs: 20 });
    this.peer.setRemoteDescription(offer, 'offer');
    this.peer.setLocalDescription('answer');
    return this.description([0, eventPayload]);
  }

  protected override release(): void {
    this.track?.close();
    this.peer.close();
  }

  private addTrack(eventPayload: number): void {
    const audio = new ndc.Audio('0', 'SendRecv');
    audio.addAudioCodec(0, 'PCMU');
    audio.addAudioCodec(8, 'PCMA');
    audio.parseSdpLine(`a=rtpmap:${eventPayload} telephone-event/8000`);
    audio.addSSRC(this.sender.ssrc, 'browser', 'browser', 'audio');
    this.track = this.peer.addTrack(audio);
    this.track.onMessage((packet) => this.take(packet));
  }

  private description(formats: readonly number[]): string {
    return patchBrowserSdp(this.peer.localDescription()!.sdp, formats);
  }
}
