import { FRAME_MS, FRAME_SAMPLES, SAMPLE_RATE } from '../frame.ts';
import { HIGH_TONES_HZ, LOW_TONES_HZ, digitOfTones } from './digits.ts';
import type { ReceivedDigit } from './event-receiver.ts';

/** Two frames start a key (Q.24: 40 ms must count), two without it end it (a break shorter than 20 ms must not). */
const FRAMES_TO_START = 2;
const FRAMES_TO_END = 2;
/** Peak amplitude of the weaker tone: −36 dBFS. */
const WEAKEST_TONE = 520;
/** Twist: the high tone may be 4 dB above or 8 dB below the low one (Q.24). In power. */
const HIGH_ABOVE_LOW = 10 ** 0.4;
const LOW_ABOVE_HIGH = 10 ** 0.8;
/** The pair must hold this share of the frame's power: speech does not. */
const SHARE_OF_POWER = 0.7;
/** And each tone stand this far (6 dB) above its neighbours in the group. */
const ABOVE_NEIGHBOURS = 4;

const coefficients = [...LOW_TONES_HZ, ...HIGH_TONES_HZ].map((hertz) => 2 * Math.cos((2 * Math.PI * hertz) / SAMPLE_RATE));

/**
 * Keys heard in the sound itself, by Goertzel filters over 20 ms frames. Used only when neither side negotiated telephone
 * events: with them, a phone that leaks its tones would count every key twice.
 */
export class InBandDetector {
  private readonly powers = new Float64Array(8);
  private candidate = '';
  private seen = 0;
  private missed = 0;
  private current = '';
  private frames = 0;
  private readonly report: (digit: ReceivedDigit) => void;

  constructor(report: (digit: ReceivedDigit) => void) {
    this.report = report;
  }

  /** @param frame 160 samples */
  take(frame: Int16Array): void {
    const digit = this.digitIn(frame);
    if (this.current !== '') {
      this.follow(digit);
      return;
    }
    this.seen = digit !== '' && digit === this.candidate ? this.seen + 1 : 1;
    this.candidate = digit;
    if (digit !== '' && this.seen >= FRAMES_TO_START) {
      this.current = digit;
      this.frames = this.seen;
      this.missed = 0;
    }
  }

  private follow(digit: string): void {
    if (digit === this.current) {
      this.frames += this.missed + 1;
      this.missed = 0;
      return;
    }
    this.missed += 1;
    if (this.missed < FRAMES_TO_END) return;
    this.report({ digit: this.current, durationMs: this.frames * FRAME_MS });
    this.current = '';
    this.candidate = digit;
    this.seen = digit === '' ? 0 : 1;
  }

  private digitIn(frame: Int16Array): string {
    let energy = 0;
    for (let i = 0; i < FRAME_SAMPLES; i++) energy += frame[i]! * frame[i]!;
    if (energy < WEAKEST_TONE * WEAKEST_TONE * FRAME_SAMPLES) return '';
    for (let tone = 0; tone < 8; tone++) this.powers[tone] = goertzel(frame, coefficients[tone]!);
    const low = this.strongest(0);
    const high = this.strongest(4);
    if (low < 0 || high < 0) return '';
    const lowPower = this.powers[low]!;
    const highPower = this.powers[high]!;
    if (highPower > lowPower * HIGH_ABOVE_LOW || lowPower > highPower * LOW_ABOVE_HIGH) return '';
    // |X|² of a full-frame tone is (N/2)² A²; its energy is N A²/2.
    if ((lowPower + highPower) * 2 < SHARE_OF_POWER * energy * FRAME_SAMPLES) return '';
    return digitOfTones(low, high - 4);
  }

  private strongest(from: 0 | 4): number {
    let best = from;
    for (let tone = from; tone < from + 4; tone++) if (this.powers[tone]! > this.powers[best]!) best = tone;
    const needed = (WEAKEST_TONE * FRAME_SAMPLES) / 2;
    if (this.powers[best]! < needed * needed) return -1;
    for (let tone = from; tone < from + 4; tone++) if (tone !== best && this.powers[tone]! * ABOVE_NEIGHBOURS > this.powers[best]!) return -1;
    return best;
  }
}

function goertzel(frame: Int16Array, coefficient: number): number {
  let one = 0;
  let two = 0;
  for (let i = 0; i < FRAME_SAMPLES; i++) {
    const zero = frame[i]! + coefficient * one - two;
    two = one;
    one = zero;
  }
  return one * one + two * two - coefficient * one * two;
}
