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
  throw new InvariantViolation(`unexpected ${what}: ${JSON.stringify(value)}`);
}
