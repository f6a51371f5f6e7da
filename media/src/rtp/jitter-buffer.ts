import { type G711, linearValues } from '../g711.ts';
import { FRAME_SAMPLES, SAMPLES_PER_MS, peak } from '../frame.ts';
import { timestampDistance } from './packet.ts';
import { Lead, MAX_DELAY_SAMPLES, MIN_DELAY_SAMPLES } from './lead.ts';

/** One second of sound; a power of two, so that a timestamp finds its place by a mask. */
const RING_SAMPLES = 8_192;
const MASK = RING_SAMPLES - 1;
/** A packet this early belongs to a jumped timestamp or to a burst after a stall: play from nearer to it. */
const TOO_EARLY_SAMPLES = MAX_DELAY_SAMPLES + 40 * SAMPLES_PER_MS;
/** So many late packets in a row mean that the path got longer, not that some were unlucky. */
const LATE_IN_A_ROW = 3;
/** Below this peak (−42 dBFS) nobody hears 10 ms more or less. */
const QUIET_PEAK = 260;
const QUIET_STEP = 80;
/** Sound is repeated for 60 ms over a gap, fading, then silence (the idea of G.711 appendix I, without pitch search). */
const CONCEAL_SAMPLES = 3 * FRAME_SAMPLES;

/** What a pulled frame holds, most telling first. */
export type FrameKind = 'sound' | 'concealed' | 'comfort-noise' | 'nothing';

/**
 * Samples placed by timestamp in a ring, read at the center's clock. Packet length, order and doubles do not matter to it:
 * a sample has one place. The delay follows the jitter of the last seconds by playing up to 5 % faster or slower (10 ms at
 * a time in silence), so a far clock that is off by 100 ppm costs one sample every 1.25 s and no delay.
 */
export class JitterBuffer {
  late = 0;
  overflowed = 0;
  private readonly ring = new Int16Array(RING_SAMPLES);
  private readonly present = new Uint8Array(RING_SAMPLES);
  private readonly scratch = new Int16Array(FRAME_SAMPLES + QUIET_STEP + 2);
  private readonly history = new Int16Array(FRAME_SAMPLES);
  private readonly lead = new Lead();
  private next = 0;
  private started = false;
  private pulledAtMs = 0;
  private lateInARow = 0;
  private concealed = CONCEAL_SAMPLES;
  private noisePeak = 0;
  private noiseSeed = 22_222;

  /** @param atMs arrival, on the clock that `pull` uses. Payload bytes are decoded at once into their places. */
  put(timestamp: number, packet: Uint8Array, offset: number, length: number, law: G711, atMs: number): void {
    if (length === 0 || length > RING_SAMPLES / 2) return;
    if (!this.started) this.startAt(timestamp, atMs);
    const ahead = this.leadOf(timestamp, atMs);
    if (timestampDistance(timestamp, this.next) + length <= 0) {
      this.late += 1;
      this.lateInARow += 1;
      this.lead.note(ahead);
      // Far behind is a restarted timestamp; repeatedly behind a longer path. Either way play from here.
      if (this.lateInARow < LATE_IN_A_ROW && ahead > -RING_SAMPLES) return;
      this.startAt(timestamp, atMs);
    } else if (ahead > TOO_EARLY_SAMPLES) {
      this.overflowed += 1;
      this.skipTo((timestamp + FRAME_SAMPLES - this.sincePull(atMs) - MAX_DELAY_SAMPLES) >>> 0);
      this.lead.forget();
    } else this.lead.note(ahead);
    this.lateInARow = 0;
    this.noisePeak = 0;
    const values = linearValues(law);
    for (let i = Math.max(0, -timestampDistance(timestamp, this.next)); i < length; i++) {
      const place = (timestamp + i) & MASK;
      this.ring[place] = values[packet[offset + i]!]!;
      this.present[place] = 1;
    }
  }

  /** RFC 3389: the far side is silent from here; `level` is the noise in −dBov (0 to 127). Not a loss. */
  comfortNoise(level: number): void {
    this.noisePeak = Math.round(32_767 * 10 ** (-Math.min(127, level) / 20) * Math.sqrt(3));
    this.concealed = CONCEAL_SAMPLES;
  }

