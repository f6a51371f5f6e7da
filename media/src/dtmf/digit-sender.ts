import { FRAME_MS, FRAME_SAMPLES } from '../frame.ts';
import { eventCodeOf, tonesOfDigit } from './digits.ts';

export const DIGIT_MS = 100;
const GAP_MS = 100;
const COMMA_MS = 500;
/** RFC 4733 section 2.5.1.4: the end packet three times. */
const END_PACKETS = 3;
/** −10 dBm0 per tone pair, the usual level. */
const VOLUME = 10;
const TONE_AMPLITUDE = 6_000;
const MAX_QUEUED = 128;
const MIN_MS = 40;
const MAX_MS = 8_000;

/** One frame of what the sender wants out: a telephone event packet, a tone in the audio, or nothing (ordinary audio). */
export type DigitFrame = 'none' | 'event' | 'tone';

/**
 * Sends keys one after another, in frames of 20 ms, by telephone event or as tones. While an event is on, no audio goes out;
 * its RTP timestamp stands still and its duration grows (RFC 4733 section 2.5.1).
 */
export class DigitSender {
  /** The 4-byte event payload of the current frame. */
  readonly payload = new Uint8Array(4);
  /** First packet of a key: carries the marker bit, and its timestamp is the one of all the key's packets. */
  isFirst = false;
  private readonly queue: { readonly digit: string; readonly durationMs: number }[] = [];
  private playedMs = 0;
  private endsLeft = 0;
  private phase = 0;

  /** @returns false when the queue is full; characters that are no key are passed over, a comma waits half a second */
  push(digits: string, durationMs: number = DIGIT_MS): boolean {
    for (const digit of digits) {
      if (digit !== ',' && eventCodeOf(digit) < 0) continue;
      if (this.queue.length >= MAX_QUEUED) return false;
      this.queue.push({ digit, durationMs: Math.min(MAX_MS, Math.max(MIN_MS, Math.ceil(durationMs / FRAME_MS) * FRAME_MS)) });
    }
    return true;
  }

  get idle(): boolean {
    return this.queue.length === 0;
  }

  /** Advances by one frame. @param asTone the far side knows no telephone events: `into` (160 samples) is filled with the tones */
  next(asTone: boolean, into: Int16Array): DigitFrame {
    const key = this.queue[0];
    if (!key) return 'none';
    if (key.digit === ',') return this.wait(COMMA_MS);
    if (this.playedMs >= key.durationMs && this.endsLeft === 0) return this.wait(key.durationMs + GAP_MS);
    this.isFirst = this.playedMs === 0;
    if (this.playedMs < key.durationMs) {
      this.playedMs += FRAME_MS;
      if (this.playedMs >= key.durationMs && !asTone) this.endsLeft = END_PACKETS;
    }
    if (asTone) {
      this.fillTones(key.digit, into);
      return 'tone';
    }
    const isEnd = this.endsLeft > 0;
    if (isEnd) this.endsLeft -= 1;
    const duration = (Math.min(this.playedMs, key.durationMs) / FRAME_MS) * FRAME_SAMPLES;
    this.payload[0] = eventCodeOf(key.digit);
    this.payload[1] = (isEnd ? 0x80 : 0) | VOLUME;
    this.payload[2] = duration >> 8;
    this.payload[3] = duration & 0xff;
    return 'event';
  }

  private wait(untilMs: number): DigitFrame {
    this.playedMs += FRAME_MS;
    if (this.playedMs >= untilMs) {
      this.queue.shift();
      this.playedMs = 0;
      this.phase = 0;
    }
    return 'none';
  }

  private fillTones(digit: string, into: Int16Array): void {
    const tones = tonesOfDigit(digit);
    if (!tones) return;
    for (let i = 0; i < FRAME_SAMPLES; i++, this.phase++) {
      into[i] = TONE_AMPLITUDE * (Math.sin((2 * Math.PI * tones[0] * this.phase) / 8_000) + Math.sin((2 * Math.PI * tones[1] * this.phase) / 8_000));
    }
  }
}
