import { type G711, SILENCE_BYTE, encodeG711 } from '../g711.ts';
import { DigitSender } from '../dtmf/digit-sender.ts';
import { FRAME_SAMPLES, SAMPLES_PER_MS } from '../frame.ts';
import { RTP_HEADER_BYTES, writeRtpHeader } from './packet.ts';

/** Packets are reused in turn: a socket that could not send at once still holds the last few. */
const PACKETS = 8;
const EVENT_BYTES = 4;

export interface SendingFormat {
  readonly law: G711;
  readonly payload: number;
  /** Undefined: keys go out as tones. */
  readonly eventPayload?: number;
  /** Sound per packet, 10 to 60 ms. */
  readonly packetMs: number;
}

/** The sending half of a stream: 20 ms frames in, packets of the agreed length out. Keys take the place of sound while they last. */
export class AudioSender {
  packets = 0;
  octets = 0;
  /** Timestamp of the next sample. */
  timestamp: number;
  readonly ssrc: number;
  readonly digits = new DigitSender();
  private readonly send: (packet: Buffer) => void;
  private readonly tone = new Int16Array(FRAME_SAMPLES);
  private readonly eventPackets = Array.from({ length: PACKETS }, () => Buffer.alloc(RTP_HEADER_BYTES + EVENT_BYTES));
  private soundPackets: Buffer[] = [];
  private format: SendingFormat = { law: 'PCMU', payload: 0, packetMs: 20 };
  private sequence: number;
  private filled = 0;
  private resumed = true;
  private eventTimestamp = 0;

  /** @param start random values (RFC 3550 section 5.1). @param send takes the packet at once; the buffer is reused later */
  constructor(start: { readonly ssrc: number; readonly sequence: number; readonly timestamp: number }, send: (packet: Buffer) => void) {
    this.ssrc = start.ssrc;
    this.sequence = start.sequence & 0xffff;
    this.timestamp = start.timestamp >>> 0;
    this.send = send;
    this.use(this.format);
  }

  get law(): G711 {
    return this.format.law;
  }

  use(format: SendingFormat): void {
    const bytes = RTP_HEADER_BYTES + format.packetMs * SAMPLES_PER_MS;
    if (this.soundPackets[0]?.length !== bytes) {
      this.soundPackets = Array.from({ length: PACKETS }, () => Buffer.alloc(bytes));
      this.filled = 0;
    }
    this.format = format;
  }

  /** One frame of sound (160 samples); undefined is silence, which goes out too: it keeps NAT bindings and jitter buffers alive. */
  frame(samples: Int16Array | undefined): void {
    const { format } = this;
    const digit = this.digits.idle ? 'none' : this.digits.next(format.eventPayload === undefined, this.tone);
    if (digit === 'event') {
      this.sendEvent(format.eventPayload!);
      this.timestamp = (this.timestamp + FRAME_SAMPLES) >>> 0;
      return;
    }
    this.sendSound(digit === 'tone' ? this.tone : samples);
  }

  /** Time goes on without sending (the direction forbids it, or there is no transport yet). */
  skip(): void {
    this.timestamp = (this.timestamp + FRAME_SAMPLES) >>> 0;
    this.filled = 0;
    this.resumed = true;
  }

  private sendSound(samples: Int16Array | undefined): void {
    const { law } = this.format;
    const wanted = this.format.packetMs * SAMPLES_PER_MS;
    for (let from = 0; from < FRAME_SAMPLES; ) {
      const packet = this.soundPackets[this.packets % PACKETS]!;
      const count = Math.min(FRAME_SAMPLES - from, wanted - this.filled);
      const at = RTP_HEADER_BYTES + this.filled;
      if (samples) encodeG711(law, samples, from, count, packet, at);
      else packet.fill(SILENCE_BYTE[law], at, at + count);
      from += count;
      this.filled += count;
      this.timestamp = (this.timestamp + count) >>> 0;
      if (this.filled < wanted) return;
      writeRtpHeader(packet, this.format.payload, this.resumed, this.nextSequence(), (this.timestamp - wanted) >>> 0, this.ssrc);
      this.filled = 0;
      this.resumed = false;
      this.sendPacket(packet);
    }
  }

  private sendEvent(payload: number): void {
    if (this.digits.isFirst) this.eventTimestamp = this.timestamp;
    const packet = this.eventPackets[this.packets % PACKETS]!;
    writeRtpHeader(packet, payload, this.digits.isFirst, this.nextSequence(), this.eventTimestamp, this.ssrc);
    packet.set(this.digits.payload, RTP_HEADER_BYTES);
    this.filled = 0;
    this.resumed = true;
    this.sendPacket(packet);
  }

  private sendPacket(packet: Buffer): void {
    this.packets += 1;
    this.octets += packet.length - RTP_HEADER_BYTES;
    this.send(packet);
  }

  private nextSequence(): number {
    const sequence = this.sequence;
    this.sequence = (sequence + 1) & 0xffff;
    return sequence;
  }
}
