/** A stretch in which nobody speaks, on the recording's own time. */
export interface Silence {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Shorter ones are the breath of a conversation: skipping them makes it unintelligible. */
const SHORTEST_MS = 2_000;
/** Kept on each side, so that no word loses its beginning. */
const MARGIN_MS = 300;
const WINDOW_MS = 50;
/** -46 dB of full scale: above the hiss of a line, below a quiet voice. */
const QUIET = 0.005;

/** Where both sides are quiet for two seconds or more. @param channels samples from -1 to 1, all of one length */
export function silencesOf(channels: readonly Float32Array[], sampleRate: number): readonly Silence[] {
  const window = Math.max(1, Math.round((sampleRate * WINDOW_MS) / 1_000));
  const samples = channels[0]?.length ?? 0;
  const silences: Silence[] = [];
  let since: number | null = null;
  const close = (at: number): void => {
    if (since !== null && ((at - since) / sampleRate) * 1_000 >= SHORTEST_MS) {
      silences.push({ fromMs: (since / sampleRate) * 1_000 + MARGIN_MS, toMs: (at / sampleRate) * 1_000 - MARGIN_MS });
    }
    since = null;
  };
  for (let start = 0; start < samples; start += window) {
    const end = Math.min(start + window, samples);
    if (channels.every((channel) => meanSquare(channel, start, end) < QUIET * QUIET)) since ??= start;
    else close(start);
  }
  close(samples);
  return silences;
}

/** Where playing goes on from inside a silence; null outside one. */
export const afterSilence = (silences: readonly Silence[], atMs: number): number | null => silences.find(({ fromMs, toMs }) => atMs >= fromMs && atMs < toMs)?.toMs ?? null;

function meanSquare(samples: Float32Array, start: number, end: number): number {
  let sum = 0;
  for (let index = start; index < end; index++) sum += samples[index]! * samples[index]!;
  return sum / (end - start);
}
