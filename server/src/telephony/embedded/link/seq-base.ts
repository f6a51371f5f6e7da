import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** No switch sees this many events in its life (three years at 10,000 a second). */
const LIFETIME_EVENTS = 1_000_000_000_000;

/**
 * Where a new switch starts counting its events. Control's position says only a number, not which switch it came from; were every
 * switch to count from zero, a position of the dead one could fall inside the new one's history and events would be skipped
 * in silence. Microseconds of wall time stay below 2^53 until the year 2255; the file covers a clock that was set back.
 */
export function nextSeqBase(dataDir: string, wallMs: number): number {
  const file = join(dataDir, 'switch-seq-base');
  const before = readBase(file);
  const base = before === undefined ? wallMs * 1_000 : Math.max(wallMs * 1_000, Math.min(before + 1_000_000, Number.MAX_SAFE_INTEGER - LIFETIME_EVENTS));
  writeFileSync(`${file}.new`, `${base}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return base;
}

function readBase(file: string): number | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  const base = Number(text);
  return Number.isSafeInteger(base) && base > 0 ? base : undefined;
}
