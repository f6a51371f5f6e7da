/** A broken assumption: somebody has a bug. Refusals (expected, late, crossing) are values instead, see `Result`. */
export class InvariantViolation extends Error {
  override name = 'InvariantViolation';
}

/** @throws {InvariantViolation} when `condition` does not hold. Stays on in production. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new InvariantViolation(message);
}

/** Ends a switch over a closed union: a member that was forgotten does not compile, and throws if it comes from outside. */
export function assertNever(value: never, what = 'value'): never {
  throw new InvariantViolation(`unexpected ${what}: ${JSON.stringify(whatItIs(value))}`);
}

/** The fields by which unions of ours are told apart, and no others: the text ends in a log, which holds no numbers and no names. */
function whatItIs(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).filter(([field, one]) => DISCRIMINANTS.has(field) && typeof one === 'string'));
}
const DISCRIMINANTS: ReadonlySet<string> = new Set(['type', 'kind', 'state', 'entity', 'change']);
