import { SAMPLES_PER_MS } from '../frame.ts';
import { timestampDistance } from '../rtp/packet.ts';
import { digitOfEventCode } from './digits.ts';

/** A key that sends nothing more for this long has ended, whatever was lost. Updates come every 20 to 50 ms (RFC 4733 section 2.5.1.2). */
export const STUCK_AFTER_MS = 300;
/** Durations have 16 bits; a longer press goes on in a segment that starts where this one ended (section 2.5.1.3). */
const LONGEST_SEGMENT = 0xffff;

export interface ReceivedDigit {
  readonly digit: string;
  readonly durationMs: number;
}

/**
 * RFC 4733 telephone events, one key at a time. A key is known by its RTP timestamp: updates, repeated end packets and
 * packets in the wrong order are the same key. It counts once, at its end packet, at the next key, or when it falls silent.
 */
export class EventReceiver {
  private code = -1;
  private timestamp = 0;
  private duration = 0;
  private earlier = 0;
  private heardAtMs = 0;
  private lastEnded = 0;
  private anyEnded = false;
  private readonly report: (digit: ReceivedDigit) => void;

  constructor(report: (digit: ReceivedDigit) => void) {
    this.report = report;
  }

  take(timestamp: number, packet: Uint8Array, offset: number, length: number, atMs: number): void {
    if (length < 4) return;
    const code = packet[offset]!;
    if (digitOfEventCode(code) === undefined) return;
    const isEnd = (packet[offset + 1]! & 0x80) !== 0;
    const duration = (packet[offset + 2]! << 8) | packet[offset + 3]!;
    // Not after the last one that ended: an end packet again, or one that was overtaken.
    if (this.anyEnded && timestampDistance(timestamp, this.lastEnded) <= 0) return;
    if (this.code >= 0 && timestamp !== this.timestamp) {
      if (timestampDistance(timestamp, this.timestamp) < 0) return;
      if (code === this.code && timestampDistance(timestamp, this.timestamp) === LONGEST_SEGMENT) this.earlier += LONGEST_SEGMENT;
      else this.finish();
      this.timestamp = timestamp;
      this.duration = 0;
    }
    if (this.code < 0) {
      this.earlier = 0;
      this.duration = 0;
      this.timestamp = timestamp;
    }
    this.code = code;
    this.duration = Math.max(this.duration, duration);
    this.heardAtMs = atMs;
    if (isEnd) this.finish();
  }

  /** Call it every frame: ends a key whose end packets were all lost. */
  tick(nowMs: number): void {
    if (this.code >= 0 && nowMs - this.heardAtMs >= STUCK_AFTER_MS) this.finish();
  }

  /** A new source counts its timestamps anew. */
  reset(): void {
    if (this.code >= 0) this.finish();
    this.anyEnded = false;
  }

  private finish(): void {
    const digit = digitOfEventCode(this.code);
    this.lastEnded = this.timestamp;
    this.anyEnded = true;
    this.code = -1;
    if (digit !== undefined) this.report({ digit, durationMs: Math.round((this.earlier + this.duration) / SAMPLES_PER_MS) });
  }
}
