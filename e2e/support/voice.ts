import { AudioSender, decodeG711, emptyRtpHeader, isRtcp, readRtp, SAMPLES_PER_MS, toneSource } from '@centralita/media';
import { FaultyLine } from './fault-proxy.ts';

const FRAME_MS = 20;
const LOOK_EVERY_MS = 5;
/** Near their end, so that numbers begin anew in every call. */
const FIRST_SEQUENCE = 65_000;

/** What is said at so many milliseconds of the speaker's own clock: one frame, which comes silent. */
export type Speech = (ownMs: number, into: Int16Array) => void;

export interface VoiceOptions {
  /** Parts per million by which this end's clock runs fast. */
  readonly skewPpm?: number;
  /** The network on the way to the center, and back. */
  readonly up?: FaultyLine;
  readonly down?: FaultyLine;
}

/** The sound of one end of a call as RTP: speaks by a clock of its own and keeps what comes, in the order in which it comes. */
export class Voice {
  readonly sender: AudioSender;
  packetsReceived = 0;
  /** Told of each packet's sound when it comes. */
  onSound: ((samples: Int16Array) => void) | undefined;
  /** Told of each packet of its own after it was sent. */
  onSaid: (() => void) | undefined;
  readonly #down: FaultyLine;
  readonly #skew: number;
  readonly #timer: NodeJS.Timeout;
  readonly #startedAt = performance.now();
  readonly #header = emptyRtpHeader();
  readonly #heard: Int16Array[] = [];
  #speech: Speech | undefined;
  #frames = 0;

  constructor(ssrc: number, send: (packet: Buffer) => void, { skewPpm = 0, up = new FaultyLine(), down = new FaultyLine() }: VoiceOptions = {}) {
    this.#skew = 1 + skewPpm / 1e6;
    this.#down = down;
    this.sender = new AudioSender({ ssrc, sequence: FIRST_SEQUENCE, timestamp: 4_294_000_000 }, (packet) => {
      // The sender uses its packets again, and a line may hold one back.
      const kept = Buffer.from(packet);
      up.pass(() => send(kept));
    });
    this.#timer = setInterval(() => this.#speak(), LOOK_EVERY_MS);
  }

  get nextSequence(): number {
    return (FIRST_SEQUENCE + this.sender.packets) & 0xffff;
  }

  /** A tone from now on. */
  say(hertz: number, amplitude = 8_000): void {
    const tone = toneSource(hertz, amplitude);
    this.#speech = (_ownMs, into) => tone(into);
  }

  speak(speech: Speech): void {
    this.#speech = speech;
  }

  take(packet: Buffer): void {
    this.#down.pass(() => this.#take(packet));
  }

  /** The last so many milliseconds of sound that came. */
  heard(ms: number): Int16Array {
    const wanted = ms * SAMPLES_PER_MS;
    const samples = new Int16Array(wanted);
    let at = wanted;
    for (let i = this.#heard.length - 1; i >= 0 && at > 0; i--) {
      const part = this.#heard[i]!.subarray(-at);
      at -= part.length;
      samples.set(part, at);
    }
    return samples.subarray(at);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #take(packet: Buffer): void {
    if (isRtcp(packet) || !readRtp(packet, this.#header)) return;
    const { payloadType, payloadOffset, payloadLength } = this.#header;
    if (payloadType !== 0 && payloadType !== 8) return;
    this.packetsReceived += 1;
    const samples = decodeG711(payloadType === 0 ? 'PCMU' : 'PCMA', packet.subarray(payloadOffset, payloadOffset + payloadLength));
    this.#heard.push(samples);
    this.onSound?.(samples);
  }

  #speak(): void {
    const ownMs = (performance.now() - this.#startedAt) * this.#skew;
    for (; this.#frames * FRAME_MS <= ownMs; this.#frames++) {
      const frame = new Int16Array(FRAME_MS * SAMPLES_PER_MS);
      this.#speech?.(this.#frames * FRAME_MS, frame);
      this.sender.frame(frame);
      this.onSaid?.();
    }
  }

  /** What the true clock (`performance.now()`) shows when this end's own clock shows so much. */
  trueMs(ownMs: number): number {
    return this.#startedAt + ownMs / this.#skew;
  }
}
