import { SAMPLES_PER_MS } from '../frame.ts';

/** Delay between the fastest packet's arrival and its playing: 40 to 120 ms. */
export const MIN_DELAY_SAMPLES = 40 * SAMPLES_PER_MS;
export const MAX_DELAY_SAMPLES = 120 * SAMPLES_PER_MS;

const BUCKETS = 8;
/** A bucket closes after 50 frames: 1 s of the center's clock. */
const FRAMES_PER_BUCKET = 50;
/** Fewer packets than this tell nothing about jitter (silence suppression). */
const ENOUGH_PACKETS = 8;
/** A packet must be there before the frame that plays it is pulled: one frame, and 5 ms for our own lateness. */
const SAFETY_SAMPLES = 20 * SAMPLES_PER_MS + 5 * SAMPLES_PER_MS;
/** Smaller errors are left alone, so that a steady stream is played exactly as it came. */
const TOLERANCE_SAMPLES = 5 * SAMPLES_PER_MS;

/**
 * How long before their playing packets arrive, over the last 8 s, and by how much to play faster or slower because of it.
 * Leads are kept with all corrections added back, so that a correction does not look like jitter.
 */
export class Lead {
  private readonly lowest = new Float64Array(BUCKETS).fill(Infinity);
  private readonly highest = new Float64Array(BUCKETS).fill(-Infinity);
  private bucket = 0;
  private frames = 0;
  private packets = 0;
  private low = Infinity;
  private secondLow = Infinity;
  private high = -Infinity;
  private corrected = 0;
  private pending = 0;
  private latest = MIN_DELAY_SAMPLES;

  note(leadSamples: number): void {
    const lead = leadSamples + this.corrected;
    this.packets += 1;
    if (lead < this.low) {
      this.secondLow = this.low;
      this.low = lead;
    } else if (lead < this.secondLow) this.secondLow = lead;
    if (lead > this.high) this.high = lead;
  }

  get correcting(): boolean {
    return this.pending !== 0;
  }
  /** Samples between the fastest packet's arrival and its playing, as of the last second. */
  get current(): number {
    return this.latest - this.corrected;
  }

  /**
   * Once per frame. @param quietStep most samples to correct at once because the frame is quiet; 0 when it is not
   * @returns samples to play more (positive: the delay shrinks) or fewer than a frame has
   */
  nextCorrection(quietStep: number): number {
    this.frames += 1;
    if (this.frames >= FRAMES_PER_BUCKET) this.closeBucket();
    if (this.pending === 0) return 0;
    const distance = Math.abs(this.pending);
    const gentle = distance > 40 * SAMPLES_PER_MS ? 8 : distance > 15 * SAMPLES_PER_MS ? 3 : 1;
    const step = Math.sign(this.pending) * Math.min(distance, Math.max(gentle, quietStep));
    this.pending -= step;
    this.corrected += step;
    return step;
  }

  forget(): void {
    this.lowest.fill(Infinity);
    this.highest.fill(-Infinity);
    this.clearBucket();
    this.corrected = 0;
    this.pending = 0;
    this.latest = MIN_DELAY_SAMPLES;
  }

  private closeBucket(): void {
    if (this.packets >= ENOUGH_PACKETS) {
      this.bucket = (this.bucket + 1) % BUCKETS;
      // The second lowest: one unlucky packet in a second is dropped rather than waited for by all.
      this.lowest[this.bucket] = this.secondLow;
      this.highest[this.bucket] = this.high;
      this.latest = this.high;
      this.plan();
    }
    this.clearBucket();
  }

  private clearBucket(): void {
    this.frames = 0;
    this.packets = 0;
    this.low = Infinity;
    this.secondLow = Infinity;
    this.high = -Infinity;
  }

  private plan(): void {
    const spread = Math.max(...this.highest) - Math.min(...this.lowest);
    const wanted = Math.min(MAX_DELAY_SAMPLES, Math.max(MIN_DELAY_SAMPLES, spread + SAFETY_SAMPLES));
    const error = Math.round(this.current - wanted);
    this.pending = Math.abs(error) > TOLERANCE_SAMPLES ? error : 0;
  }
}