  /** Fills `into` (160 samples) with what is due now. Call it every 20 ms, whether packets come or not. */
  pull(into: Int16Array, nowMs: number): FrameKind {
    this.pulledAtMs = nowMs;
    if (!this.started) {
      into.fill(0);
      return 'nothing';
    }
    const correction = this.lead.nextCorrection(this.isQuiet() ? QUIET_STEP : 0);
    const count = FRAME_SAMPLES + correction;
    const kind = this.read(count);
    if (correction === 0) into.set(this.scratch.subarray(0, FRAME_SAMPLES));
    else stretch(this.scratch, count, into);
    if (kind === 'sound') this.history.set(into);
    return kind;
  }

  /** How long the fastest packets of late wait here, in milliseconds. */
  get delayMs(): number {
    return this.started ? this.lead.current / SAMPLES_PER_MS : 0;
  }

  /** Forgets everything: a new source, or an offer that changed it. */
  reset(): void {
    this.started = false;
    this.present.fill(0);
    this.lead.forget();
    this.concealed = CONCEAL_SAMPLES;
    this.noisePeak = 0;
    this.lateInARow = 0;
  }

  private startAt(timestamp: number, atMs: number): void {
    this.reset();
    this.started = true;
    this.next = (timestamp + FRAME_SAMPLES - this.sincePull(atMs) - MIN_DELAY_SAMPLES) >>> 0;
  }

  /** Samples from now until this timestamp is played, when the last pulled frame is playing now. */
  private leadOf(timestamp: number, atMs: number): number {
    return timestampDistance(timestamp, this.next) + FRAME_SAMPLES - this.sincePull(atMs);
  }

  private sincePull(atMs: number): number {
    return Math.min(FRAME_SAMPLES, Math.max(0, Math.round((atMs - this.pulledAtMs) * SAMPLES_PER_MS)));
  }

  private skipTo(next: number): void {
    const distance = timestampDistance(next, this.next);
    if (distance < 0 || distance >= RING_SAMPLES) this.present.fill(0);
    else for (let i = 0; i < distance; i++) this.present[(this.next + i) & MASK] = 0;
    this.next = next;
  }

  private isQuiet(): boolean {
    if (!this.lead.correcting) return false;
    for (let i = 0; i < FRAME_SAMPLES; i++) this.scratch[i] = this.ring[(this.next + i) & MASK]! * this.present[(this.next + i) & MASK]!;
    return peak(this.scratch, FRAME_SAMPLES) < QUIET_PEAK;
  }

  private read(count: number): FrameKind {
    let missing = 0;
    for (let i = 0; i < count; i++) {
      const place = (this.next + i) & MASK;
      if (this.present[place] === 1) {
        this.scratch[i] = this.ring[place]!;
        this.present[place] = 0;
        this.concealed = 0;
      } else {
        this.scratch[i] = this.noisePeak > 0 ? this.noise() : this.conceal();
        missing += 1;
      }
    }
    this.next = (this.next + count) >>> 0;
    if (missing <= count / 2) return 'sound';
    if (this.noisePeak > 0) return 'comfort-noise';
    return this.concealed < CONCEAL_SAMPLES ? 'concealed' : 'nothing';
  }

  private conceal(): number {
    if (this.concealed >= CONCEAL_SAMPLES) return 0;
    const gain = 1 - this.concealed / CONCEAL_SAMPLES;
    return Math.round(this.history[this.concealed++ % FRAME_SAMPLES]! * gain);
  }

  private noise(): number {
    this.noiseSeed = (Math.imul(this.noiseSeed, 1_103_515_245) + 12_345) | 0;
    return ((this.noiseSeed >> 16) * this.noisePeak) >> 15;
  }
}

/** Plays `count` samples in the time of a frame, by linear interpolation. */
function stretch(from: Int16Array, count: number, into: Int16Array): void {
  const step = (count - 1) / (FRAME_SAMPLES - 1);
  for (let i = 0; i < FRAME_SAMPLES; i++) {
    const position = i * step;
    const whole = Math.min(count - 2, Math.floor(position));
    const part = position - whole;
    into[i] = Math.round(from[whole]! * (1 - part) + from[whole + 1]! * part);
  }
}
