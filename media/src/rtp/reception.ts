import { SAMPLES_PER_MS } from '../frame.ts';
import { sequenceDistance } from './packet.ts';

/** RFC 3550 appendix A.1: a jump of more packets than this is a restart of the sender, not loss. */
const MAX_DROPOUT = 3_000;

/**
 * What arrived of one stream: loss and jitter as RFC 3550 A.3 and A.8 count them. Loss is counted by sequence numbers, so
 * silence suppression, comfort noise and long packets are none. Figures of earlier SSRCs of the leg stay in the totals.
 */
export class Reception {
  received = 0;
  private ssrc = -1;
  private baseSequence = 0;
  private highest = 0;
  private cycles = 0;
  private receivedOfSource = 0;
  private lostOfEarlier = 0;
  private expectedOfEarlier = 0;
  private expectedAtReport = 0;
  private receivedAtReport = 0;
  private jitterSamples = 0;
  private lastTransit = 0;
  private lastTimestamp = 0;
  private timed = false;

  /** @param paced false for telephone events, whose timestamps stand still and would read as jitter */
  take(ssrc: number, sequence: number, timestamp: number, atMs: number, paced: boolean): void {
    const step = sequenceDistance(sequence, this.highest);
    if (ssrc !== this.ssrc || step > MAX_DROPOUT || step < -MAX_DROPOUT) this.restart(ssrc, sequence);
    else if (step > 0) {
      if (sequence < this.highest) this.cycles += 65_536;
      this.highest = sequence;
    }
    this.received += 1;
    this.receivedOfSource += 1;
    if (paced) this.measureJitter(timestamp, atMs);
  }

  private restart(ssrc: number, sequence: number): void {
    this.lostOfEarlier = this.lost;
    this.expectedOfEarlier = this.expected;
    this.ssrc = ssrc;
    this.baseSequence = sequence;
    this.highest = sequence;
    this.cycles = 0;
    this.receivedOfSource = 0;
    this.timed = false;
  }

  private measureJitter(timestamp: number, atMs: number): void {
    const transit = atMs * SAMPLES_PER_MS - timestamp;
    // A talk spurt may begin with a jump of the timestamp on devices that stop their clock in silence: no jitter sample then.
    const steady = this.timed && Math.abs((timestamp - this.lastTimestamp) | 0) < 8 * FRAME_LIMIT && Math.abs(transit - this.lastTransit) < FRAME_LIMIT * 8;
    if (steady) this.jitterSamples += (Math.abs(transit - this.lastTransit) - this.jitterSamples) / 16;
    this.lastTransit = transit;
    this.lastTimestamp = timestamp;
    this.timed = true;
  }

  get source(): number {
    return this.ssrc;
  }
  get jitterMs(): number {
    return this.jitterSamples / SAMPLES_PER_MS;
  }
  get extendedHighest(): number {
    return this.cycles + this.highest;
  }
  get expected(): number {
    return this.expectedOfEarlier + (this.ssrc === -1 ? 0 : this.extendedHighest - this.baseSequence + 1);
  }
  /** Packets that never came; duplicates do not make it negative. */
  get lost(): number {
    const expectedHere = this.ssrc === -1 ? 0 : this.extendedHighest - this.baseSequence + 1;
    return this.lostOfEarlier + Math.max(0, expectedHere - this.receivedOfSource);
  }

  /** Share of packets lost since the last call of this method, 0 to 1. */
  lossSinceLastReport(): number {
    const expected = this.expected - this.expectedAtReport;
    const received = this.received - this.receivedAtReport;
    this.expectedAtReport = this.expected;
    this.receivedAtReport = this.received;
    return expected <= 0 ? 0 : Math.min(1, Math.max(0, (expected - received) / expected));
  }
}

/** Half a second of samples: a larger step between neighbours is a break, not jitter. */
const FRAME_LIMIT = 500;
