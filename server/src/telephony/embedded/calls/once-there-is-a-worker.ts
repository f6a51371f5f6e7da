import type { Result } from '@centralita/kernel';
import type { LocalMedia, MediaRefusal } from '../media/media-plane.ts';

/** Silence of so long is borne; after it people hang up by themselves, and agents must be free within 5 s (design 2). */
const WITHIN_MS = 4_000;
const RETRY_MS = 100;

/**
 * Makes a leg's media on another worker at once; where the one that died was the only one, as soon as its successor is up.
 *
 * @param wanted false when the leg has ended meanwhile
 * @param passing refusals that may pass: a live leg also waits for room, a new one does not
 */
export async function onceThereIsAWorker(
  make: () => Promise<Result<LocalMedia, MediaRefusal>>,
  wanted: () => boolean,
  passing: readonly MediaRefusal[] = ['worker-lost'],
): Promise<Result<LocalMedia, MediaRefusal>> {
  const deadline = performance.now() + WITHIN_MS;
  for (;;) {
    const made = await make();
    const later = !made.ok && passing.includes(made.refusal);
    if (!later || !wanted() || performance.now() > deadline) return made;
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}
