type Report = (reason: string, error: unknown) => void;

let report: Report = () => {};
const counts = new Map<string, number>();

/** Where ignored failures are logged; set once by the process that runs. */
export function reportIgnoredFailuresTo(to: Report): void {
  report = to;
}

/** How often each reason was met, for the metrics page. */
export const ignoredFailures = (): ReadonlyMap<string, number> => counts;

/** The only way to let a failure pass: it has a name, is counted and logged. */
export function ignoreFailure(reason: string, work: Promise<unknown> | (() => unknown)): void {
  const note = (error: unknown) => {
    counts.set(reason, (counts.get(reason) ?? 0) + 1);
    report(reason, error);
  };
  if (typeof work !== 'function') {
    work.catch(note);
    return;
  }
  try {
    const result = work();
    if (result instanceof Promise) result.catch(note);
  } catch (error) {
    note(error);
  }
}
