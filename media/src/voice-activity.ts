import { FRAME_MS, power } from './frame.ts';

/** 60 ms of voice start talking; 600 ms without end it (a breath or a stop consonant is not an end). */
const START_MS = 60;
const STOP_MS = 600;
/** −45 dBFS as mean power: below this nobody talks, whatever the noise. */
const FLOOR_POWER = 180 * 180;
/** Voice stands this far above the noise: 9 dB in power. */
const ABOVE_NOISE = 8;

/** Tells when somebody starts and stops talking, by power over a slowly learnt noise floor. Feeds the live screens; gates no audio. */
export class VoiceActivity {
  talking = false;
  private noise = FLOOR_POWER;
  private loudMs = 0;
  private quietMs = 0;

  /** @param frame 160 samples. @returns `started` or `stopped` on the frame that decides it */
  take(frame: Int16Array): 'started' | 'stopped' | undefined {
    const now = power(frame);
    const loud = now > FLOOR_POWER && now > this.noise * ABOVE_NOISE;
    // Follows a falling floor at once and a rising one over about 10 s, so that long speech is not learnt as noise soon.
    this.noise = Math.max(FLOOR_POWER / ABOVE_NOISE, now < this.noise ? now : this.noise * 1.0046);
    if (loud) {
      this.loudMs += FRAME_MS;
      this.quietMs = 0;
    } else {
      this.quietMs += FRAME_MS;
      if (!this.talking) this.loudMs = 0;
    }
    return this.decide();
  }

  /** A frame in which nothing came (silence suppression, loss). */
  pass(): 'started' | 'stopped' | undefined {
    this.quietMs += FRAME_MS;
    if (!this.talking) this.loudMs = 0;
    return this.decide();
  }

  private decide(): 'started' | 'stopped' | undefined {
    if (!this.talking && this.loudMs >= START_MS) {
      this.talking = true;
      return 'started';
    }
    if (this.talking && this.quietMs >= STOP_MS) {
      this.talking = false;
      this.loudMs = 0;
      return 'stopped';
    }
    return undefined;
  }
}
