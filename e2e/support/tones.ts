import assert from 'node:assert/strict';
import { eventually } from './eventually.ts';
import { toneOverTime } from './wav.ts';

/** Tones are said at 8,000. */
export const CLEARLY = 2_000;
export const NOT_AT_ALL = 100;

/** A side of a call: a telephone's or a browser's. */
interface Hearing {
  heard(ms: number): Int16Array;
}

/** A buffer that catches up plays up to a hundredth faster or slower: a steady tone comes out as much higher or lower. */
const PITCHES = [0.99, 0.995, 1, 1.005, 1.01];
/** Between two of those pitches this much of a tone of 8,000 is left. */
const HEARD = 1_000;

const tenthsOf = (samples: Int16Array, hertz: number): readonly number[] => {
  const pitches = PITCHES.map((pitch) => toneOverTime(samples, 8_000, hertz * pitch));
  return pitches[0]!.map((_, at) => Math.max(...pitches.map((levels) => levels[at]!)));
};

/** The middle tenth of the last second that came: one that a busy machine played late says nothing. */
export const level = (voice: Hearing, hertz: number): number => tenthsOf(voice.heard(1_000), hertz).toSorted((a, b) => a - b)[5] ?? 0;

/** In how many tenths of a second of the last so many milliseconds that came the tone is heard, and how long it was not. */
export function heardThroughout(voice: Hearing, ms: number, hertz: number): { readonly share: number; readonly longestGapMs: number } {
  const tenths = tenthsOf(voice.heard(ms), hertz).map((tenth) => tenth > HEARD);
  let [longest, gap] = [0, 0];
  for (const heard of tenths) longest = Math.max(longest, (gap = heard ? 0 : gap + 1));
  return { share: tenths.filter(Boolean).length / Math.max(1, tenths.length), longestGapMs: 100 * longest };
}

/** The loudest sample of the last second: music and prompts are heard, silence is not. */
export const loudness = (voice: Hearing): number => voice.heard(1_000).reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);

/** @param named each side's name with the tone that it shall hear */
export async function untilAllHear(...named: readonly (readonly [who: string, voice: Hearing, hertz: number])[]): Promise<void> {
  await eventually(() => {
    for (const [who, voice, hertz] of named) assert.ok(level(voice, hertz) > CLEARLY, `${who} hears ${hertz} Hz at ${level(voice, hertz)}`);
  }, 30_000);
}
