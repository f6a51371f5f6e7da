import { toneSource } from '@centralita/media';
import type { Voice } from './voice.ts';

/** Both say half a second of a tone every 5 s of the true clock, so that a recording shows how far apart they are. */
export const BURST_EVERY_MS = 5_000;
const BURST_MS = 500;
export const LOUD = 2_000;

/** Bursts that begin when the true clock is at a multiple of 5 s, whatever the speaker's own clock shows then. */
export function burstsOf(voice: Voice, hertz: number): void {
  const tone = toneSource(hertz, 8_000);
  voice.speak((ownMs, into) => {
    tone(into);
    for (let i = 0; i < into.length; i++) if (voice.trueMs(ownMs + i / 8) % BURST_EVERY_MS >= BURST_MS) into[i] = 0;
  });
}

/** When each burst begins, in ms of the file. */
export function onsets(channel: Int16Array): readonly number[] {
  const found: number[] = [];
  let quietSince = 0;
  for (let i = 0; i < channel.length; i++) {
    if (Math.abs(channel[i]!) < LOUD) continue;
    if (i - quietSince > 8 * 1_000) found.push(i / 8);
    quietSince = i;
  }
  return found;
}

/** How far each burst of one channel is from the nearest of the other, in ms. */
export const apart = (left: readonly number[], right: readonly number[]): readonly number[] => left.map((at) => Math.min(...right.map((other) => Math.abs(other - at))));

export const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;
