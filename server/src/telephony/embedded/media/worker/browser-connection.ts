import ndc from 'node-datachannel';
import { type Result, ignoreFailure, ok, refuse } from '@centralita/kernel';
import { type BrowserAudio, type Direction, type G711, PAYLOAD_NUMBER, type PayloadMap, intersect, isRtcp, patchBrowserSdp, readBrowserSdp, reviseBrowserSdp } from '@centralita/media';
import type { MediaDirection, MediaRefusal } from '../protocol.ts';
import type { Connection, ConnectionTaker, Negotiated } from './connection.ts';

export interface BrowserConnectionOptions {
  readonly name: string;
  readonly ssrc: number;
  /** One UDP port for all browsers of the process (`enableIceUdpMux`). */
  readonly port: number;
  readonly bindAddress?: string;
  readonly advertisedAddress?: string;
  readonly iceServers: readonly string[];
  readonly taker: ConnectionTaker;
  readonly now: () => number;
}

const OUR_EVENT_PAYLOAD = 101;
const COMFORT_NOISE = 13;
/** Host candidates are there at once. With STUN or TURN servers the text waits this long for theirs, no longer. */
const GATHERING_LIMIT_MS = 300;

type NativePeer = InstanceType<typeof ndc.PeerConnection>;
type NativeTrack = ReturnType<NativePeer['addTrack']>;

/**
 * ICE, DTLS and SRTP to a browser by libdatachannel, which gives and takes whole RTP packets. Every native call throws on
 * odd input, so each is wrapped and its failure becomes a refusal. Only the first exchange of descriptions goes to the
 * library; later ones (hold, refresh) are answered from the kept text, since it renegotiates nothing.
 */
export class BrowserConnection implements Connection {
  readonly localPort: number;
  /** DTLS names the far side: nobody else's packet gets here. */
  readonly strangers = 0;
  /** The library drops them and does not say how many. */
  readonly unauthentic = 0;
  private readonly options: BrowserConnectionOptions;
  private readonly peer: NativePeer;
  private track: NativeTrack | undefined;
  private trackOpen = false;
  private ourText = '';
  private version = 1;
  private theirs: BrowserAudio | undefined;
  private law: G711 = 'PCMA';
  private closed = false;

  private constructor(options: BrowserConnectionOptions, peer: NativePeer) {
    this.options = options;
    this.localPort = options.port;
    this.peer = peer;
    peer.onStateChange((state) => {
      if (state === 'failed' || (state === 'closed' && !this.closed)) options.taker.onFailed(`peer connection ${state}`);
    });
  }

  static open(options: BrowserConnectionOptions): Result<BrowserConnection, MediaRefusal> {
    const made = attempt('native-peer-create', () => {
      const { port } = options;
      const address = options.bindAddress === undefined ? {} : { bindAddress: options.bindAddress };
      const peer = new ndc.PeerConnection(options.name, { iceServers: [...options.iceServers], ...address, enableIceUdpMux: true, portRangeBegin: port, portRangeEnd: port, forceMediaTransport: true, disableAutoNegotiation: true });
      return new BrowserConnection(options, peer);
    });
    return made ? ok(made) : refuse('native-failure');
  }

  get open(): boolean {
    return this.trackOpen && !this.closed;
  }

  async makeOffer(direction: MediaDirection): Promise<Result<string, MediaRefusal>> {
    if (this.ourText !== '') return ok(this.revised(direction, 'actpass'));
    const made = attempt('native-offer', () => {
      this.addTrack('0', [['PCMA', PAYLOAD_NUMBER.PCMA], ['PCMU', PAYLOAD_NUMBER.PCMU]], OUR_EVENT_PAYLOAD);
      this.peer.setLocalDescription('offer');
      return true;
    });
    return made ? this.ownText([PAYLOAD_NUMBER.PCMA, PAYLOAD_NUMBER.PCMU, OUR_EVENT_PAYLOAD]) : refuse('native-failure');
  }

  /** DTLS draws keys with each far side by itself. */
  offerAnew(): Promise<Result<string, MediaRefusal>> {
    return this.makeOffer('sendrecv');
  }

  takeAnswer(sdp: string): Result<Negotiated, MediaRefusal> {
    const read = readBrowserSdp(sdp);
    if (!read.ok) return read;
    if (this.theirs) return this.isRestart(read.value) ? refuse('ice-restart') : ok(this.settle(read.value, read.value.direction));
    if (!attempt('native-answer', () => this.takeNatively(sdp, 'answer'))) return refuse('native-failure');
    return ok(this.settle(read.value, read.value.direction));
  }

