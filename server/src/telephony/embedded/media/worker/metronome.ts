import { FRAME_MS } from '@centralita/media';

/** The 20 ms tick is split: a quarter of the legs each 5 ms, so that work and packets do not come in one burst. */
export const PHASES = 4;
const PHASE_MS = FRAME_MS / PHASES;
/** Beyond this the missed ticks are given up: playing them all at once would only make the next ones late too. */
const GIVE_UP_MS = 200;
/** Lateness is judged over the last 5 s. */
const KEPT = 1_000;

/**
 * Calls `run` for each phase in turn, every 5 ms by the monotonic clock. A late call is followed by the next one earlier, so
 * the mean rate is exact: 50 frames a second for hours (timers alone drift by their rounding).
 */
export class Metronome {
  private readonly run: (phase: number, atMs: number) => void;
  private readonly now: () => number;
  private readonly skipped: (rounds: number) => void;
  private readonly lateness = new Float64Array(KEPT);
  private ticks = 0;
  private dueMs = 0;
  private phase = 0;
  private timer: NodeJS.Timeout | undefined;

  /**
   * @param run gets the time at which the tick was due, which is steadier than when it came
   * @param skipped told how many whole rounds of 20 ms were given up
   */
  constructor(run: (phase: number, atMs: number) => void, now: () => number, skipped: (rounds: number) => void = () => undefined) {
    this.run = run;
    this.now = now;
    this.skipped = skipped;
  }

  start(): void {
    this.dueMs = this.now() + PHASE_MS;
    this.arm();
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  /** 99th percentile of the last 5 s, in milliseconds. */
  lateP99Ms(): number {
    const seen = this.lateness.slice(0, Math.min(this.ticks, KEPT)).sort();
    return seen.length === 0 ? 0 : seen[Math.floor(seen.length * 0.99)]!;
  }

  private arm(): void {
    this.timer = setTimeout(() => this.wake(), Math.max(0, Math.ceil(this.dueMs - this.now())));
  }

  private wake(): void {
    if (this.now() - this.dueMs > GIVE_UP_MS) {
      this.note(this.now() - this.dueMs);
      // Whole rounds, so that every phase keeps its place in the 20 ms.
      const rounds = Math.floor((this.now() - this.dueMs) / FRAME_MS);
      this.dueMs += rounds * FRAME_MS;
      this.skipped(rounds);
    }
    while (this.now() >= this.dueMs) {
      this.note(this.now() - this.dueMs);
      this.run(this.phase, this.dueMs);
      this.phase = (this.phase + 1) % PHASES;
      this.dueMs += PHASE_MS;
    }
    if (this.timer !== undefined) this.arm();
  }

  private note(lateMs: number): void {
    this.lateness[this.ticks % KEPT] = lateMs;
    this.ticks += 1;
  }
}
