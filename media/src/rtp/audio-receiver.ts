import type { G711 } from '../g711.ts';
import { EventReceiver, type ReceivedDigit } from '../dtmf/event-receiver.ts';
import { type FrameKind, JitterBuffer } from './jitter-buffer.ts';
import { emptyRtpHeader, readRtp } from './packet.ts';
import { Reception } from './reception.ts';

export type PayloadMap = Readonly<Partial<Record<number, G711 | 'telephone-event' | 'CN'>>>;

/** The receiving half of a stream: packets in, 20 ms frames and keys out, with what was lost counted. */
export class AudioReceiver {
  malformed = 0;
  readonly reception = new Reception();
  readonly buffer = new JitterBuffer();
  readonly events: EventReceiver;
  private readonly header = emptyRtpHeader();
  private payloads: PayloadMap = {};
  private ssrc = -1;

  constructor(report: (digit: ReceivedDigit) => void) {
    this.events = new EventReceiver(report);
  }

  /** Which payload numbers mean what, from the last offer and answer. */
  use(payloads: PayloadMap): void {
    this.payloads = payloads;
  }

  /** Whether this is a packet of the stream, by its form and payload number. Says nothing of its sender. */
  isValid(packet: Uint8Array): boolean {
    return readRtp(packet, this.header) && this.payloads[this.header.payloadType] !== undefined;
  }

  /** @param atMs arrival, on the clock that `pull` uses. @returns false when it is no packet of this stream */
  take(packet: Uint8Array, atMs: number): boolean {
    const { header } = this;
    const kind = readRtp(packet, header) ? this.payloads[header.payloadType] : undefined;
    if (kind === undefined) {
      this.malformed += 1;
      return false;
    }
    if (header.ssrc !== this.ssrc) {
      this.ssrc = header.ssrc;
      this.buffer.reset();
      this.events.reset();
    }
    this.reception.take(header.ssrc, header.sequence, header.timestamp, atMs, kind !== 'telephone-event');
    if (kind === 'telephone-event') this.events.take(header.timestamp, packet, header.payloadOffset, header.payloadLength, atMs);
    else if (kind === 'CN') this.buffer.comfortNoise(header.payloadLength > 0 ? packet[header.payloadOffset]! & 0x7f : 127);
    else this.buffer.put(header.timestamp, packet, header.payloadOffset, header.payloadLength, kind, atMs);
    return true;
  }

  /** The 160 samples that are due now; also lets keys time out. */
  pull(into: Int16Array, nowMs: number): FrameKind {
    this.events.tick(nowMs);
    return this.buffer.pull(into, nowMs);
  }
}