  async takeOffer(sdp: string, wanted: MediaDirection): Promise<Result<{ readonly sdp: string; readonly negotiated: Negotiated }, MediaRefusal>> {
    const read = readBrowserSdp(sdp);
    if (!read.ok) return read;
    const direction = intersect(read.value.direction, wanted);
    if (this.theirs) {
      if (this.isRestart(read.value)) return refuse('ice-restart');
      return ok({ sdp: this.revised(direction, 'passive'), negotiated: this.settle(read.value, direction) });
    }
    const { mid, laws, payloads, eventPayload } = read.value;
    const law = laws[0]!;
    const made = attempt('native-offer-taken', () => {
      this.addTrack(mid, [[law, payloads[law]!]], eventPayload);
      this.takeNatively(sdp, 'offer');
      this.peer.setLocalDescription('answer');
      return true;
    });
    if (!made) return refuse('native-failure');
    const text = await this.ownText([payloads[law]!, ...(eventPayload === undefined ? [] : [eventPayload])]);
    return text.ok ? ok({ sdp: text.value, negotiated: this.settle(read.value, direction) }) : text;
  }

  send(packet: Buffer): void {
    if (!this.trackOpen || this.closed || !this.track) return;
    try {
      this.track.sendMessageBinary(packet);
    } catch (error) {
      this.trackOpen = false;
      this.options.taker.onFailed(`send: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  sendControl(packet: Buffer): void {
    this.send(packet);
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    ignoreFailure('native-track-close', () => this.track?.close());
    ignoreFailure('native-peer-close', () => this.peer.close());
  }

  private addTrack(mid: string, laws: readonly (readonly [G711, number])[], eventPayload: number | undefined): void {
    const audio = new ndc.Audio(mid, 'SendRecv');
    for (const [law, payload] of laws) audio.addAudioCodec(payload, law);
    if (eventPayload !== undefined) {
      audio.parseSdpLine(`a=rtpmap:${eventPayload} telephone-event/8000`);
      audio.parseSdpLine(`a=fmtp:${eventPayload} 0-15`);
    }
    audio.addSSRC(this.options.ssrc, this.options.name, 'centralita', 'audio');
    const track = this.peer.addTrack(audio);
    track.onOpen(() => {
      this.trackOpen = true;
      this.options.taker.onConnected();
    });
    track.onClosed(() => {
      this.trackOpen = false;
    });
    track.onMessage((packet) => {
      if (this.closed) return;
      if (isRtcp(packet)) this.options.taker.onControl(packet);
      else this.options.taker.onPacket(packet, this.options.now());
    });
    this.track = track;
  }

  private takeNatively(sdp: string, type: 'offer' | 'answer'): true {
    this.peer.setRemoteDescription(sdp, type);
    return true;
  }

  private async ownText(formats: readonly number[]): Promise<Result<string, MediaRefusal>> {
    await this.gathered();
    const text = this.closed ? undefined : attempt('native-description', () => this.peer.localDescription()?.sdp);
    if (!text) return refuse(this.closed ? 'closed' : 'native-failure');
    this.ourText = patchBrowserSdp(text, formats, this.options.advertisedAddress);
    return ok(this.ourText);
  }

  private gathered(): Promise<void> {
    if (attempt('native-gathering', () => this.peer.gatheringState()) === 'complete') return Promise.resolve();
    return new Promise((resolve) => {
      const limit = setTimeout(resolve, GATHERING_LIMIT_MS);
      attempt('native-gathering', () =>
        this.peer.onGatheringStateChange((state) => {
          if (state !== 'complete') return;
          clearTimeout(limit);
          resolve();
        }),
      );
    });
  }

  private revised(direction: Direction, setup: 'actpass' | 'passive'): string {
    this.version += 1;
    return reviseBrowserSdp(this.ourText, this.version, direction, setup);
  }

  private isRestart(next: BrowserAudio): boolean {
    return this.theirs !== undefined && next.iceUfrag !== this.theirs.iceUfrag;
  }

  private settle(theirs: BrowserAudio, direction: Direction): Negotiated {
    // The law stays what the first exchange made it: the description that libdatachannel holds does not change.
    if (!this.theirs) this.law = theirs.laws[0]!;
    this.theirs = theirs;
    const receive: PayloadMap = {
      [PAYLOAD_NUMBER.PCMU]: 'PCMU',
      [PAYLOAD_NUMBER.PCMA]: 'PCMA',
      [COMFORT_NOISE]: 'CN',
      [OUR_EVENT_PAYLOAD]: 'telephone-event',
      ...(theirs.eventPayload === undefined ? {} : { [theirs.eventPayload]: 'telephone-event' as const }),
    };
    return {
      agreed: { codec: this.law, telephoneEvent: theirs.eventPayload !== undefined, direction, held: theirs.held },
      receive,
      send: { law: this.law, payload: theirs.payloads[this.law] ?? PAYLOAD_NUMBER[this.law], eventPayload: theirs.eventPayload, packetMs: 20 },
    };
  }
}

/** Runs a native call. @returns undefined when it threw; the failure is counted and logged under its name */
function attempt<Value>(name: string, call: () => Value): Value | undefined {
  let value: Value | undefined;
  ignoreFailure(name, () => {
    value = call();
  });
  return value;
}
