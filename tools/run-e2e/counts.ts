export interface Counts {
  readonly passed: number;
  readonly failed: number;
}

/**
 * What a run of `node --test` says at its end ("# pass 3", "# fail 1", "# cancelled 0").
 * @param ok the process ended with 0; a run that ended otherwise has at least one failure, whatever it wrote
 */
export function countsIn(tap: string, ok: boolean): Counts {
  const figure = (name: string): number => Number(new RegExp(`^# ${name} (\\d+)$`, 'm').exec(tap)?.[1] ?? 0);
  const failed = figure('fail') + figure('cancelled');
  return { passed: figure('pass'), failed: ok ? failed : Math.max(1, failed) };
}

const MOST_LINES = 60;

/** Each failed test of that TAP with its message and stack, as it stands there. */
export function failuresIn(tap: string): string {
  const lines = tap.split('\n');
  const shown: string[] = [];
  for (const [at, line] of lines.entries()) {
    if (!/^\s*not ok \d+ - /.test(line)) continue;
    const end = lines.findIndex((later, index) => index > at && /^\s*\.\.\.$/.test(later));
    shown.push(...lines.slice(at, end === -1 ? undefined : end));
  }
  return shown.slice(0, MOST_LINES).join('\n');
}
